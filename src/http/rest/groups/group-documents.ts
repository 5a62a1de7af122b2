import { z } from 'zod'
import type { GroupFragment } from '../../../generated/documents.ts'
import type { Group } from '../../../generated/prisma/client.ts'
import { shownRows } from '../../kit/document.ts'
import { Time } from '../kit/dates.ts'
import { presenter } from '../kit/present.ts'
import { ProjectBody, SimpleProjectBody } from '../projects/project-documents.ts'

export const GroupBody = z
  .object({
    id: z.int(),
    web_url: z.string(),
    name: z.string(),
    path: z.string(),
    description: z.string().nullable(),
    visibility: z.enum(['private', 'internal', 'public']),
    full_name: z.string(),
    full_path: z.string(),
    created_at: Time,
    parent_id: z.int().nullable(),
    avatar_url: z.null(),
  })
  .meta({ id: 'Group' })

const projects = z.array(z.union([ProjectBody, SimpleProjectBody]))

export const GroupWithProjectsBody = z
  .object({ ...GroupBody.shape, projects: projects.optional(), shared_projects: projects.optional() })
  .meta({ id: 'GroupWithProjects', description: 'A group. `projects` are the newest 100, `shared_projects` is empty.' })

type Body = z.output<typeof GroupBody>

const present = presenter(GroupBody)

export const shownGroups = shownRows<Group, GroupFragment, Body>(
  /* GraphQL */ `
    query Groups { given { rows: groups { ...Group } } }
    fragment Group on Group {
      id: number
      web_url: webUrl
      name
      path
      description
      visibility
      full_name: fullName
      full_path: fullPath
      created_at: createdAt
      parent_id: parentNumber
    }
  `,
  (group) => present({ ...group, visibility: group.visibility as Body['visibility'], avatar_url: null }),
)

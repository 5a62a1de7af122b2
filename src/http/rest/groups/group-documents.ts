import { z } from 'zod'
import { role } from '../../../access/roles.ts'
import type { GroupFragment } from '../../../generated/documents.ts'
import type { Group } from '../../../generated/prisma/client.ts'
import { shownRows } from '../../kit/document.ts'
import { Time } from '../kit/dates.ts'
import { presenter } from '../kit/present.ts'
import { ProjectBody, SimpleProjectBody } from '../projects/project-documents.ts'

const Level = z.array(z.object({ access_level: z.int() }))

export const GroupBody = z
  .object({
    id: z.int(),
    web_url: z.string(),
    name: z.string(),
    path: z.string(),
    description: z.string().nullable(),
    visibility: z.enum(['private', 'internal', 'public']),
    share_with_group_lock: z.literal(true),
    require_two_factor_authentication: z.literal(false),
    two_factor_grace_period: z.literal(0),
    project_creation_level: z.literal('maintainer'),
    auto_devops_enabled: z.null(),
    subgroup_creation_level: z.literal('maintainer'),
    emails_disabled: z.literal(false),
    emails_enabled: z.literal(true),
    mentions_disabled: z.null(),
    lfs_enabled: z.literal(true),
    archived: z.literal(false),
    default_branch: z.null(),
    default_branch_protection: z.literal(0),
    default_branch_protection_defaults: z.object({
      allowed_to_push: Level,
      allow_force_push: z.literal(true),
      allowed_to_merge: Level,
    }),
    avatar_url: z.null(),
    request_access_enabled: z.literal(false),
    full_name: z.string(),
    full_path: z.string(),
    created_at: Time,
    parent_id: z.int().nullable(),
    organization_id: z.null(),
    shared_runners_setting: z.literal('disabled_and_unoverridable'),
    max_artifacts_size: z.null(),
    marked_for_deletion_on: z.null(),
  })
  .meta({ id: 'Group', description: 'A group. Settings that Waybill does not have tell what is so in every group.' })

/** Whoever writes code pushes to every branch. */
const writers = [{ access_level: role.developer }]

/** What is so in every group, for the keys of settings of GitLab. */
const everywhere = {
  share_with_group_lock: true,
  require_two_factor_authentication: false,
  two_factor_grace_period: 0,
  project_creation_level: 'maintainer',
  auto_devops_enabled: null,
  subgroup_creation_level: 'maintainer',
  emails_disabled: false,
  emails_enabled: true,
  mentions_disabled: null,
  lfs_enabled: true,
  archived: false,
  default_branch: null,
  default_branch_protection: 0,
  default_branch_protection_defaults: { allowed_to_push: writers, allow_force_push: true, allowed_to_merge: writers },
  avatar_url: null,
  request_access_enabled: false,
  organization_id: null,
  shared_runners_setting: 'disabled_and_unoverridable',
  max_artifacts_size: null,
  marked_for_deletion_on: null,
} as const

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
  (group) => present({ ...group, visibility: group.visibility as Body['visibility'], ...everywhere }),
)

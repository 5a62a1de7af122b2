import { z } from 'zod'
import { endpoint } from '../kit/endpoint.ts'
import { projectFor } from '../kit/subjects.ts'
import { projectId } from '../releases/release-input.ts'
import { ProjectBody, shownProjects } from './project-documents.ts'

export const projectEndpoints = [
  endpoint({
    method: 'get',
    path: '/projects/:id',
    tag: 'Projects',
    summary: 'A project, and what the viewer may do with it',
    input: z.object({ id: projectId }),
    answers: { 200: ProjectBody },
    find: projectFor(),
    handle: async ({ context, found }) => Response.json(await shownProjects.one(context, found)),
  }),
]

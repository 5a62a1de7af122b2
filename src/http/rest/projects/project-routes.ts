import { z } from 'zod'
import { endpointsOf } from '../kit/endpoint.ts'
import { projectFor } from '../kit/subjects.ts'
import { projectId } from '../releases/release-input.ts'
import { ProjectBody, shownProjects } from './project-documents.ts'

const rest = endpointsOf('Projects')

export const projectEndpoints = [
  rest.get('/projects/:id', {
    summary: 'A project, and what the viewer may do with it',
    input: z.object({ id: projectId }),
    answers: { 200: ProjectBody },
    find: projectFor(),
    handle: async ({ context, found }) => await shownProjects.one(context, found),
  }),
]

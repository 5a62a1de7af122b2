import { z } from 'zod'
import { findRestorableProject } from '../../../modules/deletions/find-restorable.ts'
import { deleteProject, restoreProject } from '../../../modules/deletions/project-deletion.ts'
import { endpointsOf } from '../kit/endpoint.ts'
import { text } from '../kit/fields.ts'
import { assertUnmodified, notFound } from '../kit/rest-errors.ts'
import { getProject } from '../kit/subjects.ts'
import { projectId } from '../releases/release-input.ts'
import { ProjectBody, shownProjects } from './project-documents.ts'

const rest = endpointsOf('Projects')

/** The answer to a write that is completed later. */
export const Accepted = z.object({ message: z.literal('202 Accepted') }).meta({ id: 'Accepted' })
export const accepted = () => Response.json({ message: '202 Accepted' }, { status: 202 })

const remove = rest.delete('/projects/:id', {
  summary: 'Delete a project',
  description:
    'The project is hidden from everybody and its path is free at once. For 7 days it can be restored, then it is removed. A ' +
    'project that has changed since the time in `If-Unmodified-Since` is not deleted (412).',
  input: z.object({ id: projectId }),
  ability: 'project:delete',
  answers: { 202: Accepted },
  failures: [412],
  // Without `find`, because the project is gone when a client repeats its request with the same `Idempotency-Key`.
  handle: async ({ context, input, headers }) => {
    const project = await getProject(context, input.id, 'project:delete')
    assertUnmodified(headers, project)
    await deleteProject(context, { projectPath: project.fullPath })
    return accepted()
  },
})

const restore = rest.post('/projects/:id/restore', {
  summary: 'Restore a deleted project',
  description:
    'Only its Owners find a deleted project. It is refused when another project or group has taken the path.',
  input: z.object({ id: text('fullPath').describe('The number, or the encoded full path since the deletion.') }),
  ability: 'project:delete',
  answers: { 201: ProjectBody },
  failures: [409],
  handle: async ({ context, input }) => {
    const found = await findRestorableProject(context, input.id)
    if (!found) throw notFound('Project')
    const project = await restoreProject(context, { projectPath: found.fullPath })
    return await shownProjects.one(context, project)
  },
})

export const projectDeletionEndpoints = [remove, restore]

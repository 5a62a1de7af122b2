import { z } from 'zod'
import { findGroupByIdOrPath } from '../../../modules/groups/find-group.ts'
import { MAX_TOPICS } from '../../../modules/projects/topics.ts'
import { transferProject } from '../../../modules/projects/transfer-project.ts'
import { updateProject } from '../../../modules/projects/update-project.ts'
import { endpointsOf } from '../kit/endpoint.ts'
import { listOf, optional, someOf, storedText, text } from '../kit/fields.ts'
import { asWrongValue, refusedTransfer } from '../kit/refused-move.ts'
import { notFound } from '../kit/rest-errors.ts'
import { accountableProjectFor } from '../kit/subjects.ts'
import { projectId } from '../releases/release-input.ts'
import { ProjectBody, shownProjects } from './project-documents.ts'

const rest = endpointsOf('Projects')

const level = (of: string) => optional(z.enum(['disabled', 'private', 'enabled'])).describe(`Who may use ${of}.`)

const values = {
  name: storedText('name').optional().describe('Name shown to people.'),
  path: storedText('path').optional().describe('Path in its group. The old path leads on until somebody takes it.'),
  description: storedText('description').nullish(),
  visibility: optional(z.enum(['private', 'internal', 'public'])).describe('Who may read it.'),
  topics: listOf(storedText('name'))
    .optional()
    .describe(`What it is about, instead of its topics: at most ${MAX_TOPICS}.`),
  default_branch: text('ref').optional().describe('A branch of the repository.'),
  issues_access_level: level('the issues'),
  repository_access_level: level('the code'),
  merge_requests_access_level: level('the merge requests'),
  releases_access_level: level('the releases'),
}

const update = rest.put('/projects/:id', {
  summary: 'Change the settings, the name and the path of a project',
  description: 'A parameter that is absent leaves its value as it is.',
  input: z.object({ id: projectId, ...values }).refine(...someOf(...Object.keys(values))),
  ability: 'project:update',
  answers: { 200: ProjectBody },
  violations: 'attributes',
  find: accountableProjectFor('project:update'),
  handle: async ({ context, found, input }) => {
    const { name, path, description, topics, visibility, default_branch: defaultBranch } = input
    const project = await updateProject(context, {
      projectPath: found.fullPath,
      ...{ name, path, description, topics, defaultBranch },
      visibility: visibility ?? undefined,
      issuesLevel: input.issues_access_level ?? undefined,
      repositoryLevel: input.repository_access_level ?? undefined,
      mergeRequestsLevel: input.merge_requests_access_level ?? undefined,
      releasesLevel: input.releases_access_level ?? undefined,
    }).catch(asWrongValue)
    return await shownProjects.one(context, project)
  },
})

const transfer = rest.put('/projects/:id/transfer', {
  operationId: 'transferProject',
  summary: 'Move a project to another group',
  input: z.object({
    id: projectId,
    namespace: text('fullPath').describe('The number or the full path of the group that it moves to.'),
  }),
  ability: 'project:transfer',
  answers: { 200: ProjectBody },
  find: accountableProjectFor('project:transfer'),
  handle: async ({ context, found, input }) => {
    const group = await findGroupByIdOrPath(context, input.namespace)
    if (!group) throw notFound('Namespace')
    const paths = { projectPath: found.fullPath, groupPath: group.fullPath }
    const project = await transferProject(context, paths).catch(refusedTransfer('project'))
    return await shownProjects.one(context, project)
  },
})

export const projectWriteEndpoints = [update, transfer]

import { z } from 'zod'
import { countHistory, refsWithCommit } from '../../../git/commit-neighbours.ts'
import { diffsOfCommit } from '../../../modules/repository/compare-commits.ts'
import { inTime, readRepository } from '../../../modules/repository/read-repository.ts'
import { pageOf } from '../../../rows/numbered-page.ts'
import { endpointsOf } from '../kit/endpoint.ts'
import { flag, optional } from '../kit/fields.ts'
import { answerPage, pageFields } from '../kit/pagination.ts'
import { projectFor } from '../kit/subjects.ts'
import { COMMIT, commitKey, getCommit } from './commit-routes.ts'
import { DiffBody, presentDiff } from './present-diff.ts'

const rest = endpointsOf('Repository')

const RefBody = z
  .object({ type: z.enum(['branch', 'tag']), name: z.string() })
  .meta({ id: 'CommitRef', description: 'A branch or a tag whose history contains the commit.' })

const refs = rest.get(`${COMMIT}/refs`, {
  summary: 'The branches and tags that contain a commit',
  description: 'Branches first. There are no totals. A list that takes git more than 10 seconds is refused (413).',
  input: z.object({
    ...commitKey,
    type: optional(z.enum(['branch', 'tag', 'all'])).describe('`all` without it.'),
    ...pageFields,
  }),
  answers: { 200: z.array(RefBody) },
  find: projectFor('code:read'),
  handle: async (call) => {
    const { context, input, found: project } = call
    const { sha } = await getCommit(context, project, input.sha)
    const kind = input.type ?? 'all'
    const kinds = kind === 'all' ? (['branch', 'tag'] as const) : [kind]
    const all = await readRepository(context, project, (repository) =>
      inTime('To find these refs', (signal) => refsWithCommit(repository, sha, { kinds, signal })),
    )
    return answerPage(call, { ...pageOf(all, input), total: null })
  },
})

const diff = rest.get(`${COMMIT}/diff`, {
  summary: 'What a commit changes, compared with its first parent',
  description:
    'Diffs are shown of at most 1,000 files, of 200 KiB each and 5 MiB together. The list ends earlier when git takes more ' +
    'than 10 seconds.',
  input: z.object({
    ...commitKey,
    unidiff: optional(flag).describe('Whether each `diff` begins with the names of its files.'),
    ...pageFields,
  }),
  answers: { 200: z.array(DiffBody) },
  find: projectFor('code:read'),
  handle: async (call) => {
    const { context, input, found: project } = call
    const { files } = await diffsOfCommit(context, project, await getCommit(context, project, input.sha))
    return answerPage(call, pageOf(files, input), (file) => presentDiff(file, input.unidiff ?? false))
  },
})

const sequence = rest.get(`${COMMIT}/sequence`, {
  summary: 'The place of a commit in its history, counted from the first commit',
  description: 'A history that takes git more than 10 seconds to count is refused (413).',
  input: z.object({
    ...commitKey,
    first_parent: optional(flag).describe('Whether to follow only the first parent of each merge.'),
  }),
  answers: { 200: z.object({ count: z.int() }).meta({ id: 'CommitSequence', description: 'A number of commits.' }) },
  find: projectFor('code:read'),
  handle: async ({ context, input, found: project }) => {
    const { sha } = await getCommit(context, project, input.sha)
    const firstParent = input.first_parent ?? false
    const count = await readRepository(context, project, (repository) =>
      inTime('To count this history', (signal) => countHistory(repository, sha, { firstParent, signal })),
    )
    return { count }
  },
})

export const commitNeighbourEndpoints = [refs, diff, sequence]

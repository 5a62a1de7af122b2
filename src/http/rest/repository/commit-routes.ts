import { z } from 'zod'
import { answerSize } from '../../../context/answer-size.ts'
import type { Context } from '../../../context/context.ts'
import { placeInRest } from '../../../context/field-place.ts'
import type { Project } from '../../../generated/prisma/client.ts'
import { type CommitStats, readCommitStats } from '../../../git/commit-stats.ts'
import type { Commit } from '../../../git/commits.ts'
import { GitError } from '../../../git/git.ts'
import { MAX_LISTED_CHARACTERS } from '../../../git/listed-commits.ts'
import { type CommitNode, commitOf } from '../../../modules/releases/commit-loaders.ts'
import { listCommits } from '../../../modules/repository/list-commits.ts'
import { notFoundIfBroken, readRepository } from '../../../modules/repository/read-repository.ts'
import { pageOf, uncountedPage } from '../../../rows/numbered-page.ts'
import { endpointsOf } from '../kit/endpoint.ts'
import { flag, optional, text } from '../kit/fields.ts'
import { answerPage, pageFields } from '../kit/pagination.ts'
import { orNotFound } from '../kit/rest-errors.ts'
import { projectFor } from '../kit/subjects.ts'
import { projectId } from '../releases/release-input.ts'
import { commitFilter, commitFilterFields } from './commit-filter.ts'
import { CommitBody, presentCommit } from './present-commit.ts'

const rest = endpointsOf('Repository')
const COMMITS = '/projects/:id/repository/commits'
export const COMMIT = `${COMMITS}/:sha`

const StatsBody = z
  .object({ additions: z.int(), deletions: z.int(), total: z.int() })
  .meta({ id: 'CommitStats', description: 'The numbers of changed lines, compared with the first parent.' })

/** Counting has a limit, because a commit that imports a whole project may have any number of lines. */
const MAX_COUNTING_SECONDS = 5

const stats = StatsBody.nullable().describe(
  `Null when counting takes more than ${MAX_COUNTING_SECONDS} seconds or too much memory.`,
)

const CommitDetailBody = CommitBody.extend({ stats: stats.optional() }).meta({ id: 'CommitDetail' })

type Stats = ReadonlyMap<string, CommitStats>

/** The result is empty when counting takes too much time or memory. */
async function statsOf(context: Context, project: Project, commits: readonly Commit[]): Promise<Stats> {
  const count = (repository: string) =>
    readCommitStats(repository, commits, AbortSignal.timeout(MAX_COUNTING_SECONDS * 1000))
  return readRepository(context, project, (repository) =>
    count(repository).catch((error) => {
      if (!(error instanceof GitError) && error?.name !== 'TimeoutError') throw error
      return new Map()
    }),
  )
}

type ListedCommit = CommitNode & { stats: CommitStats | null | undefined }

async function readPage(
  context: Context,
  project: Project,
  input: z.output<typeof listInput>,
  place: { size: number; offset: number },
): Promise<{ rows: ListedCommit[]; hasNext: boolean }> {
  const filter = await commitFilter(context, project, input)
  if (!filter) return { rows: [], hasNext: false }
  const { commits, hasNext } = await listCommits(context, project, filter, place)
  const counted = input.with_stats ? await statsOf(context, project, commits) : null
  const rows = commits.map((commit) => ({ ...commit, project, stats: counted && (counted.get(commit.sha) ?? null) }))
  return { rows, hasNext }
}

/** The size of the parts of a commit that may be long. */
const charactersOf = ({ title, message, parentIds, authorName, committerName }: Commit) =>
  title.length + message.length + authorName.length + committerName.length + 43 * parentIds.length

const listInput = z.object({
  id: projectId,
  ...commitFilterFields,
  with_stats: optional(flag).describe('Whether to add the numbers of changed lines to each commit.'),
  trailers: optional(flag).describe(
    'Whether to show trailers. Without it `trailers` and `extended_trailers` are empty.',
  ),
  ...pageFields,
})

const list = rest.get(COMMITS, {
  summary: 'The commits of a branch, a tag or a range, the newest first',
  description:
    `A message in the list has at most ${MAX_LISTED_CHARACTERS} characters. There are no totals. A full page names a next page, ` +
    'which may be empty. The list is empty for an unknown ref. A list that takes git more than 10 seconds is refused (413).',
  input: listInput,
  answers: { 200: z.array(CommitDetailBody) },
  find: projectFor('code:read'),
  handle: async (call) => {
    const { context, input, found: project } = call
    const page = await uncountedPage(input, (place) => readPage(context, project, input, place))
    return answerPage(call, page, ({ stats, ...commit }, ofRow) => {
      answerSize(ofRow).take(charactersOf(commit), () => placeInRest(ofRow, 'commit.message'))
      const shown = input.trailers ? commit : { ...commit, trailers: {}, extendedTrailers: {} }
      return { ...presentCommit(ofRow, shown), ...(input.with_stats ? { stats } : {}) }
    })
  },
})

export async function getCommit(context: Context, project: Project, ref: string): Promise<CommitNode> {
  const sha = await context.repositories.resolveCommit(project.id, ref).catch(notFoundIfBroken(context, project))
  const commit =
    sha === null ? null : await commitOf(context, project, sha, () => placeInRest(context, 'commit.message'))
  return orNotFound(commit, 'Commit')
}

export const commitKey = { id: projectId, sha: text('ref').describe('A commit, a branch or a tag.') }

const single = rest.get(COMMIT, {
  summary: 'A commit',
  input: z.object({ ...commitKey, stats: optional(flag).describe('`false` leaves out the numbers of changed lines.') }),
  answers: { 200: CommitDetailBody },
  find: projectFor('code:read'),
  handle: async ({ context, input, found }) => {
    const commit = await getCommit(context, found, input.sha)
    const body = presentCommit(context, commit)
    if (input.stats === false) return body
    const counted = await statsOf(context, found, [commit])
    return { ...body, stats: counted.get(commit.sha) ?? null }
  },
})

const mergeRequests = rest.get(`${COMMIT}/merge_requests`, {
  summary: 'The merge requests of a commit: none',
  description: 'Always an empty list, because Waybill has no merge requests. Release tools ask for the list.',
  input: z.object({ ...commitKey, ...pageFields }),
  answers: { 200: z.array(z.object({})) },
  find: projectFor('code:read'),
  handle: async (call) => {
    await getCommit(call.context, call.found, call.input.sha)
    return answerPage(call, pageOf<never>([], call.input), (none) => none)
  },
})

export const commitEndpoints = [list, single, mergeRequests]

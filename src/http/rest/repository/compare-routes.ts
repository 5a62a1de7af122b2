import { z } from 'zod'
import { answerSize } from '../../../context/answer-size.ts'
import { placeInRest } from '../../../context/field-place.ts'
import { findMergeBase } from '../../../git/merge-base.ts'
import { projectUrl } from '../../../modules/projects/project-url.ts'
import { compareCommits } from '../../../modules/repository/compare-commits.ts'
import { inTime, readRepository, shaOf } from '../../../modules/repository/read-repository.ts'
import { endpointsOf } from '../kit/endpoint.ts'
import { flag, integer, listOf, optional, text } from '../kit/fields.ts'
import { badRequest, notFound, orNotFound } from '../kit/rest-errors.ts'
import { projectFor } from '../kit/subjects.ts'
import { projectId } from '../releases/release-input.ts'
import { CommitBody, presentCommit } from './present-commit.ts'
import { DiffBody, presentDiff } from './present-diff.ts'
import { presentCommitAt } from './repository-routes.ts'

const rest = endpointsOf('Repository')
const MAX_REFS = 10

const CompareBody = z
  .object({
    commit: CommitBody.nullable(),
    commits: z.array(CommitBody),
    diffs: z.array(DiffBody),
    compare_timeout: z.boolean(),
    compare_same_ref: z.boolean(),
    web_url: z.string(),
  })
  .meta({ id: 'Compare', description: '`compare_timeout`: not all commits or diffs are shown.' })

const compare = rest.get('/projects/:id/repository/compare', {
  summary: 'What changes from one commit to another',
  description:
    'The oldest commit comes first; of more than 1,000 the newest are shown. Diffs are shown of at most 1,000 files, of 200 KiB ' +
    'each and 5 MiB together. What takes git more than 10 seconds is refused (413), or its diffs are cut.',
  input: z.object({
    id: projectId,
    from: text('ref').describe('A branch, a tag or a commit.'),
    to: text('ref').describe('A branch, a tag or a commit.'),
    straight: optional(flag).describe('Whether diffs begin at `from` itself, and not where both histories part.'),
    unidiff: optional(flag).describe('Whether each `diff` begins with the names of its files.'),
    from_project_id: optional(integer()).describe('The number of the project itself. There are no forks here.'),
  }),
  answers: { 200: CompareBody },
  find: projectFor('code:read'),
  handle: async ({ context, input, found: project }) => {
    if ((input.from_project_id ?? project.id) !== project.id) throw badRequest('from_project_id is invalid')
    const [from, to] = await Promise.all([shaOf(context, project, input.from), shaOf(context, project, input.to)])
    if (from === null || to === null) throw notFound('Ref')
    const range = { from, to, straight: input.straight ?? false }
    const { commits, files, isCut } = await compareCommits(context, project, range)
    const shown = commits.reverse().map((commit) => {
      answerSize(context).take(commit.title.length + commit.message.length, () => placeInRest(context, 'commits'))
      return presentCommit(context, { ...commit, project })
    })
    return {
      commit: shown.at(-1) ?? null,
      commits: shown,
      diffs: files.map((file) => presentDiff(file, input.unidiff ?? false)),
      compare_timeout: isCut,
      compare_same_ref: from === to,
      web_url: `${projectUrl(context, project)}/-/compare/${from}...${to}`,
    }
  },
})

const mergeBase = rest.get('/projects/:id/repository/merge_base', {
  summary: 'Where histories part: the best common ancestor',
  input: z.object({
    id: projectId,
    refs: listOf(text('ref')).describe('Branches, tags or commits: 2 to 10, as `refs[]`.'),
  }),
  answers: { 200: CommitBody },
  find: projectFor('code:read'),
  handle: async ({ context, input, found: project }) => {
    const { refs } = input
    if (refs.length < 2) throw badRequest('Provide at least 2 refs')
    if (refs.length > MAX_REFS) throw badRequest(`Provide at most ${MAX_REFS} refs`)
    const shas: string[] = []
    for (const ref of refs) {
      const sha = await shaOf(context, project, ref)
      if (sha === null) throw badRequest(`Could not find ref: ${ref.slice(0, 100)}`)
      shas.push(sha)
    }
    const base = await readRepository(context, project, (repository) =>
      inTime('To find the merge base', (signal) => findMergeBase(repository, shas, signal)),
    )
    const commit = base === null ? null : await presentCommitAt(context, project, base)
    return orNotFound(commit, 'Merge Base')
  },
})

export const compareEndpoints = [compare, mergeBase]

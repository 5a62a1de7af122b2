import { z } from 'zod'
import type { Context } from '../../../context/context.ts'
import type { Project } from '../../../generated/prisma/client.ts'
import { findDefaultBranch } from '../../../git/branches.ts'
import type { CommitFilter } from '../../../git/commit-list.ts'
import { isValidRefName } from '../../../git/ref-names.ts'
import { notFoundIfBroken } from '../../../modules/repository/read-repository.ts'
import { flag, optional, text, time } from '../kit/fields.ts'
import { badRequest } from '../kit/rest-errors.ts'

export const commitFilterFields = {
  ref_name: text('ref')
    .nullish()
    .describe('A branch, a tag, a commit or a range `a..b`. The default branch without it.'),
  since: optional(time).describe('Only commits that were committed at this time or later.'),
  until: optional(time).describe('Only commits that were committed at this time or earlier.'),
  path: text('ref').nullish().describe('Only commits that change this file or folder.'),
  author: text('search')
    .nullish()
    .describe('A basic regular expression. Only commits whose author, written `name <address>`, matches it.'),
  all: optional(flag).describe('Whether to list the commits of all branches and tags. `ref_name` then has no effect.'),
  first_parent: optional(flag).describe('Whether to follow only the first parent of each merge.'),
  order: optional(z.enum(['default', 'topo'])).describe(
    'With `topo` no commit comes before a commit that was made from it.',
  ),
}

const filterInput = z.object(commitFilterFields)

/**
 * `a..b` means the commits that are reachable from `b` and not from `a`. `a...b` means the commits that are reachable from either
 * ref, but not from both.
 */
const RANGE = /^(.*?)(\.{2,3})(.*)$/s

/** The commits where git starts. Null when a ref does not exist. */
type Starts = Pick<CommitFilter, 'from' | 'without'> | null

const isDefault = (name: string) => name === '' || name === 'HEAD'

function assertWellFormed(name: string): void {
  if (!isDefault(name) && !isValidRefName(`refs/heads/${name}`)) throw badRequest('ref_name is invalid')
}

async function startsOf(context: Context, project: Project, name: string): Promise<Starts> {
  const { repositories } = context
  const resolve = async (ref: string) => {
    const full = isDefault(ref) ? await findDefaultBranch(repositories.directory(project.id)) : ref
    return full === null ? null : repositories.resolveCommit(project.id, isDefault(ref) ? `refs/heads/${full}` : full)
  }
  const [, left = '', dots, right = name] = RANGE.exec(name) ?? []
  for (const ref of [left, right]) assertWellFormed(ref)
  const to = await resolve(right)
  if (to === null || dots === undefined) return to === null ? null : { from: [to] }
  const since = await resolve(left)
  if (since === null) return null
  return dots === '..' ? { from: [to], without: [since] } : { from: [`${since}...${to}`] }
}

/** Null when a ref does not exist. The list of commits is then empty. */
export async function commitFilter(
  context: Context,
  project: Project,
  input: z.output<typeof filterInput>,
): Promise<CommitFilter | null> {
  const { ref_name, all, since, until, path, author, first_parent: firstParent, order } = input
  const starts: Starts = all
    ? { from: null }
    : await startsOf(context, project, ref_name ?? '').catch(notFoundIfBroken(context, project))
  return starts && { ...starts, since, until, path, author, firstParent, topological: order === 'topo' }
}

import type { Context } from '../../context/context.ts'
import type { Project } from '../../generated/prisma/client.ts'
import { listCommitIds } from '../../git/commit-list.ts'
import type { Commit } from '../../git/commits.ts'
import { type Diffs, emptyTree, readDiffs } from '../../git/diffs.ts'
import { GitError } from '../../git/git.ts'
import { readListedCommits } from '../../git/listed-commits.ts'
import { findMergeBase } from '../../git/merge-base.ts'
import { inTime, readRepository } from './read-repository.ts'

const MAX_COMMITS = 1_000

/** For `catch`: git may need more memory to compare files than it may have. */
function withoutDiffs(error: unknown): Diffs {
  if (!(error instanceof GitError)) throw error
  return { files: [], isCut: true }
}

/** What it changes, compared with its first parent. */
export const diffsOfCommit = (context: Context, project: Project, { sha, parentIds }: Commit): Promise<Diffs> =>
  readRepository(context, project, (repository) =>
    readDiffs(repository, parentIds[0] ?? emptyTree(sha), sha).catch(withoutDiffs),
  )

/** `straight`: the diffs begin at `from` itself, and not where both histories part. */
type Range = { from: string; to: string; straight: boolean }

export type Comparison = Diffs & { commits: Commit[] }

/** The commits of `to` that `from` does not have, the newest first, and what they change. */
export async function compareCommits(
  context: Context,
  project: Project,
  { from, to, straight }: Range,
): Promise<Comparison> {
  return readRepository(context, project, async (repository) => {
    const slice = { limit: MAX_COMMITS + 1, skip: 0 }
    const { ids, base } = await inTime('To compare these commits', async (signal) => ({
      ids: await listCommitIds(repository, { from: [to], without: [from] }, slice, signal),
      // Histories that have nothing in common are compared as they are.
      base: (straight ? null : await findMergeBase(repository, [from, to], signal)) ?? from,
    }))
    const commits = await readListedCommits(context.repositories, project.id, ids.slice(0, MAX_COMMITS))
    const diffs = await readDiffs(repository, base, to).catch(withoutDiffs)
    return { commits, files: diffs.files, isCut: diffs.isCut || ids.length > MAX_COMMITS }
  })
}

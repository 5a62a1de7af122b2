import type { Context } from '../../context/context.ts'
import type { Project } from '../../generated/prisma/client.ts'
import { type CommitFilter, listCommitIds } from '../../git/commit-list.ts'
import type { Commit } from '../../git/commits.ts'
import { readListedCommits } from '../../git/listed-commits.ts'
import { inTime, readRepository } from './read-repository.ts'

type Place = { size: number; offset: number }

/** A part of a list, the newest first. */
export function listCommits(
  context: Context,
  project: Project,
  filter: CommitFilter,
  { size, offset }: Place,
): Promise<{ commits: Commit[]; hasNext: boolean }> {
  const slice = { limit: size, skip: offset }
  return readRepository(context, project, async (repository) => {
    const ids = await inTime('To list these commits', (signal) => listCommitIds(repository, filter, slice, signal))
    return { commits: await readListedCommits(context.repositories, project.id, ids), hasNext: ids.length === size }
  })
}

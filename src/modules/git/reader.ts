import type { Log } from '../../log.ts'
import { type Commit, readCommits } from './commits.ts'
import { createObjectPool } from './object-reader.ts'
import { repositoryDirectory } from './repositories.ts'
import { resolveCommit, resolveTag } from './resolve-commit.ts'

/** The bare repositories of this server, one folder per number. */
export type Repositories = {
  directory: (id: number) => string
  /** Commits by full sha; those that cannot be read are absent. */
  commits: (id: number, shas: string[]) => Promise<Map<string, Commit>>
  /** The commit that a tag stands for; null without the tag. Fails with a GitError where the repository is broken. */
  resolveTag: (id: number, tag: string) => Promise<string | null>
  /** The commit that a branch, a tag, a full ref name or an object name stands for, tried in this order; fails likewise. */
  resolveCommit: (id: number, ref: string) => Promise<string | null>
  close: () => Promise<void>
}

export function createRepositories({ directory, log }: { directory: string; log: Log }): Repositories {
  const pool = createObjectPool({ log })
  const directoryOf = (id: number) => repositoryDirectory(directory, id)
  return {
    directory: directoryOf,
    commits: (id, shas) => readCommits(pool, directoryOf(id), shas),
    resolveTag: (id, tag) => resolveTag(pool, directoryOf(id), tag),
    resolveCommit: (id, ref) => resolveCommit(pool, directoryOf(id), ref),
    close: () => pool.close(),
  }
}

import type { Log } from '../../log.ts'
import { type Commit, readCommits } from './commits.ts'
import { createObjectPool } from './object-reader.ts'
import { repositoryDirectory } from './repositories.ts'

/** The bare repositories of this server, one folder per number. */
export type Repositories = {
  directory: (id: number) => string
  /** Commits by full sha; those that cannot be read are absent. */
  commits: (id: number, shas: string[]) => Promise<Map<string, Commit>>
  /** The commit that a tag stands for, asked of a process that runs already; null without one, or when it cannot be read. */
  tagCommit: (id: number, tag: string) => Promise<string | null>
  close: () => Promise<void>
}

export function createRepositories({ directory, log }: { directory: string; log: Log }): Repositories {
  const pool = createObjectPool({ log })
  const directoryOf = (id: number) => repositoryDirectory(directory, id)
  return {
    directory: directoryOf,
    commits: (id, shas) => readCommits(pool, directoryOf(id), shas),
    tagCommit: async (id, tag) => (await pool.read(directoryOf(id), [`refs/tags/${tag}^{commit}`]))[0]?.sha ?? null,
    close: () => pool.close(),
  }
}

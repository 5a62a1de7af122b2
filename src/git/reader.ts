import { LRUCache } from 'lru-cache'
import { type BoundedQueue, createBoundedQueue } from '../foundation/bounded-queue.ts'
import type { Log } from '../foundation/log.ts'
import { type Commit, readCommits } from './commits.ts'
import { type GitProcessBounds, gitProcessBounds } from './git-process-bounds.ts'
import { createObjectPool } from './object-reader.ts'
import { repositoryDirectory } from './repositories.ts'
import { resolveCommit, resolveTag } from './resolve-commit.ts'

/** The bare repositories of this server, one folder per number. */
export type Repositories = {
  directory: (id: number) => string
  /** Commits by full sha; those that cannot be read are absent. */
  commits: (id: number, shas: string[]) => Promise<Map<string, Commit>>
  /** The commit where it is in memory already. */
  keptCommit: (id: number, sha: string) => Commit | undefined
  /** The commit that a tag stands for; null without the tag. Fails with a GitError where the repository is broken. */
  resolveTag: (id: number, tag: string) => Promise<string | null>
  /** The commit that a branch, a tag, a full ref name or an object name stands for, tried in this order; fails likewise. */
  resolveCommit: (id: number, ref: string) => Promise<string | null>
  /** Does what starts git when it is the caller's turn: only so many processes run at a time. */
  inTurn: BoundedQueue['run']
  close: () => Promise<void>
}

const WAITING = 100
const LONGEST_WAIT_MS = 30_000

/** Of commits that are kept. */
const MAX_BYTES = 16 * 1024 ** 2
const sizeOf = ({ message }: Commit) => 1024 + 2 * message.length

type Options = { directory: string; log: Log; processes?: GitProcessBounds }

export function createRepositories({ directory, log, processes = gitProcessBounds }: Options): Repositories {
  const bounds = { waiting: WAITING, longestWaitMs: LONGEST_WAIT_MS, what: 'requests that git answers' }
  const queue = createBoundedQueue({ ...bounds, ...processes })
  const pool = createObjectPool({ log })
  // What a sha names never changes.
  const kept = new LRUCache<string, Commit>({ maxSize: MAX_BYTES, sizeCalculation: sizeOf })
  const keptCommit = (id: number, sha: string) => kept.get(`${id} ${sha}`)
  const directoryOf = (id: number) => repositoryDirectory(directory, id)
  return {
    directory: directoryOf,
    async commits(id, shas) {
      // Taken now: while others are read, these may have to make room.
      const found = new Map<string, Commit>()
      for (const sha of shas) {
        const commit = keptCommit(id, sha)
        if (commit) found.set(sha, commit)
      }
      const missing = shas.filter((sha) => !found.has(sha))
      if (missing.length === 0) return found
      for (const [sha, commit] of await readCommits(pool, directoryOf(id), missing)) {
        kept.set(`${id} ${sha}`, commit)
        found.set(sha, commit)
      }
      return found
    },
    keptCommit,
    resolveTag: (id, tag) => resolveTag(pool, directoryOf(id), tag),
    resolveCommit: (id, ref) => resolveCommit(pool, directoryOf(id), ref),
    inTurn: queue.run,
    close: () => pool.close(),
  }
}

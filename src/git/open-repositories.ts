import { setImmediate } from 'node:timers/promises'
import { LRUCache } from 'lru-cache'
import { type BoundedQueue, createBoundedQueue, type Load } from '../foundation/bounded-queue.ts'
import type { CacheStatistics } from '../foundation/cache-statistics.ts'
import type { Log } from '../foundation/log.ts'
import { type Commit, readCommits } from './commits.ts'
import { type GitProcessBounds, gitProcessBounds } from './git-process-bounds.ts'
import { repositoryDirectory } from './mirror-repository.ts'
import { createObjectPool } from './object-reader.ts'
import { findCommitIds, resolveCommit, resolveTag } from './resolve-commit.ts'

/** The bare repositories of this server, in one folder for each project ID. */
export type Repositories = {
  directory: (id: number) => string
  /** The commits by full sha. The map lacks the commits that cannot be read. */
  commits: (id: number, shas: string[]) => Promise<Map<string, Commit>>
  /** The commit, if it is already in memory. */
  keptCommit: (id: number, sha: string) => Commit | undefined
  /** The commits whose IDs begin with these texts. The map lacks what names no commit, or more than one. */
  commitIds: (id: number, beginnings: readonly string[]) => Promise<Map<string, string>>
  /** The commit that a tag leads to; null without the tag. Fails with a GitError when the repository is broken. */
  resolveTag: (id: number, tag: string) => Promise<string | null>
  /** The commit of a branch, tag, full ref name or object ID, tried in this order. Fails with a GitError like `resolveTag`. */
  resolveCommit: (id: number, ref: string) => Promise<string | null>
  /** Runs work that starts git when it is the caller's turn, because the number of git processes is bounded. */
  inTurn: BoundedQueue['run']
  /** How much of that work runs and waits. */
  load: () => Load
  commitsKept: () => CacheStatistics
  close: () => Promise<void>
}

const WAITING = 100
const LONGEST_WAIT_MS = 30_000

/** The size of the commits that are kept in memory. */
const MAX_BYTES = 16 * 1024 ** 2
const sizeOf = ({ message }: Commit) => 1024 + 2 * message.length

/**
 * Resolves in one turn of the event loop after the other for all who wait. Starting a process takes milliseconds in which this
 * process does nothing else, so a turn starts one, and other requests are answered between two.
 */
function createStarts(): () => Promise<void> {
  let last = Promise.resolve()
  return () => {
    last = last.then(() => setImmediate())
    return last
  }
}

type Options = { directory: string; log: Log; processes?: GitProcessBounds }

export function createRepositories({ directory, log, processes = gitProcessBounds }: Options): Repositories {
  const bounds = { waiting: WAITING, longestWaitMs: LONGEST_WAIT_MS, what: 'requests that git answers' }
  const queue = createBoundedQueue({ ...bounds, ...processes })
  const nextStart = createStarts()
  const pool = createObjectPool({ log })
  // The commits can be kept because a sha always names the same commit.
  const kept = new LRUCache<string, Commit>({ maxSize: MAX_BYTES, sizeCalculation: sizeOf })
  const counts = { hits: 0, misses: 0 }
  const keptCommit = (id: number, sha: string) => {
    const commit = kept.get(`${id} ${sha}`)
    if (commit) counts.hits += 1
    return commit
  }
  const directoryOf = (id: number) => repositoryDirectory(directory, id)
  return {
    directory: directoryOf,
    async commits(id, shas) {
      // Copied before the others are read, because reading them may push these commits out of the cache.
      const found = new Map<string, Commit>()
      for (const sha of shas) {
        const commit = keptCommit(id, sha)
        if (commit) found.set(sha, commit)
      }
      const missing = shas.filter((sha) => !found.has(sha))
      counts.misses += missing.length
      if (missing.length === 0) return found
      for (const [sha, commit] of await readCommits(pool, directoryOf(id), missing)) {
        kept.set(`${id} ${sha}`, commit)
        found.set(sha, commit)
      }
      return found
    },
    keptCommit,
    commitIds: (id, beginnings) => findCommitIds(pool, directoryOf(id), beginnings),
    resolveTag: (id, tag) => resolveTag(pool, directoryOf(id), tag),
    resolveCommit: (id, ref) => resolveCommit(pool, directoryOf(id), ref),
    inTurn: (caller, work, signal) => queue.run(caller, () => nextStart().then(work), signal),
    load: queue.load,
    commitsKept: () => ({ entries: kept.size, bytes: kept.calculatedSize, ...counts }),
    close: () => pool.close(),
  }
}

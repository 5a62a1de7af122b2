// What git needs now and then, so that a repository stays fast and whole for years. Nothing is ever pruned: what nothing leads to any
// more may be what a release or evidence names.
import { GitError, runGit } from './git.ts'
import { removeStaleLocks } from './stale-locks.ts'

/** Above these a repository is packed anew. */
const MANY_LOOSE_OBJECTS = 500
const MANY_PACKS = 20

/** Of one command; a repository that takes longer is tried again another time. */
const LONGEST_MS = 30 * 60_000
const MAX_MEMORY = 1024 ** 3
/** One thread in a small window: the server goes on meanwhile. */
const MODEST = ['-c', 'pack.threads=1', '-c', 'pack.windowMemory=64m', '-c', 'pack.deltaCacheSize=32m']
const MAX_PROBLEM_CHARACTERS = 1000

const inBackground = (signal: AbortSignal) => ({
  signal: AbortSignal.any([signal, AbortSignal.timeout(LONGEST_MS)]),
  maxMemory: MAX_MEMORY,
  yields: true,
})

async function countObjects(repository: string): Promise<{ loose: number; packs: number }> {
  const counts = await runGit(repository, ['count-objects', '-v'])
  const numberOf = (name: string) => Number(new RegExp(`^${name}: (\\d+)$`, 'm').exec(counts)?.[1] ?? 0)
  return { loose: numberOf('count'), packs: numberOf('packs') }
}

/** Removes locks that were left behind, and packs what has gathered. Returns whether it has packed. */
export async function tidyRepository(repository: string, signal: AbortSignal): Promise<boolean> {
  await removeStaleLocks(repository, [])
  const { loose, packs } = await countObjects(repository)
  if (loose <= MANY_LOOSE_OBJECTS && packs <= MANY_PACKS) return false
  const repack = (...how: string[]) =>
    runGit(repository, [...MODEST, 'repack', '-d', '-q', ...how], inBackground(signal))
  // Git keeps what is unreachable only beside a pack that is there.
  if (packs === 0) await repack()
  await repack('-a', '--keep-unreachable')
  await runGit(repository, ['pack-refs', '--all'], inBackground(signal))
  return true
}

/** What is wrong with a repository, in git's words; null when everything that refs lead to is there and is what it says. */
export async function verifyRepository(repository: string, signal: AbortSignal): Promise<string | null> {
  try {
    await runGit(repository, ['fsck', '--no-dangling', '--no-progress'], inBackground(signal))
    return null
  } catch (error) {
    if (!(error instanceof GitError)) throw error
    return (error.stderr.trim() || error.message).slice(0, MAX_PROBLEM_CHARACTERS)
  }
}

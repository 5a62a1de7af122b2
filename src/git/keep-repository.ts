// Regular maintenance, which keeps a repository fast and whole for years. We never prune unreachable objects, because a release
// or evidence may name them.
import { GitError, runGit } from './git.ts'
import { removeStaleLocks } from './stale-locks.ts'

/** A repository with more loose objects or packs is repacked. */
const MANY_LOOSE_OBJECTS = 500
const MANY_PACKS = 20

/** The longest run of one command. The next maintenance tries a slower repository again. */
const LONGEST_MS = 30 * 60_000
const MAX_MEMORY = 1024 ** 3
/** One thread and little memory, because the server goes on serving meanwhile. */
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

/** Removes stale locks, and repacks a repository that has gathered many objects. Returns whether it has repacked. */
export async function tidyRepository(repository: string, signal: AbortSignal): Promise<boolean> {
  await removeStaleLocks(repository, [])
  const { loose, packs } = await countObjects(repository)
  if (loose <= MANY_LOOSE_OBJECTS && packs <= MANY_PACKS) return false
  const repack = (...how: string[]) =>
    runGit(repository, [...MODEST, 'repack', '-d', '-q', ...how], inBackground(signal))
  // `--keep-unreachable` keeps unreachable objects only when the repository already has a pack.
  if (packs === 0) await repack()
  await repack('-a', '--keep-unreachable')
  await runGit(repository, ['pack-refs', '--all'], inBackground(signal))
  return true
}

/** Git's description of the damage of a repository; null when every object that is reachable from a ref is whole. */
export async function verifyRepository(repository: string, signal: AbortSignal): Promise<string | null> {
  try {
    await runGit(repository, ['fsck', '--no-dangling', '--no-progress'], inBackground(signal))
    return null
  } catch (error) {
    if (!(error instanceof GitError)) throw error
    return (error.stderr.trim() || error.message).slice(0, MAX_PROBLEM_CHARACTERS)
  }
}

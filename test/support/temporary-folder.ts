import { existsSync, statfsSync } from 'node:fs'

const MEMORY = '/dev/shm'
/** A run needs less than this. */
const NEEDED_BYTES = 3 * 1024 ** 3

function hasRoom(folder: string): boolean {
  if (!existsSync(folder)) return false
  const { bavail, bsize } = statfsSync(folder)
  return bavail * bsize >= NEEDED_BYTES
}

/**
 * Puts the databases and repositories of the tests into memory when they fit, because everything takes a quarter longer on a
 * disk.
 */
export function useMemory(): void {
  if (hasRoom(MEMORY)) process.env.TMPDIR ??= MEMORY
}

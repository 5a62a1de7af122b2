// Git writes a ref under a lock: a file that it holds for milliseconds and that a crash leaves behind. It then refuses to write that ref
// for good, and never removes such a file itself, as it cannot know. What is this old belongs to nobody who lives.
import { randomUUID } from 'node:crypto'
import { rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { GitError } from './git.ts'

/** Locks of refs are held while files are renamed; that of all packed refs while a file of some megabytes is written. */
const STALE_MS = 60_000

const LOCKED = /Unable to create '([^'\n]+\.lock)': File exists/

async function removeStale(file: string): Promise<boolean> {
  const found = await stat(file).catch(() => null)
  if (!found || Date.now() - found.mtimeMs < STALE_MS) return false
  // Of several who find it, one has it in hands when it is removed: a new lock never goes with it.
  const aside = `${file}.${randomUUID()}`
  await rename(file, aside)
  await rm(aside)
  return true
}

/** Whether git failed because of a lock that was left behind, which is gone now. */
export async function removeLockInTheWay(repository: string, error: unknown): Promise<boolean> {
  const [, file] = error instanceof GitError ? (LOCKED.exec(error.stderr) ?? []) : []
  if (file === undefined) return false
  const isInside = path.resolve(file).startsWith(`${path.resolve(repository)}${path.sep}`)
  return isInside && removeStale(file).catch(() => false)
}

/** A push of more refs is told by git of a lock that is in its way. */
const MANY_REFS = 100

/** Those that would be in the way of a push of these refs. */
export async function removeStaleLocks(repository: string, changes: readonly { ref: string }[]): Promise<void> {
  const refs = changes.slice(0, MANY_REFS).map(({ ref }) => ref)
  const files = ['packed-refs', 'HEAD', 'config', 'shallow', ...refs].map((name) =>
    path.join(repository, `${name}.lock`),
  )
  await Promise.all(files.map((file) => removeStale(file).catch(() => false)))
}

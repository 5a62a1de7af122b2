// Git locks a ref by a file that exists for milliseconds. A crash leaves the file behind, and git then never writes the ref
// again, because git cannot tell whether the lock's owner still runs. The owner of a lock that is this old has crashed.
import { randomUUID } from 'node:crypto'
import { rename, rm, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { GitError } from './git.ts'

/** Git holds the lock of a ref while it renames files, and the lock of all packed refs while it writes some megabytes. */
const STALE_MS = 60_000

const LOCKED = /Unable to create '([^'\n]+\.lock)': File exists/

/** The time by the clock that dates the files there. Of a folder that servers share it is the clock of another machine. */
async function timeAt(repository: string): Promise<number> {
  const file = path.join(repository, `clock-${randomUUID()}`)
  try {
    await writeFile(file, '', { mode: 0o600 })
    return (await stat(file)).mtimeMs
  } finally {
    await rm(file, { force: true })
  }
}

async function removeStale(repository: string, file: string): Promise<boolean> {
  const found = await stat(file).catch(() => null)
  if (!found || (await timeAt(repository)) - found.mtimeMs < STALE_MS) return false
  // Only one of several processes can rename the stale lock, so none of them removes a new lock by mistake.
  const aside = `${file}.${randomUUID()}`
  await rename(file, aside)
  await rm(aside)
  return true
}

/** Removes the stale lock that made git fail. Returns whether there was one. */
async function removeLockInTheWay(repository: string, error: unknown): Promise<boolean> {
  const [, file] = error instanceof GitError ? (LOCKED.exec(error.stderr) ?? []) : []
  if (file === undefined) return false
  const isInside = path.resolve(file).startsWith(`${path.resolve(repository)}${path.sep}`)
  return isInside && removeStale(repository, file).catch(() => false)
}

/** Writes again when a stale lock of a crash was in the way. */
export async function writeDespiteStaleLock(repository: string, write: () => Promise<unknown>): Promise<void> {
  await write().catch(async (error) => {
    if (!(await removeLockInTheWay(repository, error))) throw error
    await write()
  })
}

/** Only this many refs of a push are checked. Git reports a lock of a further ref. */
const MANY_REFS = 100

/** Removes the stale locks that would make a push of these refs fail. */
export async function removeStaleLocks(repository: string, changes: readonly { ref: string }[]): Promise<void> {
  const refs = changes.slice(0, MANY_REFS).map(({ ref }) => ref)
  const files = ['packed-refs', 'HEAD', 'config', 'shallow', ...refs].map((name) =>
    path.join(repository, `${name}.lock`),
  )
  await Promise.all(files.map((file) => removeStale(repository, file).catch(() => false)))
}

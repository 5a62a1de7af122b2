import { chmod, lstat, opendir } from 'node:fs/promises'
import path from 'node:path'
import type { Config } from '../config.ts'
import { nullIfMissing } from '../foundation/file-errors.ts'
import type { Log } from '../foundation/log.ts'

const PRIVATE = 0o700
const OTHERS = 0o077
const AT_A_TIME = 32

/** Closes a folder to other accounts. A folder of another owner, for example on a share, cannot be closed and stays open. */
async function close(folder: string, log: Log): Promise<void> {
  try {
    const found = await lstat(folder)
    if (found.isDirectory() && found.mode & OTHERS) await chmod(folder, PRIVATE)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    log.warn(
      { err: error, folder },
      'other accounts of this machine can read a folder, and it cannot be closed to them',
    )
  }
}

async function* repositoriesIn(folder: string): AsyncGenerator<string> {
  const entries = await opendir(folder).catch(nullIfMissing)
  for await (const { name } of entries ?? []) if (/^\d+\.git$/.test(name)) yield path.join(folder, name)
}

/**
 * Closes the folders that earlier versions left open to other accounts. Closing the top folders is enough, so this costs one
 * look-up for each repository. DATA_DIR itself stays as it is, because the account of the embedded PostgreSQL must pass through
 * it.
 */
export async function closeFolders({ dataDir, repositoriesDir }: Config, log: Log): Promise<void> {
  for (const name of ['archives', 'artifacts', 'packages', 'repositories']) await close(path.join(dataDir, name), log)
  let closing: Promise<void>[] = []
  for await (const repository of repositoriesIn(repositoriesDir)) {
    closing.push(close(repository, log))
    if (closing.length < AT_A_TIME) continue
    await Promise.all(closing)
    closing = []
  }
  await Promise.all(closing)
}

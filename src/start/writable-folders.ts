import { mkdtemp, rmdir, stat } from 'node:fs/promises'
import path from 'node:path'
import type { Config } from '../config.ts'
import { fileErrorReason } from '../foundation/file-errors.ts'
import { StartError } from '../foundation/start-error.ts'

/** The folder itself, or the nearest existing folder above it, in which it would be created. */
async function nearestExisting(folder: string): Promise<string> {
  const found = await stat(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' && path.dirname(folder) !== folder) return null
    throw error
  })
  if (found === null) return nearestExisting(path.dirname(folder))
  if (!found.isDirectory()) throw Object.assign(new Error('not a folder'), { code: 'EEXIST' })
  return folder
}

/** Creates and removes a folder as a test, because nothing else tells about file systems such as /proc. */
async function assertWritable(folder: string, variable: string): Promise<void> {
  try {
    await rmdir(await mkdtemp(path.join(await nearestExisting(folder), '.waybill-')))
  } catch (error) {
    const reason = fileErrorReason(error) ?? (error as Error).message
    throw new StartError(
      `Cannot use ${folder} (${reason}): set ${variable} to a folder that this account may make or write`,
    )
  }
}

/** Must be called before anything is created, because Node tries for ever to create a folder in a place such as /proc. */
export async function assertFoldersWritable({ dataDir, repositoriesDir, storage }: Config): Promise<void> {
  await assertWritable(dataDir, 'DATA_DIR')
  await assertWritable(repositoriesDir, 'REPOSITORIES_DIR')
  const inside = ['archives', ...(storage === null ? ['packages'] : [])]
  for (const name of inside) await assertWritable(path.join(dataDir, name), 'DATA_DIR')
}

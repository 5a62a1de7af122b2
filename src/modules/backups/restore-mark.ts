// While a restore runs, a file in the folder of repositories names its backup. Everything in the folders then comes from this backup, so
// that a restore that was killed can go on, and no server starts with a half.
import { createHash } from 'node:crypto'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { nullIfMissing } from '../../foundation/file-errors.ts'
import { StartError } from '../../foundation/start-error.ts'
import type { Header } from './manifest.ts'

const MARK = 'restoring'

const markOf = (header: Header) =>
  `${header.takenAt} ${createHash('sha256').update(JSON.stringify(header)).digest('hex')}\n`

const placeOf = (repositoriesDir: string) => path.join(repositoriesDir, MARK)

const readMark = (repositoriesDir: string) => readFile(placeOf(repositoriesDir), 'utf8').catch(nullIfMissing)

/** Whether a restore of this backup has begun here and has not ended. Throws when it was another backup. */
export async function hasBegun(repositoriesDir: string, header: Header): Promise<boolean> {
  const mark = await readMark(repositoriesDir)
  // An empty mark is of a restore that was killed before it wrote anything else.
  if (mark === null || mark === '' || mark === markOf(header)) return mark !== null
  throw new StartError(
    `The restore of another backup, of ${mark.split(' ')[0]}, has begun here and has not ended: restore that backup, or empty ${repositoriesDir} and the storage and begin again`,
  )
}

export async function markBegun(repositoriesDir: string, header: Header): Promise<void> {
  await mkdir(repositoriesDir, { recursive: true, mode: 0o700 })
  await writeFile(placeOf(repositoriesDir), markOf(header), { mode: 0o600, flush: true })
}

export const markEnded = (repositoriesDir: string) => rm(placeOf(repositoriesDir), { force: true })

/** Throws while a restore has not ended. */
export async function assertNoRestore(repositoriesDir: string): Promise<void> {
  if ((await readMark(repositoriesDir)) === null) return
  throw new StartError(
    `A restore into ${repositoriesDir} has not ended: repeat waybill restore, which goes on where it was killed`,
  )
}

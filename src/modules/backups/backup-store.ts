import { createHmac } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { Readable } from 'node:stream'
import { json } from 'node:stream/consumers'
import { z } from 'zod'
import { StartError } from '../../foundation/start-error.ts'
import type { FileStorage } from '../../storage/file-storage.ts'
import { createLocalStorage, removeUnfinished } from '../../storage/local-storage.ts'
import { createS3Storage } from '../../storage/s3-storage.ts'
import { sealedSize, sealedStorage } from '../../storage/sealed-storage.ts'
import { type S3Location, StorageLocation } from '../../storage/storage-location.ts'
import type { BackupStore } from './backup-parts.ts'
import { FORMAT } from './manifest.ts'

/** Says that a folder is a backup, and recognises its key. Never encrypted. */
const MARK = 'waybill-backup.json'

const Mark = z.object({ format: z.int(), keyCheck: z.string().nullable() })

export type Place = { folder: string } | { bucket: S3Location }

export function parsePlace(text: string): Place {
  if (!text.startsWith('s3:')) return { folder: path.resolve(text) }
  const { data, error } = StorageLocation.safeParse(text)
  if (data) return { bucket: data }
  throw new StartError(`The place of the backup ${error?.issues[0]?.message}`)
}

/** Reads a key of 64 hex digits. Errors do not repeat it. */
export async function readKey({ file, text }: { file?: string | undefined; text?: string | undefined }) {
  const given = (file === undefined ? text : await readFile(file, 'utf8'))?.trim()
  if (given === undefined) return null
  if (/^[0-9a-f]{64}$/i.test(given)) return Buffer.from(given, 'hex')
  throw new StartError('The key of a backup has 64 hex digits, as `openssl rand -hex 32` makes them')
}

const keyCheckOf = (key: Buffer | null) =>
  key && createHmac('sha256', key).update('the key of a waybill backup').digest('hex')

function assertKey(mark: unknown, key: Buffer | null): void {
  const { format, keyCheck } = Mark.parse(mark)
  if (format !== FORMAT) throw new StartError(`The backup has the format ${format}, and this Waybill knows ${FORMAT}`)
  if (keyCheck === keyCheckOf(key)) return
  if (keyCheck === null) throw new StartError('The backup is not encrypted: leave out the key')
  throw new StartError(key ? 'The backup is encrypted with another key' : 'The backup is encrypted: give its key')
}

const storageAt = (place: Place): FileStorage =>
  'folder' in place ? createLocalStorage(place.folder) : createS3Storage(place.bucket)

const storeOn = (place: Place, storage: FileStorage, key: Buffer | null): BackupStore => ({
  ...(key ? sealedStorage(storage, key) : storage),
  sizeOf: key ? sealedSize : (size) => size,
  key: key ?? Buffer.alloc(0),
  // A bucket ends uploads that were given up by its own rules.
  removeUnfinished: async () => ('folder' in place ? removeUnfinished(place.folder) : undefined),
})

async function isEmpty(storage: FileStorage): Promise<boolean> {
  for await (const _file of storage.list('')) return false
  return true
}

/** Opens the place of a backup that is there. */
export async function openBackup(place: Place, key: Buffer | null): Promise<BackupStore> {
  const storage = storageAt(place)
  const mark = await storage.get(MARK)
  if (!mark) throw new StartError('There is no backup')
  assertKey(await json(mark), key)
  return storeOn(place, storage, key)
}

/** Opens a place for a backup, which is empty or has one. Anything else is refused, because old files are removed from it. */
export async function openTarget(place: Place, key: Buffer | null): Promise<BackupStore> {
  const storage = storageAt(place)
  const mark = await storage.get(MARK)
  if (mark) assertKey(await json(mark), key)
  else if (!(await isEmpty(storage))) throw new StartError('The place is not empty, and has no backup: use another one')
  else {
    const content = JSON.stringify({ format: FORMAT, keyCheck: keyCheckOf(key) })
    await storage.put(MARK, Readable.from([content], { objectMode: false }))
  }
  return storeOn(place, storage, key)
}

const contains = (outer: string, inner: string) => `${inner}/`.startsWith(`${outer}/`)

/** Throws when the place is within the server's own files, or they are within it. */
export function assertApart(place: Place, server: { folders: readonly string[]; bucket: S3Location | null }): void {
  const overlap =
    'folder' in place
      ? server.folders.some((folder) => contains(folder, place.folder) || contains(place.folder, folder))
      : server.bucket?.bucket === place.bucket.bucket &&
        server.bucket.endpoint === place.bucket.endpoint &&
        (server.bucket.prefix.startsWith(place.bucket.prefix) || place.bucket.prefix.startsWith(server.bucket.prefix))
  if (overlap) throw new StartError("A backup needs a place apart from the server's own files")
}

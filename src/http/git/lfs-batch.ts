// The batch of Git LFS: which objects a client wants to download or upload, and the addresses where it may do so.
import type { IncomingMessage } from 'node:http'
import { z } from 'zod'
import type { Project } from '../../generated/prisma/client.ts'
import { findLfsObjects, MAX_LFS_BYTES } from '../../modules/lfs/lfs-objects.ts'
import { readBytes } from '../rest/kit/read-body.ts'
import { RestError } from '../rest/kit/rest-errors.ts'
import { Refusal } from './git-refusal.ts'

/** Git LFS sends 100 at a time. */
const MAX_OBJECTS = 1000
const MAX_BATCH_BYTES = 1_000_000

const LfsId = z.string().regex(/^[0-9a-f]{64}$/)
const Wanted = z.object({ oid: LfsId, size: z.int().min(0) })
const Batch = z.object({
  operation: z.enum(['download', 'upload']),
  objects: z.array(Wanted),
  hash_algo: z.literal('sha256').nullish(),
})

type Batch = z.output<typeof Batch>
type Wanted = z.output<typeof Wanted>

const tooLarge = () => new Refusal(413, `A batch may have at most ${MAX_OBJECTS} objects and ${MAX_BATCH_BYTES} bytes`)

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    return null
  }
}

export async function readBatch(incoming: IncomingMessage): Promise<Batch> {
  const body = await readBytes(incoming, { maxBytes: MAX_BATCH_BYTES, isForm: false }).catch((error) => {
    throw error instanceof RestError && error.status === 413 ? tooLarge() : error
  })
  const { success, data } = Batch.safeParse(parse(body))
  if (!success) throw new Refusal(422, 'This is no batch of objects: each needs a SHA-256 as its oid, and a size')
  if (data.objects.length === 0) throw new Refusal(404, 'The batch has no objects')
  if (data.objects.length > MAX_OBJECTS) throw tooLarge()
  return data
}

type Place = {
  /** The address of the repository, which ends with `.git`. */
  url: string
  /** The client's own credential, which it sends again to the addresses. */
  authorization: string | null
  isOpenToAll: boolean
}

const failed = (object: Wanted, code: number, message: string) => ({ ...object, error: { code, message } })

function toDownload(object: Wanted, isThere: boolean, { url, authorization, isOpenToAll }: Place) {
  if (!isThere) return failed(object, 404, 'The object does not exist')
  const header = authorization === null ? {} : { header: { Authorization: authorization } }
  const download = { href: `${url}/gitlab-lfs/objects/${object.oid}`, ...header }
  return { ...object, ...(isOpenToAll ? { authenticated: true } : {}), actions: { download } }
}

function toUpload(object: Wanted, isThere: boolean, { url, authorization }: Place) {
  if (isThere) return object
  if (object.size > MAX_LFS_BYTES) return failed(object, 422, `An object may have at most ${MAX_LFS_BYTES} bytes`)
  const header = {
    ...(authorization === null ? {} : { Authorization: authorization }),
    'Content-Type': 'application/octet-stream',
    'Transfer-Encoding': 'chunked',
  }
  return { ...object, actions: { upload: { href: `${url}/gitlab-lfs/objects/${object.oid}/${object.size}`, header } } }
}

/** Tells for each object where it is, or where it may go. One statement finds all of them. */
export async function answerBatch(project: Project, { operation, objects }: Batch, place: Place) {
  const stored = await findLfsObjects(project, [...new Set(objects.map(({ oid }) => oid))])
  const sizes = new Map(stored.map(({ sha256, size }) => [sha256, Number(size)]))
  const act = operation === 'download' ? toDownload : toUpload
  return { objects: objects.map((object) => act(object, sizes.get(object.oid) === object.size, place)) }
}

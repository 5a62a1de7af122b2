// Files that only the holder of a key can read. A file is sealed in pieces, each with its own tag, so that a file may have any length
// and no byte is given out that is not verified. The key of a file is derived from its name and from random bytes at its beginning,
// so a file cannot be put in the place of another one.
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { StartError } from '../foundation/start-error.ts'
import type { FileStorage } from './file-storage.ts'

const ALGORITHM = 'aes-256-gcm'
const SALT_BYTES = 16
const PIECE_BYTES = 64 * 1024
const TAG_BYTES = 16

/** The size of a sealed file. Even an empty file has one piece, whose tag shows that nothing was cut off. */
export const sealedSize = (size: number): number =>
  SALT_BYTES + size + TAG_BYTES * Math.max(1, Math.ceil(size / PIECE_BYTES))

const keyOf = (key: Buffer, salt: Buffer, name: string) =>
  Buffer.from(hkdfSync('sha256', key, salt, `waybill file ${name}`, 32))

/** The number of the piece, and whether it is the last, so that pieces cannot change places and a file cannot be cut. */
function nonceOf(index: number, isLast: boolean): Buffer {
  const nonce = Buffer.alloc(12)
  nonce.writeUInt8(isLast ? 1 : 0)
  nonce.writeUIntBE(index, 6, 6)
  return nonce
}

type Piece = { bytes: Buffer; index: number; isLast: boolean }

/** Pieces of exactly `size` bytes, but for the last one. */
async function* piecesOf(body: AsyncIterable<Buffer | string>, size: number): AsyncGenerator<Piece> {
  let held = Buffer.alloc(0)
  let index = 0
  for await (const chunk of body) {
    held = Buffer.concat([held, Buffer.from(chunk)])
    // A whole piece is held back, because it may be the last.
    for (; held.length > size; index++) {
      yield { bytes: held.subarray(0, size), index, isLast: false }
      held = held.subarray(size)
    }
  }
  yield { bytes: held, index, isLast: true }
}

async function* seal(body: Readable, key: Buffer, name: string): AsyncGenerator<Buffer> {
  const salt = randomBytes(SALT_BYTES)
  const fileKey = keyOf(key, salt, name)
  yield salt
  for await (const { bytes, index, isLast } of piecesOf(body, PIECE_BYTES)) {
    const cipher = createCipheriv(ALGORITHM, fileKey, nonceOf(index, isLast))
    yield Buffer.concat([cipher.update(bytes), cipher.final(), cipher.getAuthTag()])
  }
}

function openPiece({ bytes, index, isLast }: Piece, fileKey: Buffer): Buffer {
  const decipher = createDecipheriv(ALGORITHM, fileKey, nonceOf(index, isLast))
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES))
  return Buffer.concat([decipher.update(bytes.subarray(0, -TAG_BYTES)), decipher.final()])
}

/** Reads the salt at the beginning, and gives the key and the rest. */
async function readHead(body: Readable, key: Buffer, name: string) {
  const chunks: AsyncIterator<Buffer> = body[Symbol.asyncIterator]()
  let head = Buffer.alloc(0)
  while (head.length < SALT_BYTES) {
    const { value, done } = await chunks.next()
    if (done) break
    head = Buffer.concat([head, value])
  }
  async function* rest() {
    yield head.subarray(SALT_BYTES)
    for (let part = await chunks.next(); !part.done; part = await chunks.next()) yield part.value
  }
  return { fileKey: keyOf(key, head.subarray(0, SALT_BYTES), name), rest: rest() }
}

async function* open(body: Readable, key: Buffer, name: string): AsyncGenerator<Buffer> {
  try {
    const { fileKey, rest } = await readHead(body, key, name)
    for await (const piece of piecesOf(rest, PIECE_BYTES + TAG_BYTES)) yield openPiece(piece, fileKey)
  } catch (error) {
    if (body.errored) throw error
    throw new StartError(`The file ${name} is damaged, or was encrypted with another key`, { cause: error })
  } finally {
    body.destroy()
  }
}

/** Encrypts what is stored, and decrypts and verifies what is read. Sizes in lists are those of the encrypted files. */
export const sealedStorage = (storage: FileStorage, key: Buffer): FileStorage => ({
  ...storage,
  async put(name, body) {
    const sealed = Readable.from(seal(body, key, name), { objectMode: false })
    await storage.put(name, sealed)
  },
  async get(name) {
    const body = await storage.get(name)
    return body && Readable.from(open(body, key, name), { objectMode: false })
  },
})

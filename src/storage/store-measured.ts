import { createHash } from 'node:crypto'
import { type Readable, Transform } from 'node:stream'
import { finished } from 'node:stream/promises'
import { AppError } from '../foundation/errors.ts'
import type { FileStorage } from './file-storage.ts'

export type Measured = { size: bigint; sha256: string }

/** `most`: the bound in words; in bytes when absent. */
type Bound = { maxBytes: number; what: string; most?: string }

const tooLarge = ({ maxBytes, what, most = `${maxBytes} bytes` }: Bound) =>
  new AppError('TOO_LARGE', `${what} may have at most ${most}`)

/** Refuses a declared length that is too large before a byte is stored. `more` allows for what accompanies the file. */
export function assertFits(headers: Headers, bound: Bound, more = 0): void {
  if (Number(headers.get('content-length') ?? 0) > bound.maxBytes + more) throw tooLarge(bound)
}

/** Stores the whole body and measures it. Stores nothing when the body breaks off or exceeds the bound. */
export async function storeMeasured(
  storage: FileStorage,
  key: string,
  body: Readable,
  bound?: Bound,
): Promise<Measured> {
  const hash = createHash('sha256')
  let size = 0n
  const measure = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      size += BigInt(chunk.length)
      if (bound && size > bound.maxBytes) return done(tooLarge(bound))
      hash.update(chunk)
      done(null, chunk)
    },
  })
  // `finished` also reports a body that has already failed.
  finished(body).catch((error) => measure.destroy(error))
  // When the storage fails, the body must not wait for a reader for ever.
  finished(measure).catch(() => body.destroy())
  await storage.put(key, body.pipe(measure))
  return { size, sha256: hash.digest('hex') }
}

import { createHash } from 'node:crypto'
import { type Readable, Transform } from 'node:stream'
import { finished } from 'node:stream/promises'
import { AppError } from '../foundation/errors.ts'
import type { FileStorage } from './file-storage.ts'

export type Measured = { size: bigint; sha256: string }

type Bound = { maxBytes: number; what: string }

const tooLarge = ({ maxBytes, what }: Bound) => new AppError('TOO_LARGE', `${what} may have at most ${maxBytes} bytes`)

/** Told before the first byte is stored, where the client says how many there are; `more` for what comes with the file. */
export function assertFits(headers: Headers, bound: Bound, more = 0): void {
  if (Number(headers.get('content-length') ?? 0) > bound.maxBytes + more) throw tooLarge(bound)
}

/** Keeps all that comes, or nothing when it breaks off or is more than the bound. */
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
  // Also when it has failed already.
  finished(body).catch((error) => measure.destroy(error))
  // A storage that fails must not leave the body waiting for a reader.
  finished(measure).catch(() => body.destroy())
  await storage.put(key, body.pipe(measure))
  return { size, sha256: hash.digest('hex') }
}

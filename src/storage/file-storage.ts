import type { Readable } from 'node:stream'

/** In bytes from 0; both ends belong to it. */
export type ByteRange = { start: number; end: number }

/** Where uploaded files are. A key is a path without `..`, and nothing is ever written under it twice. */
export type FileStorage = {
  /** Keeps all that comes, or nothing when it breaks off. Holds little of it in memory. */
  put: (key: string, body: Readable) => Promise<void>
  /** Null when there is no such file. */
  get: (key: string, range?: ByteRange) => Promise<Readable | null>
  /** Also when there is none. */
  remove: (key: string) => Promise<void>
}

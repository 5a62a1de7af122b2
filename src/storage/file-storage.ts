import type { Readable } from 'node:stream'

/** Positions in bytes, counted from 0. Both ends are included. */
export type ByteRange = { start: number; end: number }

export type ListedFile = { key: string; size: number; modifiedAt: Date }

/** A store of uploaded files. A key is a path without `..`, and every key is written only once. */
export type FileStorage = {
  /** Stores the whole body, or nothing when the body breaks off. Holds little of the body in memory. */
  put: (key: string, body: Readable) => Promise<void>
  /** Null when the file does not exist. */
  get: (key: string, range?: ByteRange) => Promise<Readable | null>
  /** Does nothing when the file does not exist. */
  remove: (key: string) => Promise<void>
  /** The complete files whose keys begin with the prefix, in the order of their keys. Holds few of them in memory. */
  list: (prefix: string) => AsyncIterable<ListedFile>
}

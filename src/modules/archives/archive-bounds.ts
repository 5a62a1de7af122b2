import { availableParallelism } from 'node:os'

/** What archives may cost. */
export type ArchiveBounds = {
  /** The size of an archive before it is compressed, with the names of files and folders. */
  maxBytes: number
  /** The number of files and folders in an archive. */
  maxFiles: number
  /** The time that making an archive takes, once its turn has come. */
  maxSeconds: number
  /** The memory of each process that makes an archive, in bytes. */
  maxMemory: number
  /** The size of all archives together: the kept ones and the ones that are being made. */
  folderBytes: number
  /** How many archives are made at a time. */
  running: number
  /** How many archives are made at a time for one account or one address. */
  perCaller: number
  /** How many archives wait to be made. */
  waiting: number
  longestWaitMs: number
  /** A client that has been reading for longer is cut off when its archive must make room for another. */
  makeWayMs: number
}

const MIB = 1024 ** 2
const GIB = 1024 ** 3
const cores = availableParallelism()

export const archiveBounds: ArchiveBounds = {
  maxBytes: 2 * GIB,
  maxFiles: 200_000,
  maxSeconds: 300,
  maxMemory: 512 * MIB,
  folderBytes: 5 * GIB,
  running: cores,
  perCaller: Math.max(Math.floor(cores / 2), 1),
  waiting: 64,
  longestWaitMs: 60_000,
  makeWayMs: 10 * 60_000,
}

import { availableParallelism } from 'node:os'

/** What archives may cost. */
export type ArchiveBounds = {
  /** Of one: all that is in it, unpacked, with names and folders. */
  maxBytes: number
  /** Of one: files and folders. */
  maxFiles: number
  /** To make one, once it is its turn. */
  maxSeconds: number
  /** Bytes in memory of each process that makes one. */
  maxMemory: number
  /** Of all: those that are kept, those that are being made and those that somebody still reads. */
  folderBytes: number
  /** How many are made at a time. */
  running: number
  /** How many of them for one account, or one address. */
  perCaller: number
  /** How many wait to be made. */
  waiting: number
  longestWaitMs: number
  /** Who has been reading for longer makes way when room is needed. */
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

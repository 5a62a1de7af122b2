import { unavailable } from '../foundation/errors.ts'
import type { Log } from '../foundation/log.ts'

/** A remote storage cannot be reached, is full or overloaded, or refuses this server. */
export class StorageAway extends Error {
  override readonly name = 'StorageAway'

  constructor(cause: unknown) {
    super('The storage did not do what it was asked', { cause })
  }
}

export type StorageFailure = {
  operation: 'put' | 'get' | 'remove' | 'list'
  kind: 'full' | 'read_only' | 'broken' | 'away'
}

/** The error codes of a disk that is full, read-only or broken. */
const KINDS: Readonly<Record<string, StorageFailure['kind']>> = {
  ENOSPC: 'full',
  EDQUOT: 'full',
  EROFS: 'read_only',
  EIO: 'broken',
}
const RETRY_AFTER_SECONDS = 60

/** Null when the storage is not to blame. */
export function kindOf(error: unknown): StorageFailure['kind'] | null {
  if (error instanceof StorageAway) return 'away'
  return KINDS[(error as NodeJS.ErrnoException | null)?.code ?? ''] ?? null
}

/** Reports a storage that cannot store as UNAVAILABLE, because the same request succeeds once the storage works again. */
export function storageFailure(error: unknown, log: Log): unknown {
  if (kindOf(error) === null) return error
  log.error({ err: error }, 'a file could not be stored')
  return unavailable('The server cannot store files now: try again later', RETRY_AFTER_SECONDS)
}

/** Reports a storage that cannot be read as UNAVAILABLE. */
export function readFailure(error: unknown, log: Log): unknown {
  if (kindOf(error) === null) return error
  log.error({ err: error }, 'a file could not be read')
  return unavailable('The server cannot read its files now: try again later', RETRY_AFTER_SECONDS)
}

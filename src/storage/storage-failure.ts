import { unavailable } from '../foundation/errors.ts'
import type { Log } from '../foundation/log.ts'

/** A remote storage cannot be reached, is full or overloaded, or refuses this server. */
export class StorageAway extends Error {
  override readonly name = 'StorageAway'

  constructor(cause: unknown) {
    super('The storage did not do what it was asked', { cause })
  }
}

/** The error codes of a disk that is full, broken or read-only. */
const CODES: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EIO'])
const RETRY_AFTER_SECONDS = 60

const isFailure = (error: unknown) =>
  error instanceof StorageAway || CODES.has((error as NodeJS.ErrnoException | null)?.code)

/** Reports a storage that cannot store as UNAVAILABLE, because the same request succeeds once the storage works again. */
export function storageFailure(error: unknown, log: Log): unknown {
  if (!isFailure(error)) return error
  log.error({ err: error }, 'a file could not be stored')
  return unavailable('The server cannot store files now: try again later', RETRY_AFTER_SECONDS)
}

/** Reports a storage that cannot be read as UNAVAILABLE. */
export function readFailure(error: unknown, log: Log): unknown {
  if (!isFailure(error)) return error
  log.error({ err: error }, 'a file could not be read')
  return unavailable('The server cannot read its files now: try again later', RETRY_AFTER_SECONDS)
}

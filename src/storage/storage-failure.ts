import { unavailable } from '../foundation/errors.ts'
import type { Log } from '../foundation/log.ts'

/** A storage elsewhere that cannot be reached, is full or overloaded, or refuses this server. */
export class StorageAway extends Error {
  override readonly name = 'StorageAway'

  constructor(cause: unknown) {
    super('The storage did not do what it was asked', { cause })
  }
}

/** Of a disk that is full, broken or mounted to be read only. */
const CODES: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EIO'])
const RETRY_AFTER_SECONDS = 60

const isFailure = (error: unknown) =>
  error instanceof StorageAway || CODES.has((error as NodeJS.ErrnoException | null)?.code)

/** A storage that takes nothing is no fault of the request: it may be sent again when somebody has made room. */
export function storageFailure(error: unknown, log: Log): unknown {
  if (!isFailure(error)) return error
  log.error({ err: error }, 'a file could not be stored')
  return unavailable('The server cannot store files now: try again later', RETRY_AFTER_SECONDS)
}

/** The same of a storage that gives nothing. */
export function readFailure(error: unknown, log: Log): unknown {
  if (!isFailure(error)) return error
  log.error({ err: error }, 'a file could not be read')
  return unavailable('The server cannot read its files now: try again later', RETRY_AFTER_SECONDS)
}

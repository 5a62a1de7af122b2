import { unavailable } from '../foundation/errors.ts'
import type { Log } from '../foundation/log.ts'

/** Of a disk that is full, broken or mounted to be read only. */
const CODES: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EIO'])
const RETRY_AFTER_SECONDS = 60

/** A disk that takes nothing is no fault of the request: it may be sent again when somebody has made room. */
export function storageFailure(error: unknown, log: Log): unknown {
  if (!CODES.has((error as NodeJS.ErrnoException | null)?.code)) return error
  log.error({ err: error }, 'a file could not be stored')
  return unavailable('The server cannot store files now: try again later', RETRY_AFTER_SECONDS)
}

import { removeEndedSessions } from '../../modules/sessions/session-rows.ts'
import type { TaskParts } from '../tasks.ts'

/** Removes sessions that have ended, as many at a time as one statement removes quickly. */
export async function removeSessionsTask(_payload: unknown, { log, signal }: TaskParts): Promise<void> {
  let removed = 0
  for (let some = -1; some !== 0 && !signal.aborted; removed += some) some = await removeEndedSessions()
  if (removed > 0) log.info({ count: removed }, 'sessions that have ended were removed')
}

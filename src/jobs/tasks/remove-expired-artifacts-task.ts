import { removeExpiredArtifacts } from '../../modules/report-artifacts/remove-expired-artifacts.ts'
import type { TaskParts } from '../tasks.ts'

/** Removes report artifacts that have expired, as many at a time as one transaction removes quickly. */
export async function removeExpiredArtifactsTask(_payload: unknown, { log, signal }: TaskParts): Promise<void> {
  let removed = 0
  for (let some = -1; some !== 0 && !signal.aborted; removed += some) some = await removeExpiredArtifacts()
  if (removed > 0) log.info({ count: removed }, 'report artifacts that have expired were removed')
}

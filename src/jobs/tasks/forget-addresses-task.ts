import { z } from 'zod'
import { forgetAddresses } from '../../modules/audit-events/forget-addresses.ts'
import type { TaskParts } from '../tasks.ts'

const Payload = z.object({ days: z.number() })

/** Drops the addresses in old audit events, as many at a time as one statement changes quickly. */
export async function forgetAddressesTask(payload: unknown, { log, signal }: TaskParts): Promise<void> {
  const { days } = Payload.parse(payload)
  let forgotten = 0
  for (let some = -1; some !== 0 && !signal.aborted; forgotten += some) some = await forgetAddresses(days)
  if (forgotten > 0) log.info({ count: forgotten }, 'addresses in audit events were dropped')
}

import { db } from '../../database/db.ts'

/** One statement changes so many rows in less than a second. */
const MANY = 5000

/** Drops the addresses from the oldest events that are older than so many days. Returns from how many. */
export const forgetAddresses = (days: number): Promise<number> => db.$executeRaw`
  UPDATE /* auditEvents.forgetAddresses */ audit_events SET ip_address = NULL WHERE id IN (
    SELECT id FROM audit_events WHERE ip_address IS NOT NULL AND created_at < now() - make_interval(days => ${days}::int)
    ORDER BY created_at LIMIT ${MANY})`

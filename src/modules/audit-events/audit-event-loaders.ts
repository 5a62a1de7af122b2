import type { Context } from '../../context/context.ts'
import { type AuditEvent, Prisma } from '../../generated/prisma/client.ts'
import { byTime } from '../../rows/keyset.ts'
import { type Connection, connection } from '../../rows/page.ts'
import { table } from '../../rows/table.ts'
import type { Window } from '../../rows/window.ts'

const auditEvents = table<AuditEvent>('audit_events', 'e', {
  fields: Prisma.AuditEventScalarFieldEnum,
  dates: { createdAt: true },
})

const newestFirst = byTime<AuditEvent>({
  name: 'AUDIT_EVENTS',
  direction: 'desc',
  time: Prisma.sql`e.created_at`,
  id: Prisma.sql`e.id`,
  field: 'createdAt',
})

/** The audit events of a project or a group, whose id is in this column. */
function eventsBy(column: 'e.project_id' | 'e.group_id') {
  const { page, count } = auditEvents.childrenOf({ column })
  return async (context: Context, id: number, window: Window): Promise<Connection<AuditEvent>> =>
    connection(await page(context, { id }, { window, order: newestFirst }), () => count(context, id))
}

export const auditEventsOfProject = eventsBy('e.project_id')
export const auditEventsOfGroup = eventsBy('e.group_id')

import { type AuditEvent, Prisma } from '../../generated/prisma/client.ts'
import { byCreation } from '../../rows/keyset.ts'
import { listOf } from '../../rows/list.ts'
import { table } from '../../rows/table.ts'

const auditEvents = table<AuditEvent>('audit_events', 'e', {
  fields: Prisma.AuditEventScalarFieldEnum,
  dates: { createdAt: true },
})

const newestFirst = byCreation<AuditEvent>('AUDIT_EVENTS', 'desc', 'e')

/** The audit events of a project or a group, whose id is in this column. */
const eventsBy = (column: 'e.project_id' | 'e.group_id') =>
  listOf({ children: auditEvents.childrenOf({ column }), select: () => ({ order: newestFirst }) }).connection.resolve

export const auditEventsOfProject = eventsBy('e.project_id')
export const auditEventsOfGroup = eventsBy('e.group_id')

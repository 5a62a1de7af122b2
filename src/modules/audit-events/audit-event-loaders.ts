import DataLoader from 'dataloader'
import { type Context, perRequest } from '../../context/context.ts'
import { db } from '../../database/db.ts'
import { type AuditEvent, Prisma } from '../../generated/prisma/client.ts'
import { columnsOf } from '../../rows/columns.ts'
import { byTime } from '../../rows/keyset.ts'
import { type Connection, connection } from '../../rows/page.ts'
import { pageLoader } from '../../rows/page-loader.ts'
import type { Window } from '../../rows/window.ts'

const newestFirst = byTime<AuditEvent>({
  name: 'AUDIT_EVENTS',
  direction: 'desc',
  time: Prisma.sql`e.created_at`,
  id: Prisma.sql`e.id`,
  field: 'createdAt',
})

/** The audit events of the owners that this column names. */
function eventsBy(column: 'project_id' | 'group_id') {
  const parent = Prisma.raw(`e.${column}`)
  const from = Prisma.sql`audit_events e`
  const columns = columnsOf('e', Prisma.AuditEventScalarFieldEnum)
  const pages = pageLoader<AuditEvent>({
    statement: 'auditEvents.page',
    columns,
    dates: { createdAt: true },
    from,
    parent,
  })
  const counts = perRequest(
    () =>
      new DataLoader<number, number>(async (ids) => {
        const rows = await db.$queryRaw<{ id: number; count: number }[]>`
          SELECT /* auditEvents.count */ ${parent} AS id, count(*)::int AS count FROM ${from} WHERE ${parent} = ANY (${ids}::int[]) GROUP BY 1`
        const byId = new Map(rows.map((row) => [row.id, row.count]))
        return ids.map((id) => byId.get(id) ?? 0)
      }),
  )
  return async (context: Context, parentId: number, window: Window): Promise<Connection<AuditEvent>> =>
    connection(await pages(context).load({ parentId, window, order: newestFirst }), () =>
      counts(context).load(parentId),
    )
}

export const auditEventsOfProject = eventsBy('project_id')
export const auditEventsOfGroup = eventsBy('group_id')

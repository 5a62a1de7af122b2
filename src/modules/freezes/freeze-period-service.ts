import { can } from '../../access/abilities.ts'
import { type AuditEventType, recordAuditEvent } from '../../audit/record-audit-event.ts'
import type { Context } from '../../context/context.ts'
import { db, type Tx } from '../../database/db.ts'
import { databaseNow } from '../../foundation/database-clock.ts'
import { notFoundOrForbidden, RuleViolation } from '../../foundation/errors.ts'
import { withoutUndefined } from '../../foundation/rules.ts'
import { once, transact } from '../../idempotency/once.ts'
import { getProjectFor } from '../projects/find-project.ts'
import type { FreezePeriodNode } from './freeze-loaders.ts'
import { assertFreezePeriodValid, MOST_FREEZE_PERIODS } from './freeze-period-rules.ts'
import type { FreezeSchedule } from './freeze-window.ts'

export type FreezePeriodCreate = {
  projectPath: string
  freezeStart: string
  freezeEnd: string
  cronTimezone?: string | null | undefined
}

/** What is absent stays as it is. */
export type FreezePeriodUpdate = {
  id: number
  freezeStart?: string | null | undefined
  freezeEnd?: string | null | undefined
  cronTimezone?: string | null | undefined
}

const DEFAULT_TIMEZONE = 'UTC'

/** Removes the blanks around expressions. Null for an expression counts as blank, and null for the time zone as UTC. */
function clean({ freezeStart, freezeEnd, cronTimezone }: Omit<FreezePeriodUpdate, 'id'>): Partial<FreezeSchedule> {
  return withoutUndefined({
    freezeStart: freezeStart === null ? '' : freezeStart?.trim(),
    freezeEnd: freezeEnd === null ? '' : freezeEnd?.trim(),
    cronTimezone: cronTimezone === null ? DEFAULT_TIMEZONE : cronTimezone,
  })
}

function record(tx: Tx, context: Context, type: AuditEventType, verb: string, period: FreezePeriodNode) {
  const schedule = `${period.freezeStart} to ${period.freezeEnd} (${period.cronTimezone})`
  return recordAuditEvent(tx, context, {
    type,
    scope: { projectId: period.projectId },
    target: { type: 'Ci::FreezePeriod', id: period.id, details: schedule },
    message: `${verb} deploy freeze ${schedule}`,
  })
}

/** Locks the project, because two periods that are added at once would be one too many. */
async function assertRoom(tx: Tx, projectId: number): Promise<void> {
  await tx.$queryRaw`SELECT /* freezes.lock */ 1 FROM projects WHERE id = ${projectId} FOR NO KEY UPDATE`
  if ((await tx.freezePeriod.count({ where: { projectId } })) < MOST_FREEZE_PERIODS) return
  throw new RuleViolation('INVALID', `A project may have at most ${MOST_FREEZE_PERIODS} freeze periods`)
}

export const createFreezePeriod = once(
  async (context: Context, input: FreezePeriodCreate): Promise<FreezePeriodNode> => {
    const project = await getProjectFor(context, 'freeze-period:write', input.projectPath)
    const schedule = {
      freezeStart: input.freezeStart.trim(),
      freezeEnd: input.freezeEnd.trim(),
      cronTimezone: input.cronTimezone ?? DEFAULT_TIMEZONE,
    }
    assertFreezePeriodValid(schedule)
    return transact(context, async (tx) => {
      await assertRoom(tx, project.id)
      const data = { ...schedule, projectId: project.id, updatedAt: databaseNow() }
      const created = { ...(await tx.freezePeriod.create({ data })), project }
      await record(tx, context, 'freeze_period_created', 'Added', created)
      return created
    })
  },
)

async function getFreezePeriod(context: Context, id: number): Promise<FreezePeriodNode> {
  const period = await db.freezePeriod.findUnique({ where: { id }, include: { project: true } })
  if (!period || !can(context.viewer, 'freeze-period:write', period.project)) throw notFoundOrForbidden()
  return period
}

/** Changes a freeze period. With nothing but the id, the period stays as it is. */
export const updateFreezePeriod = once(
  async (context: Context, { id, ...changes }: FreezePeriodUpdate): Promise<FreezePeriodNode> => {
    const period = await getFreezePeriod(context, id)
    const data = clean(changes)
    if (Object.keys(data).length === 0) return period
    assertFreezePeriodValid(data)
    return transact(context, async (tx) => {
      const [row] = await tx.freezePeriod.updateManyAndReturn({
        where: { id },
        data: { ...data, updatedAt: databaseNow() },
      })
      // Somebody may have deleted the freeze period meanwhile.
      if (!row) throw notFoundOrForbidden()
      const changed = { ...row, project: period.project }
      await record(tx, context, 'freeze_period_updated', 'Changed', changed)
      return changed
    })
  },
)

export const deleteFreezePeriod = once(async (context: Context, { id }: { id: number }): Promise<FreezePeriodNode> => {
  const period = await getFreezePeriod(context, id)
  return transact(context, async (tx) => {
    const { count } = await tx.freezePeriod.deleteMany({ where: { id } })
    if (count === 0) throw notFoundOrForbidden()
    await record(tx, context, 'freeze_period_deleted', 'Deleted', period)
    return period
  })
})

import { describeChanges } from '../../audit/describe-changes.ts'
import { recordAuditEvent } from '../../audit/record-audit-event.ts'
import type { Context } from '../../context/context.ts'
import { db, type Tx } from '../../database/db.ts'
import { onUniqueViolation } from '../../database/unique-violation.ts'
import { databaseNow } from '../../foundation/database-clock.ts'
import { notFoundOrForbidden, RuleViolation } from '../../foundation/errors.ts'
import {
  assertNoProblems,
  type Changes,
  descriptionProblems,
  nameProblems,
  withoutUndefined,
} from '../../foundation/rules.ts'
import type { Milestone, MilestoneState } from '../../generated/prisma/client.ts'
import { once, transact } from '../../idempotency/once.ts'
import { canIn, getNamespaceFor, idOf, type NamespacePath, pathOf } from '../projects/namespace.ts'
import { queueMilestoneEvent } from '../webhooks/queue-events.ts'

type Values = {
  title: string
  description?: string | null | undefined
  /** A calendar date, which is the day in UTC. */
  startDate?: Date | null | undefined
  dueDate?: Date | null | undefined
}

export type MilestoneCreate = NamespacePath &
  Values & {
    /** Of a milestone that comes from another server. Absent: the next number. */
    iid?: number | undefined
    state?: MilestoneState | undefined
  }
export type MilestoneUpdate = Changes<Milestone, keyof Values | 'state'> & { id: number }

const taken = () => new RuleViolation('CONFLICT', 'Title has already been taken')

const onTaken = onUniqueViolation({
  milestones_project_id_title_key: taken,
  milestones_group_id_title_key: taken,
  milestones_project_id_iid_key: () => new RuleViolation('CONFLICT', 'Number has already been taken'),
})

const dayOf = (date: Date) => date.toISOString().slice(0, 10)

function assertValid({ title, description, startDate, dueDate }: Values): void {
  const inOrder = startDate == null || dueDate == null || dayOf(startDate) <= dayOf(dueDate)
  assertNoProblems([
    ...nameProblems('Title', title),
    ...descriptionProblems(description),
    ...(inOrder ? [] : ['The due date must not be before the start date']),
  ])
}

function record(
  tx: Tx,
  context: Context,
  milestone: Milestone,
  type: `milestone_${'created' | 'updated' | 'deleted'}`,
  message: string,
) {
  const { id, projectId, groupId, title } = milestone
  return recordAuditEvent(tx, context, {
    type,
    // The database makes sure that there is a project or a group.
    scope: projectId === null ? { groupId: groupId as number } : { projectId },
    target: { type: 'Milestone', id, details: title },
    message,
  })
}

/** Two that are made at the same time would take the same number, so the numbers of the project or group are locked. */
async function nextIid(tx: Tx, owner: ReturnType<typeof idOf>): Promise<number> {
  await tx.$executeRaw`SELECT /* milestones.lockIids */ pg_advisory_xact_lock(hashtextextended(${`milestones ${JSON.stringify(owner)}`}, 0))`
  const [project, group] = 'projectId' in owner ? [owner.projectId, null] : [null, owner.groupId]
  const [next] = await tx.$queryRaw<[{ iid: number }]>`
    SELECT /* milestones.nextNumber */ next_milestone_number(${project}::int, ${group}::int) AS iid`
  return next.iid
}

export const createMilestone = once(async (context: Context, input: MilestoneCreate): Promise<Milestone> => {
  const { projectPath, groupPath, ...values } = input
  const namespace = await getNamespaceFor(context, 'milestone:write', { projectPath, groupPath })
  assertValid(values)
  return transact(context, async (tx) => {
    const own = { ...idOf(namespace), iid: values.iid ?? (await nextIid(tx, idOf(namespace))) }
    const data = { ...withoutUndefined(values), title: values.title, ...own, updatedAt: databaseNow() }
    const milestone = await tx.milestone.create({ data })
    await record(
      tx,
      context,
      milestone,
      'milestone_created',
      `Created milestone ${milestone.title} of ${pathOf(namespace)}`,
    )
    await queueMilestoneEvent(tx, context, milestone, 'create')
    return milestone
  }).catch(onTaken)
})

async function getMilestone({ viewer }: Context, id: number): Promise<Milestone> {
  const found = await db.milestone.findUnique({ where: { id }, include: { project: true, group: true } })
  if (!found) throw notFoundOrForbidden()
  const { project, group, ...milestone } = found
  const namespace = project ? { project } : group && { group }
  if (!namespace || !canIn(viewer, 'milestone:write', namespace)) throw notFoundOrForbidden()
  return milestone
}

/**
 * Reads the milestone and locks it. If two requests each move a date, the second is checked against what the first has written.
 */
async function lockMilestone(tx: Tx, id: number): Promise<Milestone | null> {
  await tx.$executeRaw`SELECT /* milestones.lock */ FROM milestones WHERE id = ${id} FOR UPDATE`
  return tx.milestone.findUnique({ where: { id } })
}

export const updateMilestone = once(
  async (context: Context, { id, ...changes }: MilestoneUpdate): Promise<Milestone> => {
    const milestone = await getMilestone(context, id)
    const data = withoutUndefined(changes)
    if (Object.keys(data).length === 0) return milestone
    return transact(context, async (tx) => {
      const before = await lockMilestone(tx, id)
      assertValid({ ...milestone, ...before, ...data })
      const [updated] = await tx.milestone.updateManyAndReturn({
        where: { id },
        data: { ...data, updatedAt: databaseNow() },
      })
      // The project may have been deleted meanwhile.
      if (!updated) throw notFoundOrForbidden()
      await record(
        tx,
        context,
        updated,
        'milestone_updated',
        `Changed milestone ${updated.title}: ${describeChanges(data)}`,
      )
      if (before && before.state !== updated.state) {
        await queueMilestoneEvent(tx, context, updated, updated.state === 'closed' ? 'close' : 'reopen')
      }
      return updated
    }).catch(onTaken)
  },
)

/** Deletes a milestone. Its issues and releases stay, without it. Evidence that names the milestone does not change. */
export const deleteMilestone = once(async (context: Context, { id }: { id: number }): Promise<Milestone> => {
  const milestone = await getMilestone(context, id)
  return transact(context, async (tx) => {
    const { count } = await tx.milestone.deleteMany({ where: { id } })
    // Somebody may have deleted the milestone meanwhile.
    if (count === 0) throw notFoundOrForbidden()
    await record(tx, context, milestone, 'milestone_deleted', `Deleted milestone ${milestone.title}`)
    await queueMilestoneEvent(tx, context, milestone, 'delete')
    return milestone
  })
})

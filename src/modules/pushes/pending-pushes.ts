// Git takes part in no transaction. So a push is written down before git changes a ref, and goes in the transaction that records what
// git has made. What a process has left that was killed in between is found by comparing it with the repository.
import { recordAuditEvent } from '../../audit/record-audit-event.ts'
import type { Context, Origin } from '../../context/context.ts'
import { db, type Tx } from '../../database/db.ts'
import { addJobs } from '../../database/job-queue.ts'
import { jsonParameter } from '../../database/json-parameter.ts'
import { Prisma, type Project } from '../../generated/prisma/client.ts'
import { adoptDefaultBranch, appliedChanges, type RefChange } from '../../git/pushed-refs.ts'
import { queuePushEvents } from '../webhooks/queue-events.ts'
import { isBranch } from './check-push.ts'
import { describePush } from './describe-push.ts'

type Pushed = Pick<Project, 'id' | 'fullPath'>

/**
 * Writes the push down and gives its number. A push that changes what an earlier one has made shows that git has made it: the earlier
 * one is recorded now, because the repository does not show it later.
 */
export async function beginPush(context: Context, project: Pushed, changes: readonly RefChange[]): Promise<number> {
  const { viewer, requestId, ipAddress, tellsNobody = false } = context
  const [begun] = await db.$queryRaw<{ id: number; follows: boolean }[]>`
    WITH /* pushes.begin */ own AS (SELECT * FROM json_to_recordset(${jsonParameter(changes)}) AS own (ref text, before text)),
      begun AS (
        INSERT INTO pending_pushes (project_id, changes, user_id, credential, request_id, ip_address, tells_nobody)
        VALUES (${project.id}, ${jsonParameter(changes)}, ${viewer.user?.id ?? null}, ${viewer.credential}::"Credential", ${requestId},
          ${ipAddress}::inet, ${tellsNobody}) RETURNING id)
    SELECT id, EXISTS (
      SELECT FROM pending_pushes p, jsonb_to_recordset(p.changes) AS earlier (ref text, after text), own
      WHERE p.project_id = ${project.id} AND own.ref = earlier.ref AND own.before = earlier.after) AS follows FROM begun`
  if (!begun) throw new Error('The push was not written down')
  if (begun.follows) await settlePushes(project, context.repositories.directory(project.id), begun.id)
  return begun.id
}

/** Git has refused all of it. */
export const forgetPush = (id: number) => db.pendingPush.deleteMany({ where: { id } })

type Made = { id: number; made: readonly RefChange[]; isOver: boolean }

/**
 * Takes what git has made out of the push, and gives the part that nobody has recorded yet. It is also taken out of other pushes
 * that would have made the same change or another one in its place, because git can make only one of them.
 */
export async function takeMade(tx: Tx, projectId: number, { id, made, isOver }: Made): Promise<RefChange[]> {
  const rows = await tx.$queryRaw<{ id: number; changes: RefChange[] }[]>`
    SELECT /* pushes.take */ id, changes FROM pending_pushes p WHERE project_id = ${projectId} AND (id = ${id} OR EXISTS (
      SELECT FROM jsonb_to_recordset(p.changes) AS other (ref text, before text)
      JOIN json_to_recordset(${jsonParameter(made)}) AS own (ref text, before text) USING (ref, before)))
    ORDER BY id FOR UPDATE`
  const written = new Set(rows.find((row) => row.id === id)?.changes.map(({ ref }) => ref))
  const taken = made.filter(({ ref }) => written.has(ref))
  const from = new Map(taken.map(({ ref, before }) => [ref, before]))
  for (const { id: other, changes } of rows) {
    const rest = isOver && other === id ? [] : changes.filter(({ ref, before }) => from.get(ref) !== before)
    if (rest.length === 0) await tx.pendingPush.delete({ where: { id: other } })
    else if (rest.length < changes.length) {
      await tx.pendingPush.update({ where: { id: other }, data: { changes: rest } })
    }
  }
  return taken
}

/** Records what git has made of a push, unless it is recorded. Nothing more comes of a push that is over. */
export const recordMade = (origin: Origin, project: Pushed, push: Made): Promise<void> =>
  db.$transaction(async (tx) => {
    const made = await takeMade(tx, project.id, push)
    if (made.length === 0) return
    await recordAuditEvent(tx, origin, {
      type: 'repository_pushed',
      scope: { projectId: project.id },
      target: { type: 'Project', id: project.id, details: project.fullPath },
      message: describePush(made),
    })
    await queuePushEvents(tx, origin, project.id, made)
  })

/** How many are compared at a time. */
const MANY = 1_000

/** Records what git has made of the pushes before this one. A push stays of which git may still make something. */
export async function settlePushes(project: Pushed, repository: string, before?: number): Promise<void> {
  const id = before === undefined ? {} : { lt: before }
  const where = { projectId: project.id, id }
  const pending = await db.pendingPush.findMany({ where, include: { user: true }, orderBy: { id: 'asc' }, take: MANY })
  for (const { id, changes, user, credential, requestId, ipAddress, tellsNobody } of pending) {
    const made = await appliedChanges(repository, changes as RefChange[])
    if (made.length === 0) continue
    const origin = { viewer: { user, credential }, requestId, ipAddress, ...(tellsNobody && { tellsNobody }) }
    await recordMade(origin, project, { id, made, isOver: false })
    if (made.some(isBranch)) await adoptDefaultBranch(repository)
  }
}

/** Asks for the job that settles pushes, if some push is written down. One that git is still making does no harm. */
export const requestSettlement = () =>
  db.$executeRaw(
    addJobs(
      'settle-pushes',
      Prisma.sql`
      SELECT '{}'::json AS payload, NULL::timestamptz AS run_at, 'settle-pushes'::text AS key
      WHERE EXISTS (SELECT FROM pending_pushes)`,
    ),
  )

/** No push takes so long. */
const LONGEST_DAYS = 7

export const forgetPushes = () => db.$executeRaw`
  DELETE /* pushes.forget */ FROM pending_pushes WHERE created_at < now() - make_interval(days => ${LONGEST_DAYS}::int)`

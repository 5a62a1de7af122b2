import type { Context } from '../../context/context.ts'
import { notFoundOrForbidden } from '../../foundation/errors.ts'
import { once, transact } from '../../idempotency/once.ts'
import { getOwner, recordSession } from './create-session.ts'
import { listSessions, type SessionRow } from './session-rows.ts'

/** Ends a session of the viewer. */
export const revokeSession = once(async (context: Context, { id }: { id: number }): Promise<SessionRow> => {
  const user = getOwner(context)
  const session = (await listSessions(user.id)).find((one) => one.id === id)
  if (!session) throw notFoundOrForbidden()
  return transact(context, async (tx) => {
    const { count } = await tx.session.deleteMany({ where: { id, userId: user.id } })
    if (count > 0) await recordSession(tx, context, { type: 'session_revoked', id, message: 'Ended a session' })
    return session
  })
})

/** Ends all sessions of the viewer, also the one that asks for it. Returns how many. */
export const revokeAllSessions = once(async (context: Context, _input: object): Promise<number> => {
  const user = getOwner(context)
  return transact(context, async (tx) => {
    const { count } = await tx.session.deleteMany({ where: { userId: user.id } })
    const message = `Ended all sessions: ${count}`
    if (count > 0) await recordSession(tx, context, { type: 'session_revoked', id: user.id, message })
    return count
  })
})

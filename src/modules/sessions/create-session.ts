// A session is a row that a browser's cookie names. It is over when the row is gone, so every server refuses it at once.
import { isAccount } from '../../access/viewer.ts'
import { type AuditEventType, recordAuditEvent } from '../../audit/record-audit-event.ts'
import { digestOf, generateSessionSecret } from '../../authentication/token-secrets.ts'
import type { Context } from '../../context/context.ts'
import { db, type Tx } from '../../database/db.ts'
import { databaseNow } from '../../foundation/database-clock.ts'
import { notFoundOrForbidden, unauthenticated } from '../../foundation/errors.ts'
import { maxCharacters } from '../../foundation/text-limits.ts'
import type { AccessToken, User } from '../../generated/prisma/client.ts'
import { endLeastUsedSessions } from './session-rows.ts'

/** When a session ends: after so many seconds without use, and after so many seconds in any case. */
export type SessionLimits = { idleSeconds: number; seconds: number }

export type SignIn = {
  /** The access token that the session is made from, and ends with. Null for a sign-in at a provider. */
  token: string | null
  userAgent: string | null
  /** The session that the browser had until now. It ends, so that nobody else goes on with it. */
  former: string | null
}

export function getOwner({ viewer }: Context): User {
  if (!viewer.user || !isAccount(viewer)) throw notFoundOrForbidden()
  return viewer.user
}

type Event = { type: AuditEventType; id: number; message: string }

export const recordSession = (tx: Tx, context: Context, { type, id, message }: Event): Promise<void> =>
  recordAuditEvent(tx, context, {
    ...{ type, scope: null, message },
    target: { type: 'Session', id, details: getOwner(context).username },
  })

async function getToken(token: string): Promise<AccessToken> {
  const found = await db.accessToken.findUnique({ where: { digest: digestOf(token) } })
  if (!found) throw unauthenticated('The access token is unknown')
  return found
}

/** Signs a browser in as the viewer. Returns the secret for the cookie, which is not stored. */
export async function createSession(
  context: Context,
  { token, userAgent, former }: SignIn,
  { idleSeconds, seconds }: SessionLimits,
): Promise<string> {
  const user = getOwner(context)
  const accessToken = token === null ? null : await getToken(token)
  const secret = generateSessionSecret()
  const data = {
    userId: user.id,
    digest: digestOf(secret),
    scopes: accessToken?.scopes ?? ['api' as const],
    accessTokenId: accessToken?.id ?? null,
    ipAddress: context.ipAddress,
    userAgent: userAgent === null ? null : [...userAgent].slice(0, maxCharacters.userAgent).join(''),
    idleSeconds,
    endsAt: new Date(databaseNow().getTime() + seconds * 1000),
  }
  await db.$transaction(async (tx) => {
    const { id } = await tx.session.create({ data })
    if (former !== null) await tx.session.deleteMany({ where: { digest: digestOf(former) } })
    await endLeastUsedSessions(tx, user.id)
    const message = accessToken ? `Signed in with the access token ${accessToken.name}` : 'Signed in at the provider'
    await recordSession(tx, context, { type: 'session_created', id, message })
  })
  return secret
}

import { assertMayCreateToken } from '../../access/assert-may-create-token.ts'
import { isAccount, isAdministrator } from '../../access/viewer.ts'
import { type AuditEventType, recordAuditEvent } from '../../audit/record-audit-event.ts'
import { digestOf, generateToken } from '../../authentication/token-secrets.ts'
import type { Context } from '../../context/context.ts'
import { db, type Tx } from '../../database/db.ts'
import { databaseNow } from '../../foundation/database-clock.ts'
import { notFoundOrForbidden } from '../../foundation/errors.ts'
import { assertNoProblems, expiryProblems, nameProblems } from '../../foundation/rules.ts'
import type { AccessToken, TokenScope, User } from '../../generated/prisma/client.ts'
import { once, transact } from '../../idempotency/once.ts'
import { getUser, keepUser } from '../users/find-user.ts'

/** Everything about a token except its digest. */
export type AccessTokenRow = Omit<AccessToken, 'digest'>

export type AccessTokenCreate = {
  /** The owner of the token. Absent: the viewer. Only administrators may name somebody else. */
  username?: string
  name: string
  scopes: readonly TokenScope[]
  /** Null or absent: valid until it is revoked. */
  expiresAt?: Date | null | undefined
}

async function getHolder({ viewer }: Context, username: string | undefined): Promise<User> {
  if (username === undefined) {
    if (!viewer.user) throw notFoundOrForbidden()
    return viewer.user
  }
  if (!isAdministrator(viewer)) throw notFoundOrForbidden()
  return getUser(username)
}

function record(tx: Tx, context: Context, token: AccessTokenRow, type: AuditEventType, message: string) {
  return recordAuditEvent(tx, context, {
    type,
    scope: null,
    target: { type: 'AccessToken', id: token.id, details: token.name },
    message,
  })
}

/** Creates an access token. It is shown only this once, because only its digest is stored. */
export const createAccessToken = once(
  async (
    context: Context,
    { username, name, scopes, expiresAt = null }: AccessTokenCreate,
  ): Promise<{ token: string; accessToken: AccessTokenRow }> => {
    const user = await getHolder(context, username)
    assertMayCreateToken(context.viewer)
    assertNoProblems([
      ...nameProblems('Name', name),
      ...(scopes.length === 0 ? ["Scopes can't be blank"] : []),
      ...expiryProblems(expiresAt),
    ])
    const token = generateToken()
    const data = { userId: user.id, name, scopes: [...new Set(scopes)], expiresAt, digest: digestOf(token) }
    return transact(context, async (tx) => {
      await keepUser(tx, user)
      const accessToken = await tx.accessToken.create({ data, omit: { digest: true } })
      const message = `Created access token ${name} (${data.scopes.join(', ')}) of ${user.username}`
      await record(tx, context, accessToken, 'access_token_created', message)
      return { token, accessToken }
    })
  },
)

/** Revokes a token of the viewer, which stops working at once. Administrators may revoke anybody's. It may be repeated. */
export const revokeAccessToken = once(async (context: Context, { id }: { id: number }): Promise<AccessTokenRow> => {
  const { viewer } = context
  const token = await db.accessToken.findUnique({ where: { id }, omit: { digest: true }, include: { user: true } })
  const isOwn = isAccount(viewer) && token?.userId === viewer.user?.id
  if (!token || !(isOwn || isAdministrator(viewer))) throw notFoundOrForbidden()
  const { user, ...row } = token
  return transact(context, async (tx) => {
    const [revoked] = await tx.accessToken.updateManyAndReturn({
      where: { id, revokedAt: null },
      data: { revokedAt: databaseNow() },
      omit: { digest: true },
    })
    if (!revoked) return row
    await record(tx, context, revoked, 'access_token_revoked', `Revoked access token ${row.name} of ${user.username}`)
    return revoked
  })
})

/** The access tokens of an account that still work, the newest first. */
export const listAccessTokens = (userId: number): Promise<AccessTokenRow[]> =>
  db.accessToken.findMany({
    where: { userId, revokedAt: null, OR: [{ expiresAt: null }, { expiresAt: { gt: databaseNow() } }] },
    orderBy: { id: 'desc' },
    omit: { digest: true },
  })

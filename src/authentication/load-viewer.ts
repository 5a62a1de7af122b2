import { timingSafeEqual } from 'node:crypto'
import type { Role } from '../access/roles.ts'
import { anonymous, type Viewer } from '../access/viewer.ts'
import { shareStatements } from '../database/batching/share-statements.ts'
import { db } from '../database/db.ts'
import { unauthenticated } from '../foundation/errors.ts'
import { type Credential, Prisma, type TokenScope, type User } from '../generated/prisma/client.ts'
import { readRows, reviver } from '../rows/json-rows.ts'
import { digestOf } from './token-secrets.ts'

type Roles = [id: number, role: Role][]
type Account = User & { projectRoles: Roles; groupRoles: Roles }
type TokenAccount = Account & { digest: string; scopes: TokenScope[] }
type SessionAccount = TokenAccount & { sessionId: number; isUseOld: boolean }

/** Raw SQL, because nearly every request begins with this statement and Prisma would send one for each relation. */
const accountColumns = Prisma.sql`
  u.id, u.username, u.name, u.email, u.avatar_url AS "avatarUrl", u.avatar_chosen AS "avatarChosen", u.state, u.admin,
  u.created_at AS "createdAt", u.updated_at AS "updatedAt",
  (SELECT coalesce(json_agg(json_build_array(m.project_id, m.role)), '[]') FROM project_members m
    WHERE m.user_id = u.id AND (m.expires_at IS NULL OR m.expires_at > now())) AS "projectRoles",
  (SELECT coalesce(json_agg(json_build_array(m.group_id, m.role)), '[]') FROM group_members m
    WHERE m.user_id = u.id AND (m.expires_at IS NULL OR m.expires_at > now())) AS "groupRoles"`

function viewerOf(account: Account, credential: Credential, scopes: TokenScope[]): Viewer {
  const { projectRoles, groupRoles, ...user } = account
  const roles = { projectRoles: new Map(projectRoles), groupRoles: new Map(groupRoles) }
  return { user, credential, scopes: new Set(scopes), ...roles }
}

const revive = reviver<TokenAccount>({ createdAt: true, updatedAt: true })

/** The condition that a token `t` still works. */
const isOpenToken = Prisma.sql`t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > now())`

/** The accounts of valid tokens, by the digests in hex. Requests that arrive meanwhile share one statement. */
const accountsByDigest = shareStatements<string, TokenAccount | null>(
  async (digests) => {
    const accounts = await readRows<TokenAccount>(
      'access.viewersByToken',
      Prisma.sql`
        SELECT encode(t.digest, 'hex') AS digest, t.scopes::text[], ${accountColumns}
        FROM access_tokens t JOIN users u ON u.id = t.user_id
        WHERE t.digest = ANY (ARRAY(SELECT decode(sought, 'hex') FROM unnest(${digests}::text[]) AS sought))
          AND ${isOpenToken} AND u.state = 'active'`,
      revive,
    )
    const found = new Map(accounts.map((account) => [account.digest, account]))
    return digests.map((digest) => found.get(digest) ?? null)
  },
  (digest) => digest,
)

/** The owner of an access token, with the token's scopes. */
export async function loadViewerByToken(token: string): Promise<Viewer> {
  const sought = Buffer.from(digestOf(token)).toString('hex')
  const [found] = await accountsByDigest([sought])
  if (found instanceof Error) throw found
  // The same answer for every reason, so that a stranger does not learn which tokens have existed.
  if (!found || !timingSafeEqual(Buffer.from(found.digest), Buffer.from(sought))) {
    throw unauthenticated('The access token is unknown, expired or revoked, or its account is not active')
  }
  const { digest, scopes, ...account } = found
  return viewerOf(account, 'access_token', scopes)
}

/** The condition that a session `s` goes on; `t` is the token that it was made from, if there is one. */
export const isOpenSession = Prisma.sql`
  s.ends_at > now() AND s.used_at > now() - make_interval(secs => s.idle_seconds) AND (s.access_token_id IS NULL OR ${isOpenToken})`

/** The time of use is written once in this time, because a page asks for many things at once. */
const USE_SECONDS = 60

const accountsBySession = shareStatements<string, SessionAccount | null>(
  async (digests) => {
    const accounts = await readRows<SessionAccount>(
      'access.viewersBySession',
      Prisma.sql`
        SELECT encode(s.digest, 'hex') AS digest, s.id AS "sessionId", s.scopes::text[],
          s.used_at < now() - make_interval(secs => ${USE_SECONDS}) AS "isUseOld", ${accountColumns}
        FROM sessions s JOIN users u ON u.id = s.user_id LEFT JOIN access_tokens t ON t.id = s.access_token_id
        WHERE s.digest = ANY (ARRAY(SELECT decode(sought, 'hex') FROM unnest(${digests}::text[]) AS sought))
          AND ${isOpenSession} AND u.state = 'active'`,
      reviver<SessionAccount>({ createdAt: true, updatedAt: true }),
    )
    const found = new Map(accounts.map((account) => [account.digest, account]))
    return digests.map((digest) => found.get(digest) ?? null)
  },
  (digest) => digest,
)

/** The account that is signed in with a session. Nobody when the session has ended. */
export async function loadViewerBySession(secret: string): Promise<Viewer> {
  const sought = Buffer.from(digestOf(secret)).toString('hex')
  const [found] = await accountsBySession([sought])
  if (found instanceof Error) throw found
  if (!found || !timingSafeEqual(Buffer.from(found.digest), Buffer.from(sought))) return anonymous()
  const { digest, scopes, sessionId, isUseOld, ...account } = found
  if (isUseOld) {
    await db.$executeRaw`
      UPDATE /* access.useSession */ sessions SET used_at = now()
      WHERE id = ${sessionId} AND used_at < now() - make_interval(secs => ${USE_SECONDS})`
  }
  return { ...viewerOf(account, 'session', scopes), sessionId }
}

/**
 * The account that a JWT names, in any letter case; null when no account has the name. The username comes from a signed token.
 */
export const findViewerByUsername = (username: string): Promise<Viewer | null> =>
  findViewer(Prisma.sql`lower(u.username) = lower(${username})`)

export const findViewerByUserId = (id: number): Promise<Viewer | null> => findViewer(Prisma.sql`u.id = ${id}`)

/** The accounts that may act, each with what it may do by itself: for mails to them. */
export async function loadViewers(ids: readonly number[]): Promise<Viewer[]> {
  const accounts = await db.$queryRaw<Account[]>`
    SELECT /* access.viewers */ ${accountColumns} FROM users u WHERE u.id = ANY (${ids}::int[]) AND u.state = 'active' ORDER BY u.id`
  return accounts.map((account) => viewerOf(account, 'access_token', ['read_api']))
}

async function findViewer(condition: Prisma.Sql): Promise<Viewer | null> {
  const [account] = await db.$queryRaw<
    Account[]
  >`SELECT /* access.viewer */ ${accountColumns} FROM users u WHERE ${condition}`
  if (!account) return null
  if (account.state !== 'active') throw unauthenticated('The account that the token names is not active')
  return viewerOf(account, 'jwt', ['api'])
}

import { timingSafeEqual } from 'node:crypto'
import { db } from '../../db.ts'
import { unauthenticated } from '../../errors.ts'
import { Prisma, type TokenScope, type User } from '../../generated/prisma/client.ts'
import type { Role } from './roles.ts'
import { digestOf } from './tokens.ts'
import type { Viewer } from './viewer.ts'

type Roles = [id: number, role: Role][]
type Account = User & { projectRoles: Roles; groupRoles: Roles }
type TokenAccount = Account & { digest: Uint8Array; scopes: TokenScope[] }

/** Raw SQL, because every request begins with it and Prisma would need a statement per relation. */
const accountColumns = Prisma.sql`
  u.id, u.username, u.name, u.email, u.avatar_url AS "avatarUrl", u.state, u.admin,
  u.created_at AS "createdAt", u.updated_at AS "updatedAt",
  (SELECT coalesce(json_agg(json_build_array(m.project_id, m.role)), '[]') FROM project_members m
    WHERE m.user_id = u.id AND (m.expires_at IS NULL OR m.expires_at > now())) AS "projectRoles",
  (SELECT coalesce(json_agg(json_build_array(m.group_id, m.role)), '[]') FROM group_members m
    WHERE m.user_id = u.id AND (m.expires_at IS NULL OR m.expires_at > now())) AS "groupRoles"`

function viewerOf({ projectRoles, groupRoles, ...user }: Account, scopes: TokenScope[]): Viewer {
  return { user, scopes: new Set(scopes), projectRoles: new Map(projectRoles), groupRoles: new Map(groupRoles) }
}

/** The owner of an access token, with the token's scopes. */
export async function loadViewerByToken(token: string): Promise<Viewer> {
  const sought = digestOf(token)
  const [row] = await db.$queryRaw<TokenAccount[]>`
    SELECT t.digest, t.scopes::text[], ${accountColumns}
    FROM access_tokens t JOIN users u ON u.id = t.user_id
    WHERE t.digest = ${sought} AND t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > now())
      AND u.state = 'active'`
  // One answer for all reasons: a stranger does not learn which tokens have existed.
  if (!row || !timingSafeEqual(row.digest, sought)) {
    throw unauthenticated('The access token is unknown, expired or revoked, or its account is not active')
  }
  const { digest, scopes, ...account } = row
  return { ...viewerOf(account, scopes), byAccessToken: true }
}

/** The account of that name in any case; null when there is none. Usernames come from signed tokens only. */
export const findViewerByUsername = (username: string): Promise<Viewer | null> =>
  findViewer(Prisma.sql`lower(u.username) = lower(${username})`)

export const findViewerByUserId = (id: number): Promise<Viewer | null> => findViewer(Prisma.sql`u.id = ${id}`)

async function findViewer(condition: Prisma.Sql): Promise<Viewer | null> {
  const [account] = await db.$queryRaw<Account[]>`SELECT ${accountColumns} FROM users u WHERE ${condition}`
  if (!account) return null
  if (account.state !== 'active') throw unauthenticated('The account that the token names is not active')
  return viewerOf(account, ['api'])
}

import { toGlobalId } from '../../foundation/global-id.ts'
import { Prisma, type User } from '../../generated/prisma/client.ts'
import { readRows } from '../../rows/json-rows.ts'

/** The newest of each list. */
const MANY = 1000

type Row = Record<string, unknown>
type Written = { type: string; id: string; created_at: string }

export type PersonalData = Record<'account', Row> &
  Record<'access_tokens' | 'sessions' | 'identities' | 'memberships' | 'audit_events', Row[]> & { written: Written[] }

const columns = (userId: number) => Prisma.sql`
  (SELECT coalesce(json_agg(t), '[]') FROM (
    SELECT name, scopes::text[], created_at, expires_at, revoked_at
    FROM access_tokens WHERE user_id = ${userId} ORDER BY id DESC LIMIT ${MANY}) AS t) AS access_tokens,
  (SELECT coalesce(json_agg(s), '[]') FROM (
    SELECT scopes::text[], host(ip_address) AS ip_address, user_agent, created_at, used_at
    FROM sessions WHERE user_id = ${userId} ORDER BY id DESC LIMIT ${MANY}) AS s) AS sessions,
  (SELECT coalesce(json_agg(i), '[]') FROM (
    SELECT issuer, subject, created_at FROM identities WHERE user_id = ${userId} ORDER BY id DESC LIMIT ${MANY}) AS i) AS identities,
  (SELECT coalesce(json_agg(m), '[]') FROM (
    SELECT p.full_path, m.role, m.expires_at, m.created_at
    FROM project_members m JOIN projects p ON p.id = m.project_id WHERE m.user_id = ${userId} AND NOT coalesce(m.expires_at < now(), false)
      AND p.deleted_at IS NULL
    UNION ALL SELECT g.full_path, m.role, m.expires_at, m.created_at
    FROM group_members m JOIN groups g ON g.id = m.group_id WHERE m.user_id = ${userId} AND NOT coalesce(m.expires_at < now(), false)
      AND g.deleted_at IS NULL
    ORDER BY 4 DESC LIMIT ${MANY}) AS m) AS memberships,
  (SELECT coalesce(json_agg(e), '[]') FROM (
    SELECT event_type, ip_address, request_id, created_at
    FROM audit_events WHERE author_id = ${userId} ORDER BY id DESC LIMIT ${MANY}) AS e) AS audit_events,
  (SELECT coalesce(json_agg(w), '[]') FROM (
    SELECT 'Release' AS type, id, created_at FROM releases WHERE author_id = ${userId}
    UNION ALL SELECT 'Issue', id, created_at FROM issues WHERE author_id = ${userId}
    UNION ALL SELECT 'Packages::Package', id, created_at FROM packages WHERE creator_id = ${userId}
    UNION ALL SELECT 'Upload', id, created_at FROM uploads WHERE uploader_id = ${userId}
    UNION ALL SELECT 'ReportArtifact', id, created_at FROM report_artifacts WHERE uploader_id = ${userId}
    ORDER BY 3 DESC LIMIT ${MANY}) AS w) AS written`

type Read = Omit<PersonalData, 'account' | 'written'> & { written: (Omit<Written, 'id'> & { id: number })[] }

/**
 * What the server knows about an account. What the account wrote is named by its ID alone, and memberships that have ended are left
 * out, because the account may not see these things any more.
 */
export async function readPersonalData(user: User): Promise<PersonalData> {
  const { id, username, name, email, avatarUrl, state, admin, createdAt } = user
  const [found] = await readRows<Read>('accounts.personalData', Prisma.sql`SELECT ${columns(id)}`, (row) => row)
  if (!found) throw new Error('a statement without FROM has one row')
  const written = found.written.map((one) => ({ ...one, id: toGlobalId(one.type, one.id) }))
  const account = {
    id: toGlobalId('User', id),
    username,
    name,
    email,
    avatar_url: avatarUrl,
    state,
    admin,
    created_at: createdAt,
  }
  return { account, ...found, written }
}

import { toGlobalId } from '../../foundation/global-id.ts'
import { Prisma, type User } from '../../generated/prisma/client.ts'
import { asJson, readRows } from '../../rows/json-rows.ts'

/** The newest of each list. */
const MANY = 1000

type Row = Record<string, unknown>

/**
 * The rows that refer to an account, by list. `type` and `id` name a subject, which a global ID says. test/http/personal-data.test.ts
 * tells which table is in which list, and which are left out.
 */
const lists = {
  access_tokens: (userId: number) => Prisma.sql`
    SELECT name, scopes::text[], created_at, expires_at, revoked_at FROM access_tokens WHERE user_id = ${userId} ORDER BY id DESC`,
  sessions: (userId: number) => Prisma.sql`
    SELECT scopes::text[], host(ip_address) AS ip_address, user_agent, created_at, used_at
    FROM sessions WHERE user_id = ${userId} ORDER BY id DESC`,
  identities: (userId: number) => Prisma.sql`
    SELECT issuer, subject, created_at FROM identities WHERE user_id = ${userId} ORDER BY id DESC`,
  memberships: (userId: number) => Prisma.sql`
    SELECT p.full_path, m.role, m.expires_at, m.created_at
    FROM project_members m JOIN projects p ON p.id = m.project_id WHERE m.user_id = ${userId} AND NOT coalesce(m.expires_at < now(), false)
      AND p.deleted_at IS NULL
    UNION ALL SELECT g.full_path, m.role, m.expires_at, m.created_at
    FROM group_members m JOIN groups g ON g.id = m.group_id WHERE m.user_id = ${userId} AND NOT coalesce(m.expires_at < now(), false)
      AND g.deleted_at IS NULL
    ORDER BY 4 DESC`,
  notification_settings: (userId: number) => Prisma.sql`
    SELECT CASE WHEN project_id IS NOT NULL THEN 'Project' WHEN group_id IS NOT NULL THEN 'Group' END AS type,
      coalesce(project_id, group_id) AS id, level, events, own_activity, updated_at
    FROM notification_settings WHERE user_id = ${userId} ORDER BY notification_settings.id DESC`,
  release_mails: (userId: number) => Prisma.sql`
    SELECT 'Release' AS type, release_id AS id, refusal FROM release_mails WHERE user_id = ${userId} ORDER BY release_id DESC`,
  tag_rights: (userId: number) => Prisma.sql`
    SELECT 'Project' AS type, t.project_id AS id, t.created_at
    FROM protected_tag_access_levels l JOIN protected_tags t ON t.id = l.protected_tag_id WHERE l.user_id = ${userId} ORDER BY l.id DESC`,
  imports: (userId: number) => Prisma.sql`
    SELECT 'Project' AS type, project_id AS id, url, source_path, kind, state, started_at, finished_at
    FROM project_imports WHERE user_id = ${userId} ORDER BY started_at DESC`,
  audit_events: (userId: number) => Prisma.sql`
    SELECT event_type, ip_address, request_id, created_at FROM audit_events WHERE author_id = ${userId} ORDER BY id DESC`,
  written: (userId: number) => Prisma.sql`
    SELECT 'Release' AS type, id, created_at FROM releases WHERE author_id = ${userId}
    UNION ALL SELECT 'ReleaseDraft', id, created_at FROM release_drafts WHERE author_id = ${userId}
    UNION ALL SELECT 'Issue', id, created_at FROM issues WHERE author_id = ${userId}
    UNION ALL SELECT 'Packages::Package', id, created_at FROM packages WHERE creator_id = ${userId}
    UNION ALL SELECT 'Upload', id, created_at FROM uploads WHERE uploader_id = ${userId}
    UNION ALL SELECT 'ReportArtifact', id, created_at FROM report_artifacts WHERE uploader_id = ${userId}
    ORDER BY 3 DESC`,
} as const

type ListName = keyof typeof lists
export type PersonalData = { account: Row } & Record<ListName, Row[]>

const names = Object.keys(lists) as ListName[]

const columns = (userId: number) =>
  Prisma.join(
    names.map((name) => {
      const rows = Prisma.sql`${lists[name](userId)} LIMIT ${MANY}`
      return Prisma.sql`${asJson(rows)} AS ${Prisma.raw(name)}`
    }),
  )

const named = ({ type, id, ...row }: Row): Row =>
  type === undefined ? row : { type, id: type === null ? null : toGlobalId(String(type), Number(id)), ...row }

/**
 * What the server knows about an account. What the account wrote or set is named by its ID alone, and memberships that have ended are
 * left out, because the account may not see these things any more.
 */
export async function readPersonalData(user: User): Promise<PersonalData> {
  const { id, username, name, email, avatarUrl, state, admin, createdAt } = user
  const [found] = await readRows<Record<ListName, Row[]>>(
    'accounts.personalData',
    Prisma.sql`SELECT ${columns(id)}`,
    (row) => row,
  )
  if (!found) throw new Error('a statement without FROM has one row')
  const told = Object.fromEntries(names.map((list) => [list, found[list].map(named)])) as Record<ListName, Row[]>
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
  return { account, ...told }
}

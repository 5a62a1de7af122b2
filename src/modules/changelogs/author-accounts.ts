import { canInGroup } from '../../access/group-abilities.ts'
import type { Context } from '../../context/context.ts'
import { Prisma, type Project } from '../../generated/prisma/client.ts'
import { readRows } from '../../rows/json-rows.ts'
import { findGroup } from '../groups/find-group.ts'

export type AuthorAccount = {
  email: string
  username: string
  /** Whether the account is no member of the project or of a group above it. */
  isContributor: boolean
  /** Whether the account is a contributor, or a member of a group that the configuration names. */
  isCredited: boolean
}

/** The groups of these paths, and the groups above them, whose members the viewer may know. */
async function groupIdsOf(context: Context, paths: readonly string[]): Promise<number[]> {
  const groups = await Promise.all(paths.map((path) => findGroup(context, path)))
  return groups.flatMap((group) =>
    group && canInGroup(context.viewer, 'member:read', group) ? [...group.ancestorIds, group.id] : [],
  )
}

const among = (kind: 'project' | 'group', ids: readonly number[]) => {
  const [table, column] = [Prisma.raw(`${kind}_members`), Prisma.raw(`${kind}_id`)]
  return Prisma.sql`EXISTS (SELECT FROM ${table} m
    WHERE m.user_id = u.id AND m.${column} = ANY (${ids}::int[]) AND (m.expires_at IS NULL OR m.expires_at > now()))`
}

/** The accounts of authors by their e-mail addresses, from one statement. */
export async function accountsOfAuthors(
  context: Context,
  project: Project,
  { emails, creditedGroups }: { emails: readonly string[]; creditedGroups: readonly string[] },
): Promise<Map<string, AuthorAccount>> {
  const groupIds = await groupIdsOf(context, creditedGroups)
  const isMember = Prisma.sql`(${among('project', [project.id])} OR ${among('group', project.ancestorIds)})`
  const accounts = await readRows<AuthorAccount>(
    'changelogs.accountsOfAuthors',
    Prisma.sql`SELECT u.email, u.username, NOT ${isMember} AS "isContributor",
      (NOT ${isMember} OR ${among('group', groupIds)}) AS "isCredited"
    FROM users u WHERE u.email = ANY (${[...new Set(emails)]}::text[])`,
    (account) => account,
  )
  return new Map(accounts.map((account) => [account.email, account]))
}

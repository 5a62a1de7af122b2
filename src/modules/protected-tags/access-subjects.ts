import type { Context } from '../../context/context.ts'
import { db } from '../../database/db.ts'
import type { Project } from '../../generated/prisma/client.ts'
import { findGroupById } from '../groups/find-group.ts'
import type { CreateAccess } from './protected-tag-loaders.ts'

async function membersAmong(project: Project, userIds: readonly number[]): Promise<Set<number>> {
  const rows = await db.$queryRaw<{ id: number }[]>`
    SELECT /* protectedTags.membersAmong */ user_id AS id FROM project_members
    WHERE project_id = ${project.id} AND user_id = ANY (${userIds}::int[]) AND (expires_at IS NULL OR expires_at > now())
    UNION
    SELECT user_id FROM group_members
    WHERE group_id = ANY (${project.ancestorIds}::int[]) AND user_id = ANY (${userIds}::int[])
      AND (expires_at IS NULL OR expires_at > now())`
  return new Set(rows.map(({ id }) => id))
}

/**
 * A sentence for each user who is no member, and for each group that the viewer may not read. Users and groups that do not exist
 * get the same sentences, so nobody finds out by numbers which accounts and groups there are.
 */
export async function subjectProblems(
  context: Context,
  project: Project,
  levels: readonly CreateAccess[],
): Promise<string[]> {
  const userIds = levels.flatMap(({ userId }) => userId ?? [])
  const groupIds = levels.flatMap(({ groupId }) => groupId ?? [])
  const members = userIds.length === 0 ? new Set<number>() : await membersAmong(project, userIds)
  const groups = await Promise.all(groupIds.map((id) => findGroupById(context, id)))
  return [
    ...userIds.filter((id) => !members.has(id)).map((id) => `User ${id} is not a member of the project`),
    ...groupIds.filter((_id, at) => !groups[at]).map((id) => `Group ${id} does not exist`),
  ]
}

import { db } from '../../database/db.ts'
import { type Places, removeProject } from './remove-project.ts'

const MANY = 100

/** Some projects of the group and of the groups below it. Deleted groups have no ancestors, so their parents are followed. */
const projectsBelow = (groupId: number) => db.$queryRaw<{ id: number }[]>`
  WITH RECURSIVE /* deletions.projectsBelow */ below AS (
    SELECT id FROM groups WHERE id = ${groupId} AND deleted_at IS NOT NULL
    UNION SELECT g.id FROM groups g JOIN below ON g.parent_id = below.id)
  SELECT p.id FROM projects p JOIN below ON p.group_id = below.id ORDER BY p.id LIMIT ${MANY}`

/** Removes a deleted group and everything below it, the groups last. May be repeated like `removeProject`. */
export async function removeGroup(groupId: number, places: Places): Promise<void> {
  let found = await projectsBelow(groupId)
  while (found.length > 0) {
    for (const { id } of found) await removeProject(id, places)
    found = await projectsBelow(groupId)
  }
  await db.group.deleteMany({ where: { id: groupId, deletedAt: { not: null } } })
}

import { recordAuditEvent } from '../../audit/record-audit-event.ts'
import type { Context } from '../../context/context.ts'
import { databaseNow } from '../../foundation/database-clock.ts'
import { RuleViolation } from '../../foundation/errors.ts'
import { pathProblems } from '../../foundation/project-path.ts'
import { assertNoProblems } from '../../foundation/rules.ts'
import type { Project } from '../../generated/prisma/client.ts'
import { once, transact } from '../../idempotency/once.ts'
import { getGroupFor } from '../groups/find-group.ts'
import { onPathTaken } from './create-project.ts'
import { getProjectFor } from './find-project.ts'

export type ProjectTransfer = {
  projectPath: string
  /** The group that it moves to. */
  groupPath: string
}

/** Moves a project to another group. Its own members stay, and the members of the groups above change. */
export const transferProject = once(
  async (context: Context, { projectPath, groupPath }: ProjectTransfer): Promise<Project> => {
    const project = await getProjectFor(context, 'project:transfer', projectPath)
    const group = await getGroupFor(context, 'project:create', groupPath)
    if (group.id === project.groupId) throw new RuleViolation('INVALID', 'The project is already in this group')
    assertNoProblems(pathProblems(project.path, group))
    const moved = await transact(context, async (tx) => {
      const data = { groupId: group.id, updatedAt: databaseNow() }
      const row = await tx.project.update({ where: { id: project.id }, data })
      await recordAuditEvent(tx, context, {
        type: 'project_updated',
        scope: { projectId: project.id },
        target: { type: 'Project', id: project.id, details: project.fullPath },
        message: `Moved the project ${project.fullPath} to ${row.fullPath}`,
      })
      return row
    }).catch(onPathTaken)
    // A new object, because what the viewer may do is kept for the old one, and depends on the groups above.
    context.viewer = { ...context.viewer }
    return moved
  },
)

import { recordAuditEvent } from '../../audit/record-audit-event.ts'
import type { Context } from '../../context/context.ts'
import type { Tx } from '../../database/db.ts'
import { databaseNow } from '../../foundation/database-clock.ts'
import { notFoundOrForbidden, RuleViolation } from '../../foundation/errors.ts'
import type { Project } from '../../generated/prisma/client.ts'
import { once, transact } from '../../idempotency/once.ts'
import { onPathTaken } from '../projects/create-project.ts'
import { getProjectFor, isOldPath } from '../projects/find-project.ts'
import { insertDeletion, lockTree, pathAside, takeBackDeletion } from './deletion-rows.ts'
import { findRestorableProject } from './find-restorable.ts'

type ByPath = { projectPath: string }

async function record(tx: Tx, context: Context, project: Project, done: 'deleted' | 'restored'): Promise<void> {
  await recordAuditEvent(tx, context, {
    type: done === 'deleted' ? 'project_deletion_marked' : 'project_restored',
    // An event of the group, so that it outlives the project.
    scope: { groupId: project.groupId },
    target: { type: 'Project', id: project.id, details: project.fullPath },
    message: `${done === 'deleted' ? 'Deleted' : 'Restored'} the project ${project.fullPath}`,
  })
}

/** Hides a project from everybody and frees its path. A job removes it when it can no longer be restored. */
export const deleteProject = once(async (context: Context, { projectPath }: ByPath): Promise<Project> => {
  const { id, fullPath } = await getProjectFor(context, 'project:delete', projectPath)
  if (isOldPath({ fullPath }, projectPath))
    throw new RuleViolation('INVALID', `The path of the project is ${fullPath} now`)
  return transact(context, async (tx) => {
    await lockTree(tx)
    const project = await tx.project.findFirst({ where: { id, deletedAt: null } })
    // Somebody may have deleted it meanwhile.
    if (!project) throw notFoundOrForbidden()
    await insertDeletion(tx, { projectId: id }, project.path)
    await record(tx, context, project, 'deleted')
    return tx.project.update({ where: { id }, data: { path: pathAside(project), updatedAt: databaseNow() } })
  })
})

/** Restores a deleted project with everything in it, at its path before. */
export const restoreProject = once(async (context: Context, { projectPath }: ByPath): Promise<Project> => {
  const found = await findRestorableProject(context, projectPath)
  if (!found) throw notFoundOrForbidden()
  const { id } = found
  const restored = await transact(context, async (tx) => {
    await lockTree(tx)
    const path = await takeBackDeletion(tx, { projectId: id })
    const project = await tx.project.update({ where: { id }, data: { path, updatedAt: databaseNow() } })
    await record(tx, context, project, 'restored')
    return project
  }).catch(onPathTaken)
  // A new viewer, because what the viewer may do was remembered while the project was deleted.
  context.viewer = { ...context.viewer }
  return restored
})

import { describeChanges } from '../../audit/describe-changes.ts'
import { recordAuditEvent } from '../../audit/record-audit-event.ts'
import type { Context } from '../../context/context.ts'
import { databaseNow } from '../../foundation/database-clock.ts'
import { RuleViolation } from '../../foundation/errors.ts'
import {
  assertNoProblems,
  type Changes,
  descriptionProblems,
  nameProblems,
  withoutUndefined,
} from '../../foundation/rules.ts'
import type { Project } from '../../generated/prisma/client.ts'
import { once, transact } from '../../idempotency/once.ts'
import { getProjectFor } from './find-project.ts'

type Levels = 'releasesLevel' | 'repositoryLevel' | 'issuesLevel' | 'mergeRequestsLevel'
type Settings = 'visibility' | 'archived' | Levels | 'freezeRefusesReleases' | 'packageDuplicatesAllowed'

export type ProjectUpdate = { projectPath: string } & Changes<Project, 'name' | 'description' | Settings>

/** Changes the settings of a project. One that is archived must be opened first, or in the same go. */
export const updateProject = once(
  async (context: Context, { projectPath, ...changes }: ProjectUpdate): Promise<Project> => {
    const project = await getProjectFor(context, 'project:update', projectPath)
    const data = withoutUndefined(changes)
    assertNoProblems([...nameProblems('Name', data.name), ...descriptionProblems(data.description)])
    if (Object.keys(data).length === 0) return project
    if (project.archived && data.archived !== false) {
      throw new RuleViolation('INVALID', 'The project is archived: set archived to false to change it')
    }
    const updated = await transact(context, async (tx) => {
      const row = await tx.project.update({ where: { id: project.id }, data: { ...data, updatedAt: databaseNow() } })
      await recordAuditEvent(tx, context, {
        type: 'project_updated',
        scope: { projectId: project.id },
        target: { type: 'Project', id: project.id, details: project.fullPath },
        message: `Changed the project ${project.fullPath}: ${describeChanges(data)}`,
      })
      return row
    })
    // What may be done in it depends on its settings: decided anew.
    context.viewer = { ...context.viewer }
    return updated
  },
)

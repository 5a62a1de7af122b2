import { describeChanges } from '../../audit/describe-changes.ts'
import { recordAuditEvent } from '../../audit/record-audit-event.ts'
import type { Context } from '../../context/context.ts'
import { databaseNow } from '../../foundation/database-clock.ts'
import { RuleViolation } from '../../foundation/errors.ts'
import { assertNoProblems, descriptionProblems, nameProblems, withoutUndefined } from '../../foundation/rules.ts'
import type { Project } from '../../generated/prisma/client.ts'
import { once, transact } from '../../idempotency/once.ts'
import { getProjectFor } from './find-project.ts'

/** The columns of a project that are no settings. A column that is not listed here is a setting. */
type Unset =
  | 'id'
  | 'groupId'
  | 'path'
  | 'fullPath'
  | 'ancestorIds'
  | 'avatarUrl'
  | 'releasesCount'
  | 'deletedAt'
  | 'createdAt'
  | 'updatedAt'

type Settings = Omit<Project, Unset>

/** What is absent stays as it is. */
export type ProjectUpdate = { [Name in keyof Settings]?: Settings[Name] | undefined } & { projectPath: string }

/** Changes the settings of a project. An archived project must be opened first, or by the same call. */
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
    // A new object, because what the viewer may do is kept for the old one, and depends on the settings.
    context.viewer = { ...context.viewer }
    return updated
  },
)

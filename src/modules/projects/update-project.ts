import { can } from '../../access/abilities.ts'
import { callerOf } from '../../access/caller.ts'
import { describeChanges } from '../../audit/describe-changes.ts'
import { recordAuditEvent } from '../../audit/record-audit-event.ts'
import type { Context } from '../../context/context.ts'
import { databaseNow } from '../../foundation/database-clock.ts'
import { notFoundOrForbidden, RuleViolation } from '../../foundation/errors.ts'
import { pathProblems } from '../../foundation/project-path.ts'
import { assertNoProblems, descriptionProblems, nameProblems, withoutUndefined } from '../../foundation/rules.ts'
import type { Project } from '../../generated/prisma/client.ts'
import { setDefaultBranch } from '../../git/default-branch.ts'
import { once, transact } from '../../idempotency/once.ts'
import { onPathTaken } from './create-project.ts'
import { getProjectFor } from './find-project.ts'
import { topicProblems } from './topics.ts'

/** The columns of a project that this use case does not change. A column that is not listed here is a setting. */
type Unset =
  | 'id'
  | 'groupId'
  | 'fullPath'
  | 'ancestorIds'
  | 'avatarUrl'
  | 'releasesCount'
  | 'deletedAt'
  | 'createdAt'
  | 'updatedAt'

type Settings = Omit<Project, Unset>

/** What is absent stays as it is. */
export type ProjectUpdate = { [Name in keyof Settings]?: Settings[Name] | undefined } & {
  projectPath: string
  /** The repository has it, and not the row. */
  defaultBranch?: string | undefined
}

/** The group above, as far as the rules for paths need it. */
const above = ({ fullPath, ancestorIds }: Project) => ({
  fullPath: fullPath.slice(0, fullPath.lastIndexOf('/')),
  ancestorIds,
})

async function changeDefaultBranch(context: Context, project: Project, name: string): Promise<void> {
  if (!can(context.viewer, 'code:read', project)) throw notFoundOrForbidden()
  const { repositories } = context
  const change = () => setDefaultBranch(repositories.directory(project.id), name)
  const changed = await repositories.inTurn(callerOf(context), change)
  if (!changed) throw new RuleViolation('INVALID', `The branch '${name.slice(0, 100)}' does not exist`)
}

function assertMayChange(context: Context, project: Project, { visibility }: Partial<Settings>): void {
  if (visibility === undefined || visibility === project.visibility) return
  if (!can(context.viewer, 'project:visibility', project)) throw notFoundOrForbidden()
}

/** Changes the settings of a project. An archived project must be opened first, or by the same call. */
export const updateProject = once(
  async (context: Context, { projectPath, defaultBranch, ...changes }: ProjectUpdate): Promise<Project> => {
    const project = await getProjectFor(context, 'project:update', projectPath)
    const data = withoutUndefined(changes)
    assertMayChange(context, project, data)
    assertNoProblems([
      ...nameProblems('Name', data.name),
      ...descriptionProblems(data.description),
      ...(data.path === undefined ? [] : pathProblems(data.path, above(project))),
      ...topicProblems(data.topics),
    ])
    const told = withoutUndefined({ ...data, defaultBranch })
    if (Object.keys(told).length === 0) return project
    if (project.archived && data.archived !== false) {
      throw new RuleViolation('INVALID', 'The project is archived: set archived to false to change it')
    }
    // Before the transaction, because git cannot take back what it did. A repeated request does the same again.
    if (defaultBranch !== undefined) await changeDefaultBranch(context, project, defaultBranch)
    const updated = await transact(context, async (tx) => {
      const row = await tx.project.update({ where: { id: project.id }, data: { ...data, updatedAt: databaseNow() } })
      await recordAuditEvent(tx, context, {
        type: 'project_updated',
        scope: { projectId: project.id },
        target: { type: 'Project', id: project.id, details: project.fullPath },
        message: `Changed the project ${project.fullPath}: ${describeChanges(told)}`,
      })
      return row
    }).catch(onPathTaken)
    // A new object, because what the viewer may do is kept for the old one, and depends on the settings.
    context.viewer = { ...context.viewer }
    return updated
  },
)

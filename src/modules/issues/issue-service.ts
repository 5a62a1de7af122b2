import { describeChanges } from '../../audit/describe-changes.ts'
import { recordAuditEvent } from '../../audit/record-audit-event.ts'
import type { Context } from '../../context/context.ts'
import type { Tx } from '../../database/db.ts'
import { onUniqueViolation } from '../../database/unique-violation.ts'
import { databaseNow } from '../../foundation/database-clock.ts'
import { notFoundOrForbidden, RuleViolation } from '../../foundation/errors.ts'
import {
  assertNoProblems,
  type Changes,
  descriptionProblems,
  nameProblems,
  withoutUndefined,
} from '../../foundation/rules.ts'
import type { Issue, Project } from '../../generated/prisma/client.ts'
import { once, transact } from '../../idempotency/once.ts'
import { findMilestones } from '../milestones/find-milestones.ts'
import { getProjectFor } from '../projects/find-project.ts'
import { findIssue } from './issue-loaders.ts'
import { deletesIssue, editsIssue, type IssueNode, plansIssue } from './issue-policy.ts'

/** A milestone by its title or by its id, but not by both. Null removes the milestone. */
type MilestoneOfIssue = { milestone?: string | null | undefined; milestoneId?: number | null | undefined }

export type IssueCreate = MilestoneOfIssue & {
  projectPath: string
  title: string
  description?: string | null | undefined
  confidential?: boolean | null | undefined
  /** A calendar date, which is the day in UTC. */
  dueDate?: Date | null | undefined
  /** The number of an issue that comes from another server. Absent: the next number. */
  iid?: number | undefined
}

type IssueKey = { projectPath: string; iid: number }

export type IssueUpdate = MilestoneOfIssue &
  Changes<Issue, 'title' | 'description' | 'state' | 'confidential' | 'dueDate'> &
  IssueKey

/** Undefined when no milestone is given. If the project and its group have the title, the milestone of the project counts. */
async function findMilestoneId(project: Project, choice: MilestoneOfIssue): Promise<number | null | undefined> {
  const { milestone: title, milestoneId: id } = choice
  if (title === undefined && id === undefined) return undefined
  const found = await findMilestones(project, { titles: title == null ? null : [title], ids: id == null ? null : [id] })
  return (found?.find(({ projectId }) => projectId !== null) ?? found?.[0])?.id ?? null
}

function assertValid({ title, description }: { title?: string; description?: string | null }): void {
  assertNoProblems([...nameProblems('Title', title), ...descriptionProblems(description)])
}

const record = (
  tx: Tx,
  context: Context,
  issue: Issue,
  type: `issue_${'created' | 'updated' | 'deleted'}`,
  message: string,
) =>
  recordAuditEvent(tx, context, {
    type,
    scope: { projectId: issue.projectId },
    target: { type: 'Issue', id: issue.id, details: issue.title },
    message,
  })

/** Two that are made at the same time would take the same number, so the numbers of the project are locked. */
async function nextIid(tx: Tx, projectId: number): Promise<number> {
  await tx.$executeRaw`SELECT /* issues.lockIids */ pg_advisory_xact_lock(hashtextextended(${`issues ${projectId}`}, 0))`
  const [next] = await tx.$queryRaw<
    [{ iid: number }]
  >`SELECT /* issues.nextNumber */ next_issue_number(${projectId}::int) AS iid`
  return next.iid
}

const onTaken = onUniqueViolation({
  issues_project_id_iid_key: () => new RuleViolation('CONFLICT', 'Number has already been taken'),
})

export const createIssue = once(async (context: Context, input: IssueCreate): Promise<IssueNode> => {
  const project = await getProjectFor(context, 'issue:create', input.projectPath)
  const { title, description = null, dueDate = null } = input
  assertValid({ title, description })
  const milestoneId = (await findMilestoneId(project, input)) ?? null
  const values = { title, description, dueDate, milestoneId, confidential: input.confidential ?? false }
  return transact(context, async (tx) => {
    const authorId = context.viewer.user?.id ?? null
    const own = { projectId: project.id, iid: input.iid ?? (await nextIid(tx, project.id)) }
    const issue = await tx.issue.create({ data: { ...values, ...own, authorId, updatedAt: databaseNow() } })
    await record(tx, context, issue, 'issue_created', `Created issue #${issue.iid} ${issue.title}`)
    return { ...issue, project }
  }).catch(onTaken)
})

type NewValues = Partial<Pick<Issue, 'title' | 'description' | 'state' | 'confidential' | 'dueDate' | 'milestoneId'>>

/** An author without the role Planner keeps to what was written. */
function assertMayChange({ viewer }: Context, issue: IssueNode, changes: NewValues): void {
  if (!editsIssue(viewer, issue)) throw notFoundOrForbidden()
  const plans = (['confidential', 'dueDate', 'milestoneId'] as const).filter((name) => changes[name] !== undefined)
  if (plans.length > 0 && !plansIssue(viewer, issue)) {
    throw new RuleViolation('FORBIDDEN', 'Milestone, due date and confidentiality are changed from the role Planner on')
  }
}

const withClosedAt = ({ state, ...changes }: NewValues, issue: Issue) => ({
  ...changes,
  updatedAt: databaseNow(),
  ...(state === undefined ? {} : { state, closedAt: state === 'closed' ? (issue.closedAt ?? databaseNow()) : null }),
})

async function getIssue(context: Context, { projectPath, iid }: IssueKey): Promise<IssueNode> {
  const issue = await findIssue(context, await getProjectFor(context, 'issue:read', projectPath), iid)
  if (!issue) throw notFoundOrForbidden()
  return issue
}

/** Changes, closes or opens an issue, or moves it to another milestone. The statistics of milestones change at once. */
export const updateIssue = once(async (context: Context, input: IssueUpdate): Promise<IssueNode> => {
  const issue = await getIssue(context, input)
  const { project } = issue
  const { title, description, state, confidential, dueDate } = input
  const milestoneGiven = input.milestone !== undefined || input.milestoneId !== undefined
  assertMayChange(
    context,
    issue,
    withoutUndefined({ confidential, dueDate, milestoneId: milestoneGiven ? null : undefined }),
  )
  const milestoneId = await findMilestoneId(project, input)
  const changes: NewValues = withoutUndefined({ title, description, state, confidential, dueDate, milestoneId })
  assertValid(changes)
  if (Object.keys(changes).length === 0) return issue
  return transact(context, async (tx) => {
    const [updated] = await tx.issue.updateManyAndReturn({
      where: { id: issue.id },
      data: withClosedAt(changes, issue),
    })
    // The project may have been deleted meanwhile.
    if (!updated) throw notFoundOrForbidden()
    await record(tx, context, updated, 'issue_updated', `Changed issue #${updated.iid}: ${describeChanges(changes)}`)
    return { ...updated, project }
  })
})

/** Deletes an issue. The statistics of its milestone change at once. */
export const deleteIssue = once(async (context: Context, key: IssueKey): Promise<IssueNode> => {
  const issue = await getIssue(context, key)
  if (!deletesIssue(context.viewer, issue)) throw notFoundOrForbidden()
  return transact(context, async (tx) => {
    const { count } = await tx.issue.deleteMany({ where: { id: issue.id } })
    // Somebody may have deleted the issue meanwhile.
    if (count === 0) throw notFoundOrForbidden()
    await record(tx, context, issue, 'issue_deleted', `Deleted issue #${issue.iid} ${issue.title}`)
    return issue
  })
})

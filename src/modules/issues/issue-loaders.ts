import { z } from 'zod'
import type { Context } from '../../context/context.ts'
import { MAX_INTEGER } from '../../foundation/limits.ts'
import { type Issue, type IssueState, Prisma, type Project } from '../../generated/prisma/client.ts'
import { IdValue } from '../../rows/cursor-values.ts'
import type { Order } from '../../rows/keyset.ts'
import { extendRows, type PageToCome } from '../../rows/page.ts'
import { table } from '../../rows/table.ts'
import type { Window } from '../../rows/window.ts'
import { type IssueNode, readsIssue, visibleIssues } from './issue-policy.ts'

/** Numbers within a project follow the time of creation. */
const newestFirst: Order<Issue> = {
  name: 'ISSUES',
  direction: 'desc',
  terms: [Prisma.sql`i.iid`],
  casts: ['int'],
  values: z.tuple([IdValue]),
  fields: ['iid'],
  position: ({ iid }) => [iid],
}

const issues = table<Issue>('issues', 'i', {
  fields: Prisma.IssueScalarFieldEnum,
  dates: { dueDate: true, closedAt: true, createdAt: true, updatedAt: true },
  long: { description: 10_000 },
})

/** All columns of the table `i`. */
export const issueColumns = issues.columns
export const issueDescription = issues.text('description')

const ofProject = issues.childrenOf({ column: 'i.project_id' })
const issueByNumber = issues.by('projectId', 'iid')

/** Of a project whose issues the viewer may read. */
const shown = (context: Context, project: Project, state: IssueState | null) =>
  Prisma.sql`${visibleIssues(context.viewer, project)}
    ${state === null ? Prisma.empty : Prisma.sql`AND i.state = ${state}::"IssueState"`}`

export function issuesOfProject(
  context: Context,
  project: Project,
  { window, state }: { window: Window; state: IssueState | null },
): PageToCome<IssueNode> {
  const where = shown(context, project, state)
  return extendRows(ofProject.page(context, project, { window, order: newestFirst, where }), { project })
}

export const countOfIssues = (context: Context, project: Project, state: IssueState | null): Promise<number> =>
  ofProject.count(context, project.id, shown(context, project, state))

/** The number that a client wrote; 0, which no issue has, for anything else. */
export const parseIid = (text: string): number =>
  /^[0-9]+$/.test(text) && Number(text) <= MAX_INTEGER ? Number(text) : 0

/** Hidden equals missing. */
export async function findIssue(context: Context, project: Project, iid: number): Promise<IssueNode | null> {
  const issue = await issueByNumber(context).load({ projectId: project.id, iid })
  const node = issue ? { ...issue, project } : null
  return node && readsIssue(context.viewer, node) ? node : null
}

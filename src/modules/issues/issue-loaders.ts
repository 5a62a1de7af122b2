import { z } from 'zod'
import { columnsOf } from '../../connections/columns.ts'
import { IdValue } from '../../connections/cursor-values.ts'
import type { Order } from '../../connections/keyset.ts'
import { extendRows, type Page } from '../../connections/page.ts'
import { pageLoader } from '../../connections/page-loader.ts'
import type { Window } from '../../connections/window.ts'
import type { Context } from '../../context.ts'
import { db } from '../../db.ts'
import { type Issue, type IssueState, Prisma, type Project } from '../../generated/prisma/client.ts'
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

const pages = pageLoader<Issue>({
  columns: columnsOf('i', Prisma.IssueScalarFieldEnum),
  dates: { dueDate: true, closedAt: true, createdAt: true, updatedAt: true },
  from: Prisma.sql`issues i`,
  parent: Prisma.sql`i.project_id`,
})

/** Of a project whose issues the viewer may read. */
const shown = (context: Context, project: Project, state: IssueState | null) =>
  Prisma.sql`${visibleIssues(context.viewer, project)}
    ${state === null ? Prisma.empty : Prisma.sql`AND i.state = ${state}::"IssueState"`}`

export async function issuesOfProject(
  context: Context,
  project: Project,
  { window, state }: { window: Window; state: IssueState | null },
): Promise<Page<IssueNode>> {
  const where = shown(context, project, state)
  const page = await pages(context).load({ parentId: project.id, window, order: newestFirst, where })
  return extendRows(page, () => ({ project }))
}

export async function countOfIssues(context: Context, project: Project, state: IssueState | null): Promise<number> {
  const [row] = await db.$queryRaw<[{ count: number }]>`
    SELECT count(*)::int AS count FROM issues i WHERE i.project_id = ${project.id} ${shown(context, project, state)}`
  return row.count
}

const MAX_IID = 2 ** 31 - 1

/** The number that a client wrote; 0, which no issue has, for anything else. */
export const parseIid = (text: string): number => (/^[0-9]+$/.test(text) && Number(text) <= MAX_IID ? Number(text) : 0)

/** Hidden equals missing. */
export async function findIssue(context: Context, project: Project, iid: number): Promise<IssueNode | null> {
  const issue = await db.issue.findUnique({ where: { projectId_iid: { projectId: project.id, iid } } })
  const node = issue && { ...issue, project }
  return node && readsIssue(context.viewer, node) ? node : null
}

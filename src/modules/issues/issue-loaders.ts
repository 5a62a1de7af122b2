import { z } from 'zod'
import type { Context } from '../../context/context.ts'
import { db } from '../../database/db.ts'
import { type Issue, type IssueState, Prisma, type Project } from '../../generated/prisma/client.ts'
import { columnsOf } from '../../rows/columns.ts'
import { IdValue } from '../../rows/cursor-values.ts'
import { readRows, reviver } from '../../rows/json-rows.ts'
import type { Order } from '../../rows/keyset.ts'
import { longText } from '../../rows/long-texts.ts'
import { extendRows, type Page } from '../../rows/page.ts'
import { pageLoader } from '../../rows/page-loader.ts'
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

export const issueDescription = longText('issues', 'description')

/** All columns of the table `i`. */
export const issueColumns = columnsOf('i', Prisma.IssueScalarFieldEnum, { description: 10_000 })

const dates = { dueDate: true, closedAt: true, createdAt: true, updatedAt: true } as const
const reviveIssue = reviver<Issue>(dates)

const pages = pageLoader<Issue>({
  statement: 'issues.pageOfProject',
  columns: issueColumns,
  dates,
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
    SELECT /* issues.count */ count(*)::int AS count FROM issues i WHERE i.project_id = ${project.id} ${shown(context, project, state)}`
  return row.count
}

const MAX_IID = 2 ** 31 - 1

/** The number that a client wrote; 0, which no issue has, for anything else. */
export const parseIid = (text: string): number => (/^[0-9]+$/.test(text) && Number(text) <= MAX_IID ? Number(text) : 0)

/** Hidden equals missing. */
export async function findIssue(context: Context, project: Project, iid: number): Promise<IssueNode | null> {
  const [issue] = await readRows(
    'issues.byIid',
    Prisma.sql`SELECT ${issueColumns} FROM issues i WHERE i.project_id = ${project.id} AND i.iid = ${iid}`,
    reviveIssue,
  )
  const node = issue ? { ...issue, project } : null
  return node && readsIssue(context.viewer, node) ? node : null
}

import { z } from 'zod'
import { visibleIssuesAnywhere } from '../../access/visibility.ts'
import type { Context } from '../../context/context.ts'
import { MAX_INTEGER } from '../../foundation/limits.ts'
import { type Issue, type IssueState, type Milestone, Prisma, type Project } from '../../generated/prisma/client.ts'
import { IdValue } from '../../rows/cursor-values.ts'
import type { Order } from '../../rows/keyset.ts'
import { extendPage, type NumberedPage, type PageInput } from '../../rows/numbered-page.ts'
import { extendRows, type PageToCome } from '../../rows/page.ts'
import { table } from '../../rows/table.ts'
import type { Window } from '../../rows/window.ts'
import { projectById } from '../projects/project-loaders.ts'
import { type IssueNode, readsIssue, visibleIssues } from './issue-policy.ts'

/** By number, because the numbers within a project follow the time of creation. */
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

export const issueDescription = issues.text('description')

const ofProject = issues.childrenOf({ column: 'i.project_id' })
const ofRelease = issues.childrenOf({
  column: 'mr.release_id',
  from: Prisma.sql`milestone_releases mr JOIN issues i ON i.milestone_id = mr.milestone_id`,
})
const issueByNumber = issues.by('projectId', 'iid')

/** What is absent or null does not narrow. */
type IssueFilter = {
  state?: IssueState | null | undefined
  /** The title of its milestone. */
  milestone?: string | null | undefined
  /** In the title or in the description, in any letter case. */
  search?: string | null | undefined
  iids?: readonly number[] | null | undefined
  /** The tag of a release of the project whose milestones the issues have. Only for viewers who may read code. */
  releaseTag?: string | null | undefined
}

const ofReleaseWith = (tag: string) => Prisma.sql`
  AND i.milestone_id IN (SELECT mr.milestone_id FROM milestone_releases mr JOIN releases r ON r.id = mr.release_id
    WHERE r.project_id = i.project_id AND r.tag = ${tag})`

const matching = ({ state, milestone, search, iids, releaseTag }: IssueFilter) => Prisma.sql`
  ${state == null ? Prisma.empty : Prisma.sql`AND i.state = ${state}::"IssueState"`}
  ${milestone == null ? Prisma.empty : Prisma.sql`AND i.milestone_id IN (SELECT id FROM milestones WHERE title = ${milestone})`}
  ${search == null ? Prisma.empty : Prisma.sql`AND position(lower(${search}) in lower(concat_ws(' ', i.title, i.description))) > 0`}
  ${iids == null ? Prisma.empty : Prisma.sql`AND i.iid = ANY (${iids}::int[])`}
  ${releaseTag == null ? Prisma.empty : ofReleaseWith(releaseTag)}`

/** The condition for the issues that are shown, in a project whose issues the viewer may read. */
const shown = ({ viewer }: Context, project: Project, filter: IssueFilter) =>
  Prisma.sql`${visibleIssues(viewer, project)} ${matching(filter)}`

export function issuesOfProject(
  context: Context,
  project: Project,
  { window, filter }: { window: Window; filter: IssueFilter },
): PageToCome<IssueNode> {
  const where = shown(context, project, filter)
  return extendRows(ofProject.page(context, project, { window, order: newestFirst, where }), { project })
}

export const countOfIssues = (context: Context, project: Project, filter: IssueFilter): Promise<number> =>
  ofProject.count(context, project.id, { where: shown(context, project, filter) })

type Listing = { filter: IssueFilter; direction: 'asc' | 'desc'; page: PageInput }

/** A page by number of the issues of a project whose issues the viewer may read. */
export async function numberedIssues(
  context: Context,
  project: Project,
  { filter, direction, page }: Listing,
): Promise<NumberedPage<IssueNode>> {
  const where = Prisma.sql`i.project_id = ${project.id} ${shown(context, project, filter)}`
  const order = { ...newestFirst, direction }
  return extendPage(await issues.numberedPage(context, 'numberedPageOfProject', { where, order }, page), { project })
}

const NEWEST: Window = { limit: 1_000, backward: false, after: null, before: null }

/** The newest closed issues of the release's milestones, in a project whose issues the viewer may read. */
export async function closedIssuesOfRelease(context: Context, project: Project, id: number): Promise<IssueNode[]> {
  const where = Prisma.sql`AND i.project_id = ${project.id} ${shown(context, project, { state: 'closed' })}`
  const { edges } = await ofRelease.page(context, { id }, { window: NEWEST, order: newestFirst, where })
  return edges.map(({ node }) => ({ ...node, project }))
}

/**
 * A page by number of the issues that the viewer may read, of every milestone of this title. As in GitLab, a group and its projects
 * may have milestones of the same title.
 */
export async function numberedIssuesOfMilestone(
  context: Context,
  { title, projectId, groupId }: Pick<Milestone, 'title' | 'projectId' | 'groupId'>,
  page: PageInput,
): Promise<NumberedPage<IssueNode>> {
  const place =
    projectId === null
      ? Prisma.sql`p.ancestor_ids @> ARRAY[${groupId}]::int[]`
      : Prisma.sql`i.project_id = ${projectId}`
  const selected = {
    from: Prisma.sql`issues i JOIN milestones m ON m.id = i.milestone_id JOIN projects p ON p.id = i.project_id`,
    where: Prisma.sql`m.title = ${title} AND ${place} ${visibleIssuesAnywhere(context.viewer)}`,
    order: { terms: [Prisma.sql`i.iid`, Prisma.sql`i.id`], direction: 'desc' },
  } as const
  const found = await issues.numberedPage(context, 'numberedPageOfMilestone', selected, page)
  // A foreign key ensures that each project is there.
  const projectOf = ({ projectId }: Issue) => projectById(context).load(projectId) as Promise<Project>
  return {
    ...found,
    rows: await Promise.all(found.rows.map(async (row) => ({ ...row, project: await projectOf(row) }))),
  }
}

/** The number that a client wrote. For anything else it is 0, which no issue has. */
export const parseIid = (text: string): number =>
  /^[0-9]+$/.test(text) && Number(text) <= MAX_INTEGER ? Number(text) : 0

/** Null for a missing issue and for a hidden issue. */
export async function findIssue(context: Context, project: Project, iid: number): Promise<IssueNode | null> {
  const issue = await issueByNumber(context).load({ projectId: project.id, iid })
  const node = issue ? { ...issue, project } : null
  return node && readsIssue(context.viewer, node) ? node : null
}

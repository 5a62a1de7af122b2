import DataLoader from 'dataloader'
import { groupsWithReleases, visibleReleases } from '../../access/visibility.ts'
import { type Context, perRequest } from '../../context/context.ts'
import { db } from '../../database/db.ts'
import { type AssetLink, type Group, Prisma, type Project, type Release } from '../../generated/prisma/client.ts'
import { type ChildPage, childPages } from '../../rows/child-pages.ts'
import { columnsOf, someColumnsOf } from '../../rows/columns.ts'
import { asJson, readRows, reviver } from '../../rows/json-rows.ts'
import { extendRowsToCome, type Page, type PageToCome } from '../../rows/page.ts'
import { type PageKey, pageLoader } from '../../rows/page-loader.ts'
import {
  notePrefetched,
  type Prefetch,
  type Prefetched,
  prefetchColumns,
  prefetchedOf,
  type Wants,
  wantsOf,
  wholeRow,
} from '../../rows/prefetch.ts'
import { rowLoader } from '../../rows/row-loader.ts'
import { projectOfRelease, reviveProject } from '../projects/project-loaders.ts'
import { milestoneOrder } from './release-orders.ts'

/**
 * A release with its project: what may be shown of it depends on the project. One that has just been made also holds all its
 * links, the newest first.
 */
export type ReleaseNode = Release & Prefetched & { project: Project; links?: readonly AssetLink[] }

/** Pages that show them whole are read whole, as long as they are ordinary notes. */
const longNotes = { description: 10_000, descriptionHtml: 10_000 }

/** All columns of the table `r`. */
export const releaseColumns = columnsOf('r', Prisma.ReleaseScalarFieldEnum, longNotes)

const releaseRow = {
  // The tag, too: the URLs of what belongs to a release hold it.
  ...someColumnsOf('r', Prisma.ReleaseScalarFieldEnum, { always: ['id', 'projectId', 'tag'], long: longNotes }),
  dates: { createdAt: true, updatedAt: true, releasedAt: true },
} as const

export const reviveRelease = reviver<Release>(releaseRow.dates)

const projectPages = childPages<Release>({
  ...releaseRow,
  statement: 'releases.pageOfProject',
  name: 'releases',
  from: Prisma.sql`releases r`,
  parent: Prisma.sql`r.project_id`,
  parentRow: Prisma.sql`p.id`,
})

/** Where the releases of several projects are read, each has its project along, which is `p`. */
export const releaseAndProject = {
  dates: releaseRow.dates,
  columns: Prisma.sql`${releaseRow.columns}, ${projectOfRelease} AS project`,
  columnsOfSome: (fields: ReadonlySet<string> | null) =>
    Prisma.sql`${releaseRow.columnsOfSome(fields)}, ${projectOfRelease} AS project`,
}

const groupPages = childPages<ReleaseNode>({
  ...releaseAndProject,
  statement: 'releases.pageOfGroup',
  name: 'releases',
  from: Prisma.sql`group_releases gr JOIN releases r ON r.id = gr.release_id JOIN projects p ON p.id = r.project_id`,
  parent: Prisma.sql`gr.group_id`,
  parentRow: Prisma.sql`g.id`,
})

const milestonePages = pageLoader<ReleaseNode>({
  ...releaseAndProject,
  statement: 'releases.pageOfMilestone',
  from: Prisma.sql`milestone_releases mr JOIN releases r ON r.id = mr.release_id JOIN projects p ON p.id = r.project_id`,
  parent: Prisma.sql`mr.milestone_id`,
})

function reviveProjects(page: Page<ReleaseNode>): Page<ReleaseNode> {
  for (const { node } of page.edges) reviveProject(node.project)
  return page
}

/** A page of them, in the statement that reads their project. */
export const prefetchReleases = projectPages.prefetch

export function releasesOfProject(
  context: Context,
  project: Project & Prefetched,
  page: ChildPage<Release>,
  wanted?: () => Wants,
): PageToCome<ReleaseNode> {
  return extendRowsToCome(projectPages.load(context, project, page, wanted), () => ({ project }))
}

type GroupPage = Pick<ChildPage<Release>, 'window' | 'order'>

const visiblePage = ({ viewer }: Context, page: GroupPage) => ({ ...page, where: visibleReleases(viewer) })

/**
 * A page of them, in the statement that reads their group; nothing is read where the viewer does not see them. What that depends
 * on stands in `where` as well, and so in the key.
 */
export function prefetchGroupReleases(context: Context, page: GroupPage, wants: Wants): Prefetch {
  const { sqlOf, ...prefetch } = groupPages.prefetch(visiblePage(context, page), wants)
  const mayRead = groupsWithReleases(context.viewer)
  return { ...prefetch, sqlOf: (all) => Prisma.sql`CASE WHEN ${mayRead} THEN ${sqlOf(all)} END` }
}

/** Of a group whose releases the viewer may read. */
export const releasesOfGroup = async (
  context: Context,
  group: Group & Prefetched,
  page: GroupPage,
  wanted?: () => Wants,
): Promise<Page<ReleaseNode>> =>
  reviveProjects(await groupPages.load(context, group, visiblePage(context, page), wanted))

export async function releasesOfMilestone(
  context: Context,
  milestoneId: number,
  page: Pick<PageKey<ReleaseNode>, 'window' | 'wants'>,
): Promise<Page<ReleaseNode>> {
  const where = visibleReleases(context.viewer)
  const key = { ...page, parentId: milestoneId, order: milestoneOrder, where }
  return reviveProjects(await milestonePages(context).load(key))
}

type TagKey = Pick<Release, 'projectId' | 'tag'>

const columnsFor = ({ fields }: Wants) => releaseRow.columnsOfSome(fields)

const releaseByTag = rowLoader<TagKey, Release>({
  nameOf: ({ projectId, tag }) => `${projectId} ${tag}`,
  read: (keys, wants) => {
    const ids = keys.map(({ projectId }) => projectId)
    const tags = keys.map(({ tag }) => tag)
    const rows = Prisma.sql`
      SELECT ${columnsFor(wants)} ${prefetchColumns(wants)}
      FROM unnest(${ids}::int[], ${tags}::text[]) AS key (project_id, tag)
      JOIN releases r ON r.project_id = key.project_id AND r.tag = key.tag`
    return readRows<Release & Prefetched>('releases.byTag', rows, reviveRelease)
  },
})

const keyOfTag = (tag: string) => `release ${JSON.stringify(tag)}`

/** The release of a tag, in the statement that reads its project. */
export const prefetchReleaseByTag = (tag: string, wants: Wants): Prefetch => ({
  key: keyOfTag(tag),
  wants,
  sqlOf: (all) =>
    asJson(Prisma.sql`
      SELECT ${columnsFor(all)} ${prefetchColumns(all)} FROM releases r WHERE r.project_id = p.id AND r.tag = ${tag}`),
})

function readAlong(rows: Release[] | null, wants: Wants): (Release & Prefetched) | null {
  const [release = null] = rows ?? []
  if (release) notePrefetched(reviveRelease(release), wants)
  return release
}

export async function findReleaseByTag(
  context: Context,
  project: Project & Prefetched,
  tag: string,
  wanted = () => wholeRow,
): Promise<ReleaseNode | null> {
  const read = prefetchedOf(project, keyOfTag(tag))
  const release = read
    ? readAlong(read.value as Release[] | null, read.wants)
    : await releaseByTag.load(context, { key: { projectId: project.id, tag }, wants: wanted() })
  return release && { ...release, project }
}

const idAlone = wantsOf({ fields: new Set(), cursors: false, prefetch: [] })

/** Asked anew each time: a request that writes may have made it since it asked. */
export const isReleased = async ({ id: projectId }: Project, tag: string): Promise<boolean> =>
  (await releaseByTag.loadAnew({ key: { projectId, tag }, wants: idAlone })) !== null

/** How many releases a milestone has that the viewer may read. */
export const countOfMilestone = perRequest(
  (context) =>
    new DataLoader<number, number>(async (ids) => {
      const rows = await db.$queryRaw<{ id: number; count: number }[]>`
        SELECT /* releases.countOfMilestones */ mr.milestone_id AS id, count(*)::int AS count
        FROM milestone_releases mr JOIN releases r ON r.id = mr.release_id JOIN projects p ON p.id = r.project_id
        WHERE mr.milestone_id = ANY (${ids}::int[]) ${visibleReleases(context.viewer)}
        GROUP BY mr.milestone_id`
      const counts = new Map(rows.map((row) => [row.id, row.count]))
      return ids.map((id) => counts.get(id) ?? 0)
    }),
)

/** How many releases of a project pass a filter. Without one the project's own counter tells. */
export async function countOfProject(project: Project, where: Prisma.Sql): Promise<number> {
  const [row] = await db.$queryRaw<{ count: number }[]>`
    SELECT /* releases.countOfProject */ count(*)::int AS count FROM releases r WHERE r.project_id = ${project.id} ${where}`
  return row?.count ?? 0
}

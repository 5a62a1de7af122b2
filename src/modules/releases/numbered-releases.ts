// Pages of releases by number.
import { visibleReleases } from '../../access/visibility.ts'
import type { Context } from '../../context/context.ts'
import { type Group, Prisma, type Project, type Release } from '../../generated/prisma/client.ts'
import { readRows } from '../../rows/json-rows.ts'
import { type NumberedPage, type PageInput, readPage, sortedBy } from '../../rows/numbered-page.ts'
import { notePrefetched, prefetchColumns, type Wants } from '../../rows/prefetch.ts'
import { reviveProject } from '../projects/project-loaders.ts'
import { filterReleases, isFiltered, type ReleaseFilters } from './release-filters.ts'
import { type ReleaseNode, releaseAndProject, releaseRow, reviveRelease } from './release-loaders.ts'
import { groupOrders, projectOrders } from './release-orders.ts'

type Asked<Order> = { page: PageInput; sort: Order; wants: Wants }

const columnsFor = ({ columnsOfSome }: Pick<typeof releaseRow, 'columnsOfSome'>, wants: Wants) =>
  Prisma.sql`${columnsOfSome(wants.fields)} ${prefetchColumns(wants)}`

const read =
  <Row extends Release>(statement: string, wants: Wants, extend: (row: Row) => ReleaseNode) =>
  (rows: Prisma.Sql) =>
    readRows<ReleaseNode>(statement, rows, (row) => {
      notePrefetched(row, wants)
      return extend(reviveRelease(row) as Row)
    })

export async function projectReleasePage(
  project: Project,
  { page, sort, filters, wants }: Asked<keyof typeof projectOrders> & { filters: ReleaseFilters },
): Promise<NumberedPage<ReleaseNode>> {
  const source = {
    statement: 'releases.numberedPageOfProject',
    columns: columnsFor(releaseRow, wants),
    from: Prisma.sql`releases r`,
    where: Prisma.sql`r.project_id = ${project.id} ${filterReleases(filters)}`,
    orderBy: sortedBy(projectOrders[sort]),
    ...(isFiltered(filters) ? {} : { count: project.releasesCount }),
  }
  return readPage(
    source,
    page,
    read(source.statement, wants, (release) => Object.assign(release, { project })),
  )
}

/** Of a group whose releases the viewer may read. */
export async function groupReleasePage(
  { viewer }: Context,
  group: Group,
  { page, sort, wants }: Asked<keyof typeof groupOrders>,
): Promise<NumberedPage<ReleaseNode>> {
  const source = {
    statement: 'releases.numberedPageOfGroup',
    columns: columnsFor(releaseAndProject, wants),
    from: Prisma.sql`group_releases gr JOIN releases r ON r.id = gr.release_id JOIN projects p ON p.id = r.project_id`,
    where: Prisma.sql`gr.group_id = ${group.id} ${visibleReleases(viewer)}`,
    orderBy: sortedBy(groupOrders[sort]),
  }
  return readPage(
    source,
    page,
    read<ReleaseNode>(source.statement, wants, (release) => {
      reviveProject(release.project)
      return release
    }),
  )
}

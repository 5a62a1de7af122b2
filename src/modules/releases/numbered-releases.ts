// Pages of releases by number.
import { visibleReleases } from '../../access/visibility.ts'
import type { Context } from '../../context/context.ts'
import { type Group, Prisma, type Project, type Release } from '../../generated/prisma/client.ts'
import { readRows } from '../../rows/json-rows.ts'
import { type NumberedPage, type PageInput, readPage, sortedBy } from '../../rows/numbered-page.ts'
import { noteChildren, type Plan } from '../../rows/plan.ts'
import { filterReleases, isFiltered, type ReleaseFilters } from './release-filters.ts'
import { type ReleaseNode, releases, releasesWithProject } from './release-loaders.ts'
import { groupOrders, projectOrders } from './release-orders.ts'

type Asked<Order> = { page: PageInput; sort: Order; plan: Plan }

const read =
  <Row extends Release>(statement: string, plan: Plan, extend: (row: Row) => ReleaseNode) =>
  (rows: Prisma.Sql) =>
    readRows<ReleaseNode>(statement, rows, (row) => {
      noteChildren(row, plan)
      return extend(row as Release as Row)
    })

export async function projectReleasePage(
  project: Project,
  { page, sort, filters, plan }: Asked<keyof typeof projectOrders> & { filters: ReleaseFilters },
): Promise<NumberedPage<ReleaseNode>> {
  const source = {
    statement: releases.statement('numberedPageOfProject'),
    columns: releases.columnsFor(plan),
    from: releases.from,
    where: Prisma.sql`r.project_id = ${project.id} ${filterReleases(filters)}`,
    orderBy: sortedBy(projectOrders[sort]),
    ...(isFiltered(filters) ? {} : { count: project.releasesCount }),
  }
  return readPage(
    source,
    page,
    read(source.statement, plan, (release) => Object.assign(releases.revive(release), { project })),
  )
}

/** A page of the releases of a group. The viewer may read them. */
export async function groupReleasePage(
  { viewer }: Context,
  group: Group,
  { page, sort, plan }: Asked<keyof typeof groupOrders>,
): Promise<NumberedPage<ReleaseNode>> {
  const source = {
    statement: releases.statement('numberedPageOfGroup'),
    columns: releasesWithProject.columnsFor(plan),
    from: Prisma.sql`group_releases gr JOIN releases r ON r.id = gr.release_id JOIN projects p ON p.id = r.project_id`,
    where: Prisma.sql`gr.group_id = ${group.id} ${visibleReleases(viewer)}`,
    orderBy: sortedBy(groupOrders[sort]),
  }
  return readPage(source, page, read(source.statement, plan, releasesWithProject.revive))
}

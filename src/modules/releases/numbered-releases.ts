// Pages of releases by number.
import { visibleReleases } from '../../access/visibility.ts'
import type { Context } from '../../context/context.ts'
import { type Group, Prisma, type Project } from '../../generated/prisma/client.ts'
import { narrowed } from '../../rows/narrowed.ts'
import { extendPage, type NumberedPage, type PageInput } from '../../rows/numbered-page.ts'
import type { Plan } from '../../rows/plan.ts'
import {
  filterReleases,
  filterReleasesOfProjects,
  isFiltered,
  type ReleaseFilters,
  readsCode,
} from './release-filters.ts'
import { type ReleaseNode, releases, releasesWithProject } from './release-loaders.ts'
import { groupOrders, projectOrders } from './release-orders.ts'

type Asked<Order> = { page: PageInput; sort: Order; filters: ReleaseFilters; plan: Plan }

export async function projectReleasePage(
  { viewer }: Context,
  project: Project,
  { page, sort, filters, plan }: Asked<keyof typeof projectOrders>,
): Promise<NumberedPage<ReleaseNode>> {
  const { where = Prisma.empty, parentIsInIndex } = filterReleases(filters, readsCode(viewer, project))
  const inIndex = Prisma.sql`AND ARRAY[r.project_id] @> ARRAY[${project.id}::int] ${where}`
  const count = isFiltered(filters) ? {} : { count: project.releasesCount }
  const selected = {
    ...(parentIsInIndex
      ? { from: narrowed('releases r', inIndex), where: Prisma.sql`true` }
      : { where: Prisma.sql`r.project_id = ${project.id} ${where}` }),
    order: projectOrders[sort],
    ...count,
  }
  return extendPage(await releases.numberedPage('numberedPageOfProject', selected, page, plan), { project })
}

/** A page of the releases of a group. The viewer may read them. */
export const groupReleasePage = (
  { viewer }: Context,
  group: Group,
  { page, sort, filters, plan }: Asked<keyof typeof groupOrders>,
): Promise<NumberedPage<ReleaseNode>> =>
  releasesWithProject.numberedPage(
    'numberedPageOfGroup',
    {
      from: Prisma.sql`group_releases gr JOIN releases r ON r.id = gr.release_id JOIN projects p ON p.id = r.project_id`,
      where: Prisma.sql`gr.group_id = ${group.id} ${visibleReleases(viewer)} ${filterReleasesOfProjects(filters, viewer)}`,
      order: groupOrders[sort],
    },
    page,
    plan,
  )

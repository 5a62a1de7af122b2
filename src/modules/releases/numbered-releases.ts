// Pages of releases by number.
import { visibleReleases } from '../../access/visibility.ts'
import type { Context } from '../../context/context.ts'
import { type Group, Prisma, type Project } from '../../generated/prisma/client.ts'
import { extendPage, type NumberedPage, type PageInput } from '../../rows/numbered-page.ts'
import type { Plan } from '../../rows/plan.ts'
import {
  filterReleases,
  filterReleasesOfGroups,
  isFiltered,
  type ReleaseFilters,
  readsCode,
} from './release-filters.ts'
import { fromGroups, type ReleaseNode, releases, releasesWithProject } from './release-loaders.ts'
import { groupOrders, projectOrders, semverOrders } from './release-orders.ts'

const orders = { ...projectOrders, ...semverOrders }

type Asked<Order> = { page: PageInput; sort: Order; filters: ReleaseFilters; plan: Plan }

export async function projectReleasePage(
  context: Context,
  project: Project,
  { page, sort, filters, plan }: Asked<keyof typeof orders>,
): Promise<NumberedPage<ReleaseNode>> {
  const { where = Prisma.empty, from } = filterReleases(filters, readsCode(context.viewer, project))
  const selected = {
    ...(from ? { from: from(Prisma.sql`${[project.id]}::int[]`) } : {}),
    where: Prisma.sql`r.project_id = ${project.id} ${where}`,
    order: orders[sort],
    ...(isFiltered(filters) ? {} : { count: project.releasesCount }),
  }
  return extendPage(await releases.numberedPage(context, 'numberedPageOfProject', { ...selected, plan }, page), {
    project,
  })
}

/** A page of the releases of a group. The viewer may read them. */
export function groupReleasePage(
  context: Context,
  group: Group,
  { page, sort, filters, plan }: Asked<keyof typeof groupOrders>,
): Promise<NumberedPage<ReleaseNode>> {
  const { where = Prisma.empty, from = () => fromGroups } = filterReleasesOfGroups(filters, context.viewer)
  const selected = {
    from: from(Prisma.sql`${[group.id]}::int[]`),
    where: Prisma.sql`gr.group_id = ${group.id} ${visibleReleases(context.viewer)} ${where}`,
    order: groupOrders[sort],
  }
  return releasesWithProject.numberedPage(context, 'numberedPageOfGroup', { ...selected, plan }, page)
}

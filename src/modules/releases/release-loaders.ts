import DataLoader from 'dataloader'
import { columnsOf } from '../../connections/columns.ts'
import { mapPage, type Page } from '../../connections/page.ts'
import { type PageKey, pageLoader } from '../../connections/page-loader.ts'
import type { Window } from '../../connections/window.ts'
import { type Context, perRequest } from '../../context.ts'
import { db } from '../../db.ts'
import { Prisma, type Project, type Release } from '../../generated/prisma/client.ts'
import { projectById } from '../projects/project-loaders.ts'
import { visibleReleases } from '../projects/project-policy.ts'
import { type groupOrders, milestoneOrder } from './release-orders.ts'

/** A release with its project: what may be shown of it depends on the project. */
export type ReleaseNode = Release & { project: Project }

const columns = columnsOf('r', Prisma.ReleaseScalarFieldEnum)

const projectPages = perRequest(() =>
  pageLoader<Release>({ columns, from: Prisma.sql`releases r`, parent: Prisma.sql`r.project_id` }),
)

const groupPages = perRequest(() =>
  pageLoader<Release>({
    columns,
    from: Prisma.sql`group_releases gr JOIN releases r ON r.id = gr.release_id JOIN projects p ON p.id = r.project_id`,
    parent: Prisma.sql`gr.group_id`,
  }),
)

const milestonePages = perRequest(() =>
  pageLoader<Release>({
    columns,
    from: Prisma.sql`milestone_releases mr JOIN releases r ON r.id = mr.release_id JOIN projects p ON p.id = r.project_id`,
    parent: Prisma.sql`mr.milestone_id`,
  }),
)

async function withProjects(context: Context, page: Page<Release>): Promise<Page<ReleaseNode>> {
  const ids = [...new Set(page.edges.map(({ node }) => node.projectId))]
  const projects = new Map<number, Project>()
  for (const project of await projectById(context).loadMany(ids)) {
    if (project instanceof Error) throw project
    if (project) projects.set(project.id, project)
  }
  // The project of a release is there: a foreign key holds it, and both were read within one request.
  return mapPage(page, (release) => ({ ...release, project: projects.get(release.projectId) as Project }))
}

export async function releasesOfProject(
  context: Context,
  project: Project,
  page: Omit<PageKey<Release>, 'parentId'>,
): Promise<Page<ReleaseNode>> {
  const found = await projectPages(context).load({ parentId: project.id, ...page })
  return mapPage(found, (release) => ({ ...release, project }))
}

export async function releasesOfGroup(
  context: Context,
  groupId: number,
  window: Window,
  order: (typeof groupOrders)[keyof typeof groupOrders],
): Promise<Page<ReleaseNode>> {
  const where = visibleReleases(context.viewer)
  return withProjects(context, await groupPages(context).load({ parentId: groupId, window, order, where }))
}

export async function releasesOfMilestone(context: Context, milestoneId: number, window: Window) {
  const where = visibleReleases(context.viewer)
  const key = { parentId: milestoneId, window, order: milestoneOrder, where }
  return withProjects(context, await milestonePages(context).load(key))
}

const releaseByTag = perRequest(
  () =>
    new DataLoader<{ projectId: number; tag: string }, Release | null, string>(
      async (keys) => {
        const rows = await db.release.findMany({
          where: {
            projectId: { in: [...new Set(keys.map((key) => key.projectId))] },
            tag: { in: keys.map((key) => key.tag) },
          },
        })
        const found = new Map(rows.map((row) => [`${row.projectId} ${row.tag}`, row]))
        return keys.map((key) => found.get(`${key.projectId} ${key.tag}`) ?? null)
      },
      { cacheKeyFn: (key) => `${key.projectId} ${key.tag}` },
    ),
)

export async function findReleaseByTag(context: Context, project: Project, tag: string): Promise<ReleaseNode | null> {
  const release = await releaseByTag(context).load({ projectId: project.id, tag })
  return release && { ...release, project }
}

/** How many releases a milestone has that the viewer may read. */
export const countOfMilestone = perRequest(
  (context) =>
    new DataLoader<number, number>(async (ids) => {
      const rows = await db.$queryRaw<{ id: number; count: number }[]>`
        SELECT mr.milestone_id AS id, count(*)::int AS count
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
    SELECT count(*)::int AS count FROM releases r WHERE r.project_id = ${project.id} ${where}`
  return row?.count ?? 0
}

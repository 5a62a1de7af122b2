import DataLoader from 'dataloader'
import { type Context, perRequest } from '../../context/context.ts'
import { db } from '../../database/db.ts'
import { type Environment, Prisma, type Project } from '../../generated/prisma/client.ts'
import { columnsOf } from '../../rows/columns.ts'
import { byId } from '../../rows/keyset.ts'
import { extendRows, type Page } from '../../rows/page.ts'
import { pageLoader } from '../../rows/page-loader.ts'
import type { Window } from '../../rows/window.ts'

/** An environment with its project: who may see its freezes depends on the project. */
export type EnvironmentNode = Environment & { project: Project }

const inOrderOfIds = byId<Environment>('ENVIRONMENTS', 'asc', Prisma.sql`e.id`)

const pages = pageLoader<Environment>({
  statement: 'environments.pageOfProject',
  columns: columnsOf('e', Prisma.EnvironmentScalarFieldEnum),
  dates: { createdAt: true },
  from: Prisma.sql`environments e`,
  parent: Prisma.sql`e.project_id`,
})

export async function environmentPage(
  context: Context,
  project: Project,
  window: Window,
): Promise<Page<EnvironmentNode>> {
  const page = await pages(context).load({ parentId: project.id, window, order: inOrderOfIds })
  return extendRows(page, () => ({ project }))
}

/** How many environments a project has. */
export const countOfEnvironments = perRequest(
  () =>
    new DataLoader<number, number>(async (projectIds) => {
      const rows = await db.$queryRaw<{ projectId: number; count: number }[]>`
        SELECT /* environments.count */ project_id AS "projectId", count(*)::int AS count
        FROM environments WHERE project_id = ANY (${projectIds}::int[]) GROUP BY project_id`
      const counts = new Map(rows.map((row) => [row.projectId, row.count]))
      return projectIds.map((id) => counts.get(id) ?? 0)
    }),
)

const environmentByName = perRequest(
  () =>
    new DataLoader<{ projectId: number; name: string }, Environment | null, string>(
      async (keys) => {
        const rows = await db.environment.findMany({
          where: {
            projectId: { in: [...new Set(keys.map((key) => key.projectId))] },
            name: { in: [...new Set(keys.map((key) => key.name))] },
          },
        })
        const found = new Map(rows.map((row) => [`${row.projectId} ${row.name}`, row]))
        return keys.map((key) => found.get(`${key.projectId} ${key.name}`) ?? null)
      },
      { cacheKeyFn: (key) => `${key.projectId} ${key.name}` },
    ),
)

export async function findEnvironment(
  context: Context,
  project: Project,
  name: string,
): Promise<EnvironmentNode | null> {
  const environment = await environmentByName(context).load({ projectId: project.id, name })
  return environment && { ...environment, project }
}

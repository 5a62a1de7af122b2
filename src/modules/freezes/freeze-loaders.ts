import DataLoader from 'dataloader'
import { type Context, perRequest } from '../../context/context.ts'
import { db } from '../../database/db.ts'
import { databaseNow } from '../../foundation/database-clock.ts'
import { type FreezePeriod, Prisma, type Project } from '../../generated/prisma/client.ts'
import { columnsOf } from '../../rows/columns.ts'
import { byTime } from '../../rows/keyset.ts'
import { extendRows, type Page } from '../../rows/page.ts'
import { pageLoader } from '../../rows/page-loader.ts'
import type { Window } from '../../rows/window.ts'
import { type FreezeWindow, freezeWindow } from './freeze-window.ts'

/** A freeze period with its project: who may read it depends on the project. */
export type FreezePeriodNode = FreezePeriod & { project: Project }

const oldestFirst = byTime<FreezePeriod>({
  name: 'FREEZE_PERIODS',
  direction: 'asc',
  time: Prisma.sql`f.created_at`,
  id: Prisma.sql`f.id`,
  field: 'createdAt',
})

const pages = pageLoader<FreezePeriod>({
  statement: 'freezePeriods.pageOfProject',
  columns: columnsOf('f', Prisma.FreezePeriodScalarFieldEnum),
  dates: { createdAt: true, updatedAt: true },
  from: Prisma.sql`freeze_periods f`,
  parent: Prisma.sql`f.project_id`,
})

export async function freezePeriodPage(
  context: Context,
  project: Project,
  window: Window,
): Promise<Page<FreezePeriodNode>> {
  const page = await pages(context).load({ parentId: project.id, window, order: oldestFirst })
  return extendRows(page, () => ({ project }))
}

/** How many freeze periods a project has. */
export const countOfFreezePeriods = perRequest(
  () =>
    new DataLoader<number, number>(async (projectIds) => {
      const rows = await db.$queryRaw<{ projectId: number; count: number }[]>`
        SELECT /* freezePeriods.count */ project_id AS "projectId", count(*)::int AS count
        FROM freeze_periods WHERE project_id = ANY (${projectIds}::int[]) GROUP BY project_id`
      const counts = new Map(rows.map((row) => [row.projectId, row.count]))
      return projectIds.map((id) => counts.get(id) ?? 0)
    }),
)

const allPeriods = perRequest(
  () =>
    new DataLoader<number, FreezePeriod[]>(async (projectIds) => {
      const rows = await db.freezePeriod.findMany({
        where: { projectId: { in: [...projectIds] } },
        orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
      })
      const byProject = new Map<number, FreezePeriod[]>(projectIds.map((id) => [id, []]))
      for (const row of rows) byProject.get(row.projectId)?.push(row)
      return projectIds.map((id) => byProject.get(id) ?? [])
    }),
)

/** All freeze periods of a project, oldest first. */
export async function freezePeriodsOf(context: Context, project: Project): Promise<FreezePeriodNode[]> {
  const periods = await allPeriods(context).load(project.id)
  return periods.map((period) => ({ ...period, project }))
}

/** One instant for the whole request, so that a period's status and times agree. */
export const freezeWindowOf = perRequest(() => {
  const now = databaseNow()
  const windows = new WeakMap<FreezePeriod, FreezeWindow>()
  return (period: FreezePeriod): FreezeWindow => {
    const window = windows.get(period) ?? freezeWindow(period, now)
    windows.set(period, window)
    return window
  }
})

/** Whether any freeze period of the project is active. */
export async function isFrozen(context: Context, project: Project): Promise<boolean> {
  const periods = await allPeriods(context).load(project.id)
  return periods.some((period) => freezeWindowOf(context)(period).active)
}

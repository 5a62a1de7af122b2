import { type Context, perRequest } from '../../context/context.ts'
import { db } from '../../database/db.ts'
import { databaseNow } from '../../foundation/database-clock.ts'
import { type FreezePeriod, Prisma, type Project } from '../../generated/prisma/client.ts'
import { byCreation } from '../../rows/keyset.ts'
import { listOf } from '../../rows/list.ts'
import { extendPage, type NumberedPage, type PageInput } from '../../rows/numbered-page.ts'
import { table } from '../../rows/table.ts'
import { type FreezeWindow, freezeWindow } from './freeze-window.ts'

/** A freeze period with its project, which decides who may read it. */
export type FreezePeriodNode = FreezePeriod & { project: Project }

const freezePeriods = table<FreezePeriod>('freeze_periods', 'f', {
  fields: Prisma.FreezePeriodScalarFieldEnum,
  dates: { createdAt: true, updatedAt: true },
})

const oldestFirst = byCreation<FreezePeriod>('FREEZE_PERIODS', 'asc', 'f')

const ofProject = freezePeriods.childrenOf({ column: 'f.project_id', orderBy: Prisma.sql`f.created_at, f.id` })

export const freezePeriodsOfProject = listOf({
  children: ofProject,
  select: () => ({ order: oldestFirst }),
  extra: (project: Project) => ({ project }),
}).connection.resolve

/** A page of the freeze periods by number, the oldest first. */
export async function numberedFreezePeriods(
  context: Context,
  project: Project,
  page: PageInput,
): Promise<NumberedPage<FreezePeriodNode>> {
  const selected = { where: Prisma.sql`f.project_id = ${project.id}`, order: oldestFirst }
  return extendPage(await freezePeriods.numberedPage(context, 'numberedPageOfProject', selected, page), { project })
}

/** All freeze periods of a project, oldest first. */
export async function freezePeriodsOf(context: Context, project: Project): Promise<FreezePeriodNode[]> {
  const periods = await ofProject.all(context, project.id)
  return periods.map((period) => ({ ...period, project }))
}

/** Null when the project has no freeze period with this id. */
export async function findFreezePeriod(project: Project, id: number): Promise<FreezePeriodNode | null> {
  const period = await db.freezePeriod.findFirst({ where: { id, projectId: project.id } })
  return period && { ...period, project }
}

/** Uses one instant for the whole request, so that the status and the times of a period agree. */
export const freezeWindowOf = perRequest(() => {
  const now = databaseNow()
  const windows = new WeakMap<FreezePeriod, FreezeWindow>()
  return (period: FreezePeriod): FreezeWindow => {
    const window = windows.get(period) ?? freezeWindow(period, now)
    windows.set(period, window)
    return window
  }
})

export async function isFrozen(context: Context, project: Project): Promise<boolean> {
  const periods = await ofProject.all(context, project.id)
  return periods.some((period) => freezeWindowOf(context)(period).active)
}

import DataLoader from 'dataloader'
import { z } from 'zod'
import { type Context, perRequest } from '../../context/context.ts'
import { db } from '../../database/db.ts'
import { calendarDate } from '../../foundation/time.ts'
import { type Milestone, Prisma } from '../../generated/prisma/client.ts'
import { childPages } from '../../rows/child-pages.ts'
import { someColumnsOf } from '../../rows/columns.ts'
import { DateValue, IdValue, TextValue } from '../../rows/cursor-values.ts'
import { readRows, reviver } from '../../rows/json-rows.ts'
import type { Order } from '../../rows/keyset.ts'
import { longText } from '../../rows/long-texts.ts'
import { type LookAhead, type Prefetched, rowTypes } from '../../rows/prefetch.ts'
import { uniqueLoader } from '../../rows/unique-loader.ts'
import { type PageArguments, toWindow, type Window } from '../../rows/window.ts'

/** Sorts where a missing date belongs: after every other. */
const NO_DATE = 'infinity'

const dateKey = (date: Date | null) => calendarDate(date) ?? NO_DATE
const DateKey = z.union([DateValue, z.literal(NO_DATE)])

/** Due date, start date (missing ones last), title; ids only tell equals apart. */
export const byDueDate: Order<Milestone> = {
  name: 'MILESTONES',
  direction: 'asc',
  terms: [
    Prisma.sql`coalesce(m.due_date, ${NO_DATE}::date)`,
    Prisma.sql`coalesce(m.start_date, ${NO_DATE}::date)`,
    Prisma.sql`m.title`,
    Prisma.sql`m.id`,
  ],
  casts: ['date', 'date', 'varchar', 'int'],
  values: z.tuple([DateKey, DateKey, TextValue, IdValue]),
  fields: ['dueDate', 'startDate', 'title'],
  position: (milestone) => [dateKey(milestone.dueDate), dateKey(milestone.startDate), milestone.title, milestone.id],
}

/** Each of a hundred releases may have a hundred milestones. */
const longDescription = { description: 1_000 }

export const milestoneDescription = longText('milestones', 'description')

export const milestoneColumns = {
  ...someColumnsOf('m', Prisma.MilestoneScalarFieldEnum, { always: ['id'], long: longDescription }),
  dates: { startDate: true, dueDate: true, createdAt: true, updatedAt: true },
} as const

export const milestoneById = uniqueLoader<Milestone, 'id'>('id', (ids) =>
  readRows(
    'milestones.byId',
    Prisma.sql`SELECT ${milestoneColumns.columns} FROM milestones m WHERE m.id = ANY (${ids}::int[])`,
    reviver<Milestone>(milestoneColumns.dates),
  ),
)

const pages = childPages<Milestone>({
  name: 'milestones',
  statement: 'milestones.pageOfRelease',
  ...milestoneColumns,
  from: Prisma.sql`milestone_releases mr JOIN milestones m ON m.id = mr.milestone_id`,
  parent: Prisma.sql`mr.release_id`,
  parentRow: Prisma.sql`r.id`,
})

const types = rowTypes('Milestone', 'MilestoneStats')

export const prefetchMilestones = (args: PageArguments, below: LookAhead) =>
  pages.prefetch({ window: toWindow(args), order: byDueDate }, below(types))

export const milestonesOfRelease = (context: Context, release: { id: number } & Prefetched, window: Window) =>
  pages.load(context, release, { window, order: byDueDate })

export const countOfMilestones = perRequest(
  () =>
    new DataLoader<number, number>(async (releaseIds) => {
      const groups = await db.milestoneRelease.groupBy({
        by: ['releaseId'],
        where: { releaseId: { in: [...releaseIds] } },
        _count: true,
      })
      const counts = new Map(groups.map((group) => [group.releaseId, group._count]))
      return releaseIds.map((id) => counts.get(id) ?? 0)
    }),
)

import { z } from 'zod'
import { calendarDate } from '../../foundation/time.ts'
import { type Milestone, Prisma } from '../../generated/prisma/client.ts'
import { DateValue, IdValue, TextValue } from '../../rows/cursor-values.ts'
import type { Order } from '../../rows/keyset.ts'
import { listOf } from '../../rows/list.ts'
import { table } from '../../rows/table.ts'

/** Stands for a missing date, which sorts after every other date. */
const NO_DATE = 'infinity'

const dateKey = (date: Date | null) => calendarDate(date) ?? NO_DATE
const DateKey = z.union([DateValue, z.literal(NO_DATE)])

/** By due date, start date (missing dates last) and title. The id decides between equal milestones. */
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

export const milestones = table<Milestone>('milestones', 'm', {
  fields: Prisma.MilestoneScalarFieldEnum,
  dates: { startDate: true, dueDate: true, createdAt: true, updatedAt: true },
  always: ['id'],
  // Longer descriptions do not come with the row, because each of a hundred releases may have a hundred milestones.
  long: { description: 1_000 },
})

export const milestoneById = milestones.by('id')
export const milestoneDescription = milestones.text('description')

export const milestonesOfRelease = listOf({
  children: milestones.childrenOf({
    column: 'mr.release_id',
    row: 'r.id',
    from: Prisma.sql`milestone_releases mr JOIN milestones m ON m.id = mr.milestone_id`,
  }),
  select: () => ({ order: byDueDate }),
})

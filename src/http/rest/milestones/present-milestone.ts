import { z } from 'zod'
import { Time } from '../kit/dates.ts'
import { presenter } from '../kit/present.ts'

const CalendarDate = z.string().meta({ format: 'date' }).nullable()

export const MilestoneBody = z
  .object({
    id: z.int(),
    iid: z.int(),
    project_id: z.int().optional(),
    group_id: z.int().optional(),
    title: z.string(),
    description: z.string().nullable(),
    state: z.enum(['active', 'closed']),
    created_at: Time,
    updated_at: Time,
    due_date: CalendarDate,
    start_date: CalendarDate,
    expired: z.boolean(),
    web_url: z.string(),
  })
  .meta({ id: 'Milestone', description: 'A milestone of a project (`project_id`) or of a group (`group_id`).' })

export const MilestoneWithStatsBody = z
  .object({ ...MilestoneBody.shape, issue_stats: z.object({ total: z.int(), closed: z.int() }) })
  .meta({ id: 'MilestoneWithStats', description: 'A milestone of a release. `issue_stats` counts all its issues.' })

export const toMilestone = presenter(MilestoneBody)

export const toMilestoneWithStats = presenter(MilestoneWithStatsBody)

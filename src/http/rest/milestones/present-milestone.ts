import { z } from 'zod'
import type { Context } from '../../../context/context.ts'
import { placeInRest } from '../../../context/place.ts'
import { calendarDate } from '../../../foundation/time.ts'
import type { Milestone } from '../../../generated/prisma/client.ts'
import { milestoneDescription } from '../../../modules/milestones/milestone-loaders.ts'
import { isExpired, milestonePath } from '../../../modules/milestones/milestone-page.ts'
import { isoTime, Time } from '../kit/dates.ts'

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
  .meta({ id: 'Milestone', description: 'Of a project (`project_id`) or of a group (`group_id`).' })

export async function presentMilestone(
  context: Context,
  milestone: Milestone,
  field = 'description',
): Promise<z.output<typeof MilestoneBody>> {
  const { id, iid, projectId, groupId, title, state } = milestone
  return {
    id,
    iid,
    ...(projectId === null ? {} : { project_id: projectId }),
    ...(groupId === null ? {} : { group_id: groupId }),
    title,
    description: await milestoneDescription(context, milestone, () => placeInRest(context, field)),
    state,
    created_at: isoTime(milestone.createdAt),
    updated_at: isoTime(milestone.updatedAt),
    due_date: calendarDate(milestone.dueDate),
    start_date: calendarDate(milestone.startDate),
    expired: isExpired(milestone),
    web_url: `${context.baseUrl}${await milestonePath(context, milestone)}`,
  }
}

export const MilestoneWithStatsBody = z
  .object({ ...MilestoneBody.shape, issue_stats: z.object({ total: z.int(), closed: z.int() }) })
  .meta({ id: 'MilestoneWithStats', description: 'A milestone of a release. All its issues count.' })

import { z } from 'zod'
import { can } from '../../../access/abilities.ts'
import type { Context } from '../../../context/context.ts'
import { placeInRest } from '../../../context/place.ts'
import { calendarDate } from '../../../foundation/time.ts'
import { issueDescription } from '../../../modules/issues/issue-loaders.ts'
import type { IssueNode } from '../../../modules/issues/issue-policy.ts'
import { milestoneById } from '../../../modules/milestones/milestone-loaders.ts'
import { projectUrl } from '../../../modules/projects/project-url.ts'
import { userById } from '../../../modules/users/user-loaders.ts'
import { isoTime, Time } from '../kit/dates.ts'
import { MilestoneBody, presentMilestone } from '../milestones/present-milestone.ts'
import { presentUser, UserBody } from '../users/present-user.ts'

export const IssueBody = z
  .object({
    id: z.int(),
    iid: z.int(),
    project_id: z.int(),
    title: z.string(),
    description: z.string().nullable(),
    state: z.enum(['opened', 'closed']),
    created_at: Time,
    updated_at: Time,
    closed_at: Time.nullable(),
    labels: z.array(z.string()),
    assignees: z.array(UserBody),
    milestone: MilestoneBody.nullable(),
    author: UserBody.nullable(),
    confidential: z.boolean(),
    due_date: z.string().meta({ format: 'date' }).nullable(),
    web_url: z.string(),
  })
  .meta({ id: 'Issue' })

async function presentMilestoneOf(context: Context, { milestoneId, project }: IssueNode) {
  if (milestoneId === null || !can(context.viewer, 'milestone:read', project)) return null
  const milestone = await milestoneById(context).load(milestoneId)
  return milestone && presentMilestone(context, milestone, 'milestone.description')
}

async function presentAuthor(context: Context, { authorId }: IssueNode) {
  const author = authorId === null ? null : await userById(context).load(authorId)
  return author && presentUser(context, author)
}

export async function presentIssue(context: Context, issue: IssueNode): Promise<z.output<typeof IssueBody>> {
  const [milestone, author] = await Promise.all([presentMilestoneOf(context, issue), presentAuthor(context, issue)])
  return {
    id: issue.id,
    iid: issue.iid,
    project_id: issue.projectId,
    title: issue.title,
    description: await issueDescription(context, issue, () => placeInRest(context, 'description')),
    state: issue.state,
    created_at: isoTime(issue.createdAt),
    updated_at: isoTime(issue.updatedAt),
    closed_at: issue.closedAt && isoTime(issue.closedAt),
    // Issues have neither here, and clients expect the lists.
    labels: [],
    assignees: [],
    milestone,
    author,
    confidential: issue.confidential,
    due_date: calendarDate(issue.dueDate),
    web_url: `${projectUrl(context, issue.project)}/-/issues/${issue.iid}`,
  }
}

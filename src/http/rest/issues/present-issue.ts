import { z } from 'zod'
import type { IssueFragment } from '../../../generated/documents.ts'
import { Time } from '../kit/dates.ts'
import { presenter } from '../kit/present.ts'
import { MilestoneBody, toMilestone } from '../milestones/present-milestone.ts'
import { UserBody } from '../users/user-bodies.ts'

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
    author: UserBody.nullable(),
    confidential: z.boolean(),
    due_date: z.string().meta({ format: 'date' }).nullable(),
    web_url: z.string(),
    milestone: MilestoneBody.nullable(),
    labels: z.array(z.string()),
    assignees: z.array(UserBody),
  })
  .meta({ id: 'Issue' })

const present = presenter(IssueBody)

export const toIssue = (issue: IssueFragment) =>
  present({
    ...issue,
    milestone: issue.milestone && toMilestone(issue.milestone),
    // Clients expect both lists, although issues have no labels and no assignees here.
    labels: [],
    assignees: [],
  })

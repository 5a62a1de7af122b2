import type { z } from 'zod'
import type { MilestoneFragment } from '../../../generated/documents.ts'
import type { Milestone } from '../../../generated/prisma/client.ts'
import { shownRows } from '../../kit/document.ts'
import { type MilestoneBody, toMilestone } from './present-milestone.ts'

export const milestoneFragment = /* GraphQL */ `
  fragment Milestone on Milestone {
    id: number
    iid: numberInParent
    project_id: projectNumber
    group_id: groupNumber
    title
    description
    state
    created_at: createdAt
    updated_at: updatedAt
    due_date: dueDate
    start_date: startDate
    expired
    web_url: webUrl
  }
`

export const shownMilestones = shownRows<Milestone, MilestoneFragment, z.output<typeof MilestoneBody>>(
  /* GraphQL */ `
    query Milestones { given { rows: milestones { ...Milestone } } }
    ${milestoneFragment}
  `,
  toMilestone,
)

import type { z } from 'zod'
import type { IssueFragment } from '../../../generated/documents.ts'
import type { IssueNode } from '../../../modules/issues/issue-policy.ts'
import { shownRows } from '../../kit/document.ts'
import { milestoneFragment } from '../milestones/milestone-documents.ts'
import { userFragment } from '../users/user-documents.ts'
import { type IssueBody, toIssue } from './present-issue.ts'

export const shownIssues = shownRows<IssueNode, IssueFragment, z.output<typeof IssueBody>>(
  /* GraphQL */ `
    query Issues { given { rows: issues { ...Issue } } }
    fragment Issue on Issue {
      id: number
      iid: numberInProject
      project_id: projectNumber
      title
      description
      state
      created_at: createdAt
      updated_at: updatedAt
      closed_at: closedAt
      milestone { ...Milestone }
      author { ...User }
      confidential
      due_date: dueDate
      web_url: webUrl
    }
    ${milestoneFragment} ${userFragment}
  `,
  toIssue,
)

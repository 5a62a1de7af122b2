// What the pages show of milestones and issues.
import type {
  ListedIssueFragment,
  ListedMilestoneFragment,
  OneIssueFragment,
  OneMilestoneFragment,
} from '../../../generated/documents.ts'
import type { Milestone } from '../../../generated/prisma/client.ts'
import type { IssueNode } from '../../../modules/issues/issue-policy.ts'
import { shownRows } from '../../kit/document.ts'

const same = <Shown>(shown: Shown): Shown => shown

const milestoneFragment = /* GraphQL */ `
  fragment MilestoneFacts on Milestone {
    iid
    title
    state
    expired
    upcoming
    startDate
    dueDate
    webUrl
    stats { totalIssuesCount closedIssuesCount }
  }
`

export const listedMilestones = shownRows<Milestone, ListedMilestoneFragment, ListedMilestoneFragment>(
  /* GraphQL */ `
    query ListedMilestones { given { rows: milestones { ...ListedMilestone } } }
    fragment ListedMilestone on Milestone {
      ...MilestoneFacts
      releases(first: 10) { nodes { name links { selfUrl } } pageInfo { hasNextPage } }
    }
    ${milestoneFragment}
  `,
  same,
)

export const shownMilestone = shownRows<Milestone, OneMilestoneFragment, OneMilestoneFragment>(
  /* GraphQL */ `
    query OneMilestone { given { rows: milestones { ...OneMilestone } } }
    fragment OneMilestone on Milestone {
      ...MilestoneFacts
      description
      releases(first: 100) { nodes { name links { selfUrl } } pageInfo { hasNextPage } }
    }
    ${milestoneFragment}
  `,
  same,
)

const issueFragment = /* GraphQL */ `
  fragment ListedIssue on Issue {
    iid
    title
    state
    confidential
    createdAt
    dueDate
    webUrl
    author { name webUrl }
    milestone { title webUrl }
  }
`

export const listedIssues = shownRows<IssueNode, ListedIssueFragment, ListedIssueFragment>(
  /* GraphQL */ `
    query ListedIssues { given { rows: issues { ...ListedIssue } } }
    ${issueFragment}
  `,
  same,
)

export const shownIssue = shownRows<IssueNode, OneIssueFragment, OneIssueFragment>(
  /* GraphQL */ `
    query OneIssue { given { rows: issues { ...OneIssue } } }
    fragment OneIssue on Issue { ...ListedIssue description closedAt }
    ${issueFragment}
  `,
  same,
)

// What the pages show of milestones and issues.
import type { Context } from '../../../context/context.ts'
import type {
  ListedIssueFragment,
  ListedMilestoneFragment,
  OneIssueFragment,
  OneMilestoneQuery,
  OneMilestoneQueryVariables,
} from '../../../generated/documents.ts'
import type { Milestone } from '../../../generated/prisma/client.ts'
import type { IssueNode } from '../../../modules/issues/issue-policy.ts'
import { document, shownRows } from '../../kit/document.ts'

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

const askMilestone = document<OneMilestoneQuery, OneMilestoneQueryVariables>(
  'given',
  /* GraphQL */ `
    query OneMilestone($page: Int) {
      given {
        rows: milestones {
          ...MilestoneFacts
          description
          releases(first: 100) { nodes { name links { selfUrl } } pageInfo { hasNextPage } }
          numberedIssues(page: $page) { rows { ...ListedIssue } number hasNext }
        }
      }
    }
    ${milestoneFragment}
    ${issueFragment}
  `,
)

export type ShownMilestone = OneMilestoneQuery['given']['rows'][number]

/** A milestone with a page of its issues. */
export async function shownMilestone(
  context: Context,
  row: Milestone,
  page: number | undefined,
): Promise<ShownMilestone> {
  const { given } = await askMilestone(context, { page }, { rows: [row] })
  return given.rows[0] as ShownMilestone
}

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

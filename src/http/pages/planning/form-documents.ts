// What the forms of milestones and issues show.
import type {
  IssueFormQuery,
  IssueFormQueryVariables,
  MilestoneFormQuery,
  MilestoneFormQueryVariables,
} from '../../../generated/documents.ts'
import { document } from '../../kit/document.ts'

/** The milestones of the project and of its group, which a release and an issue may have. */
export const milestoneChoices = /* GraphQL */ `
  fragment MilestoneChoices on Project {
    milestones(state: active, first: 100) { nodes { number title } }
    group { milestones(state: active, first: 100) { nodes { number title } } }
  }
`

/** Given the issue that is changed, or none. */
export const issueForm = document<IssueFormQuery, IssueFormQueryVariables>(
  'project',
  /* GraphQL */ `
    query IssueForm($project: Int!) {
      project: projectByNumber(number: $project) { ...MilestoneChoices }
      given { issues { title description state dueDate confidential updatedAt milestone { title } } }
    }
    ${milestoneChoices}
  `,
)

/** Given the milestone that is changed. */
export const milestoneForm = document<MilestoneFormQuery, MilestoneFormQueryVariables>(
  'given',
  /* GraphQL */ `
    query MilestoneForm { given { milestones { title description state startDate dueDate updatedAt } } }
  `,
)

import type {
  ProtectedTagPageQuery,
  ProtectedTagPageQueryVariables,
  ProtectedTagsPageQuery,
  ProtectedTagsPageQueryVariables,
} from '../../../generated/documents.ts'
import { document } from '../../kit/document.ts'

const fragment = /* GraphQL */ `
  fragment ShownProtectedTag on ProtectedTag {
    number
    name
    createAccessLevels { number accessLevel accessLevelDescription userId groupId deployKeyId }
  }
`

export const protectedTagsOfPage = document<ProtectedTagsPageQuery, ProtectedTagsPageQueryVariables>(
  'project.protectedTags',
  /* GraphQL */ `
    query ProtectedTagsPage($project: Int!, $first: Int, $after: String, $last: Int, $before: String) {
      project: projectByNumber(number: $project) {
        protectedTags(first: $first, after: $after, last: $last, before: $before) {
          nodes { ...ShownProtectedTag }
          pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
        }
      }
    }
    ${fragment}
  `,
)

export const protectedTagOfPage = document<ProtectedTagPageQuery, ProtectedTagPageQueryVariables>(
  'project.protectedTag',
  /* GraphQL */ `
    query ProtectedTagPage($project: Int!, $number: Int!) {
      project: projectByNumber(number: $project) { protectedTag(number: $number) { ...ShownProtectedTag } }
    }
    ${fragment}
  `,
)

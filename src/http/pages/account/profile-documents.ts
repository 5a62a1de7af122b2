import type { ProfileQuery, ProfileQueryVariables } from '../../../generated/documents.ts'
import { document } from '../../kit/document.ts'
import { listedProjectFragment } from '../projects/explore-documents.ts'

export const profile = document<ProfileQuery, ProfileQueryVariables>(
  'user',
  /* GraphQL */ `
    query Profile($username: String!, $first: Int, $after: String, $last: Int, $before: String) {
      user(username: $username) {
        name
        username
        avatarUrl
        state
        ownedProjects(first: $first, after: $after, last: $last, before: $before) {
          nodes { ...ListedProject }
          pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
        }
      }
    }
    ${listedProjectFragment}
  `,
)

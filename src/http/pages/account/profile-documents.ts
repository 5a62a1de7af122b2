import type { ProfileQuery, ProfileQueryVariables } from '../../../generated/documents.ts'
import { document } from '../../kit/document.ts'

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
          nodes {
            fullPath
            description
            webUrl
            visibility
            archived
            latestRelease(includeUpcoming: false) { name releasedAt links { selfUrl } }
          }
          pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
        }
      }
    }
  `,
)

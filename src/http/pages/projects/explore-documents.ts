import type {
  ExploredGroupsQuery,
  ExploredGroupsQueryVariables,
  ExploredProjectsQuery,
  ExploredProjectsQueryVariables,
} from '../../../generated/documents.ts'
import { document } from '../../kit/document.ts'

/** A project in a list. */
export const listedProjectFragment = /* GraphQL */ `
  fragment ListedProject on Project {
    fullPath
    description
    webUrl
    visibility
    archived
    latestRelease(includeUpcoming: false) { name releasedAt links { selfUrl } }
  }
`

export const exploredProjects = document<ExploredProjectsQuery, ExploredProjectsQueryVariables>(
  'projects',
  /* GraphQL */ `
    query ExploredProjects($search: String, $membership: Boolean, $first: Int, $after: String, $last: Int, $before: String) {
      projects(
        search: $search, membership: $membership, sort: "latest_activity_desc",
        first: $first, after: $after, last: $last, before: $before
      ) {
        nodes { ...ListedProject }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      }
    }
    ${listedProjectFragment}
  `,
)

export const exploredGroups = document<ExploredGroupsQuery, ExploredGroupsQueryVariables>(
  'groups',
  /* GraphQL */ `
    query ExploredGroups($search: String, $all: Boolean, $first: Int, $after: String, $last: Int, $before: String) {
      groups(
        search: $search, allAvailable: $all, sort: "path_asc", first: $first, after: $after, last: $last, before: $before
      ) {
        nodes { fullPath name description webUrl visibility }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      }
    }
  `,
)

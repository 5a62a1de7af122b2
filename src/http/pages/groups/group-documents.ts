import type {
  GroupHomeQuery,
  GroupHomeQueryVariables,
  GroupReleasesQuery,
  GroupReleasesQueryVariables,
} from '../../../generated/documents.ts'
import { document } from '../../kit/document.ts'
import { listedProjectFragment } from '../projects/explore-documents.ts'

const listedRelease = /* GraphQL */ `
  fragment GroupRelease on Release {
    name
    tagName
    releasedAt
    upcomingRelease
    links { selfUrl }
    project { fullPath webUrl }
  }
`

export const groupHome = document<GroupHomeQuery, GroupHomeQueryVariables>(
  'group',
  /* GraphQL */ `
    query GroupHome(
      $group: Int!
      $first: Int, $after: String, $last: Int, $before: String
      $groupsFirst: Int, $groupsAfter: String, $groupsLast: Int, $groupsBefore: String
    ) {
      group: groupByNumber(number: $group) {
        name
        description
        visibility
        webUrl
        stats { releaseStats { releasesCount releasesPercentage } }
        releaseMonths { month count }
        releasePage(size: 10, sort: RELEASED_AT_DESC) { rows { ...GroupRelease } }
        descendantGroups(
          includeParentDescendants: false, first: $groupsFirst, after: $groupsAfter, last: $groupsLast, before: $groupsBefore
        ) {
          nodes { name path webUrl description visibility }
          pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
        }
        projects(sort: ACTIVITY_DESC, first: $first, after: $after, last: $last, before: $before) {
          nodes { ...ListedProject }
          pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
        }
      }
    }
    ${listedRelease}
    ${listedProjectFragment}
  `,
)

export const groupReleases = document<GroupReleasesQuery, GroupReleasesQueryVariables>(
  'group.releasePage',
  /* GraphQL */ `
    query GroupReleases($group: Int!, $number: Int, $search: String) {
      group: groupByNumber(number: $group) {
        name
        releasePage(number: $number, search: $search, sort: RELEASED_AT_DESC) {
          rows { ...GroupRelease }
          number
          hasNext
          total
        }
      }
    }
    ${listedRelease}
  `,
)

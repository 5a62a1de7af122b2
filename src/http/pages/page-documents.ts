// What pages and feeds show of releases.
import type {
  ExploredProjectsQuery,
  ExploredProjectsQueryVariables,
  FeedQuery,
  FeedQueryVariables,
  LatestReleaseUrlQuery,
  LatestReleaseUrlQueryVariables,
  NumberedReleaseQuery,
  NumberedReleaseQueryVariables,
} from '../../generated/documents.ts'
import { document } from '../kit/document.ts'
import { releaseFragment } from '../rest/releases/release-documents.ts'

export const exploredProjects = document<ExploredProjectsQuery, ExploredProjectsQueryVariables>(
  'projects',
  /* GraphQL */ `
    query ExploredProjects($search: String, $membership: Boolean, $first: Int, $after: String, $last: Int, $before: String) {
      projects(
        search: $search, membership: $membership, sort: "latest_activity_desc",
        first: $first, after: $after, last: $last, before: $before
      ) {
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
  `,
)

/** A release by its number, which is in the URL of its page for viewers who may not see the tag. */
export const numberedRelease = document<NumberedReleaseQuery, NumberedReleaseQueryVariables>(
  'project.release',
  /* GraphQL */ `
    query NumberedRelease($project: Int!, $number: Int!) {
      project: projectByNumber(number: $project) {
        release: releaseByNumber(number: $number) { ...Release description_html: descriptionHtml prerelease make_latest: makeLatest }
      }
    }
    ${releaseFragment}
  `,
)

export const latestReleaseUrl = document<LatestReleaseUrlQuery, LatestReleaseUrlQueryVariables>(
  'project.release',
  /* GraphQL */ `
    query LatestReleaseUrl($project: Int!, $stable: Boolean!) {
      project: projectByNumber(number: $project) { release: latestRelease(stable: $stable) { links { selfUrl } } }
    }
  `,
)

/** The newest releases. */
export const feed = document<FeedQuery, FeedQueryVariables>(
  'project.page',
  /* GraphQL */ `
    query Feed($project: Int!, $size: Int) {
      project: projectByNumber(number: $project) {
        page: releasePage(size: $size, sort: RELEASED_AT_DESC) {
          rows {
            permanentUrl
            name
            links { selfUrl }
            assets { links: allLinks { name url: directAssetUrl } }
            releasedAt
            updatedAt
            author { name }
            content: descriptionHtml
          }
        }
      }
    }
  `,
)

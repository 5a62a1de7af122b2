// What the pages and the feed show of releases.
import type {
  FeedQuery,
  FeedQueryVariables,
  LatestReleaseUrlQuery,
  LatestReleaseUrlQueryVariables,
  NumberedReleaseQuery,
  NumberedReleaseQueryVariables,
} from '../../../generated/documents.ts'
import { document } from '../../kit/document.ts'
import { releaseFragment } from '../../rest/releases/release-documents.ts'

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

// What the pages and the feed show of releases.
import type {
  FeedQuery,
  FeedQueryVariables,
  LatestReleaseUrlQuery,
  LatestReleaseUrlQueryVariables,
  ListedReleasesQuery,
  ListedReleasesQueryVariables,
  NumberedReleaseQuery,
  NumberedReleaseQueryVariables,
  ShownReleaseQuery,
  ShownReleaseQueryVariables,
} from '../../../generated/documents.ts'
import { document } from '../../kit/document.ts'
import { releaseFragment } from '../../rest/releases/release-documents.ts'
import { releaseMarksFragment } from '../../rest/releases/release-marks-documents.ts'

/** What pages show of a release, besides what REST shows. */
const shownFragment = /* GraphQL */ `
  fragment ShownRelease on Release {
    ...Release
    permanentUrl
    description_html: descriptionHtml
    ...ReleaseMarks
    assets { links: allLinks { id: number size: fileSize } }
  }
  ${releaseFragment} ${releaseMarksFragment}
`

const neighboursFragment = /* GraphQL */ `
  fragment Neighbour on Release { name tagName links { selfUrl } }
  fragment ShownWithNeighbours on Release {
    ...ShownRelease
    previous { ...Neighbour }
    next { ...Neighbour }
  }
  ${shownFragment}
`

export const shownRelease = document<ShownReleaseQuery, ShownReleaseQueryVariables>(
  'project.release',
  /* GraphQL */ `
    query ShownRelease($project: Int!, $tag: String!) {
      project: projectByNumber(number: $project) {
        release(tagName: $tag) { ...ShownWithNeighbours }
        latest: latestRelease(stable: true) { permanentUrl }
        may: userPermissions { deletes: deleteRelease }
      }
    }
    ${neighboursFragment}
  `,
)

/** A release by its number, which is in the URL of its page for viewers who may not see the tag. */
export const numberedRelease = document<NumberedReleaseQuery, NumberedReleaseQueryVariables>(
  'project.release',
  /* GraphQL */ `
    query NumberedRelease($project: Int!, $number: Int!) {
      project: projectByNumber(number: $project) {
        release: releaseByNumber(number: $number) { ...ShownWithNeighbours }
        latest: latestRelease(stable: true) { permanentUrl }
        may: userPermissions { deletes: deleteRelease }
      }
    }
    ${neighboursFragment}
  `,
)

const listOfReleases = /* GraphQL */ `
  query ListedReleases(
    $project: Int!, $number: Int, $sort: ReleaseSort!, $semverSort: ReleaseSemverSort, $search: String
  ) {
    project: projectByNumber(number: $project) {
      page: releasePage(number: $number, sort: $sort, semverSort: $semverSort, search: $search) {
        rows { ...ShownRelease }
        number hasNext
      }
      drafts: draftReleases(first: 50) { nodes { name tagName updatedAt author { name } } pageInfo { hasNextPage } }
      latest: latestRelease(stable: true) { permanentUrl }
      may: userPermissions { deletes: deleteRelease creates: createRelease readsCode: downloadCode }
    }
  }
  ${shownFragment}
`

export const listedReleases = document<ListedReleasesQuery, ListedReleasesQueryVariables>(
  'project.page',
  listOfReleases,
)
/** The same without notes, for a page whose notes are too large together. */
export const listedReleasesWithoutNotes = document<ListedReleasesQuery, ListedReleasesQueryVariables>(
  'project.page',
  listOfReleases.replace('    description\n', '').replace('    description_html: descriptionHtml\n', ''),
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

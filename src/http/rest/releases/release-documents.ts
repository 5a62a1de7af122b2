// The documents by which REST reads releases. Their aliases are REST's names.
import type { z } from 'zod'
import type {
  GroupReleasePageQuery,
  GroupReleasePageQueryVariables,
  GroupSimpleReleasePageQuery,
  GroupSimpleReleasePageQueryVariables,
  LinkFragment,
  ReleasePageQuery,
  ReleasePageQueryVariables,
  ReleasePageWithHtmlQuery,
  ReleasePageWithHtmlQueryVariables,
  ReleaseQuery,
  ReleaseQueryVariables,
  ReleaseWithHtmlQuery,
  ReleaseWithHtmlQueryVariables,
} from '../../../generated/documents.ts'
import type { AssetLinkNode } from '../../../modules/assets/asset-loaders.ts'
import { document, shownRows } from '../../kit/document.ts'
import { milestoneFragment } from '../milestones/milestone-documents.ts'
import { commitFragment } from '../repository/commit-documents.ts'
import { userFragment } from '../users/user-documents.ts'
import { type LinkBody, toLink } from './present-link.ts'

const linkFragment = /* GraphQL */ `
  fragment Link on ReleaseAssetLink {
    id: number
    name
    url
    direct_asset_url: directAssetUrl
    link_type: linkType
  }
`

const simpleReleaseFragment = /* GraphQL */ `
  fragment SimpleRelease on Release {
    name
    tag_name: tagName
    description
    created_at: createdAt
    released_at: releasedAt
    upcoming_release: upcomingRelease
  }
`

export const releaseFragment = /* GraphQL */ `
  fragment Release on Release {
    ...SimpleRelease
    historical_release: historicalRelease
    author { ...User }
    commit { ...Commit path: webPath }
    milestones: allMilestones {
      ...Milestone
      issue_stats: stats { total: totalIssuesCount closed: closedIssuesCount }
    }
    tag_path: tagPath
    assets {
      count
      sources { nodes { format url } }
      links: allLinks { ...Link }
    }
    evidences: allEvidences { sha filepath collected_at: collectedAt }
    links {
      closed_issues_url: closedIssuesUrl
      closed_merge_requests_url: closedMergeRequestsUrl
      edit_url: editUrl
      merged_merge_requests_url: mergedMergeRequestsUrl
      opened_issues_url: openedIssuesUrl
      opened_merge_requests_url: openedMergeRequestsUrl
      self: selfUrl
      newest_evidence_url: newestEvidenceUrl
    }
  }
  ${simpleReleaseFragment} ${userFragment} ${commitFragment} ${milestoneFragment} ${linkFragment}
`

export const releasePage = document<ReleasePageQuery, ReleasePageQueryVariables>(
  'project.page',
  /* GraphQL */ `
    query ReleasePage(
      $project: Int!, $number: Int, $size: Int, $sort: ReleaseSort!, $updatedAfter: Time, $updatedBefore: Time,
      $search: String, $milestoneTitle: String, $tagPrefix: String, $author: String
    ) {
      project: projectByNumber(number: $project) {
        page: releasePage(
          number: $number, size: $size, sort: $sort, updatedAfter: $updatedAfter, updatedBefore: $updatedBefore,
          search: $search, milestoneTitle: $milestoneTitle, tagPrefix: $tagPrefix, author: $author
        ) {
          rows { ...Release }
          number size hasNext total
        }
      }
    }
    ${releaseFragment}
  `,
)

export const releasePageWithHtml = document<ReleasePageWithHtmlQuery, ReleasePageWithHtmlQueryVariables>(
  'project.page',
  /* GraphQL */ `
    query ReleasePageWithHtml(
      $project: Int!, $number: Int, $size: Int, $sort: ReleaseSort!, $updatedAfter: Time, $updatedBefore: Time,
      $search: String, $milestoneTitle: String, $tagPrefix: String, $author: String
    ) {
      project: projectByNumber(number: $project) {
        page: releasePage(
          number: $number, size: $size, sort: $sort, updatedAfter: $updatedAfter, updatedBefore: $updatedBefore,
          search: $search, milestoneTitle: $milestoneTitle, tagPrefix: $tagPrefix, author: $author
        ) {
          rows { ...Release description_html: descriptionHtml }
          number size hasNext total
        }
      }
    }
    ${releaseFragment}
  `,
)

export const groupReleasePage = document<GroupReleasePageQuery, GroupReleasePageQueryVariables>(
  'group.page',
  /* GraphQL */ `
    query GroupReleasePage(
      $group: Int!, $number: Int, $size: Int, $sort: GroupReleaseSort!,
      $search: String, $milestoneTitle: String, $tagPrefix: String, $author: String
    ) {
      group: groupByNumber(number: $group) {
        page: releasePage(
          number: $number, size: $size, sort: $sort,
          search: $search, milestoneTitle: $milestoneTitle, tagPrefix: $tagPrefix, author: $author
        ) {
          rows { ...Release }
          number size hasNext total
        }
      }
    }
    ${releaseFragment}
  `,
)

export const groupSimpleReleasePage = document<GroupSimpleReleasePageQuery, GroupSimpleReleasePageQueryVariables>(
  'group.page',
  /* GraphQL */ `
    query GroupSimpleReleasePage(
      $group: Int!, $number: Int, $size: Int, $sort: GroupReleaseSort!,
      $search: String, $milestoneTitle: String, $tagPrefix: String, $author: String
    ) {
      group: groupByNumber(number: $group) {
        page: releasePage(
          number: $number, size: $size, sort: $sort,
          search: $search, milestoneTitle: $milestoneTitle, tagPrefix: $tagPrefix, author: $author
        ) {
          rows { ...SimpleRelease }
          number size hasNext total
        }
      }
    }
    ${simpleReleaseFragment}
  `,
)

export const release = document<ReleaseQuery, ReleaseQueryVariables>(
  'project.release',
  /* GraphQL */ `
    query Release($project: Int!, $tag: String!) {
      project: projectByNumber(number: $project) { release(tagName: $tag) { ...Release } }
    }
    ${releaseFragment}
  `,
)

export const releaseWithHtml = document<ReleaseWithHtmlQuery, ReleaseWithHtmlQueryVariables>(
  'project.release',
  /* GraphQL */ `
    query ReleaseWithHtml($project: Int!, $tag: String!) {
      project: projectByNumber(number: $project) { release(tagName: $tag) { ...Release description_html: descriptionHtml } }
    }
    ${releaseFragment}
  `,
)

export const shownLinks = shownRows<AssetLinkNode, LinkFragment, z.output<typeof LinkBody>>(
  /* GraphQL */ `
    query Links { given { rows: links { ...Link } } }
    ${linkFragment}
  `,
  toLink,
)

// What REST shows of a release and of its links. The aliases are REST's names.
import type { z } from 'zod'
import type { LinkFragment } from '../../../generated/documents.ts'
import type { AssetLinkNode } from '../../../modules/assets/asset-loaders.ts'
import { shownRows } from '../../kit/document.ts'
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

export const simpleReleaseFragment = /* GraphQL */ `
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

export const shownLinks = shownRows<AssetLinkNode, LinkFragment, z.output<typeof LinkBody>>(
  /* GraphQL */ `
    query Links { given { rows: links { ...Link } } }
    ${linkFragment}
  `,
  toLink,
)

import { versionEndpoints } from './documentation/version-routes.ts'
import { freezePeriodEndpoints } from './freeze-periods/freeze-period-routes.ts'
import { groupDeletionEndpoints } from './groups/group-deletion-routes.ts'
import { groupEndpoints } from './groups/group-routes.ts'
import { groupWriteEndpoints } from './groups/group-write-routes.ts'
import { issueEndpoints } from './issues/issue-routes.ts'
import type { Endpoint } from './kit/endpoint.ts'
import { memberEndpoints } from './members/member-routes.ts'
import { milestoneContentEndpoints } from './milestones/milestone-content-routes.ts'
import { milestoneEndpoints } from './milestones/milestone-routes.ts'
import { notificationEndpoints } from './notifications/notification-routes.ts'
import { packageEndpoints } from './packages/package-routes.ts'
import { projectDeletionEndpoints } from './projects/project-deletion-routes.ts'
import { projectListEndpoints } from './projects/project-list-routes.ts'
import { projectEndpoints } from './projects/project-routes.ts'
import { projectWriteEndpoints } from './projects/project-write-routes.ts'
import { protectedTagEndpoints } from './protected-tags/protected-tag-routes.ts'
import { draftEndpoints } from './releases/draft-routes.ts'
import { groupReleaseEndpoints } from './releases/group-release-routes.ts'
import { linkEndpoints } from './releases/link-routes.ts'
import { permanentLinkEndpoints } from './releases/permanent-link-routes.ts'
import { releaseEvidenceEndpoints } from './releases/release-evidence-routes.ts'
import { releaseEndpoints } from './releases/release-routes.ts'
import { reportArtifactEndpoints } from './report-artifacts/report-artifact-routes.ts'
import { archiveEndpoints } from './repository/archive-routes.ts'
import { changelogEndpoints } from './repository/changelog-routes.ts'
import { commitNeighbourEndpoints } from './repository/commit-neighbour-routes.ts'
import { commitEndpoints } from './repository/commit-routes.ts'
import { compareEndpoints } from './repository/compare-routes.ts'
import { fileEndpoints } from './repository/file-routes.ts'
import { mergeRequestEndpoints } from './repository/merge-request-routes.ts'
import { repositoryEndpoints } from './repository/repository-routes.ts'
import { tagEndpoints } from './repository/tag-routes.ts'
import { treeEndpoints } from './repository/tree-routes.ts'
import { uploadEndpoints } from './uploads/upload-routes.ts'
import { accountEndpoints } from './users/account-routes.ts'
import { userEndpoints } from './users/user-routes.ts'
import { webhookDeliveryEndpoints } from './webhooks/webhook-delivery-routes.ts'
import { webhookEndpoints } from './webhooks/webhook-routes.ts'

/** All endpoints, in the order of the documentation. */
export const endpoints: readonly Endpoint[] = [
  ...releaseEndpoints,
  ...draftEndpoints,
  ...releaseEvidenceEndpoints,
  ...permanentLinkEndpoints,
  ...linkEndpoints,
  ...groupReleaseEndpoints,
  ...packageEndpoints,
  ...reportArtifactEndpoints,
  ...uploadEndpoints,
  ...milestoneEndpoints,
  ...milestoneContentEndpoints,
  ...issueEndpoints,
  ...freezePeriodEndpoints,
  ...protectedTagEndpoints,
  ...webhookEndpoints,
  ...webhookDeliveryEndpoints,
  ...tagEndpoints,
  ...repositoryEndpoints,
  ...commitEndpoints,
  ...commitNeighbourEndpoints,
  ...treeEndpoints,
  ...fileEndpoints,
  ...compareEndpoints,
  ...changelogEndpoints,
  ...archiveEndpoints,
  ...mergeRequestEndpoints,
  ...projectListEndpoints,
  ...projectEndpoints,
  ...projectWriteEndpoints,
  ...groupEndpoints,
  ...groupWriteEndpoints,
  ...projectDeletionEndpoints,
  ...groupDeletionEndpoints,
  ...memberEndpoints,
  ...userEndpoints,
  ...accountEndpoints,
  ...notificationEndpoints,
  ...versionEndpoints,
]

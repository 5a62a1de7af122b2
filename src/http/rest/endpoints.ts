import { archiveEndpoints } from './archive-routes.ts'
import { commitEndpoints } from './commit-routes.ts'
import type { Endpoint } from './endpoint.ts'
import { freezePeriodEndpoints } from './freeze-period-routes.ts'
import { groupReleaseEndpoints } from './group-release-routes.ts'
import { issueEndpoints } from './issue-routes.ts'
import { linkEndpoints } from './link-routes.ts'
import { memberEndpoints } from './member-routes.ts'
import { mergeRequestEndpoints } from './merge-request-routes.ts'
import { milestoneContentEndpoints } from './milestone-content-routes.ts'
import { milestoneEndpoints } from './milestone-routes.ts'
import { packageEndpoints } from './package-routes.ts'
import { permanentLinkEndpoints } from './permanent-link-routes.ts'
import { projectEndpoints } from './project-routes.ts'
import { protectedTagEndpoints } from './protected-tag-routes.ts'
import { releaseEvidenceEndpoints } from './release-evidence-routes.ts'
import { releaseEndpoints } from './release-routes.ts'
import { reportArtifactEndpoints } from './report-artifact-routes.ts'
import { repositoryEndpoints } from './repository-routes.ts'
import { tagEndpoints } from './tag-routes.ts'
import { uploadEndpoints } from './upload-routes.ts'
import { userEndpoints } from './user-routes.ts'
import { versionEndpoints } from './version-routes.ts'

/** All that REST answers, in the order of the documentation. */
export const endpoints: readonly Endpoint[] = [
  ...releaseEndpoints,
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
  ...tagEndpoints,
  ...repositoryEndpoints,
  ...commitEndpoints,
  ...archiveEndpoints,
  ...mergeRequestEndpoints,
  ...projectEndpoints,
  ...memberEndpoints,
  ...userEndpoints,
  ...versionEndpoints,
]

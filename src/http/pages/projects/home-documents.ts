import type { ProjectHomeQuery, ProjectHomeQueryVariables } from '../../../generated/documents.ts'
import { document } from '../../kit/document.ts'

export const projectHome = document<ProjectHomeQuery, ProjectHomeQueryVariables>(
  'project',
  /* GraphQL */ `
    query ProjectHome($project: Int!) {
      project: projectByNumber(number: $project) {
        name
        description
        topics
        visibility
        archived
        webUrl
        avatarUrl
        deployFreezeActive
        userPermissions { readRelease createRelease }
        releases(first: 1) { count }
        latestRelease(includeUpcoming: false) { name releasedAt tagName author { name webUrl } links { selfUrl } }
        repository { exists readme { path ref size text } }
      }
    }
  `,
)

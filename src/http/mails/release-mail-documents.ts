import type { ReleaseMailQuery, ReleaseMailQueryVariables } from '../../generated/documents.ts'
import { document } from '../kit/document.ts'

/** What a mail tells of a release. */
export const releaseMail = document<ReleaseMailQuery, ReleaseMailQueryVariables>(
  'project.release',
  /* GraphQL */ `
    query ReleaseMail($project: Int!, $number: Int!) {
      project: projectByNumber(number: $project) {
        name
        fullPath
        release: releaseByNumber(number: $number) {
          name
          tagName
          description
          keptHtml
          assets { links: allLinks { name url: directAssetUrl } sources { nodes { format url } } }
          links { selfUrl }
        }
      }
    }
  `,
)

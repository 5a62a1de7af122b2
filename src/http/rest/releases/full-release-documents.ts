// Releases with everything that a parameter can ask for: their HTML, and what GitLab does not have.
import type {
  ReleaseInFullQuery,
  ReleaseInFullQueryVariables,
  ReleasePageInFullQuery,
  ReleasePageInFullQueryVariables,
} from '../../../generated/documents.ts'
import { document } from '../../kit/document.ts'
import { releaseFragment } from './release-documents.ts'

const marksFragment = /* GraphQL */ `
  fragment Marks on Release {
    prerelease
    make_latest: makeLatest
  }
`

/** The same document, which also asks for what GitLab does not have. */
export const withMarks = (text: string) =>
  `${text.replace('{ ...Release }', '{ ...Release ...Marks }')} ${marksFragment}`

export const releasePageInFull = document<ReleasePageInFullQuery, ReleasePageInFullQueryVariables>(
  'project.page',
  /* GraphQL */ `
    query ReleasePageInFull(
      $project: Int!, $number: Int, $size: Int, $sort: ReleaseSort!, $updatedAfter: Time, $updatedBefore: Time,
      $search: String, $milestoneTitle: String, $tagPrefix: String, $author: String
    ) {
      project: projectByNumber(number: $project) {
        page: releasePage(
          number: $number, size: $size, sort: $sort, updatedAfter: $updatedAfter, updatedBefore: $updatedBefore,
          search: $search, milestoneTitle: $milestoneTitle, tagPrefix: $tagPrefix, author: $author
        ) {
          rows { ...Release description_html: descriptionHtml ...Marks }
          number size hasNext total
        }
      }
    }
    ${releaseFragment} ${marksFragment}
  `,
)

export const releaseInFull = document<ReleaseInFullQuery, ReleaseInFullQueryVariables>(
  'project.release',
  /* GraphQL */ `
    query ReleaseInFull($project: Int!, $tag: String!) {
      project: projectByNumber(number: $project) {
        release(tagName: $tag) { ...Release description_html: descriptionHtml ...Marks }
      }
    }
    ${releaseFragment} ${marksFragment}
  `,
)

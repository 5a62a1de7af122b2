// The documents by which REST reads releases.
import type {
  GroupReleasePageQuery,
  GroupReleasePageQueryVariables,
  GroupSimpleReleasePageQuery,
  GroupSimpleReleasePageQueryVariables,
  ReleasePageQuery,
  ReleasePageQueryVariables,
  ReleaseQuery,
  ReleaseQueryVariables,
} from '../../../generated/documents.ts'
import { document } from '../../kit/document.ts'
import { withMarks } from './full-release-documents.ts'
import { releaseFragment, simpleReleaseFragment } from './release-documents.ts'

const pageOfProject = /* GraphQL */ `
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
`

const releaseOfTag = /* GraphQL */ `
  query Release($project: Int!, $tag: String!) {
    project: projectByNumber(number: $project) { release(tagName: $tag) { ...Release } }
  }
  ${releaseFragment}
`

/** The same document, which also asks for the notes as HTML. Documents have no directives, because no directive is compiled. */
const withHtml = (text: string) => text.replace('{ ...Release }', '{ ...Release description_html: descriptionHtml }')

export const releasePage = document<ReleasePageQuery, ReleasePageQueryVariables>('project.page', pageOfProject)
export const releasePageWithHtml: typeof releasePage = document('project.page', withHtml(pageOfProject))

export const release = document<ReleaseQuery, ReleaseQueryVariables>('project.release', releaseOfTag)
export const releaseWithHtml: typeof release = document('project.release', withHtml(releaseOfTag))

const pageOfGroup = /* GraphQL */ `
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
`

export const groupReleasePage = document<GroupReleasePageQuery, GroupReleasePageQueryVariables>(
  'group.page',
  pageOfGroup,
)
export const groupReleasePageInFull: typeof groupReleasePage = document('group.page', withMarks(pageOfGroup))

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

// The documents by which REST reads releases.
import type {
  GroupReleasePageQuery,
  GroupReleasePageQueryVariables,
  ReleasePageQuery,
  ReleasePageQueryVariables,
  ReleaseQuery,
  ReleaseQueryVariables,
} from '../../../generated/documents.ts'
import { document } from '../../kit/document.ts'
import { releaseFragment, simpleReleaseFragment } from './release-documents.ts'
import { releaseMarksFragment } from './release-marks-documents.ts'

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

const HTML = 'description_html: descriptionHtml'

export type Additions = { include_html_description?: boolean | null | undefined; waybill?: boolean | null | undefined }

/**
 * Gives the document that has what the parameters of a request add to a release. There is a document for each combination, because
 * documents have no directives, which are not compiled.
 */
function documents<Result, Variables>(root: string, text: string) {
  const adding = (fields: string, fragment = '') =>
    document<Result, Variables>(root, text.replace('{ ...Release }', `{ ...Release ${fields} }`) + fragment)
  const withMarks = (fields: string) => adding(`${fields} ...ReleaseMarks`, releaseMarksFragment)
  const short = { plain: adding(''), html: adding(HTML) }
  const full = { plain: withMarks(''), html: withMarks(HTML) }
  return ({ include_html_description, waybill }: Additions) =>
    (waybill ? full : short)[include_html_description ? 'html' : 'plain']
}

export const releasePage = documents<ReleasePageQuery, ReleasePageQueryVariables>('project.page', pageOfProject)
export const release = documents<ReleaseQuery, ReleaseQueryVariables>('project.release', releaseOfTag)

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

export const groupReleasePage = documents<GroupReleasePageQuery, GroupReleasePageQueryVariables>(
  'group.page',
  pageOfGroup,
)

/** Every row has only the fields of a simple release, which are a part of a release. */
export const groupSimpleReleasePage = document<GroupReleasePageQuery, GroupReleasePageQueryVariables>(
  'group.page',
  pageOfGroup.replace('{ ...Release }', '{ ...SimpleRelease }').replace(releaseFragment, simpleReleaseFragment),
)

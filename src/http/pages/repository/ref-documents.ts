// What the pages show of tags and branches. The schema gives no repository to viewers who may not read the code.
import type {
  ListedBranchesQuery,
  ListedBranchesQueryVariables,
  ListedTagsQuery,
  ListedTagsQueryVariables,
  OneTagQuery,
  OneTagQueryVariables,
  RefFormQuery,
  RefFormQueryVariables,
} from '../../../generated/documents.ts'
import { document } from '../../kit/document.ts'

const tagFragment = /* GraphQL */ `
  fragment ListedTag on Tag {
    name
    message
    createdAt
    protected
    commit { shortId title webUrl }
    release { name links { selfUrl } }
  }
`

export const listedTags = document<ListedTagsQuery, ListedTagsQueryVariables>(
  'project.repository.tags',
  /* GraphQL */ `
    query ListedTags(
      $project: Int!, $search: String, $sort: TagSort, $first: Int, $after: String, $last: Int, $before: String
    ) {
      project: projectByNumber(number: $project) {
        repository {
          tags(search: $search, sort: $sort, first: $first, after: $after, last: $last, before: $before) {
            nodes { ...ListedTag }
            pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
          }
        }
      }
    }
    ${tagFragment}
  `,
)

export const oneTag = document<OneTagQuery, OneTagQueryVariables>(
  'project.repository.tag',
  /* GraphQL */ `
    query OneTag($project: Int!, $tag: String!) {
      project: projectByNumber(number: $project) {
        repository { tag(tagName: $tag) { ...ListedTag release { descriptionHtml } } }
      }
    }
    ${tagFragment}
  `,
)

export const refForm = document<RefFormQuery, RefFormQueryVariables>(
  'project.repository',
  /* GraphQL */ `
    query RefForm($project: Int!) { project: projectByNumber(number: $project) { repository { headBranch } } }
  `,
)

export const listedBranches = document<ListedBranchesQuery, ListedBranchesQueryVariables>(
  'project.repository.branches',
  /* GraphQL */ `
    query ListedBranches(
      $project: Int!, $search: String, $first: Int, $after: String, $last: Int, $before: String
    ) {
      project: projectByNumber(number: $project) {
        repository {
          branches(search: $search, first: $first, after: $after, last: $last, before: $before) {
            nodes { name default webUrl commit { shortId title webUrl committedDate } }
            pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
          }
        }
      }
    }
  `,
)

import type {
  MembersOfGroupQuery,
  MembersOfGroupQueryVariables,
  MembersOfProjectQuery,
  MembersOfProjectQueryVariables,
} from '../../../generated/documents.ts'
import { document } from '../../kit/document.ts'

const listedMembers = /* GraphQL */ `
  fragment ListedMembers on MemberConnection {
    nodes { role createdAt expiresAt user { name username webUrl } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
`

export const membersOfProject = document<MembersOfProjectQuery, MembersOfProjectQueryVariables>(
  'of.members',
  /* GraphQL */ `
    query MembersOfProject($id: Int!, $first: Int, $after: String, $last: Int, $before: String) {
      of: projectByNumber(number: $id) {
        members(first: $first, after: $after, last: $last, before: $before) { ...ListedMembers }
      }
    }
    ${listedMembers}
  `,
)

export const membersOfGroup = document<MembersOfGroupQuery, MembersOfGroupQueryVariables>(
  'of.members',
  /* GraphQL */ `
    query MembersOfGroup($id: Int!, $first: Int, $after: String, $last: Int, $before: String) {
      of: groupByNumber(number: $id) {
        members(first: $first, after: $after, last: $last, before: $before) { ...ListedMembers }
      }
    }
    ${listedMembers}
  `,
)

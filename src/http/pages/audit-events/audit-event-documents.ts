import type {
  EventsOfGroupQuery,
  EventsOfGroupQueryVariables,
  EventsOfProjectQuery,
  EventsOfProjectQueryVariables,
} from '../../../generated/documents.ts'
import { document } from '../../kit/document.ts'

const listedEvents = /* GraphQL */ `
  fragment ListedEvents on AuditEventConnection {
    nodes { message authorName author { webUrl } credential ipAddress requestId createdAt }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
`

export const eventsOfProject = document<EventsOfProjectQuery, EventsOfProjectQueryVariables>(
  'of.auditEvents',
  /* GraphQL */ `
    query EventsOfProject($id: Int!, $first: Int, $after: String, $last: Int, $before: String) {
      of: projectByNumber(number: $id) {
        auditEvents(first: $first, after: $after, last: $last, before: $before) { ...ListedEvents }
      }
    }
    ${listedEvents}
  `,
)

export const eventsOfGroup = document<EventsOfGroupQuery, EventsOfGroupQueryVariables>(
  'of.auditEvents',
  /* GraphQL */ `
    query EventsOfGroup($id: Int!, $first: Int, $after: String, $last: Int, $before: String) {
      of: groupByNumber(number: $id) {
        auditEvents(first: $first, after: $after, last: $last, before: $before) { ...ListedEvents }
      }
    }
    ${listedEvents}
  `,
)

import type {
  NotificationsOfPlaceQuery,
  NotificationsOfPlaceQueryVariables,
  OwnAccessTokenQuery,
  OwnAccessTokenQueryVariables,
  OwnAccessTokensQuery,
  OwnAccessTokensQueryVariables,
  OwnNotificationsQuery,
  OwnNotificationsQueryVariables,
  OwnSessionsQuery,
  OwnSessionsQueryVariables,
} from '../../../generated/documents.ts'
import { document } from '../../kit/document.ts'

export const ownAccessTokens = document<OwnAccessTokensQuery, OwnAccessTokensQueryVariables>(
  'currentUser',
  /* GraphQL */ `
    query OwnAccessTokens($first: Int, $after: String, $last: Int, $before: String) {
      currentUser {
        accessTokens(first: $first, after: $after, last: $last, before: $before) {
          nodes { number name scopes createdAt expiresAt }
          pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
        }
      }
    }
  `,
)

export const ownAccessToken = document<OwnAccessTokenQuery, OwnAccessTokenQueryVariables>(
  'currentUser',
  /* GraphQL */ `
    query OwnAccessToken($number: Int!) { currentUser { accessToken(number: $number) { name } } }
  `,
)

export const ownSessions = document<OwnSessionsQuery, OwnSessionsQueryVariables>(
  'currentUser',
  /* GraphQL */ `
    query OwnSessions($first: Int, $after: String, $last: Int, $before: String) {
      currentUser {
        sessions(first: $first, after: $after, last: $last, before: $before) {
          nodes { id current scopes ipAddress userAgent createdAt usedAt expiresAt }
          pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
        }
      }
    }
  `,
)

export const ownNotifications = document<OwnNotificationsQuery, OwnNotificationsQueryVariables>(
  'notificationSetting',
  /* GraphQL */ `
    query OwnNotifications {
      notificationSetting { level newRelease ownActivity notificationEmail }
      currentUser { notificationPlaces { fullPath setting { level newRelease } } }
    }
  `,
)

/** A path belongs to a project or to a group, never to both. */
export const notificationsOfPlace = document<NotificationsOfPlaceQuery, NotificationsOfPlaceQueryVariables>(
  'notificationSetting',
  /* GraphQL */ `
    query NotificationsOfPlace($path: ID!) {
      project: notificationSetting(projectPath: $path) { level newRelease }
      group: notificationSetting(groupPath: $path) { level newRelease }
    }
  `,
)

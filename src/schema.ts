import type { GraphQLScalarType, GraphQLSchema } from 'graphql'
import { withBoundedArguments } from './graphql/bounded-arguments.ts'
import { builder } from './graphql/builder.ts'
import './graphql/scalars-schema.ts'
import './modules/users/user-schema.ts'
import './modules/users/users-schema.ts'
import './modules/metadata/metadata-schema.ts'
import './modules/groups/group-schema.ts'
import './modules/projects/owned-projects-schema.ts'
import './modules/projects/project-schema.ts'
import './modules/groups/groups-schema.ts'
import './modules/projects/projects-schema.ts'
import './modules/projects/group-projects-schema.ts'
import './modules/projects/project-permissions-schema.ts'
import './modules/projects/internal-project-schema.ts'
import './modules/groups/internal-group-schema.ts'
import './modules/releases/release-schema.ts'
import './modules/releases/release-marks-schema.ts'
import './modules/releases/release-author-schema.ts'
import './modules/releases/release-links-schema.ts'
import './modules/releases/commit-schema.ts'
import './modules/assets/assets-schema.ts'
import './modules/packages/internal-package-schema.ts'
import './modules/packages/link-size-schema.ts'
import './modules/evidence/evidence-schema.ts'
import './modules/milestones/milestone-schema.ts'
import './modules/milestones/internal-milestone-schema.ts'
import './modules/protected-tags/protected-tag-schema.ts'
import './modules/freezes/freeze-period-schema.ts'
import './modules/freezes/environment-schema.ts'
import './modules/releases/project-releases-schema.ts'
import './modules/releases/group-releases-schema.ts'
import './modules/releases/internal-release-schema.ts'
import './modules/releases/release-months-schema.ts'
import './modules/releases/release-neighbours-schema.ts'
import './modules/releases/milestone-releases-schema.ts'
import './modules/repository/repository-schema.ts'
import './modules/changelogs/changelog-schema.ts'
import './modules/pushes/ref-mutations-schema.ts'
import './modules/publishing/draft-schema.ts'
import './modules/publishing/release-mutations-schema.ts'
import './modules/publishing/draft-mutations-schema.ts'
import './modules/assets/link-mutations-schema.ts'
import './modules/evidence/evidence-mutations-schema.ts'
import './modules/protected-tags/protected-tag-mutations-schema.ts'
import './modules/freezes/freeze-period-mutations-schema.ts'
import './modules/audit-events/audit-event-schema.ts'
import './modules/live/release-subscriptions-schema.ts'
import './modules/notifications/notifications-schema.ts'
import './modules/sessions/session-schema.ts'
import './modules/tokens/access-token-schema.ts'
import './modules/tokens/job-token-schema.ts'
import './modules/users/user-mutations-schema.ts'
import './modules/accounts/account-mutations-schema.ts'
import './modules/projects/project-settings-schema.ts'
import './modules/projects/project-mutations-schema.ts'
import './modules/imports/project-import-schema.ts'
import './modules/groups/group-mutations-schema.ts'
import './modules/deletions/deletions-schema.ts'
import './modules/members/member-schema.ts'
import './modules/members/membership-schema.ts'
import './modules/members/member-mutations-schema.ts'
import './modules/milestones/namespace-milestones-schema.ts'
import './modules/milestones/milestone-mutations-schema.ts'
import './modules/issues/issue-schema.ts'
import './modules/changelogs/release-comparison-schema.ts'
import './modules/issues/internal-issue-schema.ts'
import './modules/issues/issue-mutations-schema.ts'
import './modules/webhooks/webhook-schema.ts'
import './modules/webhooks/webhook-mutations-schema.ts'
import './modules/notes/markdown-schema.ts'
import './modules/notes/release-notes-schema.ts'

/** What the outside may ask. */
export const schema = withBoundedArguments(builder.toSchema())

let internal: GraphQLSchema | undefined

/** What our own doors ask: the same, and what is `internal`. Its times have milliseconds, which the doors show. */
export function internalSchema(): GraphQLSchema {
  internal ??= withExactTimes(withBoundedArguments(builder.toSchema({ internal: true })))
  return internal
}

function withExactTimes(schema: GraphQLSchema): GraphQLSchema {
  const time = schema.getType('Time') as GraphQLScalarType
  time.serialize = (value) => (value instanceof Date ? value.toISOString() : value)
  return schema
}

import { notFoundOrForbidden } from '../foundation/errors.ts'
import { type Ability, isOpenToPipelines } from './abilities.ts'
import { assertMayCreateToken } from './assert-may-create-token.ts'
import type { GroupAbility } from './group-abilities.ts'
import { isPipeline, type Viewer } from './viewer.ts'

/** What belongs to an account and not to a project or a group. */
type AccountAbility = 'access-token:create' | 'access-token:revoke' | 'group:create' | 'user:update'

/** What a mutation or an endpoint says that it needs: in a project, in a group or of an account. */
export type AnyAbility = Ability | `group/${GroupAbility}` | `account/${AccountAbility}`

/** What is appended to the description of a mutation or an endpoint that needs it. */
export const refusalNote = (ability: AnyAbility): string =>
  isOpenToPipelines(ability) ? '' : 'Refused to job tokens and other pipelines.'

/** Refuses a pipeline before anything is looked up, so that the refusal tells nothing about what exists. */
export function assertOpenTo(viewer: Viewer, ability: AnyAbility): void {
  if (!isPipeline(viewer) || isOpenToPipelines(ability)) return
  const createsToken = ability === 'account/access-token:create' || ability === 'job-token:create'
  // Tells an account why.
  if (createsToken && viewer.user) assertMayCreateToken(viewer)
  throw notFoundOrForbidden()
}

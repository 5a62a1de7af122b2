import { notFoundOrForbidden } from '../foundation/errors.ts'
import { type Ability, isOpenToPipelines } from './abilities.ts'
import { assertMayCreateToken } from './assert-may-create-token.ts'
import type { GroupAbility } from './group-abilities.ts'
import { isPipeline, type Viewer } from './viewer.ts'

/** Abilities of an account, in no project or group. */
type AccountAbility =
  | `access-token:${'create' | 'revoke'}`
  | 'session:revoke'
  | 'group:create'
  | `user:${'update' | 'end'}`

/** The ability that a mutation or an endpoint declares: in a project, in a group or of an account. */
export type AnyAbility = Ability | `group/${GroupAbility}` | `account/${AccountAbility}`

/** This note is appended to the description of a mutation or an endpoint that needs the ability. */
export const refusalNote = (ability: AnyAbility): string =>
  isOpenToPipelines(ability) ? '' : 'Refused to job tokens and other pipelines.'

/** Refuses a pipeline before anything is looked up, so that the refusal does not reveal what exists. */
export function assertOpenTo(viewer: Viewer, ability: AnyAbility): void {
  if (!isPipeline(viewer) || isOpenToPipelines(ability)) return
  const createsToken = ability === 'account/access-token:create' || ability === 'job-token:create'
  // Throws an error that tells an account the reason.
  if (createsToken && viewer.user) assertMayCreateToken(viewer)
  throw notFoundOrForbidden()
}

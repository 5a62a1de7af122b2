import { role } from './roles.ts'
import { isPipeline, type Placed, roleInGroup, type Viewer } from './viewer.ts'

/** The lowest role that has each ability. Roles are inherited from the groups above. */
const leastRoles = {
  'group:update': role.maintainer,
  // Changes its path or the group above it, and with it the addresses of everything below.
  'group:move': role.owner,
  'group:delete': role.owner,
  'subgroup:create': role.maintainer,
  'project:create': role.maintainer,
  // The releases of a public group are visible to its members only (docs/contract/access.md#roles).
  'release:read': role.guest,
  'member:read': role.guest,
  'member:write': role.maintainer,
  'member:leave': role.guest,
  'milestone:write': role.planner,
  'audit-event:read': role.maintainer,
  'webhook:read': role.owner,
  'webhook:write': role.owner,
} as const

export type GroupAbility = keyof typeof leastRoles
export const groupAbilities = Object.keys(leastRoles) as GroupAbility[]

/** A pipeline has no ability in a group, because it belongs to a project. */
export const canInGroup = (viewer: Viewer, ability: GroupAbility, group: Placed): boolean =>
  !isPipeline(viewer) && roleInGroup(viewer, group) >= leastRoles[ability]

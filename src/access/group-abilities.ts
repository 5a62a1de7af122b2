import type { Group } from '../generated/prisma/client.ts'
import { role } from './roles.ts'
import { isPipeline, roleInGroup, type Viewer } from './viewer.ts'

/** The lowest role in a group, which is inherited from the groups above it, that may do so. */
const leastRoles = {
  'group:update': role.maintainer,
  'subgroup:create': role.maintainer,
  'project:create': role.maintainer,
  // A public group alone shows nothing of its releases: membership does (contract/rules.md 7.1).
  'release:read': role.guest,
  'member:read': role.guest,
  'member:write': role.maintainer,
  'member:leave': role.guest,
  'milestone:write': role.planner,
} as const

export type GroupAbility = keyof typeof leastRoles

/** A pipeline belongs to a project: it has none of these. */
export const canInGroup = (viewer: Viewer, ability: GroupAbility, group: Pick<Group, 'ancestorIds'>): boolean =>
  !isPipeline(viewer) && roleInGroup(viewer, group) >= leastRoles[ability]

import type { Group } from '../../generated/prisma/client.ts'
import { role } from './roles.ts'
import { roleInGroup, type Viewer } from './viewer.ts'

/** The lowest role in a group, which is inherited from the groups above it, that may do so. */
const leastRoles = {
  'group:update': role.maintainer,
  'subgroup:create': role.maintainer,
  'project:create': role.maintainer,
  'member:read': role.guest,
  'member:write': role.maintainer,
  'milestone:write': role.planner,
} as const

export type GroupAbility = keyof typeof leastRoles

export const canInGroup = (viewer: Viewer, ability: GroupAbility, group: Pick<Group, 'ancestorIds'>): boolean =>
  roleInGroup(viewer, group) >= leastRoles[ability]

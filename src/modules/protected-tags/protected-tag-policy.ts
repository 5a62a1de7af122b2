import { role } from '../../access/roles.ts'
import { type Placed, roleIn, type Viewer } from '../../access/viewer.ts'
import type { ProtectedTagAccessLevel } from '../../generated/prisma/client.ts'
import { matchesTag } from './matches.ts'

export type TagProtection = {
  name: string
  accessLevels: readonly Pick<ProtectedTagAccessLevel, 'accessLevel' | 'userId' | 'groupId'>[]
}

/** The level that admits nobody, not even owners and administrators. */
export const NO_ONE = 0

function admits(
  viewer: Viewer,
  held: number,
  { accessLevel, userId, groupId }: TagProtection['accessLevels'][number],
): boolean {
  if (accessLevel !== null) return accessLevel !== NO_ONE && held >= accessLevel
  if (userId !== null) return viewer.user?.id === userId
  return groupId !== null && (viewer.groupRoles.get(groupId) ?? role.none) >= role.developer
}

/**
 * Whether a viewer may create a tag, given all protected tags of the project
 * (docs/contract/protected-tags.md#who-may-create-a-tag). A change of a release asks the same. This comes on top of the
 * abilities, which consider feature switches and archived projects.
 */
export function mayCreateTag(
  viewer: Viewer,
  project: Placed & { id: number },
  tag: string,
  protectedTags: readonly TagProtection[],
): boolean {
  const held = roleIn(viewer, project)
  // A viewer who may not push at all is not admitted, even if an access level names the viewer.
  if (held < role.developer) return false
  const matching = protectedTags.filter(({ name }) => matchesTag(name, tag))
  if (matching.length === 0) return true
  return matching.some(({ accessLevels }) => accessLevels.some((level) => admits(viewer, held, level)))
}

/** The lowest role that may create a tag. Null when no role is enough by itself. */
export function roleToCreateTag(tag: string, protectedTags: readonly TagProtection[]): number | null {
  const matching = protectedTags.filter(({ name }) => matchesTag(name, tag))
  if (matching.length === 0) return role.developer
  const levels = matching.flatMap(({ accessLevels }) => accessLevels.map(({ accessLevel }) => accessLevel ?? NO_ONE))
  const least = Math.min(...levels.filter((level) => level !== NO_ONE))
  return Number.isFinite(least) ? Math.max(least, role.developer) : null
}

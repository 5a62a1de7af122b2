import { role } from '../../access/roles.ts'
import { roleIn, type Viewer } from '../../access/viewer.ts'
import type { ProtectedTagAccessLevel } from '../../generated/prisma/client.ts'
import { matchesTag } from './matches.ts'

/** What a decision about a tag depends on; every protected tag has it. */
export type TagProtection = {
  name: string
  accessLevels: readonly Pick<ProtectedTagAccessLevel, 'accessLevel' | 'userId' | 'groupId'>[]
}

/** The level that admits nobody, owners and administrators included. */
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
 * Whether a viewer may create a tag, given all protected tags of its project (docs/contract/protected-tags.md#who-may-create-a-tag).
 * What changes the release of a tag asks the same. It narrows the abilities, which know of feature switches and archived
 * projects, and replaces none.
 */
export function mayCreateTag(
  viewer: Viewer,
  project: { id: number; ancestorIds: readonly number[] },
  tag: string,
  protectedTags: readonly TagProtection[],
): boolean {
  const held = roleIn(viewer, project)
  // Who cannot push at all is not helped by an entry of its own.
  if (held < role.developer) return false
  const matching = protectedTags.filter(({ name }) => matchesTag(name, tag))
  if (matching.length === 0) return true
  return matching.some(({ accessLevels }) => accessLevels.some((level) => admits(viewer, held, level)))
}

/** The lowest role that may create a tag; null: a role alone admits nobody. */
export function roleToCreateTag(tag: string, protectedTags: readonly TagProtection[]): number | null {
  const matching = protectedTags.filter(({ name }) => matchesTag(name, tag))
  if (matching.length === 0) return role.developer
  const levels = matching.flatMap(({ accessLevels }) => accessLevels.map(({ accessLevel }) => accessLevel ?? NO_ONE))
  const least = Math.min(...levels.filter((level) => level !== NO_ONE))
  return Number.isFinite(least) ? Math.max(least, role.developer) : null
}

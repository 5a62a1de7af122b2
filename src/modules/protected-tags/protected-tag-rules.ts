// The rules for protected tags that need no database (docs/contract/protected-tags.md#writing-protected-tags). Pure functions.

import { type Role, role } from '../../access/roles.ts'
import { isBlank } from '../../foundation/rules.ts'
import type { CreateAccess } from './protected-tag-loaders.ts'
import { NO_ONE } from './protected-tag-policy.ts'

const MAX_NAME_BYTES = 1024

const LEVELS: readonly number[] = [NO_ONE, role.developer, role.maintainer] satisfies Role[]

/** A sentence for each rule that a name breaks. */
export function nameProblems(name: string): string[] {
  if (isBlank(name)) return ["Name can't be blank"]
  const isTooLong = Buffer.byteLength(name) > MAX_NAME_BYTES
  return isTooLong ? [`Name is too long (maximum is ${MAX_NAME_BYTES} bytes)`] : []
}

function entryProblem({ accessLevel, userId, groupId, deployKeyId }: CreateAccess): string | null {
  const subjects = [accessLevel, userId, groupId, deployKeyId].filter((subject) => subject != null)
  if (subjects.length !== 1) {
    return 'Each access level must name exactly one of a role, a user, a group and a deploy key'
  }
  if (accessLevel != null && !LEVELS.includes(accessLevel)) {
    return `Access level ${accessLevel} is not one of ${LEVELS.join(', ')}`
  }
  return deployKeyId != null && deployKeyId < 1 ? `Deploy key ${deployKeyId} does not exist` : null
}

/** A sentence for each rule that the access levels break. */
export function levelProblems(levels: readonly CreateAccess[]): string[] {
  if (levels.length === 0) return ["Create access levels can't be blank"]
  return levels.map(entryProblem).filter((problem) => problem !== null)
}

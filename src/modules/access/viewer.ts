import type { TokenScope, User } from '../../generated/prisma/client.ts'
import { type Role, role } from './roles.ts'

/**
 * Who asks: a person, a pipeline (an ID token that names a project but no account), the operator at the command line or
 * nobody. One object per request.
 */
export type Viewer = Readonly<{
  user: User | null
  /** Whoever can run a command with the database's address: an administrator without an account. */
  operator?: true
  /** Signed in with an access token, not with the token of another issuer, which ends soon. */
  byAccessToken?: true
  /** Signed in with a job token: of the account nothing counts but its role in one project. */
  byJobToken?: true
  scopes: ReadonlySet<TokenScope>
  projectRoles: ReadonlyMap<number, Role>
  groupRoles: ReadonlyMap<number, Role>
}>

export const anonymous = (): Viewer => ({
  user: null,
  scopes: new Set(),
  projectRoles: new Map(),
  groupRoles: new Map(),
})

export const operator = (): Viewer => ({ ...anonymous(), operator: true })

/** Acts as Owner everywhere. */
export const isAdministrator = ({ user, operator: commands, byJobToken }: Viewer): boolean =>
  commands ?? (!byJobToken && (user?.admin ?? false))

/** Whether an account asks for itself: what belongs to no project is closed to its job tokens. */
export const isAccount = ({ user, byJobToken }: Viewer): boolean => user !== null && !byJobToken

const higher = (a: Role, b: Role): Role => (a > b ? a : b)

const highestInGroups = (viewer: Viewer, groupIds: readonly number[]): Role =>
  groupIds.reduce<Role>((highest, id) => higher(highest, viewer.groupRoles.get(id) ?? role.none), role.none)

/** The viewer's role on a project: its own membership or that of any group above it, whichever is higher. */
export function roleIn(viewer: Viewer, project: { id: number; ancestorIds: readonly number[] }): Role {
  if (isAdministrator(viewer)) return role.owner
  return higher(viewer.projectRoles.get(project.id) ?? role.none, highestInGroups(viewer, project.ancestorIds))
}

/** The viewer's role in a group, inherited from the groups above it. */
export function roleInGroup(viewer: Viewer, group: { ancestorIds: readonly number[] }): Role {
  return isAdministrator(viewer) ? role.owner : highestInGroups(viewer, group.ancestorIds)
}

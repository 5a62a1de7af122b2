import type { Credential, TokenScope, User } from '../generated/prisma/client.ts'
import { type Role, role } from './roles.ts'

/** Who asks: a person, a pipeline, the operator at the command line or nobody. One object per request. */
export type Viewer = Readonly<{
  /** The account; of a pipeline the author of what it writes, if it has one. */
  user: User | null
  /** By what it is known who asks; null for nobody. */
  credential: Credential | null
  scopes: ReadonlySet<TokenScope>
  projectRoles: ReadonlyMap<number, Role>
  groupRoles: ReadonlyMap<number, Role>
}>

export const anonymous = (): Viewer => ({
  user: null,
  credential: null,
  scopes: new Set(),
  projectRoles: new Map(),
  groupRoles: new Map(),
})

/** Whoever can run a command with the database's address: an administrator without an account. */
export const operator = (): Viewer => ({ ...anonymous(), credential: 'command_line' })

/**
 * A job of a project, not a person: its credential ends within hours and is read by whatever runs in the job. It has a role in
 * its projects alone, and does there what `abilities.ts` lists for it.
 */
export const isPipeline = ({ credential }: Viewer): boolean =>
  credential === 'job_token' || credential === 'pipeline_jwt'

/** Whether no credential came. */
export const isNobody = ({ user, scopes }: Viewer): boolean => user === null && scopes.size === 0

/** Acts as Owner everywhere. */
export const isAdministrator = (viewer: Viewer): boolean =>
  viewer.credential === 'command_line' || (isAccount(viewer) && (viewer.user?.admin ?? false))

/** Whether an account asks for itself: what belongs to no project is closed to its pipelines. */
export const isAccount = (viewer: Viewer): boolean => viewer.user !== null && !isPipeline(viewer)

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

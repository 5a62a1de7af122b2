import type { Credential, TokenScope, User } from '../generated/prisma/client.ts'
import { type Role, role } from './roles.ts'

/** The one who asks: a person, a pipeline, the operator at the command line or nobody. Each request has its own object. */
export type Viewer = Readonly<{
  /** The account. A pipeline may have an account, which is the author of what the pipeline writes. */
  user: User | null
  /** The kind of credential that identified the viewer; null for nobody. */
  credential: Credential | null
  /** The session of a browser; absent for every other credential. */
  sessionId?: number
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

/** The person who runs a command with the database's address. An administrator without an account. */
export const operator = (): Viewer => ({ ...anonymous(), credential: 'command_line' })

/**
 * A job of a project, not a person. Its credential ends within hours, and everything that runs in the job can read it. A pipeline
 * has roles only in its projects, and may do there what `pipelineAbilities` lists.
 */
export const isPipeline = ({ credential }: Viewer): boolean =>
  credential === 'job_token' || credential === 'pipeline_jwt'

/** Whether the request had no credential. */
export const isNobody = ({ user, scopes }: Viewer): boolean => user === null && scopes.size === 0

/** An administrator acts as Owner everywhere. */
export const isAdministrator = (viewer: Viewer): boolean =>
  viewer.credential === 'command_line' || (isAccount(viewer) && (viewer.user?.admin ?? false))

/** Whether an account asks for itself. Pipelines of the account may not touch what belongs to no project. */
export const isAccount = (viewer: Viewer): boolean => viewer.user !== null && !isPipeline(viewer)

const higher = (a: Role, b: Role): Role => (a > b ? a : b)

const highestInGroups = (viewer: Viewer, groupIds: readonly number[]): Role =>
  groupIds.reduce<Role>((highest, id) => higher(highest, viewer.groupRoles.get(id) ?? role.none), role.none)

/** The columns of a project or a group that decide which role a viewer has there. */
export type Placed = {
  /** The IDs of the groups above it. */
  ancestorIds: readonly number[]
  /** Nobody has a role in what is deleted. */
  deletedAt: Date | null
}

/** The viewer's role on a project: its own membership or that of any group above it, whichever is higher. */
export function roleIn(viewer: Viewer, project: Placed & { id: number }): Role {
  if (project.deletedAt !== null) return role.none
  if (isAdministrator(viewer)) return role.owner
  return higher(viewer.projectRoles.get(project.id) ?? role.none, highestInGroups(viewer, project.ancestorIds))
}

/** The viewer's role in a group, inherited from the groups above it. */
export function roleInGroup(viewer: Viewer, group: Placed): Role {
  if (group.deletedAt !== null) return role.none
  return isAdministrator(viewer) ? role.owner : highestInGroups(viewer, group.ancestorIds)
}

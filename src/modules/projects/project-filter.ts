import type { Role } from '../../access/roles.ts'
import { Prisma } from '../../generated/prisma/client.ts'
import type { Visibility } from '../../generated/prisma/enums.ts'
import { type Given, given } from '../../rows/given.ts'

/** What is absent or null does not narrow. */
export type ProjectFilter = {
  /** Words in the name, the path or the description. */
  search?: Given<string>
  /** The words may also be in the path of the group. */
  searchNamespaces?: Given<boolean>
  /** It has all these topics. */
  topics?: Given<readonly string[]>
  /** The viewer has at least this role there. */
  leastRole?: Given<Role>
  ids?: Given<readonly number[]>
  fullPaths?: Given<readonly string[]>
  visibility?: Given<Visibility>
  archived?: Given<boolean>
  /** Right in the group with this id. */
  groupId?: Given<number | Prisma.Sql>
  /** In the group with this id, or in a group below it. */
  treeId?: Given<number | Prisma.Sql>
  /** This account is Owner there, and the viewer may read the members. */
  ownerId?: Given<number>
  idAfter?: Given<number>
  idBefore?: Given<number>
  activeAfter?: Given<Date>
  activeBefore?: Given<Date>
  /** Whether the feature is on for anybody. */
  issues?: Given<boolean>
  mergeRequests?: Given<boolean>
  /** Deleted projects, which only their Owners find, instead of all others. */
  deleted?: Given<boolean>
}

/** Conditions on the activity of projects `p`. They begin with `AND`. */
export const isActive = ({ activeAfter, activeBefore }: ProjectFilter): Prisma.Sql => Prisma.sql`
  ${given(activeAfter, (time) => Prisma.sql`p.updated_at > ${time}`)}
  ${given(activeBefore, (time) => Prisma.sql`p.updated_at < ${time}`)}`

/** Conditions on the features of projects `p`. They begin with `AND`. */
export const hasFeatures = ({ issues, mergeRequests }: ProjectFilter): Prisma.Sql => Prisma.sql`
  ${given(issues, (are) => Prisma.sql`(p.issues_level <> 'disabled') = ${are}`)}
  ${given(mergeRequests, (are) => Prisma.sql`(p.merge_requests_level <> 'disabled') = ${are}`)}`

import { type Group, Prisma } from '../generated/prisma/client.ts'
import { canInGroup } from './group-abilities.ts'
import { type Role, role } from './roles.ts'
import { isAdministrator, roleInGroup, type Viewer } from './viewer.ts'

const memberships = (viewer: Viewer) => ({
  projectIds: [...viewer.projectRoles.keys()],
  groupIds: [...viewer.groupRoles.keys()],
})

const openVisibilities = (viewer: Viewer) => (viewer.user ? (['public', 'internal'] as const) : (['public'] as const))

/** The projects that a viewer may read. The same decision as the ability `project:read`, written as a condition. */
export function visibleProjects(viewer: Viewer): Prisma.ProjectWhereInput {
  if (isAdministrator(viewer)) return { deletedAt: null }
  const { projectIds, groupIds } = memberships(viewer)
  return {
    deletedAt: null,
    OR: [
      { visibility: { in: [...openVisibilities(viewer)] } },
      { id: { in: projectIds } },
      { ancestorIds: { hasSome: groupIds } },
    ],
  }
}

/** The same decision for the project `p`, as a condition that begins with `AND`. */
export function readableProjects(viewer: Viewer): Prisma.Sql {
  if (isAdministrator(viewer)) return present('p')
  return Prisma.sql`${present('p')} AND (${openTo(viewer, 'p')} OR ${projectsOf(viewer)})`
}

/** The same decision for what searches look at, `s`, whose index answers it, so that a search reads nothing that it hides. */
export function searchableProjects(viewer: Viewer): Prisma.Sql {
  if (isAdministrator(viewer)) return Prisma.empty
  return Prisma.sql`AND s.readers && ${[viewer.user ? -1 : 0, ...readersAs(viewer, role.guest)]}::int[]`
}

/** The same condition as `projectsOf` for what searches look at, `s`. */
export const searchableProjectsOf = (viewer: Viewer, least: Role = role.guest): Prisma.Sql =>
  Prisma.sql`s.readers && ${readersAs(viewer, least)}::int[]`

/** Groups and projects as numbers of `searched_projects.readers`. */
const readersAs = (viewer: Viewer, least: Role) => [
  ...idsOf(viewer.groupRoles, least),
  ...idsOf(viewer.projectRoles, least).map((id) => -1 - id),
]

/** `AND ...`: keeps what is not deleted. Every condition of this file contains it. */
const present = (alias: 'p' | 'g') => Prisma.raw(`AND ${alias}.deleted_at IS NULL`)

/** Literals and no parameter, because PostgreSQL knows how many rows have which visibility. */
const openTo = ({ user }: Viewer, alias: 'p' | 'g') =>
  Prisma.raw(user ? `${alias}.visibility <> 'private'` : `${alias}.visibility = 'public'`)

/** A condition for the projects `p` in which the viewer has a role, of its own or from a group above. */
export const projectsOf = (viewer: Viewer, least: Role = role.guest): Prisma.Sql =>
  Prisma.sql`(p.id = ANY (${idsOf(viewer.projectRoles, least)}::int[])
    OR p.ancestor_ids && ${idsOf(viewer.groupRoles, least)}::int[])`

const idsOf = (roles: ReadonlyMap<number, Role>, least: Role) =>
  [...roles].flatMap(([id, held]) => (held >= least ? id : []))

/** `AND ...`: keeps the projects `p` that the viewer may read, with the feature of this level. */
const projectsWith = (viewer: Viewer, level: Prisma.Sql) => {
  const member = projectsOf(viewer)
  return Prisma.sql`${present('p')} AND (p.visibility::text = ANY (${openVisibilities(viewer)}::text[]) OR ${member})
    AND (${level} = 'enabled' OR (${level} = 'private' AND ${member}))`
}

/** `AND ...`: keeps the issues `i` of projects `p` that the viewer may read. The same decision as `readsIssue`. */
export function visibleIssuesAnywhere(viewer: Viewer): Prisma.Sql {
  if (isAdministrator(viewer)) return Prisma.sql`${present('p')} AND p.issues_level <> 'disabled'`
  return Prisma.sql`${projectsWith(viewer, Prisma.sql`p.issues_level`)}
    AND (NOT i.confidential OR i.author_id = ${viewer.user?.id ?? null}::int OR ${projectsOf(viewer, role.planner)})`
}

/** A condition that begins with `AND`: the viewer has the ability `release:read` in the project `p`. */
export function visibleReleases(viewer: Viewer): Prisma.Sql {
  if (isAdministrator(viewer)) return Prisma.sql`${present('p')} AND p.releases_level <> 'disabled'`
  return projectsWith(viewer, Prisma.sql`p.releases_level`)
}

/** A condition: the viewer has the ability `code:read` in the project `p`. */
export function codeIsReadable(viewer: Viewer): Prisma.Sql {
  if (isAdministrator(viewer)) return Prisma.sql`(p.repository_level <> 'disabled')`
  return Prisma.sql`(true ${projectsWith(viewer, Prisma.sql`p.repository_level`)}
    AND (p.visibility <> 'private' OR ${projectsOf(viewer, role.reporter)}))`
}

/** A condition: the viewer has the ability `milestone:read` in the project `p`. */
export function milestonesAreReadable(viewer: Viewer): Prisma.Sql {
  if (isAdministrator(viewer)) {
    return Prisma.sql`(p.issues_level <> 'disabled' OR p.merge_requests_level <> 'disabled')`
  }
  return Prisma.sql`((true ${projectsWith(viewer, Prisma.sql`p.issues_level`)})
    OR (true ${projectsWith(viewer, Prisma.sql`p.merge_requests_level`)}))`
}

/** What decides in which projects a viewer reads releases and code, for `codeReaderIn`. */
export const codeReader = (viewer: Viewer) => ({
  everywhere: isAdministrator(viewer),
  signed_in: viewer.user !== null,
  projects: idsOf(viewer.projectRoles, role.guest),
  groups: idsOf(viewer.groupRoles, role.guest),
  code_projects: idsOf(viewer.projectRoles, role.reporter),
  code_groups: idsOf(viewer.groupRoles, role.reporter),
})

export type CodeReader = ReturnType<typeof codeReader>

/** The columns of a list of `codeReader`s, by which one statement asks for several viewers. */
export const codeReaderColumns = Prisma.raw(
  'everywhere bool, signed_in bool, projects int[], groups int[], code_projects int[], code_groups int[]',
)

/** A join after which `reads.code` says whether `reader` has the abilities `release:read` and `code:read` in the project `p`. */
export const codeReaderIn = Prisma.raw(`
  CROSS JOIN LATERAL (
    SELECT reader.everywhere OR p.id = ANY (reader.projects) OR p.ancestor_ids && reader.groups AS any_role,
      reader.everywhere OR p.id = ANY (reader.code_projects) OR p.ancestor_ids && reader.code_groups AS code_role
  ) AS held
  CROSS JOIN LATERAL (
    SELECT p.deleted_at IS NULL AND (p.visibility = 'public' OR any_role OR (p.visibility = 'internal' AND reader.signed_in))
      AND (p.releases_level = 'enabled' OR (p.releases_level = 'private' AND any_role))
      AND (p.repository_level = 'enabled' OR (p.repository_level = 'private' AND any_role))
      AND (p.visibility <> 'private' OR code_role) AS code
  ) AS reads`)

export function visibleGroups(viewer: Viewer): Prisma.GroupWhereInput {
  if (isAdministrator(viewer)) return { deletedAt: null }
  return {
    deletedAt: null,
    OR: [
      { visibility: { in: [...openVisibilities(viewer)] } },
      { ancestorIds: { hasSome: memberships(viewer).groupIds } },
    ],
  }
}

/** The same decision for the group `g`, as a condition that begins with `AND`. */
export const readableGroups = (viewer: Viewer): Prisma.Sql =>
  isAdministrator(viewer)
    ? present('g')
    : Prisma.sql`${present('g')} AND (${openTo(viewer, 'g')} OR ${groupsOf(viewer)})`

/** A condition for the groups `g` in which the viewer has a role, of its own or from a group above. */
export const groupsOf = (viewer: Viewer, least: Role = role.guest): Prisma.Sql =>
  Prisma.sql`g.ancestor_ids && ${idsOf(viewer.groupRoles, least)}::int[]`

export const readsGroupReleases = (viewer: Viewer, group: Group) => canInGroup(viewer, 'release:read', group)

/** The same decision for the group `g`, written as a condition. */
export const groupsWithReleases = (viewer: Viewer): Prisma.Sql =>
  isAdministrator(viewer)
    ? Prisma.sql`g.deleted_at IS NULL`
    : Prisma.sql`g.ancestor_ids && ${memberships(viewer).groupIds}::int[]`

export function readsGroup(viewer: Viewer, group: Pick<Group, 'visibility' | 'ancestorIds' | 'deletedAt'>): boolean {
  if (group.deletedAt !== null) return false
  if (roleInGroup(viewer, group) >= role.guest || group.visibility === 'public') return true
  return group.visibility === 'internal' && viewer.user !== null
}

/**
 * `AND ...`: keeps the deleted projects `p` that the viewer may restore, as their Owner. What was deleted with a group above it
 * comes back with that group. No pipeline has a role in what is deleted. The project itself has no ancestors any more, but its group still has them.
 */
export function restorableProjects(viewer: Viewer): Prisma.Sql {
  const owned = Prisma.sql`AND (d.project_id = ANY (${idsOf(viewer.projectRoles, role.owner)}::int[]) OR ${groupsOf(viewer, role.owner)})`
  return Prisma.sql`AND p.id IN (
    SELECT d.project_id FROM deletions d JOIN projects deleted ON deleted.id = d.project_id JOIN groups g ON g.id = deleted.group_id
    WHERE g.deleted_at IS NULL ${isAdministrator(viewer) ? Prisma.empty : owned})`
}

/** The same for the groups `g`. */
export function restorableGroups(viewer: Viewer): Prisma.Sql {
  const ids = idsOf(viewer.groupRoles, role.owner)
  const owned = Prisma.sql`AND (d.group_id = ANY (${ids}::int[]) OR above.ancestor_ids && ${ids}::int[])`
  return Prisma.sql`AND g.id IN (
    SELECT d.group_id FROM deletions d JOIN groups deleted ON deleted.id = d.group_id LEFT JOIN groups above ON above.id = deleted.parent_id
    WHERE above.deleted_at IS NULL ${isAdministrator(viewer) ? Prisma.empty : owned})`
}

import type { FeatureLevel, Visibility } from '../generated/prisma/enums.ts'
import { type Role, role } from './roles.ts'
import { isPipeline, type Placed, roleIn, type Viewer } from './viewer.ts'

/** The columns of a project that decide what a viewer may do with it. */
export type ProjectAccess = Placed & {
  id: number
  visibility: Visibility
  archived: boolean
  releasesLevel: FeatureLevel
  repositoryLevel: FeatureLevel
  issuesLevel: FeatureLevel
  mergeRequestsLevel: FeatureLevel
}

type Standing = { role: Role; reads: boolean; project: ProjectAccess }

const has = ({ role: held, reads }: Standing, level: FeatureLevel) =>
  reads && (level === 'enabled' || (level === 'private' && held > role.none))

const readsCode = (standing: Standing) =>
  has(standing, standing.project.repositoryLevel) &&
  (standing.project.visibility !== 'private' || standing.role >= role.reporter)

const readsReleases = (standing: Standing) => has(standing, standing.project.releasesLevel)
const readsIssues = (standing: Standing) => has(standing, standing.project.issuesLevel)
const readsMilestones = (standing: Standing) =>
  readsIssues(standing) || has(standing, standing.project.mergeRequestsLevel)

const writesReleases = (least: Role) => (standing: Standing) =>
  standing.role >= least && readsReleases(standing) && readsCode(standing) && !standing.project.archived

const writesCode = (standing: Standing) =>
  standing.role >= role.developer && readsCode(standing) && !standing.project.archived

const plansIssues = (standing: Standing) => standing.role >= role.planner && readsIssues(standing)
const isOpen = ({ project }: Standing) => !project.archived

const atLeast = (least: Role) => (standing: Standing) => standing.role >= least

/**
 * The one table of who may do what with a project (docs/contract/access.md). Protected tags narrow it per tag, and
 * `pipelineAbilities` narrows it for pipelines.
 */
const abilities = {
  'project:read': (standing: Standing) => standing.reads,
  // An archived project may be updated, because otherwise nobody could open it again.
  'project:update': atLeast(role.maintainer),
  // As in GitLab: who opens a project to others decides for its owner.
  'project:visibility': atLeast(role.owner),
  'project:transfer': (standing: Standing) => standing.role >= role.owner && isOpen(standing),
  // An import writes releases, tags, protected tags and packages at once.
  'project:import': writesReleases(role.maintainer),
  'project:delete': atLeast(role.owner),
  'member:read': atLeast(role.guest),
  'member:write': (standing: Standing) => standing.role >= role.maintainer && isOpen(standing),
  // A member may give up its own membership.
  'member:leave': atLeast(role.guest),
  'release:read': readsReleases,
  'code:read': readsCode,
  'issue:read': readsIssues,
  'issue:create': (standing: Standing) => standing.role >= role.guest && readsIssues(standing) && isOpen(standing),
  'issue:update': (standing: Standing) => plansIssues(standing) && isOpen(standing),
  'issue:delete': (standing: Standing) => standing.role >= role.owner && readsIssues(standing) && isOpen(standing),
  'confidential-issue:read': plansIssues,
  'milestone:read': readsMilestones,
  'milestone:write': (standing: Standing) =>
    standing.role >= role.planner && readsMilestones(standing) && isOpen(standing),
  'evidence:read': (standing: Standing) =>
    readsReleases(standing) && readsCode(standing) && readsMilestones(standing) && readsIssues(standing),
  'release:create': writesReleases(role.developer),
  'release:update': writesReleases(role.developer),
  'release:delete': writesReleases(role.maintainer),
  // Writes branches and tags. Protected tags narrow it.
  'code:write': writesCode,
  'report-artifact:write': writesCode,
  'job-token:create': writesCode,
  // Reading a package needs code:read, because versions of packages are often named like tags.
  'package:write': writesCode,
  'package:delete': (standing: Standing) => standing.role >= role.maintainer && writesCode(standing),
  // Reading an upload needs project:read, because everybody in the project sees the notes that show it.
  'upload:create': (standing: Standing) => standing.role >= role.guest && isOpen(standing),
  // Only for maintainers, because the list tells the secret that the URL of each upload contains.
  'upload:list': atLeast(role.maintainer),
  'upload:delete': (standing: Standing) => standing.role >= role.maintainer && isOpen(standing),
  'freeze-period:read': atLeast(role.reporter),
  'freeze-period:write': (standing: Standing) => standing.role >= role.maintainer && isOpen(standing),
  'environment:read': atLeast(role.reporter),
  // Needs code:read, because the name of a protected tag is the name of a tag.
  'protected-tag:read': (standing: Standing) => standing.role >= role.maintainer && readsCode(standing),
  'protected-tag:write': (standing: Standing) =>
    standing.role >= role.maintainer && readsCode(standing) && isOpen(standing),
  // Needs code:read, because what a webhook is told names tags.
  'webhook:read': (standing: Standing) => standing.role >= role.maintainer && readsCode(standing),
  'webhook:write': (standing: Standing) => standing.role >= role.maintainer && readsCode(standing),
  // Needs code:read, because an audit event names the tag that it is about.
  'audit-event:read': (standing: Standing) => standing.role >= role.maintainer && readsCode(standing),
} satisfies Record<string, (standing: Standing) => boolean>

export type Ability = keyof typeof abilities

/**
 * What a pipeline may do with its project, as far as its role allows it: read, and make what a pipeline makes. Every door refuses
 * all other abilities to pipelines, new abilities included, until this list names them. The list has no ability that changes who
 * may do what or what the project is, because a credential that ends within hours must not change anything for good. Freeze
 * periods are closed to job tokens (docs/contract/access.md#pipelines), but everybody learns whether a freeze is active.
 */
const pipelineAbilities = [
  'project:read',
  'member:read',
  'release:read',
  'code:read',
  'issue:read',
  'confidential-issue:read',
  'milestone:read',
  'evidence:read',
  'environment:read',
  'protected-tag:read',
  'audit-event:read',
  'release:create',
  'release:update',
  'release:delete',
  'code:write',
  'package:write',
  'package:delete',
  'report-artifact:write',
  'milestone:write',
  'issue:create',
  'issue:update',
] as const satisfies Ability[]

const openToPipelines: ReadonlySet<string> = new Set(pipelineAbilities)

/** Abilities in groups and of accounts are never open to pipelines. */
export const isOpenToPipelines = (ability: string): boolean => openToPipelines.has(ability)

const allAbilities = Object.keys(abilities) as Ability[]

/** The ability `project:read`, decided from the few columns that it depends on. */
export function readsProject(
  viewer: Viewer,
  project: Pick<ProjectAccess, 'id' | 'visibility' | keyof Placed>,
): boolean {
  if (project.deletedAt !== null) return false
  if (project.visibility === 'public' || roleIn(viewer, project) > role.none) return true
  return project.visibility === 'internal' && viewer.user !== null
}

export function abilitiesOf(viewer: Viewer, project: ProjectAccess): ReadonlySet<Ability> {
  const held = roleIn(viewer, project)
  const standing = { role: held, reads: readsProject(viewer, project), project }
  const possible: readonly Ability[] = isPipeline(viewer) ? pipelineAbilities : allAbilities
  return new Set(possible.filter((ability) => abilities[ability](standing)))
}

const decided = new WeakMap<Viewer, Map<number, ReadonlySet<Ability>>>()

/** Decides once for each viewer and project, and a viewer lives for one request. Every further question is a look-up. */
export function can(viewer: Viewer, ability: Ability, project: ProjectAccess): boolean {
  const known = decided.get(viewer)?.get(project.id)
  if (known) return known.has(ability)
  const held = abilitiesOf(viewer, project)
  decided.set(viewer, (decided.get(viewer) ?? new Map<number, ReadonlySet<Ability>>()).set(project.id, held))
  return held.has(ability)
}

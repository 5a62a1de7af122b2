// Lists of the projects that a viewer may read. What the viewer may not read is left out by the statement, so it is never found,
// counted, or in the way of a page.
import { type Role, role } from '../../access/roles.ts'
import { isAdministrator, type Viewer } from '../../access/viewer.ts'
import { projectsOf, readableProjects, restorableProjects, searchableProjects } from '../../access/visibility.ts'
import type { Context } from '../../context/context.ts'
import { pathKey } from '../../foundation/path-key.ts'
import { Prisma, type Project } from '../../generated/prisma/client.ts'
import type { Visibility } from '../../generated/prisma/enums.ts'
import { type Given, given } from '../../rows/given.ts'
import { narrowed } from '../../rows/narrowed.ts'
import type { NumberedPage, PageInput } from '../../rows/numbered-page.ts'
import type { Connection } from '../../rows/page.ts'
import type { Plan } from '../../rows/plan.ts'
import { searchFor } from '../../rows/search.ts'
import { readList } from '../../rows/whole-list.ts'
import type { Window } from '../../rows/window.ts'
import { projects } from './project-loaders.ts'
import { type ProjectSort, projectOrder } from './project-orders.ts'

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
  /** Right in the group with this number. */
  groupId?: Given<number>
  /** In the group with this number, or in a group below it. */
  treeId?: Given<number>
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

const text = Prisma.raw(`lower(p.name || ' ' || p.path || ' ' || left(coalesce(p.description, ''), 2000))`)

export const projectSearch = (search: Given<string>, searchNamespaces: Given<boolean> = false): Prisma.Sql =>
  searchFor(search, {
    texts: searchNamespaces ? [text, Prisma.raw('lower(p.full_path)')] : [text],
    names: [Prisma.raw('lower(p.name) COLLATE "C"'), Prisma.raw('lower(p.path) COLLATE "C"')],
  })

/** The account is Owner of the project `p` or of a group above it. */
const ownedBy = (userId: number) => {
  const owned = (what: 'project' | 'group') => Prisma.sql`SELECT ${Prisma.raw(`${what}_id FROM ${what}_members`)}
    WHERE user_id = ${userId} AND role = ${role.owner} AND (expires_at IS NULL OR expires_at > now())`
  return Prisma.sql`(p.id IN (${owned('project')}) OR p.ancestor_ids && ARRAY(${owned('group')}))`
}

/** Conditions that few projects fulfil and an index answers. */
const indexed = (viewer: Viewer, filter: ProjectFilter) => {
  const { topics, leastRole, ids, fullPaths, deleted, groupId, treeId, ownerId } = filter
  return Prisma.join(
    [
      deleted ? restorableProjects(viewer) : given(leastRole, (least) => projectsOf(viewer, least)),
      given(topics, (some) => Prisma.sql`p.topics @> ${some}::varchar[]`),
      given(ids, (some) => Prisma.sql`p.id = ANY (${some}::int[])`),
      given(fullPaths, (some) => Prisma.sql`lower(p.full_path) = ANY (${some.map(pathKey)}::text[])`),
      given(groupId, (id) => Prisma.sql`p.group_id = ${id}`),
      given(treeId, (id) => Prisma.sql`p.ancestor_ids @> ARRAY[${id}::int]`),
      given(ownerId, (id) => Prisma.sql`${ownedBy(id)} ${readableMembers(viewer)}`),
    ],
    ' ',
  )
}

/** Whoever has a role in a project may read its members. */
const readableMembers = (viewer: Viewer) =>
  isAdministrator(viewer) ? Prisma.empty : Prisma.sql`AND ${projectsOf(viewer)}`

const others = (filter: ProjectFilter) => Prisma.sql`
  ${given(filter.visibility, (level) => Prisma.sql`p.visibility = ${level}::"Visibility"`)}
  ${given(filter.archived, (is) => Prisma.sql`p.archived = ${is}`)}
  ${given(filter.idAfter, (id) => Prisma.sql`p.id > ${id}`)}
  ${given(filter.idBefore, (id) => Prisma.sql`p.id < ${id}`)}
  ${given(filter.activeAfter, (time) => Prisma.sql`p.updated_at > ${time}`)}
  ${given(filter.activeBefore, (time) => Prisma.sql`p.updated_at < ${time}`)}
  ${given(filter.issues, (are) => Prisma.sql`(p.issues_level <> 'disabled') = ${are}`)}
  ${given(filter.mergeRequests, (are) => Prisma.sql`(p.merge_requests_level <> 'disabled') = ${are}`)}`

/** The orders that have an index. */
const isIndexed = (sort: ProjectSort) => sort !== 'similarity' && !sort.startsWith('latest_activity')

function selected(viewer: Viewer, filter: ProjectFilter, sort: ProjectSort) {
  const search = projectSearch(filter.search, filter.searchNamespaces)
  const few = indexed(viewer, filter)
  const isSearch = search !== Prisma.empty && !filter.deleted
  const visible = Prisma.sql`${filter.deleted ? Prisma.empty : readableProjects(viewer)} ${others(filter)}`
  const isNarrow = few.sql.trim() !== ''
  return {
    from: narrowed('projects p', Prisma.sql`${isSearch ? searchableProjects(viewer) : Prisma.empty} ${few} ${search}`),
    where: isSearch ? Prisma.sql`true ${others(filter)}` : Prisma.sql`true ${visible}`,
    order: projectOrder(sort, filter.search),
    ...(isSearch && !isNarrow && isIndexed(sort) ? { walked: { table: 'projects p', visible, search } } : {}),
  }
}

type Sorted = { sort: ProjectSort; plan: Plan }

export const findProjects = (
  context: Context,
  filter: ProjectFilter,
  { sort, plan, window }: Sorted & { window: Window },
): Promise<Connection<Project>> =>
  readList(context, { source: projects, plan }, { ...selected(context.viewer, filter, sort), window })

/** A page by number. A page that is not counted has `uncounted`. */
export const numberedProjects = (
  context: Context,
  filter: ProjectFilter,
  { sort, page, uncounted }: { sort: ProjectSort; page: PageInput; uncounted?: boolean },
): Promise<NumberedPage<Project>> =>
  projects.numberedPage(
    'numberedPage',
    { ...selected(context.viewer, filter, sort), ...(uncounted ? { count: 0 } : {}) },
    page,
  )

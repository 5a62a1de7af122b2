// Lists of the projects that a viewer may read. What the viewer may not read is left out by the statement, so it is never found,
// counted, or in the way of a page.
import type { Viewer } from '../../access/viewer.ts'
import { projectsOf, readableProjects, restorableProjects } from '../../access/visibility.ts'
import type { Context } from '../../context/context.ts'
import { pathKey } from '../../foundation/path-key.ts'
import { Prisma, type Project } from '../../generated/prisma/client.ts'
import { type Given, given } from '../../rows/given.ts'
import { type Order, readWindow } from '../../rows/keyset.ts'
import { narrowed } from '../../rows/narrowed.ts'
import { type NumberedPage, type PageInput, placeOf } from '../../rows/numbered-page.ts'
import type { Connection } from '../../rows/page.ts'
import type { Plan } from '../../rows/plan.ts'
import { searchFor, wordsOf } from '../../rows/search.ts'
import { readList } from '../../rows/whole-list.ts'
import type { Window } from '../../rows/window.ts'
import { hasFeatures, isActive, type ProjectFilter } from './project-filter.ts'
import { projects } from './project-loaders.ts'
import { type ProjectSort, projectOrder } from './project-orders.ts'
import { ownedBy, projectsFound, type Reach, searchedById } from './search-projects.ts'

const text = Prisma.raw(`lower(p.name || ' ' || p.path || ' ' || left(coalesce(p.description, ''), 2000))`)

export const projectSearch = (search: Given<string>, searchNamespaces: Given<boolean> = false): Prisma.Sql =>
  searchFor(search, {
    texts: searchNamespaces ? [text, Prisma.raw('lower(p.full_path)')] : [text],
    names: [Prisma.raw('lower(p.name) COLLATE "C"'), Prisma.raw('lower(p.path) COLLATE "C"')],
  })

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
      given(
        ownerId,
        (id) => Prisma.sql`p.id IN (SELECT s.project_id FROM searched_projects s WHERE ${ownedBy(viewer, id)})`,
      ),
    ],
    ' ',
  )
}

const others = (filter: ProjectFilter) => Prisma.sql`
  ${given(filter.visibility, (level) => Prisma.sql`p.visibility = ${level}::"Visibility"`)}
  ${given(filter.archived, (is) => Prisma.sql`p.archived = ${is}`)}
  ${given(filter.idAfter, (id) => Prisma.sql`p.id > ${id}`)}
  ${given(filter.idBefore, (id) => Prisma.sql`p.id < ${id}`)}
  ${isActive(filter)} ${hasFeatures(filter)}`

/** A search for words sorts and counts so many matches. By id it lists all of them. */
const MAX_FOUND = 500

/** What is read of a search for a count of its matches. */
export const counted: Reach = { most: MAX_FOUND + 1 }

const isById = (sort: ProjectSort) => sort.startsWith('id') || sort.startsWith('created')

/** What is read of a search for a page: in the order of ids the page alone. */
export function reachOf(window: Window, sort: ProjectSort, order: Order<Project>): Reach {
  if (!isById(sort)) return { most: MAX_FOUND }
  const { within } = readWindow({ ...order, terms: searchedById }, window)
  return { most: window.limit + 1, within, ascending: (order.direction === 'asc') !== window.backward }
}

function selected(viewer: Viewer, filter: ProjectFilter, { sort, reach }: { sort: ProjectSort; reach: Reach }) {
  const { deleted } = filter
  const order = projectOrder(sort, filter.search)
  const words = deleted || filter.ids || filter.fullPaths ? null : wordsOf(filter.search)
  if (words) {
    const found = (far: Reach) => projectsFound({ viewer, filter, words, reach: far })
    return { from: found(reach), where: Prisma.sql`true`, order, counted: { from: found(counted), upTo: MAX_FOUND } }
  }
  const visible = deleted ? Prisma.empty : readableProjects(viewer)
  const search = projectSearch(filter.search, filter.searchNamespaces)
  const where = Prisma.sql`true ${visible} ${search} ${others(filter)}`
  return { from: narrowed('projects p', indexed(viewer, filter)), where, order }
}

type Sorted = { sort: ProjectSort; plan: Plan }

export function findProjects(
  context: Context,
  filter: ProjectFilter,
  { sort, plan, window }: Sorted & { window: Window },
): Promise<Connection<Project>> {
  const reach = reachOf(window, sort, projectOrder(sort, filter.search))
  return readList(context, { source: projects, plan }, { ...selected(context.viewer, filter, { sort, reach }), window })
}

/** A page by number. A page that is not counted has `uncounted`. */
export function numberedProjects(
  context: Context,
  filter: ProjectFilter,
  { sort, page, uncounted }: { sort: ProjectSort; page: PageInput; uncounted?: boolean },
): Promise<NumberedPage<Project>> {
  const { offset, size } = placeOf(page)
  const byId = { most: offset + size + 1, within: Prisma.empty, ascending: sort.endsWith('asc') }
  const reach = isById(sort) ? byId : { most: MAX_FOUND }
  const rows = selected(context.viewer, filter, { sort, reach })
  return projects.numberedPage(context, 'numberedPage', { ...rows, ...(uncounted ? { count: 0 } : {}) }, page)
}

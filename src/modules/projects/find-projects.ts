// Lists of the projects that a viewer may read. What the viewer may not read is left out by the statement, so it is never found,
// counted, or in the way of a page.
import type { Role } from '../../access/roles.ts'
import type { Viewer } from '../../access/viewer.ts'
import { projectsOf, readableProjects, restorableProjects } from '../../access/visibility.ts'
import type { Context } from '../../context/context.ts'
import { pathKey } from '../../foundation/path-key.ts'
import { Prisma, type Project } from '../../generated/prisma/client.ts'
import type { Visibility } from '../../generated/prisma/enums.ts'
import type { Connection } from '../../rows/page.ts'
import type { Plan } from '../../rows/plan.ts'
import { searchFor } from '../../rows/search.ts'
import { narrowed, readList } from '../../rows/whole-list.ts'
import type { Window } from '../../rows/window.ts'
import { projects } from './project-loaders.ts'
import { type ProjectSort, projectOrder } from './project-orders.ts'

type Given<Value> = Value | null | undefined

/** What is absent or null does not narrow. */
type ProjectFilter = {
  /** Words in the name, the path or the description. */
  search?: Given<string>
  /** The viewer has at least this role there. */
  leastRole?: Given<Role>
  ids?: Given<readonly number[]>
  fullPaths?: Given<readonly string[]>
  visibility?: Given<Visibility>
  archived?: Given<boolean>
  /** Deleted projects, which only their Owners find, instead of all others. */
  deleted?: Given<boolean>
}

const given = <Value>(value: Given<Value>, condition: (value: Value) => Prisma.Sql) =>
  value == null ? Prisma.empty : Prisma.sql`AND ${condition(value)}`

export const projectSearch = (search: Given<string>): Prisma.Sql =>
  searchFor(search, {
    text: Prisma.raw(`lower(p.name || ' ' || p.path || ' ' || left(coalesce(p.description, ''), 2000))`),
    names: [Prisma.raw('lower(p.name) COLLATE "C"'), Prisma.raw('lower(p.path) COLLATE "C"')],
  })

/** The conditions that an index answers. */
const indexed = (viewer: Viewer, { search, leastRole, ids, fullPaths, deleted }: ProjectFilter) =>
  Prisma.join(
    [
      projectSearch(search),
      given(deleted ? null : leastRole, (least) => projectsOf(viewer, least)),
      given(ids, (some) => Prisma.sql`p.id = ANY (${some}::int[])`),
      given(fullPaths, (some) => Prisma.sql`lower(p.full_path) = ANY (${some.map(pathKey)}::text[])`),
    ],
    ' ',
  )

const others = ({ visibility, archived }: ProjectFilter) => Prisma.sql`
  ${given(visibility, (level) => Prisma.sql`p.visibility = ${level}::"Visibility"`)}
  ${given(archived, (is) => Prisma.sql`p.archived = ${is}`)}`

const selected = (viewer: Viewer, filter: ProjectFilter, sort: ProjectSort) => ({
  from: narrowed('projects p', indexed(viewer, filter)),
  where: Prisma.sql`true ${filter.deleted ? restorableProjects(viewer) : readableProjects(viewer)} ${others(filter)}`,
  order: projectOrder(sort, filter.search),
})

type Sorted = { sort: ProjectSort; plan: Plan }

export const findProjects = (
  context: Context,
  filter: ProjectFilter,
  { sort, plan, window }: Sorted & { window: Window },
): Promise<Connection<Project>> =>
  readList(context, { source: projects, plan }, { ...selected(context.viewer, filter, sort), window })

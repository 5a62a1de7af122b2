import { can } from '../../access/abilities.ts'
import type { Viewer } from '../../access/viewer.ts'
import { codeIsReadable, milestonesAreReadable, visibleReleases } from '../../access/visibility.ts'
import { Prisma, type Project } from '../../generated/prisma/client.ts'
import { type Given, given } from '../../rows/given.ts'
import { narrowed } from '../../rows/narrowed.ts'

type Bound = `${'updated' | 'released'}${'After' | 'Before'}`

export type ReleaseFilters = { [Name in Bound]?: Given<Date> } & {
  /** Words in the title and the notes; for viewers without `code:read` in the notes alone. */
  search?: Given<string>
  milestoneTitle?: Given<string>
  tagPrefix?: Given<string>
  /** A username. */
  author?: Given<string>
}

const names = [
  ...(['updatedAfter', 'updatedBefore', 'releasedAfter', 'releasedBefore'] as const),
  ...(['search', 'milestoneTitle', 'tagPrefix', 'author'] as const),
]

/** The filters among the arguments of a field. */
export const filtersIn = (args: ReleaseFilters): ReleaseFilters =>
  Object.fromEntries(names.flatMap((name) => (args[name] == null ? [] : [[name, args[name]]])))

/** Conditions: what the viewer may find releases of the project `p` by. */
type Findable = { code: Prisma.Sql; milestones: Prisma.Sql }

const NOTES = Prisma.raw(`left(coalesce(r.description, ''), 100000)`)

/** The index has the same expressions. `websearch_to_tsquery` takes any text. */
const finds = (text: Prisma.Sql, search: string) =>
  Prisma.sql`to_tsvector('simple', ${text}) @@ websearch_to_tsquery('simple', ${search})`

/** The releases that a search finds in some projects, by the title and the notes or by the notes alone. */
const found = (conditions: Prisma.Sql) => narrowed('releases r', Prisma.sql`AND ${conditions}`)

const WHOLE = Prisma.sql`coalesce(r.name, r.tag) || ' ' || ${NOTES}`
const isIn = (projects: Prisma.Sql) => Prisma.sql`ARRAY[r.project_id] && ${projects}`

const foundInProject = (search: string, code: boolean) => (project: Prisma.Sql) =>
  found(Prisma.sql`${isIn(Prisma.sql`ARRAY[${project}]`)} AND ${finds(code ? WHOLE : NOTES, search)}`)

/** The index is asked for the projects in which the viewer may see releases, so that it reads nothing else. */
const foundInGroup = (search: string, viewer: Viewer) => (group: Prisma.Sql) => {
  const code = codeIsReadable(viewer)
  const projectsWhere = (condition: Prisma.Sql) => Prisma.sql`ARRAY(
    SELECT p.id FROM projects p WHERE p.ancestor_ids @> ARRAY[${group}] ${visibleReleases(viewer)} AND ${condition})`
  const releases = found(Prisma.sql`(${isIn(projectsWhere(code))} AND ${finds(WHOLE, search)}
    OR ${isIn(projectsWhere(Prisma.sql`NOT ${code}`))} AND ${finds(NOTES, search)})`)
  return Prisma.sql`${releases} JOIN group_releases gr ON gr.release_id = r.id JOIN projects p ON p.id = r.project_id`
}

const hasMilestone = (title: string) => Prisma.sql`EXISTS (
  SELECT FROM milestone_releases mr JOIN milestones m ON m.id = mr.milestone_id WHERE mr.release_id = r.id AND m.title = ${title})`

const conditionsOf = (filters: ReleaseFilters, { code, milestones }: Findable): Prisma.Sql =>
  Prisma.join(
    [
      given(filters.updatedAfter, (time) => Prisma.sql`r.updated_at > ${time}`),
      given(filters.updatedBefore, (time) => Prisma.sql`r.updated_at < ${time}`),
      given(filters.releasedAfter, (time) => Prisma.sql`r.released_at > ${time}`),
      given(filters.releasedBefore, (time) => Prisma.sql`r.released_at < ${time}`),
      given(filters.milestoneTitle, (title) => Prisma.sql`${milestones} AND ${hasMilestone(title)}`),
      given(filters.tagPrefix, (prefix) => Prisma.sql`${code} AND starts_with(r.tag, ${prefix})`),
      given(
        filters.author,
        (name) => Prisma.sql`r.author_id = (SELECT id FROM users WHERE lower(username) = lower(${name}))`,
      ),
    ],
    ' ',
  )

/** A blank search does not narrow. */
export const isFiltered = (filters: ReleaseFilters): boolean =>
  names.some((name) => filters[name] != null && !(name === 'search' && !filters.search?.trim()))

type Narrowing = { where?: Prisma.Sql; from?: (parentId: Prisma.Sql) => Prisma.Sql }

const searchIn = ({ search }: ReleaseFilters) => search?.trim() || null

/** What narrows the releases of a project. Bounds exclude the bound itself. */
export function filterReleases(filters: ReleaseFilters, code: boolean): Narrowing {
  if (!isFiltered(filters)) return {}
  const search = searchIn(filters)
  // The arguments themselves refuse viewers who may not read milestones or tags.
  const where = conditionsOf(filters, { code: Prisma.sql`${code}`, milestones: Prisma.sql`true` })
  return { where, ...(search ? { from: foundInProject(search, code) } : {}) }
}

export const readsCode = (viewer: Viewer, project: Project): boolean => can(viewer, 'code:read', project)

/** What narrows the releases of groups, in each project as far as the viewer may read there. */
export function filterReleasesOfGroups(filters: ReleaseFilters, viewer: Viewer): Narrowing {
  if (!isFiltered(filters)) return {}
  const search = searchIn(filters)
  const where = conditionsOf(filters, { code: codeIsReadable(viewer), milestones: milestonesAreReadable(viewer) })
  return { where, ...(search ? { from: foundInGroup(search, viewer) } : {}) }
}

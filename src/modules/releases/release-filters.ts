import { can } from '../../access/abilities.ts'
import type { Viewer } from '../../access/viewer.ts'
import { codeIsReadable, milestonesAreReadable } from '../../access/visibility.ts'
import { Prisma, type Project } from '../../generated/prisma/client.ts'
import { type Given, given } from '../../rows/given.ts'

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

/** What the viewer may find releases by: in one project, or, as conditions for the project `p`, in each of several projects. */
type Findable = { code: boolean | Prisma.Sql; milestones: Prisma.Sql }

const NOTES = Prisma.raw(`left(coalesce(r.description, ''), 100000)`)

/** The index has the same expressions. `websearch_to_tsquery` takes any text. */
const finds = (text: Prisma.Sql, search: string) =>
  Prisma.sql`to_tsvector('simple', ${text}) @@ websearch_to_tsquery('simple', ${search})`

function searchIn(search: string, code: Findable['code']): Prisma.Sql {
  const whole = finds(Prisma.sql`coalesce(r.name, r.tag) || ' ' || ${NOTES}`, search)
  const notes = finds(NOTES, search)
  if (typeof code === 'boolean') return code ? whole : notes
  return Prisma.sql`((${code} AND ${whole}) OR (NOT ${code} AND ${notes}))`
}

const hasMilestone = (title: string) => Prisma.sql`EXISTS (
  SELECT FROM milestone_releases mr JOIN milestones m ON m.id = mr.milestone_id WHERE mr.release_id = r.id AND m.title = ${title})`

const conditionsOf = (filters: ReleaseFilters, { code, milestones }: Findable): Prisma.Sql => {
  const mayLearnTags = typeof code === 'boolean' ? Prisma.sql`${code}` : code
  return Prisma.join(
    [
      given(filters.updatedAfter, (time) => Prisma.sql`r.updated_at > ${time}`),
      given(filters.updatedBefore, (time) => Prisma.sql`r.updated_at < ${time}`),
      given(filters.releasedAfter, (time) => Prisma.sql`r.released_at > ${time}`),
      given(filters.releasedBefore, (time) => Prisma.sql`r.released_at < ${time}`),
      given(filters.search?.trim() || null, (search) => searchIn(search, code)),
      given(filters.milestoneTitle, (title) => Prisma.sql`${milestones} AND ${hasMilestone(title)}`),
      given(filters.tagPrefix, (prefix) => Prisma.sql`${mayLearnTags} AND starts_with(r.tag, ${prefix})`),
      given(
        filters.author,
        (name) => Prisma.sql`r.author_id = (SELECT id FROM users WHERE lower(username) = lower(${name}))`,
      ),
    ].filter((condition) => condition !== Prisma.empty),
    ' ',
  )
}

/** A blank search does not narrow. */
export const isFiltered = (filters: ReleaseFilters): boolean =>
  names.some((name) => filters[name] != null && !(name === 'search' && !filters.search?.trim()))

/** What narrows the releases of a project. Each condition begins with `AND`. Bounds exclude the bound itself. */
export function filterReleases(filters: ReleaseFilters, code: boolean) {
  if (!isFiltered(filters)) return {}
  // The arguments themselves refuse viewers who may not read milestones or tags.
  const where = conditionsOf(filters, { code, milestones: Prisma.sql`true` })
  return { where, parentIsInIndex: Boolean(filters.search?.trim()) }
}

export const readsCode = (viewer: Viewer, project: Project): boolean => can(viewer, 'code:read', project)

/** What narrows the releases of several projects, each of them as far as the viewer may read there. */
export const filterReleasesOfProjects = (filters: ReleaseFilters, viewer: Viewer): Prisma.Sql =>
  isFiltered(filters)
    ? conditionsOf(filters, { code: codeIsReadable(viewer), milestones: milestonesAreReadable(viewer) })
    : Prisma.empty

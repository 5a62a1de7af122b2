// Searches for projects by words, in what prisma/sql/searches.sql keeps for them. An index for words gives all matches at once and in no order,
// which are too many for a common word. So a search asks it for one part of the ids after the other, until it has enough.
import { role } from '../../access/roles.ts'
import { isAdministrator, type Viewer } from '../../access/viewer.ts'
import { searchableProjects, searchableProjectsOf } from '../../access/visibility.ts'
import { Prisma } from '../../generated/prisma/client.ts'
import { given } from '../../rows/given.ts'
import { containing, mustBeWhole } from '../../rows/search.ts'
import { isActive, type ProjectFilter } from './project-filter.ts'

/** So many ids are in a part: the key `part` of prisma/sql/searches.sql. */
const PART = Prisma.raw('4000')

/** What is searched, in the order of ids. */
export const searchedById = [Prisma.sql`s.project_id`]

/** How many matches are read, and of a page in the order of ids, between which ids and in which direction. */
export type Reach = { most: number; within?: Prisma.Sql; ascending?: boolean }

/** Keys that a project must have, all of them. */
const keysOf = ({ groupId, topics, archived, visibility, issues, mergeRequests }: ProjectFilter): Prisma.Sql[] => [
  ...(groupId == null ? [] : [Prisma.sql`'group ' || ${groupId}::int`]),
  ...(topics ?? []).map((topic) => Prisma.sql`${`topic ${topic}`}`),
  ...(archived == null ? [] : [Prisma.sql`${archived ? 'archived' : 'active'}`]),
  ...(visibility == null ? [] : [Prisma.sql`${visibility}`]),
  ...(issues == null ? [] : [Prisma.sql`${issues ? 'issues' : 'no issues'}`]),
  ...(mergeRequests == null ? [] : [Prisma.sql`${mergeRequests ? 'merge requests' : 'no merge requests'}`]),
]

/** The account is Owner of the project or of a group above it, and the viewer, who has a role there, may read the members. */
export const ownedBy = (viewer: Viewer, userId: number) => {
  const owned = (reader: string, table: string) => Prisma.sql`SELECT ${Prisma.raw(`${reader} FROM ${table}`)}
    WHERE user_id = ${userId} AND role = ${role.owner} AND (expires_at IS NULL OR expires_at > now())`
  const member = isAdministrator(viewer) ? Prisma.empty : Prisma.sql`AND ${searchableProjectsOf(viewer)}`
  return Prisma.sql`s.readers && ARRAY(${owned('-1 - project_id', 'project_members')}
    UNION ALL ${owned('group_id', 'group_members')}) ${member}`
}

const ids = ({ idAfter, idBefore }: ProjectFilter) => Prisma.sql`
  ${given(idAfter, (id) => Prisma.sql`s.project_id > ${id}`)} ${given(idBefore, (id) => Prisma.sql`s.project_id < ${id}`)}`

/** A key tells the day or the month. Only projects of the first and the last day or month can be outside of the times, so only their rows are read. */
function wasActive({ activeAfter, activeBefore }: ProjectFilter): Prisma.Sql {
  if (activeAfter == null && activeBefore == null) return Prisma.empty
  const keys = Prisma.sql`activity_keys(${activeAfter}::timestamptz, ${activeBefore}::timestamptz) AS keys`
  const first = activeAfter == null ? [] : [Prisma.sql`keys[1]`]
  const last = activeBefore == null ? [] : [Prisma.sql`keys[cardinality(keys)]`]
  return Prisma.sql`AND s.keys && (SELECT ${keys})
    AND (NOT s.keys && (SELECT ARRAY[${Prisma.join([...first, ...last])}] FROM ${keys})
      OR EXISTS (SELECT FROM projects p WHERE p.id = s.project_id ${isActive({ activeAfter, activeBefore })}))`
}

/** Whoever has a role in a project may read it, so a search by role asks for the role alone. */
const readable = (viewer: Viewer, { leastRole }: ProjectFilter) =>
  leastRole == null ? searchableProjects(viewer) : Prisma.sql`AND ${searchableProjectsOf(viewer, leastRole)}`

function conditions(viewer: Viewer, filter: ProjectFilter, words: readonly string[]): Prisma.Sql {
  const keys = keysOf(filter)
  const texts = filter.searchNamespaces ? ['s.text', 's.path'] : ['s.text']
  return Prisma.sql`${readable(viewer, filter)}
    ${mustBeWhole(words) ? Prisma.empty : containing(words, texts.map(Prisma.raw))}
    ${given(keys.length > 0 ? keys : null, (some) => Prisma.sql`s.keys @> ARRAY[${Prisma.join(some)}]::text[]`)}
    ${given(filter.treeId, (id) => Prisma.sql`s.readers && ARRAY[${id}::int]`)}
    ${given(filter.ownerId, (id) => ownedBy(viewer, id))}
    ${ids(filter)}
    ${wasActive(filter)}`
}

/** For a shorter time `activity_keys` gives the keys of days, for a longer one those of months. */
const SHORT_MS = 10 * 24 * 60 * 60 * 1000

const isShort = ({ activeAfter, activeBefore }: ProjectFilter) =>
  activeAfter != null && (activeBefore?.getTime() ?? Date.now()) - activeAfter.getTime() < SHORT_MS

const isNarrowed = ({ groupId: _, ...filter }: ProjectFilter) =>
  keysOf(filter).length > 0 || filter.leastRole != null || isShort(filter)

/**
 * The parts of the ids, from the newest unless the page ascends. A narrowed search finds little in a part and each step costs, too, so after
 * the first three it asks for three at a time. A long time of activity narrows too little for that.
 */
function parts(filter: ProjectFilter, { within = Prisma.empty, ascending }: Reach): Prisma.Sql {
  const part = (which: 'min' | 'max') =>
    Prisma.sql`(SELECT ${Prisma.raw(which)}(s.project_id) FROM searched_projects s WHERE true ${within} ${ids(filter)}) / ${PART}`
  const series = ascending ? Prisma.sql`${part('min')}, ${part('max')}` : Prisma.sql`${part('max')}, ${part('min')}, -1`
  return Prisma.sql`(
    SELECT array_agg('part ' || part) AS keys, false AS whole FROM generate_series(${series}) WITH ORDINALITY AS parts(part, at)
    GROUP BY ${Prisma.raw(isNarrowed(filter) ? 'least(at, 3 + (at - 1) / 3)' : 'at')} ORDER BY min(at))`
}

type Search = { viewer: Viewer; filter: ProjectFilter; words: readonly string[]; reach: Reach }

/** The keys of what is called just as the search. */
const calledSo = (words: readonly string[]) => {
  const called = words.join(' ')
  return Prisma.sql`ARRAY['name ' || lower(${called}::text), 'path ' || lower(${called}::text)]`
}

const sorted = ({ most, ascending }: Reach) =>
  Prisma.sql`ORDER BY s.project_id ${Prisma.raw(ascending ? 'ASC' : 'DESC')} LIMIT ${most}::bigint`

/** Asks the index: what is called just so, unless the page is by id, and then one part after the other. */
function foundByParts({ viewer, filter, words, reach }: Search): Prisma.Sql {
  const { most, within } = reach
  const whole = Prisma.sql`SELECT ${calledSo(words)} AS keys, true AS whole`
  const all = within ? parts(filter, reach) : Prisma.sql`${whole} UNION ALL ${parts(filter, reach)}`
  return Prisma.sql`
    SELECT found.project_id FROM (${mustBeWhole(words) ? whole : all}) AS step CROSS JOIN LATERAL (
      SELECT s.project_id FROM searched_projects s
      WHERE s.keys && step.keys ${within ?? Prisma.sql`AND (step.whole OR NOT s.keys && ${calledSo(words)})`}
        ${conditions(viewer, filter, words)} ${sorted(reach)}
    ) AS found LIMIT ${most}::bigint`
}

/** Of so few projects each one is read, which is faster than to ask the index. */
const FEW = 500

/**
 * The projects that a group or the times of activity leave; null without both. ORDER BY makes PostgreSQL use the index of the times, because
 * without it a plan that knows no times may read the whole table.
 */
function leftBy({ groupId, treeId, activeAfter, activeBefore }: ProjectFilter): Prisma.Sql | null {
  const inGroup = (isIn: Prisma.Sql) => Prisma.sql`groups g JOIN projects p ON p.group_id = g.id WHERE ${isIn}`
  if (groupId != null) return inGroup(Prisma.sql`g.id = ${groupId}::int`)
  if (treeId != null) return inGroup(Prisma.sql`g.ancestor_ids @> ARRAY[${treeId}::int]`)
  if (activeAfter == null && activeBefore == null) return null
  return Prisma.sql`projects p WHERE true ${isActive({ activeAfter, activeBefore })} ORDER BY p.updated_at`
}

/** OFFSET keeps PostgreSQL from asking the index for words all the same. */
function foundAmong(left: Prisma.Sql, search: Search): Prisma.Sql {
  const { viewer, filter, words, reach } = search
  return Prisma.sql`
    SELECT found.project_id FROM (SELECT EXISTS (SELECT FROM ${left} OFFSET ${FEW}::bigint) AS many OFFSET 0) AS size CROSS JOIN LATERAL (
      SELECT few.project_id FROM (
        SELECT s.project_id FROM (SELECT p.id FROM ${left} LIMIT ${FEW}::bigint) AS p
          CROSS JOIN LATERAL (SELECT * FROM searched_projects WHERE project_id = p.id OFFSET 0) AS s
        WHERE true ${mustBeWhole(words) ? Prisma.sql`AND s.keys && ${calledSo(words)}` : Prisma.empty} ${reach.within ?? Prisma.empty}
          ${conditions(viewer, filter, words)} ${sorted(reach)}
      ) AS few WHERE NOT size.many
      UNION ALL SELECT part.project_id FROM (${foundByParts(search)}) AS part WHERE size.many
    ) AS found`
}

/**
 * The projects `p` that a search finds: the first in the order of ids, or else what is called just so and then the newest. A search without
 * a word for the index finds only what is called just so.
 */
export function projectsFound(search: Search): Prisma.Sql {
  const left = leftBy(search.filter)
  const found = left ? foundAmong(left, search) : foundByParts(search)
  // OFFSET keeps PostgreSQL from walking through all projects in the order of the list, to join what is found.
  return Prisma.sql`(
    SELECT p.* FROM (${found}) AS found CROSS JOIN LATERAL (SELECT * FROM projects WHERE id = found.project_id OFFSET 0) AS p) AS p`
}

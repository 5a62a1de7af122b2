// Lists of the groups that a viewer may read. The statement leaves out what the viewer may not read.
import { type Role, role } from '../../access/roles.ts'
import { isNobody, type Viewer } from '../../access/viewer.ts'
import { groupsOf, readableGroups, restorableGroups } from '../../access/visibility.ts'
import type { Context } from '../../context/context.ts'
import { type Group, Prisma } from '../../generated/prisma/client.ts'
import type { Visibility } from '../../generated/prisma/enums.ts'
import { type Given, given } from '../../rows/given.ts'
import { narrowed } from '../../rows/narrowed.ts'
import type { NumberedPage, PageInput } from '../../rows/numbered-page.ts'
import type { Connection } from '../../rows/page.ts'
import type { Plan } from '../../rows/plan.ts'
import { searchFor } from '../../rows/search.ts'
import { readList } from '../../rows/whole-list.ts'
import type { Window } from '../../rows/window.ts'
import { groups } from './group-loaders.ts'
import { type GroupSort, groupOrders } from './group-orders.ts'

/** What is absent or null does not narrow. */
export type GroupFilter = {
  /** Words in the name or in the full path. */
  search?: Given<string>
  /** The viewer has at least this role there. */
  leastRole?: Given<Role>
  /** Right below the group with this number. */
  parentId?: Given<number>
  /** Somewhere below the group with this number. */
  aboveId?: Given<number>
  topLevelOnly?: Given<boolean>
  ids?: Given<readonly number[]>
  exceptIds?: Given<readonly number[]>
  visibility?: Given<Visibility>
  /** Deleted groups, which only their Owners find, instead of all others. */
  deleted?: Given<boolean>
}

export const groupSearch = (search: Given<string>): Prisma.Sql =>
  searchFor(search, {
    texts: [Prisma.raw(`lower(g.name || ' ' || g.full_path)`)],
    names: [Prisma.raw('lower(g.name) COLLATE "C"'), Prisma.raw('lower(g.path) COLLATE "C"')],
  })

/** The conditions that an index answers. */
const indexed = (viewer: Viewer, { search, leastRole, parentId, aboveId, ids, deleted }: GroupFilter) =>
  Prisma.join(
    [
      groupSearch(search),
      given(deleted ? null : leastRole, (least) => groupsOf(viewer, least)),
      given(ids, (some) => Prisma.sql`g.id = ANY (${some}::int[])`),
      given(parentId, (id) => Prisma.sql`g.parent_id = ${id}`),
      given(aboveId, (id) => Prisma.sql`g.ancestor_ids @> ARRAY[${id}::int] AND g.id <> ${id}`),
    ],
    ' ',
  )

const others = ({ topLevelOnly, visibility, exceptIds }: GroupFilter) => Prisma.sql`
  ${topLevelOnly ? Prisma.sql`AND g.parent_id IS NULL` : Prisma.empty}
  ${given(visibility, (level) => Prisma.sql`g.visibility = ${level}::"Visibility"`)}
  ${given(exceptIds, (some) => Prisma.sql`g.id <> ALL (${some}::int[])`)}`

const selected = (viewer: Viewer, filter: GroupFilter, sort: GroupSort) => ({
  from: narrowed('groups g', indexed(viewer, filter)),
  where: Prisma.sql`true ${filter.deleted ? restorableGroups(viewer) : readableGroups(viewer)} ${others(filter)}`,
  order: groupOrders[sort],
})

/**
 * The role that a list of groups asks for: none for all groups that the viewer may read, and for viewers without a credential, who
 * are members of nothing.
 */
export function leastRoleOf(viewer: Viewer, asked: { all: boolean; owned: boolean }): Role | null {
  if (asked.owned) return role.owner
  return asked.all || isNobody(viewer) ? null : role.guest
}

type Sorted = { sort: GroupSort; plan: Plan }

export const findGroups = (
  context: Context,
  filter: GroupFilter,
  { sort, plan, window }: Sorted & { window: Window },
): Promise<Connection<Group>> =>
  readList(context, { source: groups, plan }, { ...selected(context.viewer, filter, sort), window })

/** A page by number. */
export const numberedGroups = (
  context: Context,
  filter: GroupFilter,
  { sort, page }: { sort: GroupSort; page: PageInput },
): Promise<NumberedPage<Group>> =>
  groups.numberedPage(context, 'numberedPage', selected(context.viewer, filter, sort), page)

// Lists of groups, and the way from a group to the groups above and below it.
import { role } from '../../access/roles.ts'
import type { Viewer } from '../../access/viewer.ts'
import { groupsOf, readableGroups } from '../../access/visibility.ts'
import { notFoundOrForbidden } from '../../foundation/errors.ts'
import { parseNumericId } from '../../foundation/global-id.ts'
import { MAX_PAGE_SIZE } from '../../foundation/limits.ts'
import { Prisma } from '../../generated/prisma/client.ts'
import { assertAtMost } from '../../graphql/bounded-arguments.ts'
import { builder } from '../../graphql/builder.ts'
import { pageTypes } from '../../graphql/page-types.ts'
import { type Given, given } from '../../rows/given.ts'
import { listOf } from '../../rows/list.ts'
import { planBelow } from '../../rows/plan-below.ts'
import { type PageArguments, toWindow } from '../../rows/window.ts'
import { VisibilityLevelsEnum } from './feature-levels-schema.ts'
import { findGroup, findGroupById } from './find-group.ts'
import { findGroups, groupSearch, leastRoleOf } from './find-groups.ts'
import { groups } from './group-loaders.ts'
import { type GroupSort, groupOrders, groupSortOf, groupSorts } from './group-orders.ts'
import { GroupType } from './group-schema.ts'

const groupPageTypes = pageTypes({ type: GroupType, name: 'Group', one: 'A group', many: 'groups' })

const searchDescription =
  'Only groups that have each of these words in their name or their full path, in any letter case. A search without three ' +
  'letters or digits in a row finds the groups whose whole name or path it is.'

const idsDescription = `Only groups with these global IDs, at most ${MAX_PAGE_SIZE}.`

function idsIn(ids: readonly string[] | null | undefined): number[] | undefined {
  assertAtMost('ids', ids, MAX_PAGE_SIZE)
  return ids?.map((id) => parseNumericId(id, 'Group'))
}

builder.queryField('groups', (t) =>
  t.connection(
    {
      type: GroupType,
      nullable: false,
      description: 'The groups that the viewer may read. All arguments narrow the list together.',
      args: {
        search: t.arg.string({ description: searchDescription }),
        topLevelOnly: t.arg.boolean({ description: 'Only groups that are in no other group, if true.' }),
        parentPath: t.arg.id({
          description: 'Only the groups right below the group at this path. An unknown or hidden group is an error.',
        }),
        ownedOnly: t.arg.boolean({ description: 'Only groups in which the viewer is Owner, if true.' }),
        allAvailable: t.arg.boolean({
          defaultValue: true,
          description:
            'If false, only groups in which the viewer has a role. Anonymous viewers get the public groups anyway.',
        }),
        visibilityLevel: t.arg({ type: VisibilityLevelsEnum, description: 'Only groups with this visibility.' }),
        ids: t.arg.idList({ description: idsDescription }),
        active: t.arg.boolean({
          description: 'Only groups that are not deleted. False: none, but with `aimedForDeletion` those that are.',
        }),
        aimedForDeletion: t.arg.boolean({
          description:
            'If true, the deleted groups that the viewer may restore, as their Owner, instead of all others.',
        }),
        sort: t.arg.string({
          description: `The order: \`name_asc\` if absent, or one of ${groupSorts.slice(1).join(', ')}.`,
        }),
      },
      resolve: async (
        _root,
        { parentPath, ids, active, sort, ownedOnly, allAvailable, visibilityLevel, aimedForDeletion, ...args },
        context,
        info,
      ) => {
        const isNone = active != null && active === (aimedForDeletion ?? false)
        const parent = parentPath == null ? null : await findGroup(context, parentPath)
        if (parentPath != null && !parent) throw notFoundOrForbidden()
        const filter = {
          search: args.search,
          ids: isNone ? [] : idsIn(ids),
          topLevelOnly: args.topLevelOnly,
          visibility: visibilityLevel,
          leastRole: leastRoleOf(context.viewer, { all: allAvailable ?? true, owned: ownedOnly ?? false }),
          parentId: parent?.id,
          deleted: aimedForDeletion,
        }
        const order = { sort: groupSortOf(sort), plan: planBelow(info, context), window: toWindow(args) }
        return findGroups(context, filter, order)
      },
    },
    ...groupPageTypes,
  ),
)

/** One row for each group below a group, however deep. */
const below = groups.childrenOf({
  column: 'tree.tree_id',
  from: Prisma.sql`(SELECT id AS tree_id FROM groups) AS tree JOIN groups g
    ON g.ancestor_ids @> ARRAY[tree.tree_id] AND g.id <> tree.tree_id`,
})
const rightBelow = groups.childrenOf({ column: 'g.parent_id' })

const GroupSortEnum = builder.enumType('GroupSort', {
  description: 'Orders of groups. Equal groups are sorted by id, in the same direction.',
  values: {
    NAME_ASC: { value: 'name_asc', description: 'By name.' },
    NAME_DESC: { value: 'name_desc', description: 'By name, backwards.' },
    PATH_ASC: { value: 'path_asc', description: 'By path.' },
    PATH_DESC: { value: 'path_desc', description: 'By path, backwards.' },
    ID_ASC: { value: 'id_asc', description: 'Oldest first.' },
    ID_DESC: { value: 'id_desc', description: 'Newest first.' },
  } as const,
})

type BelowArguments = PageArguments & {
  search?: Given<string>
  ids?: Given<readonly string[]>
  owned?: Given<boolean>
  sort?: Given<GroupSort>
  includeParentDescendants?: Given<boolean>
}

const narrowing = ({ search, ids, owned }: BelowArguments, viewer: Viewer) => Prisma.sql`
  ${groupSearch(search)}
  ${given(idsIn(ids), (some) => Prisma.sql`g.id = ANY (${some}::int[])`)}
  ${owned ? Prisma.sql`AND ${groupsOf(viewer, role.owner)}` : Prisma.empty}`

const listBelow = (children: typeof below) =>
  listOf({
    children,
    select: (args: BelowArguments, { viewer }) => ({
      order: groupOrders[args.sort ?? 'name_asc'],
      where: Prisma.sql`${readableGroups(viewer)} ${narrowing(args, viewer)}`,
    }),
  }).connection

const descendants = listBelow(below)
const subgroups = listBelow(rightBelow)

builder.prismaObjectFields(GroupType, (t) => ({
  parent: t.field({
    type: GroupType,
    description: 'The group above it. Null at the top, and when the viewer may not read that group.',
    reads: ['parentId'],
    resolve: ({ parentId }, _args, context) => (parentId === null ? null : findGroupById(context, parentId)),
  }),
  createdAt: t.expose('createdAt', { type: 'Time', description: 'When it was created here.' }),
  descendantGroups: t.connection(
    {
      type: GroupType,
      nullable: false,
      description: 'The groups below it that the viewer may read.',
      args: {
        ids: t.arg.idList({ description: idsDescription }),
        owned: t.arg.boolean({ description: 'Only groups in which the viewer is Owner, if true.' }),
        sort: t.arg({ type: GroupSortEnum, defaultValue: 'name_asc', description: 'The order.' }),
        search: t.arg.string({ description: searchDescription }),
        includeParentDescendants: t.arg.boolean({
          defaultValue: true,
          description: 'If false, only the groups right below it.',
        }),
      },
      resolve: (group, args, context, info) =>
        (args.includeParentDescendants === false ? subgroups : descendants).resolve(group, args, context, info),
    },
    ...groupPageTypes,
  ),
}))

import type { Viewer } from '../../access/viewer.ts'
import { codeIsReadable, readableProjects, visibleReleases } from '../../access/visibility.ts'
import { Prisma } from '../../generated/prisma/client.ts'
import { builder } from '../../graphql/builder.ts'
import { listOf } from '../../rows/list.ts'
import { wordsOf } from '../../rows/search.ts'
import { type PageArguments, toWindow } from '../../rows/window.ts'
import { GroupType } from '../groups/group-schema.ts'
import { counted, reachOf } from './find-projects.ts'
import { projects } from './project-loaders.ts'
import { projectOrder } from './project-orders.ts'
import { ProjectType } from './project-schema.ts'
import { projectPageTypes, searchDescription } from './projects-schema.ts'
import { projectsFound, type Reach } from './search-projects.ts'

const NamespaceProjectSort = builder.enumType('NamespaceProjectSort', {
  description: 'Orders of the projects of a group. Equal projects are sorted by id, in the same direction.',
  values: {
    SIMILARITY: { value: 'similarity', description: 'Most like `search` first. Without a search the newest first.' },
    ACTIVITY_DESC: { value: 'latest_activity_desc', description: 'Latest `lastActivityAt` first.' },
    PATH_ASC: { value: 'path_asc', description: 'By path.' },
    PATH_DESC: { value: 'path_desc', description: 'By path, backwards.' },
    NAME_ASC: { value: 'name_asc', description: 'By name. Not in GitLab.' },
    NAME_DESC: { value: 'name_desc', description: 'By name, backwards. Not in GitLab.' },
    ID_DESC: { value: 'id_desc', description: 'Newest first. Not in GitLab.' },
    ID_ASC: { value: 'id_asc', description: 'Oldest first. Not in GitLab.' },
  } as const,
})

type Arguments = PageArguments & {
  search?: string | null | undefined
  includeArchived?: boolean | null | undefined
  sort?: typeof NamespaceProjectSort.$inferType | null | undefined
}

type Place = 'groupId' | 'treeId'

/** A search reads by its index what it finds in a group, with the group's id as `tree.tree_id`. */
function searchIn(viewer: Viewer, place: Place, { search, includeArchived }: Arguments) {
  const words = wordsOf(search)
  const archived = includeArchived === false ? false : null
  if (!words) return null
  return (reach: Reach) => (id: Prisma.Sql) =>
    Prisma.sql`${projectsFound({ viewer, filter: { [place]: id, archived }, words, reach })} CROSS JOIN (SELECT ${id} AS tree_id) AS tree`
}

function listIn(place: Place, parent: Parameters<typeof projects.childrenOf>[0]) {
  const children = projects.childrenOf(parent)
  const readable = (viewer: Viewer, { includeArchived }: Arguments) =>
    Prisma.sql`${readableProjects(viewer)} ${includeArchived === false ? Prisma.sql`AND NOT p.archived` : Prisma.empty}`
  return listOf({
    children,
    select: (args: Arguments, { viewer }) => {
      const sort = args.sort ?? 'id_desc'
      const order = projectOrder(sort, args.search)
      const readsAlong = Prisma.sql`(true ${visibleReleases(viewer)} AND ${codeIsReadable(viewer)})`
      const found = searchIn(viewer, place, args)
      return found
        ? { order, readsAlong, from: found(reachOf(toWindow(args), sort, order)) }
        : { order, readsAlong, where: readable(viewer, args) }
    },
    count: (context, group: { id: number }, args) => {
      const found = searchIn(context.viewer, place, args)
      return children.count(
        context,
        group.id,
        found ? { from: found(counted) } : { where: readable(context.viewer, args) },
      )
    },
  }).connection
}

const inGroup = listIn('groupId', { column: 'p.group_id' })

/** One row for each project of a group and of the groups below it. */
const inTree = listIn('treeId', {
  column: 'tree.tree_id',
  from: Prisma.sql`(SELECT id AS tree_id FROM groups) AS tree JOIN projects p ON p.ancestor_ids @> ARRAY[tree.tree_id]`,
})

builder.prismaObjectField(GroupType, 'projects', (t) =>
  t.connection(
    {
      type: ProjectType,
      nullable: false,
      description: 'The projects of the group that the viewer may read.',
      args: {
        includeSubgroups: t.arg.boolean({
          defaultValue: false,
          description: 'Whether the projects of the groups below it are in the list.',
        }),
        includeArchived: t.arg.boolean({
          defaultValue: true,
          description: 'Whether archived projects are in the list.',
        }),
        search: t.arg.string({ description: searchDescription }),
        sort: t.arg({ type: NamespaceProjectSort, description: 'The order: `ID_DESC` if absent.' }),
      },
      resolve: (group, args, context, info) =>
        (args.includeSubgroups ? inTree : inGroup).resolve(group, args, context, info),
    },
    ...projectPageTypes,
  ),
)

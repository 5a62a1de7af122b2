import type { Viewer } from '../../access/viewer.ts'
import { codeIsReadable, readableProjects, visibleReleases } from '../../access/visibility.ts'
import { parseNumericId } from '../../foundation/global-id.ts'
import { MAX_PAGE_SIZE } from '../../foundation/limits.ts'
import { Prisma } from '../../generated/prisma/client.ts'
import { assertAtMost } from '../../graphql/bounded-arguments.ts'
import { builder } from '../../graphql/builder.ts'
import { type Given, given } from '../../rows/given.ts'
import { listOf } from '../../rows/list.ts'
import { wordsOf } from '../../rows/search.ts'
import { type PageArguments, toWindow } from '../../rows/window.ts'
import { GroupType } from '../groups/group-schema.ts'
import { counted, projectSearch, reachOf } from './find-projects.ts'
import { hasFeatures } from './project-filter.ts'
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
  search?: Given<string>
  ids?: Given<readonly string[]>
  includeArchived?: Given<boolean>
  withIssuesEnabled?: Given<boolean>
  withMergeRequestsEnabled?: Given<boolean>
  sort?: Given<typeof NamespaceProjectSort.$inferType>
}

type Place = 'groupId' | 'treeId'

const filterOf = ({ includeArchived, withIssuesEnabled, withMergeRequestsEnabled }: Arguments) => ({
  archived: includeArchived === false ? false : null,
  issues: withIssuesEnabled,
  mergeRequests: withMergeRequestsEnabled,
})

/** `AND ...`: the projects `p` that the viewer may read and the arguments ask for, but for the words of a search. */
function readable(viewer: Viewer, args: Arguments): Prisma.Sql {
  const filter = filterOf(args)
  return Prisma.sql`${readableProjects(viewer)} ${given(filter.archived, (is) => Prisma.sql`p.archived = ${is}`)} ${hasFeatures(filter)}`
}

type Found = (reach: Reach) => (id: Prisma.Sql) => Prisma.Sql

const inPlace = {
  groupId: (id: Prisma.Sql) => Prisma.sql`p.group_id = ${id}`,
  treeId: (id: Prisma.Sql) => Prisma.sql`p.ancestor_ids @> ARRAY[${id}]`,
}

/** Few projects are read by their ids, and then those that are in the group. */
function chosenIn(viewer: Viewer, place: Place, args: Arguments): Found | null {
  assertAtMost('ids', args.ids, MAX_PAGE_SIZE)
  const ids = args.ids?.map((id) => parseNumericId(id, 'Project'))
  if (!ids) return null
  const rest = Prisma.sql`${readable(viewer, args)} ${projectSearch(args.search)}`
  return () => (id) =>
    Prisma.sql`(
    SELECT p.* FROM projects p WHERE p.id = ANY (${ids}::int[]) AND ${inPlace[place](id)} ${rest} OFFSET 0) AS p`
}

/** A search reads by its index what it finds in a group. */
function searchIn(viewer: Viewer, place: Place, args: Arguments): Found | null {
  const words = wordsOf(args.search)
  if (!words) return null
  return (reach) => (id) => projectsFound({ viewer, filter: { [place]: id, ...filterOf(args) }, words, reach })
}

/** The group's id is `tree.tree_id`. */
function foundIn(viewer: Viewer, place: Place, args: Arguments): Found | null {
  const found = chosenIn(viewer, place, args) ?? searchIn(viewer, place, args)
  return found && ((reach) => (id) => Prisma.sql`${found(reach)(id)} CROSS JOIN (SELECT ${id} AS tree_id) AS tree`)
}

function listIn(place: Place, parent: Parameters<typeof projects.childrenOf>[0]) {
  const children = projects.childrenOf(parent)
  return listOf({
    children,
    select: (args: Arguments, { viewer }) => {
      const sort = args.sort ?? 'id_desc'
      const order = projectOrder(sort, args.search)
      const readsAlong = Prisma.sql`(true ${visibleReleases(viewer)} AND ${codeIsReadable(viewer)})`
      const found = foundIn(viewer, place, args)
      return found
        ? { order, readsAlong, from: found(reachOf(toWindow(args), sort, order)) }
        : { order, readsAlong, where: readable(viewer, args) }
    },
    count: (context, group: { id: number }, args) => {
      const found = foundIn(context.viewer, place, args)
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
        includeSiblingProjects: t.arg.boolean({
          defaultValue: false,
          description: 'Changes nothing, as in GitLab: it is about the namespace of a single project.',
        }),
        notAimedForDeletion: t.arg.boolean({
          defaultValue: false,
          description: 'Changes nothing: deleted projects are never in the list.',
        }),
        ids: t.arg.idList({ description: `Only projects with these global IDs, at most ${MAX_PAGE_SIZE}.` }),
        withIssuesEnabled: t.arg.boolean({ description: 'Only projects that have issues, or that have none.' }),
        withMergeRequestsEnabled: t.arg.boolean({
          description: 'Only projects that have merge requests, or that have none.',
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

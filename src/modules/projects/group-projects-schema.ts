import { codeIsReadable, readableProjects, visibleReleases } from '../../access/visibility.ts'
import { Prisma } from '../../generated/prisma/client.ts'
import { builder } from '../../graphql/builder.ts'
import { listOf } from '../../rows/list.ts'
import type { PageArguments } from '../../rows/window.ts'
import { GroupType } from '../groups/group-schema.ts'
import { projectSearch } from './find-projects.ts'
import { projects } from './project-loaders.ts'
import { projectOrder } from './project-orders.ts'
import { ProjectType } from './project-schema.ts'
import { projectPageTypes, searchDescription } from './projects-schema.ts'

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

const listIn = (parent: Parameters<typeof projects.childrenOf>[0]) =>
  listOf({
    children: projects.childrenOf(parent),
    select: ({ sort, search, includeArchived }: Arguments, { viewer }) => ({
      order: projectOrder(sort ?? 'id_desc', search),
      readsAlong: Prisma.sql`(true ${visibleReleases(viewer)} AND ${codeIsReadable(viewer)})`,
      where: Prisma.sql`${readableProjects(viewer)}
        ${projectSearch(search)} ${includeArchived === false ? Prisma.sql`AND NOT p.archived` : Prisma.empty}`,
    }),
  }).connection

const inGroup = listIn({ column: 'p.group_id' })

/** One row for each project of a group and of the groups below it. */
const inTree = listIn({
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

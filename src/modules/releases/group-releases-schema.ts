import { readsGroupReleases } from '../../access/visibility.ts'
import type { Group } from '../../generated/prisma/client.ts'
import { builder } from '../../graphql/builder.ts'
import { listOf } from '../../rows/list.ts'
import type { PageArguments } from '../../rows/window.ts'
import { filterReleasesOfGroups, filtersIn, isFiltered, type ReleaseFilters } from './release-filters.ts'
import { filterArguments } from './release-filters-schema.ts'
import { releasesOfGroup } from './release-loaders.ts'
import { groupOrders } from './release-orders.ts'
import { ReleaseType, releasePageTypes } from './release-schema.ts'

export const GroupReleaseSort = builder.enumType('GroupReleaseSort', {
  description:
    'Orders of the releases of a group. Releases with the same date are sorted by id, in the same direction.',
  values: {
    RELEASED_AT_DESC: { description: 'Latest `releasedAt` first.' },
    RELEASED_AT_ASC: { description: 'Earliest `releasedAt` first.' },
  },
})

/** The database keeps these counters for a group and all groups below it. */
const GroupReleaseStats = builder.objectRef<Group>('GroupReleaseStats').implement({
  description: 'How much is published in all projects of a group and of the groups below it.',
  access: 'public',
  fields: (t) => ({
    releasesCount: t.exposeInt('releasesCount', { description: 'Number of releases.' }),
    releasesPercentage: t.int({
      description:
        'Projects with at least one release, in percent of all projects. A half is rounded up. 0 without projects.',
      resolve: ({ releasedProjectsCount, projectsCount }) =>
        projectsCount === 0 ? 0 : Math.round((releasedProjectsCount / projectsCount) * 100),
    }),
  }),
})

const GroupStats = builder.objectRef<Group>('GroupStats').implement({
  description: 'Figures of a group.',
  access: 'public',
  fields: (t) => ({
    releaseStats: t.field({
      type: GroupReleaseStats,
      description: 'Figures of its releases. Null for viewers who are not members of the group.',
      resolve: (group, _args, { viewer }) => (readsGroupReleases(viewer, group) ? group : null),
    }),
  }),
})

type GroupReleasesArguments = PageArguments & ReleaseFilters & { sort?: keyof typeof groupOrders | null | undefined }

const releases = listOf({
  children: releasesOfGroup,
  select: ({ sort, ...args }: GroupReleasesArguments, { viewer }) => ({
    order: groupOrders[sort ?? 'RELEASED_AT_DESC'],
    ...filterReleasesOfGroups(filtersIn(args), viewer),
  }),
  count(context, group: Group, args) {
    if (!readsGroupReleases(context.viewer, group)) return 0
    const filters = filtersIn(args)
    return isFiltered(filters)
      ? releasesOfGroup.count(context, group.id, filterReleasesOfGroups(filters, context.viewer))
      : group.releasesCount
  },
})

builder.prismaObjectFields('Group', (t) => ({
  releases: t.connection(
    {
      type: ReleaseType,
      description:
        'The releases of all projects of the group and of the groups below it. Empty for viewers who are not members of ' +
        'the group, even if the group is public.',
      args: {
        sort: t.arg({ type: GroupReleaseSort, defaultValue: 'RELEASED_AT_DESC', description: 'The order.' }),
        ...filterArguments('group'),
      },
      ...releases.connection,
    },
    ...releasePageTypes,
  ),
  stats: t.field({ type: GroupStats, description: 'Figures of the group.', resolve: (group) => group }),
  releaseStats: t.field({
    type: GroupReleaseStats,
    description: 'The same as `stats.releaseStats`. Not in GitLab.',
    resolve: (group, _args, { viewer }) => (readsGroupReleases(viewer, group) ? group : null),
  }),
}))

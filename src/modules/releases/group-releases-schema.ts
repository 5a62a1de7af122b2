import { readsGroupReleases } from '../../access/visibility.ts'
import type { Group } from '../../generated/prisma/client.ts'
import { builder } from '../../graphql/builder.ts'
import { listOf } from '../../rows/list.ts'
import type { PageArguments } from '../../rows/window.ts'
import { releasesOfGroup } from './release-loaders.ts'
import { groupOrders } from './release-orders.ts'
import { ReleaseConnection, ReleaseEdge, ReleaseType } from './release-schema.ts'

export const GroupReleaseSort = builder.enumType('GroupReleaseSort', {
  description: 'Orders of the releases of a group. Among equals ids go in the direction of the sort.',
  values: {
    RELEASED_AT_DESC: { description: 'Latest `releasedAt` first.' },
    RELEASED_AT_ASC: { description: 'Earliest `releasedAt` first.' },
  },
})

/** Counters that the database keeps over the whole subtree. */
const GroupReleaseStats = builder.objectRef<Group>('GroupReleaseStats').implement({
  description: 'How much a group publishes, over all projects of it and of the groups below it.',
  access: 'public',
  fields: (t) => ({
    releasesCount: t.exposeInt('releasesCount', { description: 'Number of releases.' }),
    releasesPercentage: t.int({
      description:
        'Projects with at least one release, in percent of all projects, rounded half up; 0 without projects.',
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
      description: 'Figures of its releases; null for viewers who are no members of the group.',
      resolve: (group, _args, { viewer }) => (readsGroupReleases(viewer, group) ? group : null),
    }),
  }),
})

type GroupReleasesArguments = PageArguments & { sort?: keyof typeof groupOrders | null | undefined }

const releases = listOf({
  children: releasesOfGroup,
  select: ({ sort }: GroupReleasesArguments) => ({ order: groupOrders[sort ?? 'RELEASED_AT_DESC'] }),
  count: ({ viewer }, group: Group) => (readsGroupReleases(viewer, group) ? group.releasesCount : 0),
})

builder.prismaObjectFields('Group', (t) => ({
  releases: t.connection(
    {
      type: ReleaseType,
      description:
        'The releases of all projects of the group and of the groups below it; empty for viewers who are no members of ' +
        'the group, public ones included.',
      args: { sort: t.arg({ type: GroupReleaseSort, defaultValue: 'RELEASED_AT_DESC', description: 'The order.' }) },
      ...releases.connection,
    },
    ReleaseConnection,
    ReleaseEdge,
  ),
  stats: t.field({ type: GroupStats, description: 'Figures of the group.', resolve: (group) => group }),
  releaseStats: t.field({
    type: GroupReleaseStats,
    description: 'The same as `stats.releaseStats`. Not in GitLab.',
    resolve: (group, _args, { viewer }) => (readsGroupReleases(viewer, group) ? group : null),
  }),
}))

import { can } from '../../access/abilities.ts'
import type { Project } from '../../generated/prisma/client.ts'
import { builder } from '../../graphql/builder.ts'
import { listOf } from '../../rows/list.ts'
import { emptyConnection } from '../../rows/page.ts'
import { planBelow } from '../../rows/plan-below.ts'
import type { PageArguments } from '../../rows/window.ts'
import { ProjectType } from '../projects/project-schema.ts'
import { latestRelease } from './latest-release.ts'
import { filterReleases, filtersIn, isFiltered, type ReleaseFilters, readsCode } from './release-filters.ts'
import { filterArguments } from './release-filters-schema.ts'
import { findReleaseByTag, releaseOfTagChild, releasesOfProject } from './release-loaders.ts'
import { projectOrders, semverOrders } from './release-orders.ts'
import { ReleaseType, releasePageTypes } from './release-schema.ts'

export const ReleaseSort = builder.enumType('ReleaseSort', {
  description: 'Orders of releases. Among releases with the same date the newest id comes first.',
  values: {
    RELEASED_AT_DESC: { description: 'Latest `releasedAt` first.' },
    RELEASED_AT_ASC: { description: 'Earliest `releasedAt` first.' },
    CREATED_DESC: { description: 'Latest `createdAt` first.' },
    CREATED_ASC: { description: 'Earliest `createdAt` first.' },
  },
})

export const ReleaseSemverSort = builder.enumType('ReleaseSemverSort', {
  description:
    'Orders of releases by the SemVer 2.0.0 version in their tag (`v1.10.0`, `app-1.2.3`, `1.0.0-rc.2`). Tags without a ' +
    'version come last in both. Not in GitLab.',
  values: {
    SEMVER_DESC: { description: 'Highest version first.' },
    SEMVER_ASC: { description: 'Lowest version first.' },
  },
})

const ReleaseLatestOrder = builder.enumType('ReleaseLatestOrder', {
  description: 'What makes a release the latest. Not in GitLab.',
  values: {
    RELEASED_AT: { description: 'The latest `releasedAt`. Among releases with the same date the newest id.' },
    SEMVER: { description: 'The highest SemVer version. Tags without a version do not count.' },
  },
})

type ReleasesArguments = PageArguments &
  ReleaseFilters & {
    sort?: keyof typeof projectOrders | null | undefined
    semverSort?: keyof typeof semverOrders | null | undefined
  }

const releases = listOf({
  children: releasesOfProject,
  select: ({ sort, semverSort, ...args }: ReleasesArguments, { viewer }, project) => ({
    order: semverSort ? semverOrders[semverSort] : projectOrders[sort ?? 'RELEASED_AT_DESC'],
    ...filterReleases(filtersIn(args), project === null || readsCode(viewer, project)),
  }),
  extra: (project: Project) => ({ project }),
  // Without a filter, the counter of the project says it.
  count: (context, project, args) => {
    const filters = filtersIn(args)
    if (!isFiltered(filters)) return project.releasesCount
    return releasesOfProject.count(context, project.id, filterReleases(filters, readsCode(context.viewer, project)))
  },
})

builder.prismaObjectFields(ProjectType, (t) => ({
  release: t.field({
    type: ReleaseType,
    kept: true,
    access: { needs: 'code:read', otherwise: null },
    description: 'The release with exactly this tag. Null when there is none, and when the viewer may not read it.',
    args: { tagName: t.arg.string({ required: true, description: 'The tag. Upper and lower case differ.' }) },
    child: ({ tagName }: { tagName: string }, plan) => releaseOfTagChild(tagName, plan),
    resolve: (project, { tagName }, context, info) =>
      can(context.viewer, 'release:read', project)
        ? findReleaseByTag(context, project, tagName, () => planBelow(info, context))
        : null,
  }),
  releases: t.connection(
    {
      type: ReleaseType,
      kept: true,
      access: { needs: 'release:read', otherwise: emptyConnection, instead: 'an empty connection' },
      description: 'The releases, including upcoming ones.',
      args: {
        sort: t.arg({ type: ReleaseSort, defaultValue: 'RELEASED_AT_DESC', description: 'The order.' }),
        semverSort: t.arg({
          type: ReleaseSemverSort,
          access: { needs: 'code:read' },
          description: 'Order by version instead of `sort`. Needs `code:read`, because it reveals tags. Not in GitLab.',
        }),
        ...filterArguments('project'),
      },
      ...releases.connection,
    },
    ...releasePageTypes,
  ),
  latestRelease: t.field({
    type: ReleaseType,
    access: { needs: 'release:read', otherwise: null },
    description: 'The latest release; null when there is none. Not in GitLab.',
    args: {
      orderBy: t.arg({
        type: ReleaseLatestOrder,
        defaultValue: 'RELEASED_AT',
        access: { needs: 'code:read', when: (order) => order === 'SEMVER' },
        description: 'What makes a release the latest. `SEMVER` needs `code:read`.',
      }),
      includePrereleases: t.arg.boolean({
        defaultValue: true,
        access: { needs: 'code:read', when: (included) => included === false },
        description: 'Whether versions such as `1.0.0-rc.1` count. `false` needs `code:read`.',
      }),
      includeUpcoming: t.arg.boolean({
        defaultValue: true,
        description: 'Whether upcoming releases count.',
      }),
      stable: t.arg.boolean({
        defaultValue: false,
        description:
          'The release that a person marked as the latest (`makeLatest`), or else the highest stable version. Neither is ' +
          'upcoming, and no other argument counts. Without `code:read` only the marked release, or null.',
      }),
    },
    resolve: (project, args, context) => latestRelease(context, project, args),
  }),
}))

import { visibleReleases } from '../../access/visibility.ts'
import { builder } from '../../graphql/builder.ts'
import { listOf } from '../../rows/list.ts'
import { releasesOfMilestone } from './release-loaders.ts'
import { milestoneOrder } from './release-orders.ts'
import { ReleaseType, releasePageTypes } from './release-schema.ts'

const releases = listOf({
  children: releasesOfMilestone,
  select: (_args, { viewer }) => ({ order: milestoneOrder, where: visibleReleases(viewer) }),
})

builder.prismaObjectField('Milestone', 'releases', (t) =>
  t.connection(
    {
      type: ReleaseType,
      description: 'The releases of the milestone that the viewer may read, the newest first.',
      resolve: releases.connection.resolve,
    },
    ...releasePageTypes,
  ),
)

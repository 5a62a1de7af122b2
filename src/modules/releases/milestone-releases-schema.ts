import { builder } from '../../graphql/builder.ts'
import { connection } from '../../rows/page.ts'
import { planBelow } from '../../rows/plan-below.ts'
import { toWindow } from '../../rows/window.ts'
import { countOfMilestone, releasesOfMilestone } from './release-loaders.ts'
import { ReleaseType, releasePageTypes } from './release-schema.ts'

builder.prismaObjectField('Milestone', 'releases', (t) =>
  t.connection(
    {
      type: ReleaseType,
      description: 'The releases of the milestone that the viewer may read, the newest first.',
      resolve: (milestone, args, context, info) =>
        connection(
          releasesOfMilestone(context, milestone.id, { window: toWindow(args) }, () => planBelow(info, context)),
          () => countOfMilestone(context, milestone.id),
        ),
    },
    ...releasePageTypes,
  ),
)

import { builder } from '../../builder.ts'
import { connection } from '../../connections/page.ts'
import { toWindow } from '../../connections/window.ts'
import { ReleaseConnection, ReleaseEdge } from './release-connection-schema.ts'
import { countOfMilestone, releasesOfMilestone } from './release-loaders.ts'
import { ReleaseType } from './release-schema.ts'

builder.prismaObjectField('Milestone', 'releases', (t) =>
  t.connection(
    {
      type: ReleaseType,
      description: 'The releases that belong to it and that the viewer may read, the newest first.',
      resolve: async (milestone, args, context) =>
        connection(await releasesOfMilestone(context, milestone.id, toWindow(args)), () =>
          countOfMilestone(context).load(milestone.id),
        ),
    },
    ReleaseConnection,
    ReleaseEdge,
  ),
)

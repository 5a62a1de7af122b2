import { builder } from '../../graphql/builder.ts'
import { connection } from '../../rows/page.ts'
import { toWindow } from '../../rows/window.ts'
import { ReleaseConnection, ReleaseEdge, releaseLookAhead } from './release-connection-schema.ts'
import { countOfMilestone, releasesOfMilestone } from './release-loaders.ts'
import { ReleaseType } from './release-schema.ts'

builder.prismaObjectField('Milestone', 'releases', (t) =>
  t.connection(
    {
      type: ReleaseType,
      description: 'The releases that belong to it and that the viewer may read, the newest first.',
      resolve: async (milestone, args, context, info) => {
        const page = { window: toWindow(args), wants: releaseLookAhead(info, context) }
        return connection(await releasesOfMilestone(context, milestone.id, page), () =>
          countOfMilestone(context).load(milestone.id),
        )
      },
    },
    ReleaseConnection,
    ReleaseEdge,
  ),
)

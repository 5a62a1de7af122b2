import { builder } from '../../graphql/builder.ts'
import { ReleaseType } from '../releases/release-schema.ts'
import { watchReleases } from './watch-releases.ts'

builder.subscriptionType({
  description:
    'What can be listened to, as server-sent events. A subscription ends with an error when its token or its access is gone, ' +
    'and when more than 100 releases wait to be sent. Then read the releases, and subscribe again. An account may have 100 ' +
    'subscriptions open at a time, and so may an address from which requests without an account come. Not in GitLab.',
})

const projectPath = { required: true, description: 'Full path of the project.' } as const

builder.subscriptionFields((t) => ({
  releasePublished: t.field({
    type: ReleaseType,
    description:
      'Each release that is created in the project, at the moment when it is created. An upcoming release is sent again when ' +
      'its date has come (`upcomingRelease` tells which). Needs `release:read`.',
    args: { projectPath: t.arg.id(projectPath) },
    subscribe: (_root, args, context) => watchReleases(context, { ...args, kind: 'created' }),
    resolve: ({ release }) => release,
  }),
  releaseUpdated: t.field({
    type: ReleaseType,
    description:
      'Each release of the project that changes, or whose links, evidence or milestones change, as it is at that moment. ' +
      'Changes that follow each other closely may be sent as one. Needs `release:read`.',
    args: { projectPath: t.arg.id(projectPath) },
    subscribe: (_root, args, context) => watchReleases(context, { ...args, kind: 'updated' }),
    resolve: ({ release }) => release,
  }),
}))

import { builder } from '../../graphql/builder.ts'
import { ReleaseType } from '../releases/release-schema.ts'
import { watchReleases } from './watch-releases.ts'

builder.subscriptionType({
  description:
    'What can be listened to, as server-sent events. A subscription ends with an error when its token or its access is gone, ' +
    'and when more than 100 releases wait to be sent: read the releases then, and subscribe again. An account, or an address ' +
    'without one, may have 100 open at a time. Not in GitLab.',
})

const projectPath = { required: true, description: 'Full path of the project.' } as const

builder.subscriptionFields((t) => ({
  releasePublished: t.field({
    type: ReleaseType,
    description:
      'Each release that is created in the project, when it is created: one dated in the future, too, and not again at its ' +
      'date. Needs `release:read`.',
    args: { projectPath: t.arg.id(projectPath) },
    subscribe: (_root, args, context) => watchReleases(context, { ...args, kind: 'created' }),
    resolve: ({ release }) => release,
  }),
  releaseUpdated: t.field({
    type: ReleaseType,
    description:
      'Each release of the project that changes, or whose links, evidence or milestones do, as it is by then: changes that ' +
      'follow one another closely may be told as one. Needs `release:read`.',
    args: { projectPath: t.arg.id(projectPath) },
    subscribe: (_root, args, context) => watchReleases(context, { ...args, kind: 'updated' }),
    resolve: ({ release }) => release,
  }),
}))

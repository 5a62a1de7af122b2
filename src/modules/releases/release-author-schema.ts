import { builder } from '../../graphql/builder.ts'
import { UserCore } from '../users/user-schema.ts'
import { authorChild, authorOf } from './author-loader.ts'
import { ReleaseType } from './release-schema.ts'

builder.prismaObjectFields(ReleaseType, (t) => ({
  author: t.field({
    type: UserCore,
    kept: true,
    access: 'public',
    description: 'Who created the release. Null when the account is gone.',
    child: (_args, plan) => authorChild(plan),
    reads: ['authorId'],
    resolve: (release, _args, context) => authorOf(context, release),
  }),
}))

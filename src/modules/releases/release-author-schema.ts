import type { Release } from '../../generated/prisma/client.ts'
import { builder } from '../../graphql/builder.ts'
import { reads } from '../../rows/prefetch.ts'
import { UserCore } from '../users/user-schema.ts'
import { authorOf, prefetchAuthor } from './author-loader.ts'
import { ReleaseType } from './release-schema.ts'

builder.prismaObjectFields(ReleaseType, (t) => ({
  author: t.field({
    type: UserCore,
    kept: true,
    access: 'public',
    description: 'Who created the release; null when the account is gone.',
    extensions: { prefetch: prefetchAuthor, ...reads<Release>('authorId') },
    resolve: (release, _args, context) => authorOf(context, release),
  }),
}))

import { builder } from '../../builder.ts'
import { userById } from '../users/user-loaders.ts'
import { UserCore } from '../users/user-schema.ts'
import { ReleaseType } from './release-schema.ts'

builder.prismaObjectFields(ReleaseType, (t) => ({
  author: t.field({
    type: UserCore,
    access: 'public',
    description: 'Who created the release; null when the account is gone.',
    resolve: ({ authorId }, _args, context) => (authorId === null ? null : userById(context).load(authorId)),
  }),
}))

import type { User } from '../../generated/prisma/client.ts'
import { builder } from '../../graphql/builder.ts'
import { attempt, clientMutationIdOptions, MutationPayload, type Payload } from '../../graphql/mutation.ts'
import { updateUser } from './update-user.ts'
import { UserCore } from './user-schema.ts'

const UserUpdateInput = builder.inputType('UserUpdateInput', {
  description: 'Changes of an account; what is absent stays.',
  fields: (t) => ({
    clientMutationId: t.string(clientMutationIdOptions),
    username: t.string({ description: "Whose account, for administrators; without it the viewer's own." }),
    avatarUrl: t.string({
      description:
        'http(s) URL of the picture, or null for none. From then on tokens of issuers (their claim `picture`) do not change it.',
    }),
  }),
})

const UserUpdatePayload = builder.objectRef<Payload & { user: User | null }>('UserUpdatePayload').implement({
  description: 'The account that was changed.',
  access: 'public',
  interfaces: [MutationPayload],
  fields: (t) => ({
    user: t.expose('user', { type: UserCore, nullable: true, description: 'The account; null with errors.' }),
  }),
})

builder.mutationField('userUpdate', (t) =>
  t.field({
    type: UserUpdatePayload,
    nullable: true,
    ability: 'account/user:update',
    description: "Change the viewer's own account, or for administrators anybody's. Not in GitLab under this name.",
    args: { input: t.arg({ type: UserUpdateInput, required: true, description: 'The changes.' }) },
    resolve: (_root, { input }, context) =>
      attempt(context, input, { user: null }, async () => ({
        user: await updateUser(context, { username: input.username ?? undefined, avatarUrl: input.avatarUrl }),
      })),
  }),
)

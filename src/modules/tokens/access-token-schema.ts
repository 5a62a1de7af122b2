import { isAccount } from '../../access/viewer.ts'
import { builder } from '../../graphql/builder.ts'
import { attempt, clientMutationIdOptions, MutationPayload, type Payload } from '../../graphql/mutation.ts'
import { arrayConnection } from '../../rows/array-page.ts'
import { emptyConnection } from '../../rows/page.ts'
import { UserCore } from '../users/user-schema.ts'
import { type AccessTokenRow, createAccessToken, listAccessTokens, revokeAccessToken } from './access-tokens.ts'

const AccessTokenScope = builder.enumType('AccessTokenScope', {
  description: 'What a token allows its bearer. Not in GitLab.',
  values: {
    READ_API: { value: 'read_api', description: 'To read what its owner may read.' },
    API: { value: 'api', description: 'To do what its owner may do.' },
  } as const,
})

// Public, because nothing leads here but the owner's own list and the mutations.
const AccessTokenType = builder.objectRef<AccessTokenRow>('AccessToken').implement({
  description: 'A credential of an account, without the token itself. Not in GitLab under this name.',
  access: 'public',
  fields: (t) => ({
    id: t.field({ type: 'AccessTokenID', nullable: false, description: 'Global ID.', resolve: ({ id }) => id }),
    name: t.exposeString('name', { nullable: false, description: 'What it is for.' }),
    scopes: t.expose('scopes', { type: [AccessTokenScope], nullable: false, description: 'What it allows.' }),
    expiresAt: t.expose('expiresAt', { type: 'Time', description: 'When it ends; null: when it is revoked.' }),
    revokedAt: t.expose('revokedAt', { type: 'Time', description: 'When it was revoked; null when it was not.' }),
    createdAt: t.expose('createdAt', { type: 'Time', nullable: false, description: 'When it was made.' }),
  }),
})

const AccessTokenEdge = builder.edgeObject({
  type: AccessTokenType,
  name: 'AccessTokenEdge',
  description: 'An access token in a page.',
})

builder.prismaObjectField(UserCore, 'accessTokens', (t) =>
  t.connection(
    {
      type: AccessTokenType,
      description: 'Its access tokens that still work, the newest first; empty for everybody else. Not in GitLab.',
      resolve: async ({ id }, args, { viewer }) =>
        isAccount(viewer) && viewer.user?.id === id
          ? arrayConnection(await listAccessTokens(id), args)
          : emptyConnection(),
    },
    { name: 'AccessTokenConnection', description: 'A page of access tokens.' },
    AccessTokenEdge,
  ),
)

const AccessTokenCreateInput = builder.inputType('AccessTokenCreateInput', {
  description: "A new access token of the viewer's account.",
  fields: (t) => ({
    clientMutationId: t.string(clientMutationIdOptions),
    name: t.string({ required: true, description: 'What it is for.' }),
    scopes: t.field({ type: [AccessTokenScope], required: true, description: 'What it allows; at least one.' }),
    expiresAt: t.field({ type: 'Time', description: 'When it ends; absent or null: when it is revoked.' }),
  }),
})

const AccessTokenRevokeInput = builder.inputType('AccessTokenRevokeInput', {
  description: 'Which access token to revoke.',
  fields: (t) => ({
    clientMutationId: t.string(clientMutationIdOptions),
    id: t.field({ type: 'AccessTokenID', required: true, description: 'Global ID of the token.' }),
  }),
})

type Created = Payload & { token: string | null; accessToken: AccessTokenRow | null }

const AccessTokenCreatePayload = builder.objectRef<Created>('AccessTokenCreatePayload').implement({
  description: 'The access token that was made.',
  access: 'public',
  interfaces: [MutationPayload],
  fields: (t) => ({
    token: t.exposeString('token', {
      description: 'The token itself, shown this once: send it as `PRIVATE-TOKEN`. Null with errors.',
    }),
    accessToken: t.expose('accessToken', {
      type: AccessTokenType,
      nullable: true,
      description: 'What is kept of it; null with errors.',
    }),
  }),
})

const AccessTokenRevokePayload = builder
  .objectRef<Payload & { accessToken: AccessTokenRow | null }>('AccessTokenRevokePayload')
  .implement({
    description: 'The access token that was revoked.',
    access: 'public',
    interfaces: [MutationPayload],
    fields: (t) => ({
      accessToken: t.expose('accessToken', {
        type: AccessTokenType,
        nullable: true,
        description: 'The token; null with errors.',
      }),
    }),
  })

builder.mutationFields((t) => ({
  accessTokenCreate: t.field({
    type: AccessTokenCreatePayload,
    nullable: true,
    ability: 'account/access-token:create',
    description:
      "Make an access token of the viewer's own account. For who is signed in with an access token: a JSON Web Token " +
      'makes none (`FORBIDDEN`). Not in GitLab under this name.',
    args: { input: t.arg({ type: AccessTokenCreateInput, required: true, description: 'The token.' }) },
    resolve: (_root, { input }, context) =>
      attempt(context, input, { token: null, accessToken: null }, () => {
        const { name, scopes, expiresAt } = input
        return createAccessToken(context, { name, scopes, expiresAt })
      }),
  }),
  accessTokenRevoke: t.field({
    type: AccessTokenRevokePayload,
    nullable: true,
    ability: 'account/access-token:revoke',
    description:
      "Revoke an access token: one's own, or for administrators anybody's. May be repeated. Not in GitLab under this name.",
    args: { input: t.arg({ type: AccessTokenRevokeInput, required: true, description: 'Which one.' }) },
    resolve: (_root, { input }, context) =>
      attempt(context, input, { accessToken: null }, async () => ({
        accessToken: await revokeAccessToken(context, input),
      })),
  }),
}))

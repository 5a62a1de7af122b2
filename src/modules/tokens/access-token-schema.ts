import { isAccount } from '../../access/viewer.ts'
import { builder } from '../../graphql/builder.ts'
import { mutation } from '../../graphql/mutation.ts'
import { pageTypes } from '../../graphql/page-types.ts'
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

const accessTokenPageTypes = pageTypes({
  type: AccessTokenType,
  name: 'AccessToken',
  one: 'An access token',
  many: 'access tokens',
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
    ...accessTokenPageTypes,
  ),
)

mutation('accessTokenCreate', {
  ability: 'account/access-token:create',
  description:
    "Make an access token of the viewer's own account. For who is signed in with an access token: a JSON Web Token " +
    'makes none (`FORBIDDEN`). Not in GitLab under this name.',
  input: (t) => ({
    name: t.string({ required: true, description: 'What it is for.' }),
    scopes: t.field({ type: [AccessTokenScope], required: true, description: 'What it allows; at least one.' }),
    expiresAt: t.field({ type: 'Time', description: 'When it ends; absent or null: when it is revoked.' }),
  }),
  payload: {
    token: {
      type: 'String',
      description: 'The token itself, shown this once: send it as `PRIVATE-TOKEN`. Null with errors.',
    },
    accessToken: { type: AccessTokenType, description: 'What is kept of it; null with errors.' },
  },
  run: (context, input) => {
    const { name, scopes, expiresAt } = input
    return createAccessToken(context, { name, scopes, expiresAt })
  },
})

mutation('accessTokenRevoke', {
  ability: 'account/access-token:revoke',
  description:
    "Revoke an access token: one's own, or for administrators anybody's. May be repeated. Not in GitLab under this name.",
  input: (t) => ({
    id: t.field({ type: 'AccessTokenID', required: true, description: 'Global ID of the token.' }),
  }),
  payload: { accessToken: { type: AccessTokenType, description: 'The token; null with errors.' } },
  run: async (context, input) => ({ accessToken: await revokeAccessToken(context, input) }),
})

import { isAccount } from '../../access/viewer.ts'
import { builder } from '../../graphql/builder.ts'
import { mutation } from '../../graphql/mutation.ts'
import { pageTypes } from '../../graphql/page-types.ts'
import { arrayConnection } from '../../rows/array-page.ts'
import { emptyConnection } from '../../rows/page.ts'
import { CurrentUser } from '../users/user-schema.ts'
import { type AccessTokenRow, createAccessToken, listAccessTokens, revokeAccessToken } from './access-tokens.ts'

export const AccessTokenScope = builder.enumType('AccessTokenScope', {
  description: 'What a token allows. Not in GitLab.',
  values: {
    READ_API: { value: 'read_api', description: 'Reading everything that its owner may read.' },
    API: { value: 'api', description: 'Doing everything that its owner may do.' },
  } as const,
})

// Public, because only the owner's list and the mutations lead here.
const AccessTokenType = builder.objectRef<AccessTokenRow>('AccessToken').implement({
  description: 'A credential of an account, without the token itself. Not in GitLab under this name.',
  access: 'public',
  fields: (t) => ({
    id: t.field({ type: 'AccessTokenID', nullable: false, description: 'Global ID.', resolve: ({ id }) => id }),
    number: t.exposeInt('id', { internal: true, nullable: false, description: 'The number in the global ID.' }),
    name: t.exposeString('name', { nullable: false, description: 'What the token is for.' }),
    scopes: t.expose('scopes', { type: [AccessTokenScope], nullable: false, description: 'What the token allows.' }),
    expiresAt: t.expose('expiresAt', { type: 'Time', description: 'When the token ends. Null: when it is revoked.' }),
    revokedAt: t.expose('revokedAt', { type: 'Time', description: 'When it was revoked. Null when it was not.' }),
    createdAt: t.expose('createdAt', { type: 'Time', nullable: false, description: 'When it was created.' }),
  }),
})

const accessTokenPageTypes = pageTypes({
  type: AccessTokenType,
  name: 'AccessToken',
  one: 'An access token',
  many: 'access tokens',
})

builder.prismaObjectField(CurrentUser, 'accessTokens', (t) =>
  t.connection(
    {
      type: AccessTokenType,
      description:
        'Its access tokens that still work, the newest first. Empty for pipelines of the account. Not in GitLab.',
      resolve: async ({ id }, args, { viewer }) =>
        isAccount(viewer) ? arrayConnection(await listAccessTokens(id), args) : emptyConnection(),
    },
    ...accessTokenPageTypes,
  ),
)

builder.prismaObjectField(CurrentUser, 'accessToken', (t) =>
  t.field({
    type: AccessTokenType,
    internal: true,
    description: 'The one of its access tokens with this number that still works. Null for pipelines of the account.',
    args: { number: t.arg.int({ required: true, description: 'The number in its global ID.' }) },
    resolve: async (user, { number }, { viewer }) =>
      isAccount(viewer) ? ((await listAccessTokens(user.id)).find(({ id }) => id === number) ?? null) : null,
  }),
)

mutation('accessTokenCreate', {
  ability: 'account/access-token:create',
  description:
    "Create an access token of the viewer's own account. The viewer must be signed in with an access token or in a browser. With a JSON " +
    'Web Token the answer is `FORBIDDEN`. Not in GitLab under this name.',
  input: (t) => ({
    name: t.string({ required: true, description: 'What the token is for.' }),
    scopes: t.field({
      type: [AccessTokenScope],
      required: true,
      description: 'What the token allows. At least one.',
    }),
    expiresAt: t.field({ type: 'Time', description: 'When the token ends. Absent or null: when it is revoked.' }),
  }),
  payload: {
    token: {
      type: 'String',
      description: 'The token itself, which is shown only here. Send it as `PRIVATE-TOKEN`. Null with errors.',
    },
    accessToken: { type: AccessTokenType, description: 'What is stored about the token. Null with errors.' },
  },
  run: (context, input) => {
    const { name, scopes, expiresAt } = input
    return createAccessToken(context, { name, scopes, expiresAt })
  },
})

mutation('accessTokenRevoke', {
  ability: 'account/access-token:revoke',
  description:
    "Revoke an access token of the viewer. Administrators may revoke anybody's. May be repeated. Not in GitLab under this name.",
  input: (t) => ({
    id: t.field({ type: 'AccessTokenID', required: true, description: 'Global ID of the token.' }),
  }),
  payload: { accessToken: { type: AccessTokenType, description: 'The access token. Null with errors.' } },
  run: async (context, input) => ({
    accessToken: await revokeAccessToken(context, input),
  }),
})

import { isAccount } from '../../access/viewer.ts'
import { builder } from '../../graphql/builder.ts'
import { mutation } from '../../graphql/mutation.ts'
import { pageTypes } from '../../graphql/page-types.ts'
import { arrayConnection } from '../../rows/array-page.ts'
import { emptyConnection } from '../../rows/page.ts'
import { AccessTokenScope } from '../tokens/access-token-schema.ts'
import { CurrentUser } from '../users/user-schema.ts'
import { revokeAllSessions, revokeSession } from './revoke-sessions.ts'
import { listSessions, type SessionRow } from './session-rows.ts'

// Public, because only the owner's list and the mutations lead here.
const SessionType = builder.objectRef<SessionRow>('Session').implement({
  description: 'A browser that is signed in. Not in GitLab.',
  access: 'public',
  fields: (t) => ({
    id: t.field({ type: 'SessionID', nullable: false, description: 'Global ID.', resolve: ({ id }) => id }),
    current: t.boolean({
      nullable: false,
      description: 'Whether the request was made in this session.',
      resolve: ({ id }, _args, { viewer }) => viewer.sessionId === id,
    }),
    scopes: t.expose('scopes', {
      type: [AccessTokenScope],
      nullable: false,
      description: 'What the session allows: as much as the access token that it was made from.',
    }),
    ipAddress: t.exposeString('ipAddress', { description: 'The address from which the browser signed in.' }),
    userAgent: t.exposeString('userAgent', {
      description: 'What the browser called itself when it signed in, at most 255 characters.',
    }),
    createdAt: t.expose('createdAt', { type: 'Time', nullable: false, description: 'When the browser signed in.' }),
    usedAt: t.expose('usedAt', {
      type: 'Time',
      nullable: false,
      description: 'When the session was last used. Up to a minute late.',
    }),
    expiresAt: t.expose('expiresAt', {
      type: 'Time',
      nullable: false,
      description: 'When the session ends if it is not used until then.',
    }),
  }),
})

const sessionPageTypes = pageTypes({ type: SessionType, name: 'Session', one: 'A session', many: 'sessions' })

builder.prismaObjectField(CurrentUser, 'sessions', (t) =>
  t.connection(
    {
      type: SessionType,
      description:
        'Its browsers that are signed in, the last used first. Empty for pipelines of the account. Not in GitLab.',
      resolve: async ({ id }, args, { viewer }) =>
        isAccount(viewer) ? arrayConnection(await listSessions(id), args) : emptyConnection(),
    },
    ...sessionPageTypes,
  ),
)

mutation('sessionRevoke', {
  ability: 'account/session:revoke',
  description: 'Sign a browser of the viewer out, at once and on every server. Not in GitLab.',
  input: (t) => ({ id: t.field({ type: 'SessionID', required: true, description: 'Global ID of the session.' }) }),
  payload: { session: { type: SessionType, description: 'The session that has ended. Null with errors.' } },
  run: async (context, { id }) => ({ session: await revokeSession(context, { id }) }),
})

mutation('sessionRevokeAll', {
  ability: 'account/session:revoke',
  description: 'Sign all browsers of the viewer out, also the one that asks for it. Not in GitLab.',
  input: () => ({}),
  payload: { count: { type: 'Int', description: 'How many sessions have ended. Null with errors.' } },
  run: async (context) => ({ count: await revokeAllSessions(context, {}) }),
})

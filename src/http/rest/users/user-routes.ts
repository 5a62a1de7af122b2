import { z } from 'zod'
import { isNobody } from '../../../access/viewer.ts'
import { mayFindUsers, numberedUsers } from '../../../modules/users/find-users.ts'
import { updateUser } from '../../../modules/users/update-user.ts'
import { userById } from '../../../modules/users/user-loaders.ts'
import { endpointsOf } from '../kit/endpoint.ts'
import { flag, integer, optional, storedText, text } from '../kit/fields.ts'
import { answerPage, pageFields } from '../kit/pagination.ts'
import { forbidden, notFound, RestError, unauthorized } from '../kit/rest-errors.ts'
import { CurrentUserBody, UserBody } from './user-bodies.ts'
import { shownCurrentUser, shownUsers } from './user-documents.ts'

const rest = endpointsOf('Users')

const current = rest.get('/user', {
  operationId: 'getCurrentUser',
  summary: 'The account of the credential',
  input: z.object({}),
  answers: { 200: CurrentUserBody },
  handle: async ({ context }) => {
    if (!context.viewer.user) throw unauthorized()
    return await shownCurrentUser.one(context, context.viewer.user)
  },
})

const update = rest.put('/user', {
  operationId: 'updateCurrentUser',
  summary: 'Change your own account',
  description: 'Not in GitLab under this path.',
  input: z.object({
    avatar_url: storedText('avatarUrl')
      .nullish()
      .describe(
        'The http(s) URL of the picture; null or empty for none. Tokens of issuers no longer change it afterwards.',
      ),
  }),
  ability: 'account/user:update',
  answers: { 200: CurrentUserBody },
  handle: async ({ context, input: { avatar_url: avatarUrl } }) => {
    if (!context.viewer.user) throw unauthorized()
    const user = await updateUser(context, { avatarUrl: avatarUrl === '' ? null : avatarUrl })
    return await shownCurrentUser.one(context, user)
  },
})

const list = rest.get('/users', {
  summary: 'Accounts, the newest first',
  description: 'Without a credential only with `username`.',
  input: z.object({
    username: text('username').nullish().describe('The account with this username, in any letter case.'),
    search: text('search').nullish().describe('Words that are all in the name or the username.'),
    active: optional(flag).describe('Only accounts that may act, if true.'),
    blocked: optional(flag).describe('Only blocked accounts, if true.'),
    ...pageFields,
  }),
  answers: { 200: z.array(UserBody) },
  failures: [403],
  handle: async (call) => {
    const { context, input } = call
    const state = input.blocked ? 'blocked' : input.active ? 'active' : null
    const filter = { usernames: input.username == null ? null : [input.username], search: input.search, state } as const
    if (!mayFindUsers(context, filter)) {
      throw new RestError(403, { message: '403 Forbidden - Not authorized to access /api/v4/users' })
    }
    return answerPage(call, await shownUsers.page(context, await numberedUsers(context, filter, input)))
  },
})

const single = rest.get('/users/:id', {
  summary: 'An account',
  input: z.object({ id: integer().describe('The number of the account.') }),
  answers: { 200: UserBody },
  failures: [403],
  handle: async ({ context, input }) => {
    if (isNobody(context.viewer)) throw forbidden()
    const user = await userById(context).load(input.id)
    if (!user) throw notFound('User')
    return await shownUsers.one(context, user)
  },
})

export const userEndpoints = [current, update, list, single]

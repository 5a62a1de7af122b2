import { z } from 'zod'
import { updateUser } from '../../../modules/users/update-user.ts'
import { endpoint } from '../kit/endpoint.ts'
import { storedText } from '../kit/fields.ts'
import { unauthorized } from '../kit/rest-errors.ts'
import { CurrentUserBody } from './user-bodies.ts'
import { shownCurrentUser } from './user-documents.ts'

const tag = 'Users'

const current = endpoint({
  method: 'get',
  path: '/user',
  operationId: 'getCurrentUser',
  tag,
  summary: 'The account of the credential',
  input: z.object({}),
  answers: { 200: CurrentUserBody },
  handle: async ({ context }) => {
    if (!context.viewer.user) throw unauthorized()
    return Response.json(await shownCurrentUser.one(context, context.viewer.user))
  },
})

const update = endpoint({
  method: 'put',
  path: '/user',
  operationId: 'updateCurrentUser',
  tag,
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
    return Response.json(await shownCurrentUser.one(context, user))
  },
})

export const userEndpoints = [current, update]

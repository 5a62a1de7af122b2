import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { unauthorized } from './errors.ts'
import { CurrentUserBody, presentCurrentUser } from './present-user.ts'

export const userEndpoints = [
  endpoint({
    method: 'get',
    path: '/user',
    operationId: 'getCurrentUser',
    tag: 'Users',
    summary: 'Whose credential the request carries',
    input: z.object({}),
    answers: { 200: CurrentUserBody },
    handle: async ({ context }) => {
      if (!context.viewer.user) throw unauthorized()
      return Response.json(presentCurrentUser(context, context.viewer.user))
    },
  }),
]

import { z } from 'zod'
import type { Context } from '../../../context/context.ts'
import type { User } from '../../../generated/prisma/client.ts'
import { isoTime, Time } from '../kit/dates.ts'

const BasicUser = z
  .object({
    id: z.int(),
    username: z.string(),
    name: z.string(),
    state: z.enum(['active', 'blocked', 'deactivated']),
    avatar_url: z.string().nullable(),
    web_url: z.string(),
  })
  .meta({ id: 'User' })

export const UserBody = BasicUser

export const presentUser = ({ baseUrl }: Context, user: User): z.output<typeof UserBody> => ({
  id: user.id,
  username: user.username,
  name: user.name,
  state: user.state,
  avatar_url: user.avatarUrl,
  web_url: `${baseUrl}/${user.username}`,
})

export const CurrentUserBody = z
  .object({
    ...BasicUser.shape,
    created_at: Time,
    email: z.string().nullable(),
    is_admin: z.boolean().optional(),
  })
  .meta({ id: 'CurrentUser', description: 'Whose credential the request carries; `is_admin` for administrators only.' })

export const presentCurrentUser = (context: Context, user: User): z.output<typeof CurrentUserBody> => ({
  ...presentUser(context, user),
  created_at: isoTime(user.createdAt),
  email: user.email,
  ...(user.admin ? { is_admin: true } : {}),
})

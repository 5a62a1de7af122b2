import { z } from 'zod'
import { Time } from '../kit/dates.ts'

export const UserBody = z
  .object({
    id: z.int(),
    username: z.string(),
    name: z.string(),
    state: z.enum(['active', 'blocked', 'deactivated']),
    avatar_url: z.string().nullable(),
    web_url: z.string(),
  })
  .meta({ id: 'User' })

export const CurrentUserBody = z
  .object({ ...UserBody.shape, created_at: Time, email: z.string().nullable(), is_admin: z.boolean().optional() })
  .meta({ id: 'CurrentUser', description: 'The account of the credential. Only administrators have `is_admin`.' })

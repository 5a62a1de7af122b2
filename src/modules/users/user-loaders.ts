import { Prisma, type User } from '../../generated/prisma/client.ts'
import { table } from '../../rows/table.ts'

export const users = table<User>('users', 'u', {
  fields: Prisma.UserScalarFieldEnum,
  dates: { createdAt: true, updatedAt: true },
  always: ['id'],
})

export const userById = users.by('id')
export const userByEmail = users.by('email')

import { Prisma, type User } from '../../generated/prisma/client.ts'
import { columnsOf } from '../../rows/columns.ts'
import { readRows, reviver } from '../../rows/json-rows.ts'
import { uniqueLoader } from '../../rows/unique-loader.ts'

export const reviveUser = reviver<User>({ createdAt: true, updatedAt: true })
const users = Prisma.sql`SELECT ${columnsOf('u', Prisma.UserScalarFieldEnum)} FROM users u`

export const userById = uniqueLoader<User, 'id'>('id', (ids) =>
  readRows('users.byId', Prisma.sql`${users} WHERE u.id = ANY (${ids}::int[])`, reviveUser),
)

export const userByEmail = uniqueLoader<User, 'email'>('email', (emails) =>
  readRows('users.byEmail', Prisma.sql`${users} WHERE u.email = ANY (${emails}::text[])`, reviveUser),
)

import { perRequest } from '../../context.ts'
import { db } from '../../db.ts'
import type { User } from '../../generated/prisma/client.ts'
import { uniqueLoader } from '../../unique-loader.ts'

export const userById = perRequest(() =>
  uniqueLoader<User, 'id'>('id', (ids) => db.user.findMany({ where: { id: { in: ids } } })),
)

export const userByEmail = perRequest(() =>
  uniqueLoader<User, 'email'>('email', (emails) => db.user.findMany({ where: { email: { in: emails } } })),
)

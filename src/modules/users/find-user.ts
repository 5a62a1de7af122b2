import { db } from '../../database/db.ts'
import { RuleViolation } from '../../foundation/errors.ts'
import type { User } from '../../generated/prisma/client.ts'

/** Usernames differ in more than upper and lower case. */
export async function getUser(username: string): Promise<User> {
  const [row] = await db.$queryRaw<
    { id: number }[]
  >`SELECT /* users.idByName */ id FROM users WHERE lower(username) = lower(${username})`
  const user = row && (await db.user.findUnique({ where: { id: row.id } }))
  if (!user) throw new RuleViolation('NOT_FOUND', `There is no user '${username.slice(0, 100)}'`)
  return user
}

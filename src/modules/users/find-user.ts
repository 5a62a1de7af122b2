import { db, type Tx } from '../../database/db.ts'
import { RuleViolation } from '../../foundation/errors.ts'
import type { User } from '../../generated/prisma/client.ts'
import { isGhost } from './ghost-name.ts'

const missing = (username: string) => new RuleViolation('NOT_FOUND', `There is no user '${username.slice(0, 100)}'`)

/** Usernames differ in more than upper and lower case. */
export async function getUserOrGhost(username: string): Promise<User> {
  const [row] = await db.$queryRaw<
    { id: number }[]
  >`SELECT /* users.idByName */ id FROM users WHERE lower(username) = lower(${username})`
  const user = row && (await db.user.findUnique({ where: { id: row.id } }))
  if (!user) throw missing(username)
  return user
}

/** The account, for whoever changes it or gives it something. What is left of a deleted account is no account. */
export async function getUser(username: string): Promise<User> {
  const user = await getUserOrGhost(username)
  if (isGhost(user)) throw missing(username)
  return user
}

/** Keeps the account from being deleted before the transaction ends, and throws when it was deleted meanwhile. */
export async function keepUser(tx: Tx, { id, username }: Pick<User, 'id' | 'username'>): Promise<void> {
  const [row] = await tx.$queryRaw<Pick<User, 'id' | 'username' | 'state'>[]>`
    SELECT /* users.keep */ id, username, state FROM users WHERE id = ${id} FOR KEY SHARE`
  if (!row || isGhost(row)) throw missing(username)
}

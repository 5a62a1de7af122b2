import { role } from '../access/roles.ts'
import type { Context } from '../context/context.ts'
import { db } from '../database/db.ts'
import { AppError } from '../foundation/errors.ts'
import { createUser } from '../modules/users/create-user.ts'

/** The users of the demo by username, which is also their role in both projects. */
export const demoPeople = {
  owner: { name: 'Olivia Example', email: 'olivia@example.com', role: role.owner },
  maintainer: { name: 'Ada Example', email: 'ada@example.com', role: role.maintainer },
  developer: { name: 'Ben Example', email: 'ben@example.com', role: role.developer },
  reporter: { name: 'Rosa Example', email: 'rosa@example.com', role: role.reporter },
  guest: { name: 'Gus Example', email: 'gus@example.com', role: role.guest },
} as const

export type DemoUsername = keyof typeof demoPeople
export const demoUsernames = Object.keys(demoPeople) as DemoUsername[]

/** Makes the context of a new request of the person, with the person's present roles. */
export type As = (username: DemoUsername) => Promise<Context>

/** Creates the missing accounts. Refuses an account that only has the same username, because its tokens would be published. */
export async function ensurePeople(asOperator: Context): Promise<void> {
  for (const username of demoUsernames) {
    const { name, email } = demoPeople[username]
    const present = await db.user.findUnique({ where: { username } })
    if (!present) await createUser(asOperator, { username, name, email, admin: false })
    else if (present.email !== email) {
      throw new AppError('CONFLICT', `The user '${username}' exists, but not as the demo's`)
    }
  }
}

import type { Tx } from '../db.ts'
import { AppError } from '../errors.ts'
import { role } from '../modules/access/roles.ts'

/** Users of the demo by their role on both projects, which is also the username. */
export const demoPeople = {
  owner: { name: 'Olivia Example', email: 'olivia@example.com', role: role.owner },
  maintainer: { name: 'Ada Example', email: 'ada@example.com', role: role.maintainer },
  developer: { name: 'Ben Example', email: 'ben@example.com', role: role.developer },
  reporter: { name: 'Rosa Example', email: 'rosa@example.com', role: role.reporter },
  guest: { name: 'Gus Example', email: 'gus@example.com', role: role.guest },
} as const

export type DemoUsername = keyof typeof demoPeople
export const demoUsernames = Object.keys(demoPeople) as DemoUsername[]

export type DemoUsers = Record<DemoUsername, number>

/** Their ids. Refuses an account that only shares the username: its tokens would be given away. */
export async function findOrCreatePeople(tx: Tx): Promise<DemoUsers> {
  const ids = await Promise.all(
    demoUsernames.map(async (username) => {
      const { name, email } = demoPeople[username]
      const user = await tx.user.upsert({ where: { username }, create: { username, name, email }, update: {} })
      if (user.email !== email) throw new AppError('CONFLICT', `The user '${username}' exists, but not as the demo's`)
      return [username, user.id] as const
    }),
  )
  return Object.fromEntries(ids) as DemoUsers
}

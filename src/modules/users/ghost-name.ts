import type { User } from '../../generated/prisma/client.ts'

/** The username of what is left of a deleted account. No account can be created under such a name. */
export const ghostName = (id: number): string => `ghost-${id}`

export const isGhostName = (username: string): boolean => /^ghost-\d+$/i.test(username)

/** Whether this is what is left of a deleted account. */
export const isGhost = ({ id, username, state }: Pick<User, 'id' | 'username' | 'state'>): boolean =>
  state === 'deactivated' && username === ghostName(id)

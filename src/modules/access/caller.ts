import type { Context } from '../../context.ts'

/** Whose share of what is bounded a request takes: its account's, else that of the address it came from. */
export const callerOf = ({ viewer, ipAddress }: Pick<Context, 'viewer' | 'ipAddress'>): string =>
  viewer.user ? `account ${viewer.user.id}` : `address ${ipAddress}`

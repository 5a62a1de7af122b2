/** The username of what is left of a deleted account. No account can be created under such a name. */
export const ghostName = (id: number): string => `ghost-${id}`

export const isGhostName = (username: string): boolean => /^ghost-\d+$/i.test(username)

const DAY_MS = 24 * 60 * 60 * 1000

/** So many days from now; before now when negative. */
export const inDays = (days: number): Date => new Date(Date.now() + days * DAY_MS)

const DAY_MS = 24 * 60 * 60 * 1000

/** The time in so many days. A negative number means days ago. */
export const inDays = (days: number): Date => new Date(Date.now() + days * DAY_MS)

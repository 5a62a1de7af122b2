const DAY_MS = 24 * 60 * 60 * 1000

/** The time after a number of days from now. A negative number of days is in the past. */
export const inDays = (days: number): Date => new Date(Date.now() + days * DAY_MS)

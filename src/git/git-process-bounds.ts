/** What git may do for others at a time. */
export type GitProcessBounds = {
  /** In all. */
  running: number
  /** For one account, or one address. */
  perCaller: number
  longestWaitMs?: number
}

export const gitProcessBounds: GitProcessBounds = { running: 16, perCaller: 8 }

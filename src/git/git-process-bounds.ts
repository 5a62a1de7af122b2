/** The most git processes that serve requests at a time. */
export type GitProcessBounds = {
  /** In total. */
  running: number
  /** For one account or one address. */
  perCaller: number
  longestWaitMs?: number
}

export const gitProcessBounds: GitProcessBounds = { running: 16, perCaller: 8 }

/** What is wrong is the command, not what it tried: scripts tell the two apart by the exit code. */
export const USAGE_EXIT_CODE = 2

/** The command does not say enough, or contradicts itself. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** The exit code of a wrong command, which scripts distinguish from a failed action. */
export const USAGE_EXIT_CODE = 2

/** The command is incomplete or contradicts itself. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

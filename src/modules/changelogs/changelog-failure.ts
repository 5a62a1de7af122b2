import { RuleViolation } from '../../foundation/errors.ts'

/** The reason is the end of a sentence. */
export const changelogFailure = (reason: string) =>
  new RuleViolation('UNPROCESSABLE', `Failed to generate the changelog: ${reason}`)

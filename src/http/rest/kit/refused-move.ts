// How GitLab says that a project or a group cannot have a path or a place. For `catch`.
import { AppError, RuleViolation } from '../../../foundation/errors.ts'

/** A path that is taken is a wrong value. */
export const asWrongValue = (error: unknown): never => {
  if (!(error instanceof RuleViolation) || error.code !== 'CONFLICT') throw error
  throw new RuleViolation('INVALID', error.messages, error.attributes)
}

export const refusedTransfer =
  (what: 'project' | 'group') =>
  (error: unknown): never => {
    if (!(error instanceof AppError) || !['NOT_FOUND', 'INVALID', 'CONFLICT'].includes(error.code)) throw error
    const reason = error instanceof RuleViolation ? error.message : 'You may not create anything there'
    throw new RuleViolation('INVALID', `Failed to transfer ${what}: ${reason}`)
  }

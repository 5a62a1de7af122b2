import { AppError } from '../foundation/errors.ts'
import type { Viewer } from './viewer.ts'

/** A token that may only read must not write; anonymous viewers are told by the use case itself. */
export function assertMayWrite({ scopes }: Viewer): void {
  if (scopes.size > 0 && !scopes.has('api')) {
    throw new AppError('FORBIDDEN', 'This token may only read: a token with the scope api is needed')
  }
}

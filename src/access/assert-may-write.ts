import { AppError } from '../foundation/errors.ts'
import type { Viewer } from './viewer.ts'

/** Refuses a token without the scope `api`. The use case itself refuses anonymous viewers. */
export function assertMayWrite({ scopes }: Viewer): void {
  if (scopes.size > 0 && !scopes.has('api')) {
    throw new AppError('FORBIDDEN', 'This token may only read: a token with the scope api is needed')
  }
}

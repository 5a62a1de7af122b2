import { AppError } from '../foundation/errors.ts'
import type { Viewer } from './viewer.ts'

/** Whether the credential allows writes. Also true without any credential, and then the use case refuses. */
export const mayWrite = ({ scopes }: Viewer): boolean => scopes.size === 0 || scopes.has('api')

/** Refuses a token without the scope `api`. The use case itself refuses anonymous viewers. */
export function assertMayWrite(viewer: Viewer): void {
  if (!mayWrite(viewer)) {
    throw new AppError('FORBIDDEN', 'This token may only read: a token with the scope api is needed')
  }
}

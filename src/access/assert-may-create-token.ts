import { AppError } from '../foundation/errors.ts'
import type { Viewer } from './viewer.ts'

/**
 * A JSON Web Token cannot create an access token. A JSON Web Token ends soon and its issuer may revoke it, so a thief must not be
 * able to exchange it for a token that lasts.
 */
export function assertMayCreateToken({ credential }: Viewer): void {
  if (credential === 'command_line' || credential === 'access_token') return
  const message = 'A token is only created by a viewer who is signed in with an access token'
  throw new AppError('FORBIDDEN', `${message}, not with a JSON Web Token`)
}

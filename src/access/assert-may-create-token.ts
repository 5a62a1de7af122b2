import { AppError } from '../foundation/errors.ts'
import type { Viewer } from './viewer.ts'

const MAY: readonly Viewer['credential'][] = ['command_line', 'access_token', 'session']

/**
 * A JSON Web Token cannot create an access token. A JSON Web Token ends soon and its issuer may revoke it, so a thief must not be
 * able to exchange it for a token that lasts.
 */
export function assertMayCreateToken({ credential }: Viewer): void {
  if (MAY.includes(credential)) return
  const message = 'A token is only created by a viewer who is signed in with an access token or in a browser'
  throw new AppError('FORBIDDEN', `${message}, not with a JSON Web Token`)
}

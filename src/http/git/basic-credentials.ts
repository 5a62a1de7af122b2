import type { IncomingHttpHeaders } from 'node:http'
import type { CredentialHeaders } from '../../modules/access/authenticate.ts'

/** Git sends a token as the password of whatever user name; without a password there is none. */
function bearerOf(authorization: string): string {
  const [, encoded] = /^basic\s+(\S+)\s*$/i.exec(authorization) ?? []
  if (encoded === undefined) return authorization
  const pair = Buffer.from(encoded, 'base64').toString('utf8')
  return `Bearer ${pair.slice(pair.indexOf(':') + 1)}`
}

/** The request's headers, the password of basic auth as if it were a token. */
export const gitCredentials = (headers: IncomingHttpHeaders): CredentialHeaders => ({
  get(name) {
    const value = headers[name.toLowerCase()]
    if (typeof value !== 'string') return null
    return name.toLowerCase() === 'authorization' ? bearerOf(value) : value
  },
})

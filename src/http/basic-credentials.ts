// HTTP Basic, for tools that support nothing else: git, and programs that download files.
import type { IncomingHttpHeaders } from 'node:http'
import type { CredentialHeaders } from '../authentication/authenticate.ts'

/** The password is the token, whatever the user name is. Without a password there is no token. */
function bearerOf(authorization: string): string {
  const [, encoded] = /^basic\s+(\S+)\s*$/i.exec(authorization) ?? []
  if (encoded === undefined) return authorization
  const pair = Buffer.from(encoded, 'base64').toString('utf8')
  return `Bearer ${pair.slice(pair.indexOf(':') + 1)}`
}

/** Reads the headers, and gives the password of HTTP Basic as a bearer token. */
export const withBasic = (headers: CredentialHeaders): CredentialHeaders => ({
  get(name) {
    const value = headers.get(name)
    return value !== null && name.toLowerCase() === 'authorization' ? bearerOf(value) : value
  },
})

export const gitCredentials = (headers: IncomingHttpHeaders): CredentialHeaders =>
  withBasic({
    get(name) {
      const value = headers[name.toLowerCase()]
      return typeof value === 'string' ? value : null
    },
  })

/**
 * Makes curl, wget and package clients ask for a credential, or look it up (docs/contract/packages.md#access-to-packages).
 */
export const PACKAGES_CHALLENGE = { 'www-authenticate': 'Basic realm="GitLab Packages Registry"' }

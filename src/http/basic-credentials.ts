// HTTP Basic, for tools that know nothing else: git, and what fetches files.
import type { IncomingHttpHeaders } from 'node:http'
import type { CredentialHeaders } from '../authentication/authenticate.ts'

/** A token is the password of whatever user name; without a password there is none. */
function bearerOf(authorization: string): string {
  const [, encoded] = /^basic\s+(\S+)\s*$/i.exec(authorization) ?? []
  if (encoded === undefined) return authorization
  const pair = Buffer.from(encoded, 'base64').toString('utf8')
  return `Bearer ${pair.slice(pair.indexOf(':') + 1)}`
}

/** The headers, the password of basic auth as if it were a token. */
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

/** So that curl, wget and package clients ask for, or look up, what they were not given at once (contract/more.md 8). */
export const PACKAGES_CHALLENGE = { 'www-authenticate': 'Basic realm="GitLab Packages Registry"' }

import type { CredentialHeaders } from '../../../authentication/authenticate.ts'
import type { Fields } from './nested-fields.ts'
import { unauthorized } from './rest-errors.ts'

/** Parameters that clients may give instead of a header. Never logged: the log has no query. */
const parameters = {
  'private-token': 'private_token',
  'job-token': 'job_token',
  authorization: 'access_token',
} as const

type HeaderName = keyof typeof parameters

const isHeaderName = (name: string): name is HeaderName => name in parameters

/** What must not be repeated in a URL that we answer. */
export const credentialParameters: readonly string[] = Object.values(parameters)

/** The request's headers, and what parameters say in place of an absent one. */
export function credentialHeaders(headers: CredentialHeaders, fields: Fields): CredentialHeaders {
  const given = Object.keys(parameters).some((name) => headers.get(name))
  return {
    get(name) {
      const header = name.toLowerCase()
      if (given || !isHeaderName(header)) return headers.get(name)
      const value = fields[parameters[header]]
      if (typeof value !== 'string' || value === '') return null
      return header === 'authorization' ? `Bearer ${value}` : value
    },
  }
}

export const hasCredential = (headers: CredentialHeaders): boolean =>
  Object.keys(parameters).some((name) => headers.get(name))

/** Where the credential of a pipeline counts as none, what comes as a job token is not even looked at. */
export function assertNoJobToken(headers: CredentialHeaders): void {
  if (!headers.get('PRIVATE-TOKEN') && headers.get('JOB-TOKEN')) throw unauthorized()
}

import type { CredentialHeaders } from '../../../authentication/authenticate.ts'
import type { Fields } from './nested-fields.ts'
import { unauthorized } from './rest-errors.ts'

/** The parameters that clients may send instead of a header. No log shows them, because the log leaves out the query. */
const parameters = {
  'private-token': 'private_token',
  'job-token': 'job_token',
  authorization: 'access_token',
} as const

type HeaderName = keyof typeof parameters

const isHeaderName = (name: string): name is HeaderName => name in parameters

/** The parameters that a URL in an answer must not repeat. */
export const credentialParameters: readonly string[] = Object.values(parameters)

/** Reads the headers. A parameter takes the place of its header when no header holds a credential. */
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

/** Refuses a job token without checking it, for endpoints where the credential of a pipeline counts as no credential. */
export function assertNoJobToken(headers: CredentialHeaders): void {
  if (!headers.get('PRIVATE-TOKEN') && headers.get('JOB-TOKEN')) throw unauthorized()
}

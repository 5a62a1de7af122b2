import { z } from 'zod'

const MAX_ISSUER = 255

/** The value of the environment variable. */
export const OidcIssuer = z
  .url({ protocol: /^https?$/, error: 'must be an http:// or https:// URL' })
  .max(MAX_ISSUER, `must have at most ${MAX_ISSUER} characters`)

/** The value of the environment variable: the scopes with spaces between them. */
export const OidcScopes = z.string().regex(/^openid(?: \S+)*$/, 'must begin with openid')

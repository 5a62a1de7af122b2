// Signing in at an OpenID Connect provider: code flow with PKCE, state and nonce.
import * as client from 'openid-client'
import { AppError, TryLater } from '../foundation/errors.ts'
import { isBlank } from '../foundation/rules.ts'

export type ProviderSettings = {
  issuer: string
  clientId: string
  clientSecret: string
  scopes: string
}

/** What a browser must bring back, together with the provider's answer. */
export type Expected = { state: string; nonce: string; verifier: string }

/** Who has signed in. Issuer and subject together are the person; the rest are suggestions. */
export type Identity = {
  issuer: string
  subject: string
  username: string | null
  name: string | null
  /** Null unless the provider has verified it. */
  email: string | null
}

export type Provider = {
  begin: (callback: string) => Promise<{ location: URL; expected: Expected }>
  finish: (answer: URL, expected: Expected) => Promise<Identity>
  /** Where the provider signs a browser out, and then sends it back. Null when the provider does not offer it. */
  signOutAt: (back: string) => Promise<URL | null>
}

const TIMEOUT_S = 5
const RETRY_AFTER_S = 10
const MAX_AGE_MS = 60 * 60 * 1000
const MAX_SUBJECT = 255

const away = (cause: unknown) =>
  new TryLater('UNAVAILABLE', 'The provider for signing in does not answer: try again later', RETRY_AFTER_S, { cause })

/** The codes of answers that a provider gives when it is out of order. */
const AWAY_CODES: readonly unknown[] = [
  'OAUTH_TIMEOUT',
  'OAUTH_RESPONSE_IS_NOT_CONFORM',
  'OAUTH_RESPONSE_IS_NOT_JSON',
  'OAUTH_PARSE_ERROR',
]

function failureOf(error: unknown): AppError {
  // `fetch` throws a TypeError when it cannot connect.
  if (error instanceof TypeError || AWAY_CODES.includes((error as { code?: unknown }).code)) return away(error)
  if (error instanceof client.AuthorizationResponseError) {
    return new AppError('FORBIDDEN', 'The provider did not sign you in', { cause: error })
  }
  return new AppError('INVALID', 'The answer of the provider does not fit: sign in again', { cause: error })
}

/** Reads the provider's addresses and keys when somebody first signs in, and each hour. A failure is not remembered. */
function createDiscovery({ issuer, clientId, clientSecret }: ProviderSettings) {
  let known: { found: Promise<client.Configuration>; until: number } | null = null
  const url = new URL(issuer)
  // The operator has chosen an issuer without TLS.
  const insecure = url.protocol === 'http:' ? [client.allowInsecureRequests] : []
  const execute = [client.enableNonRepudiationChecks, ...insecure]
  return (): Promise<client.Configuration> => {
    if (known && performance.now() < known.until) return known.found
    const found = client
      .discovery(url, clientId, clientSecret, undefined, { execute, timeout: TIMEOUT_S })
      .catch((error: unknown) => {
        known = null
        throw away(error)
      })
    known = { found, until: performance.now() + MAX_AGE_MS }
    return found
  }
}

const textOf = (value: unknown): string | null =>
  typeof value === 'string' && !isBlank(value) && !value.includes('\0') ? value : null

/** Some providers put the claims into the ID token, others give them to whoever has the access token. */
async function claimsOf(
  config: client.Configuration,
  tokens: Awaited<ReturnType<typeof client.authorizationCodeGrant>>,
) {
  const claims = tokens.claims()
  if (!claims || claims.sub.length > MAX_SUBJECT) throw new Error('The ID token has no usable subject')
  if (!config.serverMetadata().userinfo_endpoint) return claims
  return { ...(await client.fetchUserInfo(config, tokens.access_token, claims.sub)), ...claims }
}

export function createProvider(settings: ProviderSettings): Provider {
  const configuration = createDiscovery(settings)
  return {
    async begin(callback) {
      const config = await configuration()
      const verifier = client.randomPKCECodeVerifier()
      const expected = { state: client.randomState(), nonce: client.randomNonce(), verifier }
      const location = client.buildAuthorizationUrl(config, {
        ...{ redirect_uri: callback, scope: settings.scopes, state: expected.state, nonce: expected.nonce },
        ...{ code_challenge: await client.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256' },
      })
      return { location, expected }
    },

    async finish(answer, { state, nonce, verifier }) {
      const config = await configuration()
      const checks = { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier, idTokenExpected: true }
      try {
        const claims = await claimsOf(config, await client.authorizationCodeGrant(config, answer, checks))
        const email = claims.email_verified === true ? textOf(claims.email) : null
        const { issuer } = config.serverMetadata()
        const username = textOf(claims.preferred_username) ?? textOf(claims.email)?.split('@', 1)[0] ?? null
        return { issuer, subject: claims.sub, username, name: textOf(claims.name), email }
      } catch (error) {
        throw failureOf(error)
      }
    },

    async signOutAt(back) {
      const config = await configuration()
      if (!config.serverMetadata().end_session_endpoint) return null
      return client.buildEndSessionUrl(config, { post_logout_redirect_uri: back })
    },
  }
}

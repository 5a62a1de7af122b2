import { readFile, stat } from 'node:fs/promises'
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  decodeJwt,
  errors,
  type JWTPayload,
  type JWTVerifyGetKey,
  jwtVerify,
} from 'jose'
import { unauthenticated } from '../foundation/errors.ts'
import type { JwtIssuer } from './jwt-issuers.ts'

export type VerifiedJwt = { claims: JWTPayload; issuer: JwtIssuer }

export type JwtVerifier = {
  /** Throws UNAUTHENTICATED for a bad token, and a plain Error when the issuer's keys cannot be loaded. */
  verify(token: string): Promise<VerifiedJwt>
}

/** Seconds by which our clock and an issuer's may differ. */
const CLOCK_TOLERANCE = 5
const FETCH_TIMEOUT_MS = 5_000
/** A key that left the issuer's set is trusted for this long at most. */
const KEYS_MAX_AGE_MS = 300_000
/** At most one fetch in this time for tokens that name unknown keys. */
const FETCH_COOLDOWN_MS = 30_000

type Trusted = { issuer: JwtIssuer; keys: JWTVerifyGetKey }

export function createJwtVerifier(issuers: readonly JwtIssuer[]): JwtVerifier {
  const trusted = new Map<unknown, Trusted>()
  for (const issuer of issuers) {
    if (trusted.has(issuer.issuer)) throw new Error(`JWT_ISSUERS: the issuer ${issuer.issuer} is listed twice`)
    trusted.set(issuer.issuer, { issuer, keys: ownFailures(issuer, keySet(issuer.jwks)) })
  }
  return {
    async verify(token) {
      try {
        // Not verified yet: it only picks an entry of the allow-list, whose keys then decide.
        const found = trusted.get(decodeJwt(token).iss)
        if (!found) throw unauthenticated('The token comes from an issuer that is not trusted here')
        return { claims: await verifiedClaims(token, found), issuer: found.issuer }
      } catch (error) {
        throw asRefusal(error)
      }
    },
  }
}

async function verifiedClaims(token: string, { issuer, keys }: Trusted): Promise<JWTPayload> {
  const { payload } = await jwtVerify(token, keys, {
    issuer: issuer.issuer,
    audience: issuer.audience,
    algorithms: issuer.algorithms,
    requiredClaims: ['exp'],
    clockTolerance: CLOCK_TOLERANCE,
  })
  return payload
}

/** jose takes of a token's header only `kid`, and looks for it in these keys; it follows no `jku`, `jwk` or `x5u`. */
function keySet(jwks: string): JWTVerifyGetKey {
  if (!/^https?:/i.test(jwks)) return fileKeySet(jwks)
  return createRemoteJWKSet(new URL(jwks), {
    timeoutDuration: FETCH_TIMEOUT_MS,
    cacheMaxAge: KEYS_MAX_AGE_MS,
    cooldownDuration: FETCH_COOLDOWN_MS,
  })
}

/** Looks at the file's date for every token, so that a key counts, or no longer counts, as soon as the file says so. */
function fileKeySet(file: string): JWTVerifyGetKey {
  let loaded: { version: string; keys: JWTVerifyGetKey } | undefined
  return async (header, token) => {
    const { mtimeMs, size, ino } = await stat(file)
    const version = `${mtimeMs} ${size} ${ino}`
    if (loaded?.version !== version) {
      loaded = { version, keys: createLocalJWKSet(JSON.parse(await readFile(file, 'utf8'))) }
    }
    return loaded.keys(header, token)
  }
}

/** Tells apart a token that names no key of the set, and a set that we cannot load. */
function ownFailures(issuer: JwtIssuer, keys: JWTVerifyGetKey): JWTVerifyGetKey {
  return async (header, token) => {
    try {
      return await keys(header, token)
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) throw error
      throw new Error(`Cannot load the keys of the issuer ${issuer.issuer} from ${issuer.jwks}`, { cause: error })
    }
  }
}

const reasons: Readonly<Record<string, string>> = {
  ERR_JWT_EXPIRED: 'The token has expired',
  ERR_JOSE_ALG_NOT_ALLOWED: 'The token is signed with an algorithm that its issuer may not use here',
  ERR_JWKS_NO_MATCHING_KEY: 'The token is signed with a key that its issuer does not publish',
  ERR_JWKS_MULTIPLE_MATCHING_KEYS: 'The token does not say which key of its issuer signed it',
  ERR_JWS_SIGNATURE_VERIFICATION_FAILED: 'The signature of the token is wrong',
}

/** Of what jose says against a token; anything else is a failure of ours and stays what it is. */
export const asRefusal = (error: unknown): unknown =>
  error instanceof errors.JOSEError ? unauthenticated(reasonOf(error)) : error

function reasonOf(error: errors.JOSEError): string {
  if (error instanceof errors.JWTClaimValidationFailed) {
    return `The token is refused because of its claim "${error.claim}"`
  }
  return reasons[error.code] ?? 'The token is not a well-formed JWT'
}

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

/** Our clock and the issuer's clock may differ by this many seconds. */
const CLOCK_TOLERANCE = 5
const FETCH_TIMEOUT_MS = 5_000
/** A key that the issuer has removed from its set stays trusted for at most this long. */
const KEYS_MAX_AGE_MS = 300_000
/** Tokens with unknown keys cause at most one fetch in this time. */
const FETCH_COOLDOWN_MS = 30_000

type Trusted = { issuer: JwtIssuer; keys: JWTVerifyGetKey }

/** The verifier throws UNAUTHENTICATED for a bad token, and a plain Error when the issuer's keys cannot be loaded. */
export function createJwtVerifier(issuers: readonly JwtIssuer[]): (token: string) => Promise<VerifiedJwt> {
  const trusted = new Map<unknown, Trusted>()
  for (const issuer of issuers) {
    if (trusted.has(issuer.issuer)) throw new Error(`JWT_ISSUERS: the issuer ${issuer.issuer} is listed twice`)
    trusted.set(issuer.issuer, { issuer, keys: ownFailures(issuer, keySet(issuer.jwks)) })
  }
  return async (token) => {
    try {
      // The issuer is not verified yet. It only picks an entry of the allow-list, whose keys then decide.
      const found = trusted.get(decodeJwt(token).iss)
      if (!found) throw unauthenticated('The token comes from an issuer that is not trusted here')
      return { claims: await verifiedClaims(token, found), issuer: found.issuer }
    } catch (error) {
      throw asRefusal(error)
    }
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

/** jose looks for the header's `kid` in the key set. It ignores `jku`, `jwk` and `x5u`. */
function keySet(jwks: string): JWTVerifyGetKey {
  if (!/^https?:/i.test(jwks)) return fileKeySet(jwks)
  return createRemoteJWKSet(new URL(jwks), {
    timeoutDuration: FETCH_TIMEOUT_MS,
    cacheMaxAge: KEYS_MAX_AGE_MS,
    cooldownDuration: FETCH_COOLDOWN_MS,
  })
}

/** Checks the file's date for every token, so that a change of the file takes effect at once. */
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

/** Distinguishes a token whose key is not in the set from a set that we cannot load. */
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

/** Turns an error of jose into a refusal of the token. Any other error is our failure and passes unchanged. */
export const asRefusal = (error: unknown): unknown =>
  error instanceof errors.JOSEError ? unauthenticated(reasonOf(error)) : error

function reasonOf(error: errors.JOSEError): string {
  if (error instanceof errors.JWTClaimValidationFailed) {
    return `The token is refused because of its claim "${error.claim}"`
  }
  return reasons[error.code] ?? 'The token is not a well-formed JWT'
}

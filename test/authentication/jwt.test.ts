import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { CompactEncrypt, exportSPKI, importJWK, type JWTPayload } from 'jose'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { createJwtVerifier } from '../../src/authentication/jwt.ts'
import { AppError } from '../../src/foundation/errors.ts'
import {
  AUDIENCE,
  createIssuer,
  createKey,
  type Key,
  refused,
  seconds,
  serveKeySet,
  sign,
  writeKeySet,
} from '../support/jwt.ts'

const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url')

const claims = (changes: JWTPayload = {}) => ({
  iss: 'https://ci.example',
  aud: AUDIENCE,
  exp: seconds(600),
  ...changes,
})

// RSA keys take long to make; no test changes them.
let key: Key
let attacker: Key
let elliptic: Key
let verify: ReturnType<typeof createJwtVerifier>

beforeAll(async () => {
  ;[key, attacker, elliptic] = await Promise.all([
    createKey({ kid: 'first' }),
    createKey({ kid: 'attacker' }),
    createKey({ kid: 'elliptic', alg: 'ES256' }),
  ])
  const { file } = await writeKeySet([key, elliptic])
  const { file: otherFile } = await writeKeySet([attacker])
  verify = createJwtVerifier([
    createIssuer({ jwks: file }),
    createIssuer({ issuer: 'https://other.example', jwks: otherFile }),
  ])
})

describe('a token of a trusted issuer', () => {
  test('a token of a trusted issuer is accepted with its claims and the entry of the allow-list', async () => {
    const verified = await verify(await sign(key, { user: 'ann' }))
    expect(verified).toMatchObject({ claims: { user: 'ann' }, issuer: { issuer: 'https://ci.example' } })
  })

  test("a token of a trusted issuer is accepted when the server's audience is one of several", async () => {
    const token = await sign(key, { aud: ['https://elsewhere.example', AUDIENCE] })
    await expect(verify(token)).resolves.toBeDefined()
  })

  test('a token of a trusted issuer is accepted when the clocks differ by less than the tolerance', async () => {
    const token = await sign(key, { exp: seconds(-2), nbf: seconds(2) })
    await expect(verify(token)).resolves.toBeDefined()
  })

  test.each(['RS256', 'PS256', 'ES256', 'EdDSA'] as const)(
    'a token of a trusted issuer may be signed with %s when the configuration says so',
    async (alg) => {
      const own = await createKey({ alg })
      const { file } = await writeKeySet([own])
      const verify = createJwtVerifier([createIssuer({ jwks: file, algorithms: [alg] })])
      await expect(verify(await sign(own))).resolves.toBeDefined()
    },
  )
})

type Attack = { title: string; forge: () => string | Promise<string>; message: string }

const unpublished = 'a key that its issuer does not publish'
const malformed = 'not a well-formed JWT'

const attacks: Attack[] = [
  {
    title: 'has the algorithm none',
    forge: () => `${encode({ alg: 'none' })}.${encode(claims())}.`,
    message: 'algorithm',
  },
  {
    title: 'has the algorithm none in other letters and a signature',
    forge: () => `${encode({ alg: 'nOnE', kid: 'first' })}.${encode(claims())}.AAAA`,
    message: 'algorithm',
  },
  {
    title: 'is signed by HS256 with the public key as the secret',
    forge: async () => {
      const pem = await exportSPKI((await importJWK(key.publicJwk, 'RS256', { extractable: true })) as CryptoKey)
      const signed = `${encode({ alg: 'HS256', kid: 'first' })}.${encode(claims())}`
      return `${signed}.${createHmac('sha256', pem).update(signed).digest('base64url')}`
    },
    message: 'algorithm',
  },
  {
    title: 'is signed with a published key by an algorithm that is not allowed',
    forge: () => sign(elliptic),
    message: 'algorithm',
  },
  { title: 'has another issuer', forge: () => sign(key, { iss: 'https://evil.example' }), message: 'not trusted' },
  { title: 'has no issuer', forge: () => sign(key, { iss: undefined }), message: 'not trusted' },
  {
    title: 'has the name of a built-in property as its issuer',
    forge: () => sign(key, { iss: '__proto__' }),
    message: 'not trusted',
  },
  {
    title: 'names one trusted issuer and is signed by another',
    forge: () => sign(attacker, { iss: 'https://ci.example' }),
    message: unpublished,
  },
  { title: 'has another audience', forge: () => sign(key, { aud: 'https://elsewhere.example' }), message: '"aud"' },
  { title: 'has no audience', forge: () => sign(key, { aud: undefined }), message: '"aud"' },
  { title: 'has expired', forge: () => sign(key, { exp: seconds(-60) }), message: 'expired' },
  { title: 'has no expiry', forge: () => sign(key, { exp: undefined }), message: '"exp"' },
  { title: 'has an expiry that is no number', forge: () => sign(key, { exp: 'never' }), message: '"exp"' },
  { title: 'is not valid yet', forge: () => sign(key, { nbf: seconds(60) }), message: '"nbf"' },
  { title: 'has the kid of another key', forge: () => sign({ ...attacker, kid: 'first' }), message: 'signature' },
  {
    title: 'has a kid that is a path',
    forge: () => sign(attacker, {}, { kid: '../../../../dev/null' }),
    message: unpublished,
  },
  { title: 'has a kid that is SQL', forge: () => sign(attacker, {}, { kid: "' OR 1=1 --" }), message: unpublished },
  { title: 'brings its own key', forge: () => sign(attacker, {}, { jwk: attacker.publicJwk }), message: unpublished },
  {
    title: 'brings its own key under a trusted kid',
    forge: () => sign(attacker, {}, { kid: 'first', jwk: attacker.publicJwk }),
    message: 'signature',
  },
  {
    title: 'brings its own certificate',
    forge: () => sign(attacker, {}, { kid: 'first', x5c: ['MIIB'], x5t: 'AAAA' }),
    message: 'signature',
  },
  {
    title: 'needs an extension',
    forge: () => `${encode({ alg: 'RS256', kid: 'first', crit: ['x'], x: 1 })}.${encode(claims())}.AAAA`,
    message: malformed,
  },
  {
    title: 'has other claims than were signed',
    forge: async () => (await sign(key)).replace(/\.[^.]+\./, `.${encode(claims({ user: 'root' }))}.`),
    message: 'signature',
  },
  {
    title: 'is encrypted',
    forge: async () =>
      new CompactEncrypt(Buffer.from(JSON.stringify(claims())))
        .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
        .encrypt(new Uint8Array(32)),
    message: malformed,
  },
  { title: 'is empty', forge: () => '', message: malformed },
  { title: 'has no parts', forge: () => 'token', message: malformed },
  { title: 'has empty parts', forge: () => '..', message: malformed },
  { title: 'is not base64', forge: () => '!.!.!', message: malformed },
  { title: 'is not JSON', forge: () => 'AAAA.AAAA.AAAA', message: malformed },
  { title: 'holds a list', forge: () => `${encode({ alg: 'RS256' })}.${encode([])}.AAAA`, message: malformed },
  { title: 'has a header that is no object', forge: () => `bnVsbA.${encode(claims())}.AAAA`, message: malformed },
]

describe('a forged token', () => {
  test.each(attacks)('a token that $title is refused', async ({ forge, message }) => {
    await expect(verify(await forge())).rejects.toEqual(refused(message))
  })

  test.each(['jku', 'x5u'])(
    'a token that names in %s where to get its key is refused, and nobody goes there',
    async (parameter) => {
      const evil = await serveKeySet([attacker])
      onTestFinished(evil.close)
      const token = await sign(attacker, {}, { [parameter]: evil.url })
      await expect(verify(token)).rejects.toEqual(refused(unpublished))
      expect(evil.state.requests).toBe(0)
    },
  )

  test('a token that was changed in any place is refused', async () => {
    const token = await sign(key, { user: 'ann' })
    const changed = fc
      .tuple(fc.nat(token.length - 1), fc.string({ minLength: 0, maxLength: 2 }))
      .map(([at, text]) => token.slice(0, at) + text + token.slice(at + 1))
    await fc.assert(
      fc.asyncProperty(changed, async (text) => {
        const outcome = await verify(text).catch((error: unknown) => error)
        if (outcome instanceof AppError) return outcome.code === 'UNAUTHENTICATED'
        // Some bits of the last letter of a signature do not count.
        expect(outcome).toMatchObject({ claims: { user: 'ann' } })
        return true
      }),
      { numRuns: 300 },
    )
  })

  test('a token without a kid is refused when several keys could have signed it', async () => {
    const { file } = await writeKeySet([key, attacker])
    const verify = createJwtVerifier([createIssuer({ jwks: file })])
    await expect(verify(await sign(key, {}, { kid: undefined }))).rejects.toEqual(refused('which key'))
  })

  test('a token is refused when no issuer is trusted', async () => {
    await expect(createJwtVerifier([])(await sign(key))).rejects.toEqual(refused('not trusted'))
  })
})

test('an issuer that is listed twice is refused when the server starts', () => {
  const issuer = createIssuer({ jwks: 'jwks.json' })
  expect(() => createJwtVerifier([issuer, issuer])).toThrow('the issuer https://ci.example is listed twice')
})

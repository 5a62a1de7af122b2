import fc from 'fast-check'
import type { JSONWebKeySet } from 'jose'
import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose'
import { describe, expect, test } from 'vitest'
import type { SigningKey } from '../../../src/generated/prisma/client.ts'
import { canonicalJson, digestOf, EVIDENCE_TYPE, type Json } from '../../../src/modules/evidence/evidence-snapshot.ts'
import { type Check, type EvidenceToVerify, verifyEvidence } from '../../../src/modules/evidence/verify-evidence.ts'
import { signDetached } from '../../../src/signing/sign-detached.ts'

const document = {
  release: {
    id: 1,
    tag_name: 'v1.0',
    name: 'Größe 1 \u0000 "quoted" \\',
    description: null,
    created_at: '2026-03-04T05:06:07.089Z',
    project: { id: 12, name: 'Waybill', description: '', created_at: '2025-01-01T00:00:00.000Z' },
    milestones: [{ id: 3, title: 'M3', issues: [{ id: 10, state: 'opened' }] }],
    report_artifacts: [],
  },
}

async function createKey(): Promise<SigningKey> {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true })
  const jwk = await exportJWK(publicKey)
  const kid = await calculateJwkThumbprint(jwk)
  const publicJwk = { ...jwk, kid, alg: 'ES256' } as SigningKey['publicJwk']
  const privateJwk = (await exportJWK(privateKey)) as SigningKey['privateJwk']
  return { kid, algorithm: 'ES256', publicJwk, privateJwk, createdAt: new Date(0), retiredAt: null }
}

const key = await createKey()
const other = await createKey()
const jwksOf = (...keys: SigningKey[]) => ({ keys: keys.map(({ publicJwk }) => publicJwk) }) as JSONWebKeySet
const jwks = jwksOf(other, key)
const canonical = canonicalJson(document)
const sha = digestOf(document)
const signature = await signDetached(key, { type: EVIDENCE_TYPE, payload: canonical })
const foreign = await signDetached(other, { type: EVIDENCE_TYPE, payload: '{}' })

const bytesOf = (text: string) => new TextEncoder().encode(text)
const bundle = (changes: object = {}) => bytesOf(JSON.stringify({ document, sha, signature, ...changes }, null, 2))

const verify = (evidence: Partial<EvidenceToVerify>) => verifyEvidence({ bytes: bundle(), jwks, ...evidence })

const failuresOf = (checks: readonly Check[]) =>
  checks.filter(({ ok }) => !ok).map(({ subject, finding }) => `${subject} ${finding}`)

const failures = async (evidence: Partial<EvidenceToVerify>) => failuresOf(await verify(evidence))

describe('evidence that is proven', () => {
  test.each<[string, Partial<EvidenceToVerify>]>([
    ['as a bundle', {}],
    ['as the document that is served', { bytes: bytesOf(canonical), sha, signature }],
    ['without a digest to compare with', { bytes: bytesOf(canonical), signature }],
    ['in another form with the same content', { bytes: bytesOf(JSON.stringify(document, null, 4)), sha, signature }],
    ['with a byte order mark', { bytes: bytesOf(`\ufeff${canonical}`), sha, signature }],
    ['as a bundle with the same digest and signature given again', { sha: sha.toUpperCase(), signature }],
  ])('evidence is proven %s', async (_name, evidence) => {
    const checks = await verify(evidence)
    expect(failuresOf(checks)).toEqual([])
    expect(checks.map(({ subject }) => subject)).toEqual(expect.arrayContaining(['document', 'digest', 'signature']))
  })
})

describe('evidence that is not proven', () => {
  const changed = { release: { ...document.release, name: 'Grösse 1' } }
  const headed = (header: object) =>
    `${Buffer.from(JSON.stringify(header)).toString('base64url')}..${signature.split('..')[1]}`

  test.each<[string, Partial<EvidenceToVerify>, string[]]>([
    [
      'when a value was changed',
      { bytes: bundle({ document: changed }) },
      [
        `digest differs: the document has ${digestOf(changed)}, published was ${sha}`,
        `signature does not fit: the key ${key.kid} did not sign this document`,
      ],
    ],
    [
      'when only the digest was changed',
      { bytes: bundle({ sha: '0'.repeat(64) }) },
      [`digest differs: the document has ${sha}, published was ${'0'.repeat(64)}`],
    ],
    [
      'when the digest that was published is another one than the one of the bundle',
      { sha: '0'.repeat(64) },
      [`digest differs: the document has ${sha}, published was ${'0'.repeat(64)}`],
    ],
    [
      'when a changed document has a digest of its own',
      { bytes: bundle({ document: changed, sha: digestOf(changed) }) },
      [`signature does not fit: the key ${key.kid} did not sign this document`],
    ],
    [
      'when the key is not trusted',
      { jwks: jwksOf(other) },
      [`signature is by the key ${key.kid}, which is not among the 1 keys given`],
    ],
    [
      'when another key goes by that name',
      { jwks: { keys: [{ ...jwksOf(other).keys[0], kid: key.kid }] } as JSONWebKeySet },
      [`signature does not fit: the key ${key.kid} did not sign this document`],
    ],
    [
      'when the key of that name is a secret',
      { jwks: { keys: [{ kty: 'oct', k: 'c2VjcmV0', kid: key.kid }] } as JSONWebKeySet },
      [`signature does not fit: the key ${key.kid} did not sign this document`],
    ],
    ['when there is no signature', { bytes: bytesOf(canonical), sha }, ['signature was not given']],
    [
      'when the signature is no JWS',
      { bytes: bundle({ signature: 'nonsense' }) },
      ['signature is no detached JWS (header..signature)'],
    ],
    [
      'when the signature claims to need none',
      { bytes: bundle({ signature: headed({ alg: 'none', kid: key.kid, typ: EVIDENCE_TYPE }) }) },
      ['signature is made with none, not with ES256'],
    ],
    [
      'when the signature was made for something else',
      { bytes: bundle({ signature: headed({ alg: 'ES256', kid: key.kid, typ: 'JWT' }) }) },
      ['signature is of the type JWT, so it signs no evidence'],
    ],
    [
      'when a second signature is given that is not its own',
      { signature: foreign },
      [`signature does not fit: the key ${other.kid} did not sign this document`],
    ],
    [
      'when it is cut off',
      { bytes: bytesOf(canonical.slice(0, -2)) },
      [expect.stringContaining('document is no JSON')],
    ],
    ['when it is empty', { bytes: bytesOf('') }, [expect.stringContaining('document is no JSON')]],
    ['when it is not UTF-8', { bytes: Uint8Array.from([34, 0xc3, 34]) }, ['document is not UTF-8 text']],
    [
      'when the bundle lacks something',
      { bytes: bytesOf(JSON.stringify({ document, sha })) },
      ['document is no bundle: it must have a document, a sha and a signature, and nothing else'],
    ],
    [
      'when a number is beyond all numbers',
      { bytes: bytesOf(canonical.replace('null', '1e999')), sha, signature },
      ['document is no snapshot: a number is too large'],
    ],
    [
      'when it is nested without end',
      { bytes: bytesOf('['.repeat(200_000) + ']'.repeat(200_000)), sha, signature },
      [expect.stringContaining('document is no snapshot')],
    ],
  ])('evidence is refused with the reason %s', async (_name, evidence, expected) => {
    expect(await failures(evidence)).toEqual(expected)
  })

  test('evidence is refused with the reason when a member was added whose name every object has', async () => {
    const text = canonical.replace('"id":1,', '"id":1,"__proto__":{"id":2},')
    expect(await failures({ bytes: bytesOf(text), sha, signature })).toHaveLength(2)
    const bundled = `{"document":${text},"sha":"${sha}","signature":"${signature}"}`
    expect(await failures({ bytes: bytesOf(bundled) })).toHaveLength(2)
  })
})

const parse = (bytes: Uint8Array): Json | undefined => {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as Json
  } catch {
    return undefined
  }
}

test('a change of any byte anywhere in the document is noticed, unless the document means the same', async () => {
  const before = `{"sha":"${sha}","signature":"${signature}","document":`
  const original = bytesOf(`${before}${canonical}}`)
  const place = fc.integer({ min: bytesOf(before).length, max: original.length - 2 })
  await fc.assert(
    fc.asyncProperty(place, fc.integer({ min: 0, max: 255 }), async (at, byte) => {
      const bytes = Uint8Array.from(original)
      bytes[at] = byte
      const isSame = JSON.stringify(parse(bytes)) === JSON.stringify(parse(original))
      expect((await failures({ bytes })).length === 0).toBe(isSame)
    }),
    { numRuns: 1000 },
  )
})

import { expect, onTestFinished, test } from 'vitest'
import { connectDatabase, db } from '../../src/database/db.ts'
import { isSignedBy, parseDetached } from '../../src/signing/detached-jws.ts'
import { signDetached } from '../../src/signing/sign-detached.ts'
import { currentSigningKey, publishedKeys, rotateSigningKey } from '../../src/signing/signing-keys.ts'
import { createDatabase } from '../support/database.ts'

/** The database of a server before its first start. */
async function openDatabase(): Promise<void> {
  const database = await createDatabase()
  const client = connectDatabase({ url: database.url })
  onTestFinished(async () => {
    await client.$disconnect()
    await database.drop()
  })
}

/** Many transactions at once wait for each other on a busy machine. */
const PATIENCE = { maxWait: 10_000, timeout: 10_000 }
const current = () => db.$transaction(currentSigningKey, PATIENCE)
const rotate = () => db.$transaction(rotateSigningKey, PATIENCE)

test('servers that start at the same time make one key', async () => {
  await openDatabase()
  const keys = await Promise.all(Array.from({ length: 8 }, current))
  expect(new Set(keys.map(({ kid }) => kid)).size).toBe(1)
  expect(await db.signingKey.count()).toBe(1)
})

test('the key stays the same until it is rotated', async () => {
  await openDatabase()
  const first = await current()
  expect((await current()).kid).toBe(first.kid)
  const second = await rotate()
  expect(second.kid).not.toBe(first.kid)
  expect((await current()).kid).toBe(second.kid)
})

test('rotations at the same time leave one current key', async () => {
  await openDatabase()
  await Promise.all(Array.from({ length: 4 }, rotate))
  expect(await db.signingKey.count({ where: { retiredAt: null } })).toBe(1)
})

test('all keys are published, the newest first, and nothing private of them', async () => {
  await openDatabase()
  const kids = [(await current()).kid, (await rotate()).kid]
  const { keys } = await publishedKeys()
  expect(keys.map(({ kid }) => kid)).toEqual(kids.toReversed())
  for (const key of keys) {
    expect(Object.keys(key).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y'])
    expect(key).toMatchObject({ alg: 'ES256', crv: 'P-256', kty: 'EC', use: 'sig' })
  }
})

test('a signature names its key, its algorithm and what it signs, and does not repeat the payload', async () => {
  await openDatabase()
  const key = await current()
  const jws = parseDetached(await signDetached(key, { type: 'evidence+jws', payload: 'é' }))
  expect(jws?.header).toEqual({ alg: 'ES256', kid: key.kid, typ: 'evidence+jws' })
  if (!jws) return
  const [published = {}] = (await publishedKeys()).keys
  expect(await isSignedBy(published, jws, 'é')).toBe(true)
  expect(await isSignedBy(published, jws, 'e')).toBe(false)
})

test.each(['', '..', 'a..b', 'a.b.c', `${Buffer.from('{}').toString('base64url')}..c2ln`])(
  '%j is no detached JWS',
  (text) => {
    expect(parseDetached(text)).toBeNull()
  },
)

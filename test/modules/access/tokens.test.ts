import { createHash } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectDatabase, db } from '../../../src/db.ts'
import { digestOf, generateToken, issueToken } from '../../../src/modules/access/tokens.ts'
import { createDatabase, type TestDatabase } from '../../support/database.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await createDatabase()
  connectDatabase({ url: database.url })
})

afterAll(async () => {
  await db.$disconnect()
  await database.drop()
})

test('a token is our prefix and 32 random bytes', () => {
  const tokens = new Set(Array.from({ length: 100 }, generateToken))
  expect(tokens.size).toBe(100)
  for (const token of tokens) expect(token).toMatch(/^wbt_[A-Za-z0-9_-]{43}$/)
})

test('the digest of a token is its SHA-256', () => {
  expect(Buffer.from(digestOf('wbt_example')).toString('hex')).toBe(
    createHash('sha256').update('wbt_example').digest('hex'),
  )
})

test('an issued token is stored as its digest only', async () => {
  const user = await db.user.create({ data: { username: 'ann', name: 'Ann' } })
  const expiresAt = new Date(Date.now() + 60_000)
  const token = await issueToken({ userId: user.id, name: 'laptop', scopes: ['read_api'], expiresAt })
  const row = await db.accessToken.findFirstOrThrow({ where: { userId: user.id } })
  expect(row).toMatchObject({ name: 'laptop', scopes: ['read_api'], expiresAt, revokedAt: null })
  expect(row.digest).toEqual(digestOf(token))
  expect(JSON.stringify(row)).not.toContain(token)
})

test('an issued token without an expiry is valid until it is revoked', async () => {
  const user = await db.user.create({ data: { username: 'bob', name: 'Bob' } })
  await issueToken({ userId: user.id, name: 'robot', scopes: ['api'] })
  expect(await db.accessToken.findFirst({ where: { userId: user.id } })).toMatchObject({ expiresAt: null })
})

import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { digestOf, generateToken } from '../../src/authentication/token-secrets.ts'

test('a token is the prefix of Waybill and 32 random bytes', () => {
  const tokens = new Set(Array.from({ length: 100 }, generateToken))
  expect(tokens.size).toBe(100)
  for (const token of tokens) expect(token).toMatch(/^wbt_[A-Za-z0-9_-]{43}$/)
})

test('the digest of a token is its SHA-256', () => {
  expect(Buffer.from(digestOf('wbt_example')).toString('hex')).toBe(
    createHash('sha256').update('wbt_example').digest('hex'),
  )
})

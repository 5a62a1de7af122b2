import { describe, expect, test } from 'vitest'
import { digestOf } from '../../src/authentication/token-secrets.ts'
import { db } from '../../src/database/db.ts'
import { graphql } from '../generated/gql.ts'
import type { AccessTokenCreateInput } from '../generated/graphql.ts'
import { useApp } from '../support/app.ts'
import { query } from '../support/client.ts'
import * as create from '../support/factories.ts'
import { mutate } from '../support/mutate.ts'

const app = useApp()

const Create = graphql(`
  mutation createAccessToken($input: AccessTokenCreateInput!) {
    accessTokenCreate(input: $input) { errors token accessToken { id name scopes expiresAt revokedAt } }
  }
`)

const Mine = graphql(`
  query accessTokens {
    currentUser { username accessTokens { count nodes { id name scopes } } }
  }
`)

const make = (input: Partial<AccessTokenCreateInput>, token: string | null) =>
  query(app, Create, { input: { name: 'script', scopes: ['API'], ...input } }, { token })

const signIn = async (data: Parameters<typeof create.createUser>[0] = {}) => {
  const user = await create.createUser(data)
  return { user, token: await create.tokenFor(user) }
}

const works = async (token: string) => (await query(app, Mine, {}, { token })).status === 200

describe('accessTokenCreate', () => {
  test("accessTokenCreate shows a token of the viewer's account once, and keeps its digest only", async () => {
    const { user, token: present } = await signIn()
    const { data } = await make({ scopes: ['READ_API', 'READ_API'], expiresAt: '2100-01-01' }, present)
    const { token, accessToken, errors } = data.accessTokenCreate ?? {}
    expect(errors).toEqual([])
    expect(token).toMatch(/^wbt_/)
    expect(accessToken).toMatchObject({ scopes: ['READ_API'], expiresAt: '2100-01-01T00:00:00Z', revokedAt: null })
    const row = await db.accessToken.findUniqueOrThrow({ where: { digest: digestOf(token ?? '') } })
    expect(row.userId).toBe(user.id)
    const listed = await query(app, Mine, {}, { token: token ?? '' })
    expect(listed.data.currentUser).toMatchObject({ username: user.username, accessTokens: { count: 2 } })
    expect(JSON.stringify(listed)).not.toContain(token)
    expect(JSON.stringify(await db.auditEvent.findMany())).not.toContain(token)
    expect((await make({}, token ?? '')).errors?.[0]).toMatchObject({ extensions: { code: 'FORBIDDEN' } })
  })

  test.each([
    ['a blank name', { name: '' }, "Name can't be blank"],
    ['no scopes', { scopes: [] }, "Scopes can't be blank"],
    ['an end in the past', { expiresAt: '2020-01-01' }, 'The expiry date must be in the future'],
  ])('accessTokenCreate refuses %s', async (_name, input, message) => {
    const { token } = await signIn()
    expect((await make(input, token)).data.accessTokenCreate).toEqual({
      errors: [message],
      token: null,
      accessToken: null,
    })
  })

  test('accessTokenCreate needs an account', async () => {
    expect((await make({}, null)).errors?.[0]).toMatchObject({ extensions: { code: 'NOT_FOUND' } })
  })
})

describe('accessTokenRevoke', () => {
  const idOf = async (token: string) =>
    `gid://gitlab/AccessToken/${(await db.accessToken.findUniqueOrThrow({ where: { digest: digestOf(token) } })).id}`

  test("accessTokenRevoke makes the viewer's own token useless at once, and may be repeated", async () => {
    const { token } = await signIn()
    const other = (await make({}, token)).data.accessTokenCreate?.token ?? ''
    expect(await works(other)).toBe(true)
    const input = { id: await idOf(other) }
    expect(await mutate(app, token, 'accessTokenRevoke', input)).toEqual([])
    expect(await works(other)).toBe(false)
    const kept = () => db.accessToken.findUniqueOrThrow({ where: { digest: digestOf(other) } })
    const { revokedAt, id } = await kept()
    expect(await mutate(app, token, 'accessTokenRevoke', input)).toEqual([])
    expect((await kept()).revokedAt).toEqual(revokedAt)
    expect(await db.auditEvent.count({ where: { eventType: 'access_token_revoked', targetId: id } })).toBe(1)
    expect((await query(app, Mine, {}, { token })).data.currentUser?.accessTokens?.count).toBe(1)
  })

  test("accessTokenRevoke takes somebody else's token from administrators, and answers others as for a missing token", async () => {
    const { token: victim } = await signIn()
    const { token: stranger } = await signIn()
    const { token: administrator } = await signIn({ admin: true })
    const document = 'mutation ($input: AccessTokenRevokeInput!) { accessTokenRevoke(input: $input) { errors } }'
    const ask = (id: string, token: string) => query(app, document, { input: { id } }, { token })
    const hidden = await ask(await idOf(victim), stranger)
    const missing = await ask('gid://gitlab/AccessToken/2000000000', stranger)
    expect(hidden.errors).toEqual(missing.errors)
    expect(await works(victim)).toBe(true)
    expect((await ask(await idOf(victim), administrator)).errors).toBeUndefined()
    expect(await works(victim)).toBe(false)
  })
})

test('an account sees its own tokens as long as they work, the newest first', async () => {
  const { user, token } = await signIn()
  for (const [name, expiresAt] of [
    ['ended', new Date(Date.now() - 1000)],
    ['ends', new Date(Date.now() + 60_000)],
  ] as const) {
    await create.createToken({ userId: user.id, name, expiresAt })
  }
  await create.createToken({ userId: user.id, name: 'revoked', revokedAt: new Date() })
  const document = '{ currentUser { accessTokens { count nodes { name } } } }'
  const { data } = await query(app, document, {}, { token })
  expect(data).toEqual({ currentUser: { accessTokens: { count: 2, nodes: [{ name: 'ends' }, { name: 'test' }] } } })
})

test('only the account itself has a field for its tokens', async () => {
  const { errors } = await query(app, '{ users(usernames: ["x"]) { nodes { accessTokens { count } } } }')
  expect(errors?.[0]?.message).toContain('Cannot query field "accessTokens" on type "UserCore"')
})

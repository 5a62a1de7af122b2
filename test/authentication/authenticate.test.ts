import { describe, expect, test } from 'vitest'
import { anonymous } from '../../src/access/viewer.ts'
import { generateToken } from '../../src/authentication/token-secrets.ts'
import { refused } from '../support/jwt.ts'
import { createToken, createUser, useAuthenticator } from './world.ts'

const { ask, signed, countStatements } = useAuthenticator()

describe('a request', () => {
  test.each([
    ['without credentials', {}],
    ['with empty credentials', { 'PRIVATE-TOKEN': '', 'JOB-TOKEN': ' ', Authorization: '' }],
  ])('a request %s is anonymous and sends no statement to the database', async (_title, headers) => {
    expect(await countStatements(async () => expect(await ask(headers)).toEqual(anonymous()))).toBe(0)
  })

  test.each([
    ['PRIVATE-TOKEN', (token: string) => ({ 'PRIVATE-TOKEN': token })],
    ['Authorization: Bearer', (token: string) => ({ Authorization: `Bearer ${token}` })],
    ['Authorization in other letters', (token: string) => ({ Authorization: `bEARER   ${token}` })],
  ])("a request with an access token in %s is its user's, in one statement", async (_title, headers) => {
    const user = await createUser()
    const token = await createToken(user.id)
    const count = await countStatements(async () => expect((await ask(headers(token))).user).toEqual(user))
    expect(count).toBe(1)
  })

  test.each([
    ['JOB-TOKEN', (token: string) => ({ 'JOB-TOKEN': token })],
    ['Authorization: Bearer', (token: string) => ({ Authorization: `Bearer ${token}` })],
  ])(
    'a request with a JWT in %s belongs to the account that the JWT names, in one statement',
    async (_title, headers) => {
      const user = await createUser()
      const token = await signed({ user: user.username })
      const count = await countStatements(async () => expect((await ask(headers(token))).user).toEqual(user))
      expect(count).toBe(1)
    },
  )

  test('a request with several credentials goes by PRIVATE-TOKEN before JOB-TOKEN before Authorization', async () => {
    const [first, second, third] = [await createUser(), await createUser(), await createUser()]
    const accessToken = { 'PRIVATE-TOKEN': await createToken(first.id) }
    const jobToken = { 'JOB-TOKEN': await signed({ user: second.username }) }
    const bearer = { Authorization: `Bearer ${await createToken(third.id)}` }
    expect((await ask({ ...bearer, ...jobToken, ...accessToken })).user?.id).toBe(first.id)
    expect((await ask({ ...bearer, ...jobToken })).user?.id).toBe(second.id)
    expect((await ask({ ...bearer, 'JOB-TOKEN': '' })).user?.id).toBe(third.id)
  })

  test('a request with a wrong credential is refused even when another header holds a good one', async () => {
    const token = await createToken((await createUser()).id)
    const good = { Authorization: `Bearer ${token}` }
    await expect(ask({ ...good, 'PRIVATE-TOKEN': generateToken() })).rejects.toEqual(refused('access token'))
    await expect(ask({ ...good, 'JOB-TOKEN': token })).rejects.toEqual(refused('not a well-formed JWT'))
  })

  test.each(['Basic YW5uOnNlY3JldA==', 'Token abc', 'Bearerabc', 'wbt_abc'])(
    'a request with the Authorization "%s" is refused and told to use Bearer',
    async (value) => {
      await expect(ask({ Authorization: value })).rejects.toEqual(refused('Bearer'))
    },
  )

  test.each([
    ['is too long', 'PRIVATE-TOKEN', 'x'.repeat(8193)],
    ['is too long', 'JOB-TOKEN', `e30.${'x'.repeat(8192)}.e30`],
    ['is too long', 'Authorization', `Bearer ${'x'.repeat(8193)}`],
    ['is missing', 'Authorization', 'Bearer'],
    ['is two tokens', 'PRIVATE-TOKEN', 'wbt_a, wbt_b'],
    ['is not ASCII', 'PRIVATE-TOKEN', 'wbt_\u00e9'],
  ])('a request whose token %s in %s is refused before any work', async (_title, header, value) => {
    const count = await countStatements(() => expect(ask({ [header]: value })).rejects.toEqual(refused(header)))
    expect(count).toBe(0)
  })

  test('a request whose token holds a NUL is refused before any work', async () => {
    // What Node's own Headers would not even hold.
    const headers = new Headers({ 'PRIVATE-TOKEN': 'wbt_' })
    headers.get = (name) => (name === 'PRIVATE-TOKEN' ? 'wbt_\0' : null)
    await expect(ask(headers)).rejects.toEqual(refused('PRIVATE-TOKEN'))
  })
})

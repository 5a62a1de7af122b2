import { expect, test } from 'vitest'
import { digestOf } from '../../../src/authentication/token-secrets.ts'
import { db } from '../../../src/database/db.ts'
import { removeEndedSessions } from '../../../src/modules/sessions/session-rows.ts'
import { startAnotherServer } from '../../support/another-server.ts'
import { useApp } from '../../support/app.ts'
import { query } from '../../support/client.ts'
import { createUser, tokenFor } from '../../support/factories.ts'
import { cookieOf, FROM_HERE, formTokenOf, post, signedInAs, signIn } from './browser.ts'

const app = useApp()

type Listed = {
  id: string
  current: boolean
  scopes: string[]
  ipAddress: string
  userAgent: string
  expiresAt: string
}

const LIST = '{ currentUser { sessions { nodes { id current scopes ipAddress userAgent usedAt expiresAt } } } }'

async function sessionsOf(asked: { token?: string; cookie?: string }): Promise<Listed[]> {
  const headers: Record<string, string> = asked.cookie ? { cookie: asked.cookie, ...FROM_HERE } : {}
  const { data } = await query<{ currentUser: { sessions: { nodes: Listed[] } } }, object>(
    app,
    LIST,
    {},
    {
      token: asked.token ?? null,
      headers,
    },
  )
  return data.currentUser?.sessions.nodes ?? []
}

async function newSession(headers: Record<string, string> = {}) {
  const user = await createUser()
  const token = await tokenFor(user)
  return { user, token, cookie: await signIn(app, token, headers) }
}

const rowOf = (userId: number) => db.session.findFirstOrThrow({ where: { userId } })

test('a token signs a browser in, by a cookie that scripts and other servers do not get', async () => {
  const user = await createUser()
  const token = await tokenFor(user)
  const response = await post(app, '/-/sign-in', { form: { token, return_to: '/a/b?c=d' } })
  expect([response.status, response.headers.get('location')]).toEqual([303, '/a/b?c=d'])
  const [cookie = ''] = response.headers.getSetCookie()
  expect(cookie).toMatch(/^waybill_session=wbs_[\w-]{43}; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Lax$/)
  expect(response.headers.get('cache-control')).toBe('no-store')
  expect(await signedInAs(app, cookieOf(response))).toBe(user.username)
  const { digest } = await rowOf(user.id)
  expect(Buffer.from(digest)).toEqual(Buffer.from(digestOf(cookieOf(response).split('=')[1] ?? '')))
})

test('behind TLS the cookie is for TLS and this host alone, and no other cookie counts', async () => {
  const server = await startAnotherServer(app, { baseUrl: 'https://waybill.example.com' })
  const { user, token } = await newSession()
  const response = await post(server, '/-/sign-in', { form: { token } })
  const [cookie = ''] = response.headers.getSetCookie()
  expect(cookie).toMatch(/^__Host-waybill_session=wbs_.*; Path=\/; HttpOnly; Secure; SameSite=Lax$/)
  expect(cookie).not.toMatch(/domain/i)
  expect(await signedInAs(server, cookieOf(response))).toBe(user.username)
  expect(await signedInAs(server, cookieOf(response).replace('__Host-', ''))).toBe(null)
})

test('wrong, revoked and ended tokens, and tokens of blocked accounts, sign nobody in and are told alike', async () => {
  const user = await createUser({ state: 'blocked' })
  const revoked = await tokenFor(await createUser())
  await db.accessToken.updateMany({ where: { digest: digestOf(revoked) }, data: { revokedAt: new Date() } })
  const answers = await Promise.all(
    ['wbt_wrong', revoked, await tokenFor(user)].map(async (token) => {
      const response = await post(app, '/-/sign-in', { form: { token, return_to: '/x' } })
      return [response.status, response.headers.getSetCookie(), await response.text()]
    }),
  )
  expect(answers[0]?.slice(0, 2)).toEqual([401, []])
  expect(answers[0]?.[2]).toContain('unknown, expired or revoked')
  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
  expect((await post(app, '/-/sign-in', { form: {} })).status).toBe(401)
})

test.each([
  ['https://evil.example.com', '/'],
  ['//evil.example.com', '/'],
  ['/\\evil.example.com', '/'],
  ['/\t/evil.example.com', '/'],
  ['/.//evil.example.com', '/'],
  ['/a/..//evil.example.com', '/'],
  ['javascript:alert(1)', '/'],
  ['/%2F/evil', '/%2F/evil'],
  [`/${'a'.repeat(9000)}`, '/'],
  ['/demo/app/-/releases?x=1#y', '/demo/app/-/releases?x=1#y'],
])('after signing in a browser that asks for %s goes to %s', async (asked, location) => {
  const token = await tokenFor(await createUser())
  const response = await post(app, '/-/sign-in', { form: { token, return_to: asked } })
  expect(response.headers.get('location')).toBe(location)
})

test('the owner sees the sessions, with what the browser called itself, bounded', async () => {
  const { token, cookie } = await newSession({ 'user-agent': 'x'.repeat(1000) })
  const [session] = await sessionsOf({ cookie })
  expect(session).toMatchObject({ current: true, scopes: ['API'], ipAddress: '127.0.0.1', userAgent: 'x'.repeat(255) })
  expect(await sessionsOf({ token })).toMatchObject([{ id: session?.id, current: false }])
  const other = await tokenFor(await createUser())
  expect(await sessionsOf({ token: other })).toEqual([])
  const revoke = 'mutation ($id: SessionID!) { sessionRevoke(input: { id: $id }) { errors session { id } } }'
  expect((await query(app, revoke, { id: session?.id }, { token: other })).errors).toHaveLength(1)
  expect(await signedInAs(app, cookie)).not.toBe(null)
  const { data } = await query<{ sessionRevoke: object }, object>(app, revoke, { id: session?.id }, { token })
  expect(data.sessionRevoke).toEqual({ errors: [], session: { id: session?.id } })
  expect(await signedInAs(app, cookie)).toBe(null)
})

test('all sessions of an account end at once, on every server, and no session of another account', async () => {
  const { token, cookie } = await newSession()
  const others = await newSession()
  const server = await startAnotherServer(app)
  const second = await signIn(server, token)
  expect(await signedInAs(server, cookie)).not.toBe(null)
  const { data } = await query<{ sessionRevokeAll: { count: number } }, object>(
    app,
    'mutation { sessionRevokeAll(input: {}) { count errors } }',
    {},
    { headers: { cookie, ...FROM_HERE } },
  )
  expect(data.sessionRevokeAll.count).toBe(2)
  for (const one of [app, server]) for (const each of [cookie, second]) expect(await signedInAs(one, each)).toBe(null)
  expect(await signedInAs(server, others.cookie)).not.toBe(null)
})

test('signing out ends the session, and removes the cookie', async () => {
  const { cookie } = await newSession()
  const form = { form_token: await formTokenOf(app, cookie) }
  const response = await post(app, '/-/sign-out', { form, headers: { cookie, ...FROM_HERE } })
  expect([response.status, response.headers.get('location')]).toEqual([303, '/-/sign-in'])
  expect(response.headers.getSetCookie()).toEqual(['waybill_session=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax'])
  expect(await signedInAs(app, cookie)).toBe(null)
})

test('signing out everywhere ends the other sessions too', async () => {
  const { token, cookie } = await newSession()
  const other = await signIn(app, token)
  const form = { form_token: await formTokenOf(app, cookie), everywhere: 'true' }
  await post(app, '/-/sign-out', { form, headers: { cookie, ...FROM_HERE } })
  expect([await signedInAs(app, cookie), await signedInAs(app, other)]).toEqual([null, null])
})

test('signing in again makes a new secret and ends the session that the browser had', async () => {
  const { cookie } = await newSession()
  const { user, token } = await newSession()
  const again = await signIn(app, token, { cookie })
  expect(again).not.toBe(cookie)
  expect([await signedInAs(app, cookie), await signedInAs(app, again)]).toEqual([null, user.username])
  const planted = `waybill_session=wbs_${'a'.repeat(43)}`
  expect(await signIn(app, token, { cookie: planted })).not.toBe(planted)
  expect(await signedInAs(app, planted)).toBe(null)
})

const ends = {
  'is not used for seven days': ({ id }: { id: number }) =>
    db.$executeRaw`UPDATE sessions SET used_at = now() - interval '7 days 1 second' WHERE id = ${id}`,
  'is thirty days old': ({ id }: { id: number }) =>
    db.$executeRaw`UPDATE sessions SET ends_at = ends_at - interval '30 days' WHERE id = ${id}`,
  'was made from a token that is revoked': ({ accessTokenId }: { accessTokenId: number | null }) =>
    db.$executeRaw`UPDATE access_tokens SET revoked_at = now() WHERE id = ${accessTokenId}`,
  'was made from a token that ends': ({ accessTokenId }: { accessTokenId: number | null }) =>
    db.$executeRaw`UPDATE access_tokens SET expires_at = now() WHERE id = ${accessTokenId}`,
}

test.each(Object.entries(ends))('a session that %s is over, and is removed', async (_name, end) => {
  const { user, cookie } = await newSession()
  expect(await signedInAs(app, cookie)).toBe(user.username)
  await removeEndedSessions()
  const row = await rowOf(user.id)
  await end(row)
  expect(await signedInAs(app, cookie)).toBe(null)
  expect(await sessionsOf({ cookie })).toEqual([])
  expect(await sessionsOf({ token: await tokenFor(user) })).toEqual([])
  await removeEndedSessions()
  expect(await db.session.findFirst({ where: { id: row.id } })).toBe(null)
})

test.each(['userBlock', 'userDelete'])('%s ends the sessions of the account', async (mutation) => {
  const { user, cookie } = await newSession()
  const admin = await tokenFor(await createUser({ admin: true }))
  await query(app, `mutation ($username: String!) { ${mutation}(input: { username: $username }) { errors } }`, user, {
    token: admin,
  })
  expect(await signedInAs(app, cookie)).toBe(null)
  expect(await db.session.count({ where: { userId: user.id } })).toBe(0)
})

test('the use of a session is written at most once a minute', async () => {
  const { user, cookie } = await newSession()
  const written = async () => {
    const statements = await app.statementsOf(() => signedInAs(app, cookie))
    return statements.filter((text) => text.includes('access.useSession')).length
  }
  expect(await written()).toBe(0)
  await db.$executeRaw`UPDATE sessions SET used_at = now() - interval '61 seconds' WHERE user_id = ${user.id}`
  expect([await written(), await written()]).toEqual([1, 0])
  expect(Date.now() - (await rowOf(user.id)).usedAt.getTime()).toBeLessThan(30_000)
})

test('an account has at most a hundred sessions: one more ends the one that was not used for the longest time', async () => {
  const { user, token, cookie } = await newSession()
  const { id, digest, ...data } = await rowOf(user.id)
  await db.session.createMany({
    data: Array.from({ length: 100 }, (_, n) => ({ ...data, digest: digestOf(`${n}`), usedAt: new Date() })),
  })
  await db.$executeRaw`UPDATE sessions SET used_at = now() - interval '1 day' WHERE id = ${id}`
  await signIn(app, token)
  expect(await db.session.count({ where: { userId: user.id } })).toBe(100)
  expect(await signedInAs(app, cookie)).toBe(null)
})

test('a session from a token that only reads cannot write', async () => {
  const user = await createUser()
  const cookie = await signIn(app, await tokenFor(user, ['read_api']))
  expect(await sessionsOf({ cookie })).toMatchObject([{ scopes: ['READ_API'] }])
  const create = 'mutation { groupCreate(input: { path: "only-read" }) { errors } }'
  const { errors } = await query(app, create, {}, { headers: { cookie, ...FROM_HERE } })
  expect(errors?.[0]?.message).toContain('may only read')
})

test('personal data has the sessions, and audit events name the kind of the credential', async () => {
  const { user, token, cookie } = await newSession()
  const create = 'mutation { accessTokenCreate(input: { name: "from a browser", scopes: [API] }) { errors } }'
  const { data } = await query(app, create, {}, { headers: { cookie, ...FROM_HERE } })
  expect(data).toEqual({ accessTokenCreate: { errors: [] } })
  const events = await db.auditEvent.findMany({ where: { authorId: user.id }, orderBy: { id: 'asc' } })
  expect(events.map(({ eventType, credential }) => [eventType, credential])).toEqual([
    ['session_created', 'access_token'],
    ['access_token_created', 'session'],
  ])
  const response = await fetch(`${app.url}/api/v4/user/personal_data`, { headers: { 'private-token': token } })
  const { sessions } = (await response.json()) as { sessions: unknown[] }
  expect(sessions).toMatchObject([{ scopes: ['api'], ip_address: '127.0.0.1' }])
  expect(JSON.stringify(sessions)).not.toContain(cookie.split('=')[1])
})

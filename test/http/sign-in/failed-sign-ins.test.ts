import { expect, test } from 'vitest'
import { useApp } from '../../support/app.ts'
import { createUser, tokenFor } from '../../support/factories.ts'
import { limitedServer } from '../limited-server.ts'
import { post, signedInAs, signIn } from './browser.ts'

const app = useApp()

test('an address that has sent too many wrong tokens signs nobody new in, and sessions go on', async () => {
  const server = await limitedServer(app, {})
  const user = await createUser()
  const cookie = await signIn(server, await tokenFor(user))
  const attempt = async (token: string) => {
    const { status, headers } = await post(server, '/-/sign-in', { form: { token } })
    return { status, retryAfter: headers.get('retry-after'), cookies: headers.getSetCookie() }
  }
  for (let n = 0; n < 30; n++) {
    const answers = await Promise.all(Array.from({ length: 10 }, (_, m) => attempt(`wbt_wrong${n}-${m}`)))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401]))
  }
  const refused = await attempt(await tokenFor(await createUser()))
  expect(refused).toEqual({ status: 429, retryAfter: expect.stringMatching(/^\d+$/), cookies: [] })
  expect(await signedInAs(server, cookie)).toBe(user.username)
})

test('wrong tokens beside a cookie count as wrong tokens', async () => {
  const server = await limitedServer(app, {})
  const ask = async (n: number) => {
    const headers = { cookie: `waybill_session=wbs_${'a'.repeat(43)}`, 'private-token': `wbt_wrong-${n}` }
    return (await fetch(`${server.url}/-/explore`, { headers })).status
  }
  for (let n = 0; n < 30; n++) {
    const statuses = await Promise.all(Array.from({ length: 10 }, (_, m) => ask(10 * n + m)))
    expect(new Set(statuses)).toEqual(new Set([401]))
  }
  expect(await ask(300)).toBe(429)
})

test('cookies that were made up count as anonymous requests of their address', async () => {
  const server = await limitedServer(app, { address: 30 })
  const ask = async (n: number) => {
    const cookie = `waybill_session=wbs_${String(n).padStart(43, 'a')}`
    return (await fetch(`${server.url}/-/sign-in`, { headers: { cookie } })).status
  }
  expect([await ask(1), await ask(2), await ask(3)]).toEqual([200, 200, 200])
  const statements = await app.statementsOf(async () => expect(await ask(4)).toBe(429))
  // Refused before the session is looked up.
  expect(statements).toEqual([])
})

test.each([
  ['a form that is too long', 'application/x-www-form-urlencoded', `token=${'a'.repeat(40_000)}`, 400],
  ['a body that is no form', 'application/json', '{', 400],
  ['a token with odd bytes', 'application/x-www-form-urlencoded', 'token=%00%ff', 400],
  ['several tokens', 'application/x-www-form-urlencoded', 'token[]=a&token[]=b', 401],
])('%s is refused with a page', async (_name, type, body, status) => {
  const headers = { 'content-type': type, 'sec-fetch-site': 'same-origin' }
  const response = await fetch(`${app.url}/-/sign-in`, { method: 'POST', headers, body })
  expect([response.status, response.headers.get('content-type')]).toEqual([status, 'text/html; charset=UTF-8'])
})

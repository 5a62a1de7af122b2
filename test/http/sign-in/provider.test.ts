import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { anonymous, operator, type Viewer } from '../../../src/access/viewer.ts'
import { createProvider } from '../../../src/authentication/openid-provider.ts'
import { db } from '../../../src/database/db.ts'
import { linkIdentity } from '../../../src/modules/accounts/link-identity.ts'
import { startAnotherServer } from '../../support/another-server.ts'
import { useApp } from '../../support/app.ts'
import { createGroup, createProject, createUser } from '../../support/factories.ts'
import { CLIENT, openBrowser, type Page, useProvider } from './provider.ts'

const provider = useProvider(() => `${app.url}/-/sign-in/callback`)
const settings = () => ({ issuer: provider.url, ...CLIENT, scopes: 'openid profile email', createsAccounts: true })
const app = useApp({ oidc: settings })

const contextOf = (viewer: Viewer) => {
  const log = pino({ level: 'silent' })
  return {
    viewer,
    requestId: 'test',
    ipAddress: null,
    log,
    baseUrl: app.url,
    repositories: app.repositories,
    mayReach: () => false,
  }
}

const CALLBACK = /\/-\/sign-in\/callback/

const nameOn = ({ text }: Page) => /signed in as <strong>([^<]+)</.exec(text)?.[1] ?? null
const problemOn = ({ text }: Page) => /role="alert">([^<]+)</.exec(text)?.[1] ?? null

let subjects = 0
/** A new person at the provider. */
function person(claims: (typeof provider.people)[string] = {}): string {
  const subject = `subject-${++subjects}`
  provider.people[subject] = claims
  return subject
}

test('the first sign-in makes an account, and later ones find it, whatever its name at the provider is by then', async () => {
  const subject = person({
    preferred_username: 'Émile',
    name: 'Émile Z',
    email: 'emile@example.com',
    email_verified: true,
  })
  const page = await openBrowser().signIn(app.url, subject)
  expect([page.url, nameOn(page)]).toEqual([`${app.url}/-/sign-in`, 'Emile'])
  const user = await db.user.findUniqueOrThrow({ where: { username: 'Emile' } })
  expect(user).toMatchObject({ name: 'Émile Z', email: 'emile@example.com', admin: false, state: 'active' })
  provider.people[subject] = { preferred_username: 'somebody-else' }
  expect(nameOn(await openBrowser().signIn(app.url, subject))).toBe('Emile')
  const events = await db.auditEvent.findMany({ where: { authorId: user.id }, orderBy: { id: 'asc' } })
  expect(events.map(({ eventType, credential }) => [eventType, credential])).toEqual([
    ['user_created', 'session'],
    ['session_created', 'session'],
    ['session_created', 'session'],
  ])
})

test('a name and an address that an account has do not lead to this account', async () => {
  const owner = await createUser({ username: 'taken', email: 'taken@example.com', admin: true })
  const subject = person({
    preferred_username: 'TAKEN',
    name: owner.name,
    email: 'Taken@example.com',
    email_verified: true,
  })
  expect(nameOn(await openBrowser().signIn(app.url, subject))).toBe('TAKEN-2')
  expect(await db.user.findUniqueOrThrow({ where: { username: 'TAKEN-2' } })).toMatchObject({
    email: null,
    admin: false,
  })
})

test('an address that the provider has not verified is not taken over', async () => {
  const subject = person({ preferred_username: 'unverified', email: 'unverified@example.com', email_verified: false })
  await openBrowser().signIn(app.url, subject)
  expect(await db.user.findUniqueOrThrow({ where: { username: 'unverified' } })).toMatchObject({ email: null })
})

test.each([
  [{ preferred_username: 'ghost-7' }, 'user'],
  [{ preferred_username: 'api' }, 'user'],
  [{ preferred_username: '../..' }, 'user'],
  [{ preferred_username: 'a b/c' }, 'a-b-c'],
  [{ email: 'mail.name@example.com' }, 'mail.name'],
  [{ preferred_username: 'x'.repeat(1000) }, 'x'.repeat(100)],
  [{}, 'user'],
])('claims %j suggest a username', async (claims, expected) => {
  const name = nameOn(await openBrowser().signIn(app.url, person(claims)))
  expect(name?.replace(/-\d+$/, '')).toBe(expected)
})

test('no name is suggested that a group has, or under which an old path leads on', async () => {
  const group = await createGroup({ path: 'Group-Name' })
  const project = await createProject({ groupId: group.id })
  await db.group.update({ where: { id: group.id }, data: { path: 'new-group-name' } })
  expect(await db.oldPath.count({ where: { projectId: project.id } })).toBe(1)
  expect(nameOn(await openBrowser().signIn(app.url, person({ preferred_username: 'group-name' })))).toBe('group-name-2')
  expect(nameOn(await openBrowser().signIn(app.url, person({ preferred_username: 'new-group-name' })))).toBe(
    'new-group-name-2',
  )
  expect(await db.oldPath.count({ where: { projectId: project.id } })).toBe(1)
})

test('the same person who signs in twice at once gets one account', async () => {
  const subject = person({ preferred_username: 'twice' })
  const browsers = [openBrowser(), openBrowser(), openBrowser()]
  const pages = await Promise.all(browsers.map(({ signIn }) => signIn(app.url, subject, CALLBACK)))
  const names = await Promise.all(pages.map(async ({ url }, at) => nameOn((await browsers[at]?.go(url)) as Page)))
  expect(names).toEqual(['twice', 'twice', 'twice'])
  expect(await db.identity.count({ where: { subject } })).toBe(1)
})

test('without accounts for everybody a page tells the subject, and the operator can link it to an account', async () => {
  const server = await startAnotherServer(app, { oidc: { ...settings(), createsAccounts: false } })
  const subject = person({ preferred_username: 'linked' })
  const finish = async () => {
    const browser = openBrowser()
    const { url } = await browser.signIn(app.url, subject, CALLBACK)
    return browser.go(url.replace(app.url, server.url))
  }
  const page = await finish()
  expect([page.status, problemOn(page)]).toEqual([403, expect.stringContaining(`${subject} of ${provider.url}`)])
  expect(await db.user.count({ where: { username: { startsWith: 'linked' } } })).toBe(0)
  const user = await createUser({ username: 'linked-by-hand' })
  await db.identity.create({ data: { userId: user.id, issuer: 'https://other.example.com', subject } })
  expect((await finish()).status).toBe(403)
  const link = { username: user.username, issuer: provider.url, subject }
  await expect(
    linkIdentity(contextOf({ ...anonymous(), user, credential: 'access_token' }), link),
  ).rejects.toMatchObject({ code: 'NOT_FOUND' })
  await linkIdentity(contextOf(operator()), link)
  await expect(linkIdentity(contextOf(operator()), link)).rejects.toMatchObject({ code: 'CONFLICT' })
  expect(nameOn(await finish())).toBe('linked-by-hand')
})

test('a blocked account does not sign in', async () => {
  const subject = person({ preferred_username: 'blocked' })
  await openBrowser().signIn(app.url, subject)
  await db.user.update({ where: { username: 'blocked' }, data: { state: 'blocked' } })
  const browser = openBrowser()
  const page = await browser.signIn(app.url, subject)
  expect([page.status, problemOn(page)]).toEqual([403, 'The account blocked is not active'])
  expect([...browser.jar.keys()].filter((name) => name.includes('waybill'))).toEqual([])
})

const cookiesOf = ({ jar }: ReturnType<typeof openBrowser>) =>
  [...jar.keys()].filter((name) => name.startsWith('waybill'))

test('an answer of the provider counts once, and in the browser that began alone', async () => {
  const victim = openBrowser()
  const attacker = openBrowser()
  const { url } = await attacker.signIn(app.url, person({ preferred_username: 'attacker' }), CALLBACK)
  // A link that would sign the victim in as the attacker.
  const withoutBeginning = await victim.go(url)
  expect([withoutBeginning.status, cookiesOf(victim)]).toEqual([400, []])
  await victim.signIn(app.url, person(), CALLBACK)
  const withAnother = await victim.go(url)
  expect([withAnother.status, cookiesOf(victim)]).toEqual([400, []])
  attacker.jar.set('waybill_sign_in', `${attacker.jar.get('waybill_sign_in')}x`)
  expect((await attacker.go(url)).status).toBe(400)
})

test('an answer that has been redeemed is not redeemed again', async () => {
  const browser = openBrowser()
  const { url } = await browser.signIn(app.url, person({ preferred_username: 'once' }), CALLBACK)
  const pending = browser.jar.get('waybill_sign_in') ?? ''
  expect(nameOn(await browser.go(url))).toBe('once')
  const replaying = openBrowser()
  replaying.jar.set('waybill_sign_in', pending)
  const { status } = await replaying.go(url)
  expect([status, cookiesOf(replaying)]).toEqual([400, []])
})

test('the cookie of a sign-in that is under way tells nothing, and ends after ten minutes', async () => {
  const response = await fetch(`${app.url}/-/sign-in/provider?return_to=//evil.example.com`, { redirect: 'manual' })
  const [cookie = ''] = response.headers.getSetCookie()
  expect(cookie).toMatch(/^waybill_sign_in=[\w.-]+; Max-Age=600; Path=\/; HttpOnly; SameSite=Lax$/)
  const asked = new URL(response.headers.get('location') ?? '')
  for (const name of ['state', 'nonce']) expect(cookie).not.toContain(asked.searchParams.get(name))
  expect(asked.searchParams.get('code_challenge_method')).toBe('S256')
  expect(asked.searchParams.get('redirect_uri')).toBe(`${app.url}/-/sign-in/callback`)
})

test.each(['state', 'nonce', 'verifier'] as const)('an answer with another %s is refused', async (name) => {
  const client = createProvider(settings())
  const { location, expected } = await client.begin(`${app.url}/-/sign-in/callback`)
  const browser = openBrowser()
  let page = await browser.go(location.href, { stopAt: CALLBACK })
  for (const prompt of ['login', 'consent']) {
    const [, action = ''] = /<form[^>]* action="([^"]+)"/.exec(page.text) ?? []
    page = await browser.go(new URL(action, page.url).href, {
      form: { prompt, login: person(), password: 'x' },
      stopAt: CALLBACK,
    })
  }
  const wrong = { ...expected, [name]: `${expected[name].slice(0, -1)}${expected[name].endsWith('a') ? 'b' : 'a'}` }
  await expect(client.finish(new URL(page.url), wrong)).rejects.toMatchObject({ code: 'INVALID' })
})

test('somebody who refuses at the provider is told so', async () => {
  const browser = openBrowser()
  const page = await browser.signIn(app.url, person(), CALLBACK)
  const url = new URL(page.url)
  url.searchParams.delete('code')
  url.searchParams.set('error', 'access_denied')
  const { status, text } = await browser.go(url.href)
  expect([status, problemOn({ url: '', status, text })]).toEqual([403, 'The provider did not sign you in'])
})

test('a provider that is away is told with 503, and asked again by the next who signs in', async () => {
  const late = createServer((_request, response) => void response.writeHead(500).end())
  await new Promise<void>((resolve) => late.listen(0, '127.0.0.1', resolve))
  const { port } = late.address() as AddressInfo
  late.close()
  const server = await startAnotherServer(app, { oidc: { ...settings(), issuer: `http://127.0.0.1:${port}` } })
  const ask = () => fetch(`${server.url}/-/sign-in/provider`, { redirect: 'manual' })
  const response = await ask()
  expect([response.status, response.headers.get('retry-after')]).toEqual([503, '10'])
  expect(await response.text()).toContain('does not answer')
  // Signing in with a token goes on.
  expect((await fetch(`${server.url}/-/sign-in`)).status).toBe(200)
  const again = createServer((_request, answer) => {
    const issuer = `http://127.0.0.1:${port}`
    const found = {
      issuer,
      authorization_endpoint: `${issuer}/auth`,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/jwks`,
    }
    answer.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(found))
  })
  await new Promise<void>((resolve) => again.listen(port, '127.0.0.1', resolve))
  expect((await ask()).headers.get('location')).toContain(`http://127.0.0.1:${port}/auth`)
  again.closeAllConnections()
  again.close()
  // The answer is remembered.
  expect((await ask()).status).toBe(302)
})

test('a provider that breaks before the answer is redeemed is told with 503', async () => {
  const browser = openBrowser()
  const { url } = await browser.signIn(app.url, person(), CALLBACK)
  provider.broken = /^\/token/
  const page = await browser.go(url)
  provider.broken = null
  expect([page.status, cookiesOf(browser)]).toEqual([503, []])
})

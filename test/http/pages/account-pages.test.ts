import { describe, expect, test } from 'vitest'
import { db } from '../../../src/database/db.ts'
import { useApp } from '../../support/app.ts'
import { query } from '../../support/client.ts'
import * as create from '../../support/factories.ts'
import { type Answer, buttonsIn, openPages, problemBeside } from './page-client.ts'

const app = useApp()

const PAGES = ['/-/tokens', '/-/sessions', '/-/notifications'] as const

async function newcomer() {
  const user = await create.createUser()
  const token = await create.tokenFor(user)
  return { user, token, browser: await openPages(app, token) }
}

const usersOf = (userId: number) => ({ where: { userId, revokedAt: null }, orderBy: { id: 'asc' as const } })

describe.each(PAGES)('%s', (path) => {
  test('a browser without a session is sent to sign in, and comes back', async () => {
    const { status, headers } = await (await openPages(app, null)).open(path)
    expect([status, headers.get('location')]).toEqual([302, `/-/sign-in?return_to=${encodeURIComponent(path)}`])
  })

  test('a token in the address shows nothing, because its page would hold the form of another account', async () => {
    const { browser } = await newcomer()
    const other = await create.tokenFor(await create.createUser())
    expect((await browser.open(`${path}?private_token=${other}`)).status).toBe(302)
  })

  test('the page is kept nowhere, and leads to the other pages of the account', async () => {
    const { browser } = await newcomer()
    const { status, headers, text } = await browser.open(path)
    expect([status, headers.get('cache-control')]).toEqual([200, 'no-store'])
    for (const other of PAGES) expect(text).toContain(`href="${app.url}${other}"`)
  })

  test('a form of another server, and one of another session, changes nothing', async () => {
    const { user, browser } = await newcomer()
    const form = { name: 'stolen', scope: 'api', level: 'watch', everywhere: 'true' }
    for (const [sent, status] of [
      [{ headers: { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example.com' } }, 403],
      [{ headers: { origin: 'null' } }, 403],
      [{ form_token: 'a'.repeat(43) }, 403],
    ] as const) {
      expect((await browser.send(path, form, sent)).status).toBe(status)
    }
    expect((await (await openPages(app, null)).send(path, form)).status).toBe(401)
    expect(await db.accessToken.count({ where: { userId: user.id } })).toBe(1)
    expect(await db.session.count({ where: { userId: user.id } })).toBe(1)
    expect(await db.notificationSetting.count({ where: { userId: user.id } })).toBe(0)
  })

  test('a session that only reads sees the page, is offered no form that writes, and writes nothing', async () => {
    const user = await create.createUser()
    const browser = await openPages(app, await create.tokenFor(user, ['read_api']))
    const { status, text } = await browser.open(path)
    expect(status).toBe(200)
    expect(text).not.toContain('method="post"')
    const refused = await browser.send(path, { name: 'more', scope: 'api', level: 'watch', everywhere: 'true' })
    expect([refused.status, refused.text.includes('This token may only read')]).toEqual([403, true])
    expect(await db.accessToken.count({ where: { userId: user.id } })).toBe(1)
    expect(await db.session.count({ where: { userId: user.id } })).toBe(1)
    expect(await db.notificationSetting.count({ where: { userId: user.id } })).toBe(0)
  })
})

test('the page for signing in leads whoever is signed in to the pages of the account', async () => {
  const { browser } = await newcomer()
  const { text } = await browser.open('/-/sign-in')
  for (const path of PAGES) expect(text).toContain(`href="${path}"`)
})

/** Where each token of the list is revoked. */
const revocationsIn = ({ text }: Answer): string[] =>
  [...text.matchAll(/href="[^"]*(\/-\/tokens\/\d+\/revoke)"/g)].map(([, path = '']) => path)

describe('access tokens', () => {
  test('a token is shown once, works, and is listed without its text until it is revoked', async () => {
    const { user, browser } = await newcomer()
    const made = await browser.send('/-/tokens', { name: 'ci <b>', scope: 'read_api', expires_on: '2999-12-31' })
    expect([made.status, made.headers.get('cache-control')]).toEqual([200, 'no-store'])
    const [, secret = ''] = /data-copy="(wbt_[^"]+)"/.exec(made.text) ?? []
    const { data } = await query<{ currentUser: object }, object>(
      app,
      '{ currentUser { username } }',
      {},
      { token: secret },
    )
    expect(data.currentUser).toEqual({ username: user.username })
    const list = await browser.open('/-/tokens')
    expect(list.text).toContain('ci &lt;b&gt;')
    expect(list.text).toContain('<time datetime="2999-12-31T00:00:00')
    expect(list.text).not.toContain(secret)
    const [page = '', own = ''] = revocationsIn(list)
    const question = await browser.open(page)
    expect(question.text).toContain('ci &lt;b&gt;')
    expect(question.text).toContain('Revoke the token</button>')
    expect(revocationsIn(await browser.open('/-/tokens'))).toEqual([page, own])
    expect((await browser.send(page)).headers.get('location')).toBe(`${app.url}/-/tokens`)
    expect(revocationsIn(await browser.open('/-/tokens'))).toEqual([own])
    expect((await browser.open(page)).status).toBe(404)
    expect((await db.accessToken.findMany(usersOf(user.id))).map(({ scopes }) => scopes)).toEqual([['api']])
  })

  test.each([
    ['name', { name: ' ' }, "Name can't be blank"],
    ['name', { name: 'x'.repeat(256) }, 'Name is too long (maximum is 255 characters)'],
    ['scope', { scope: 'admin' }, 'is none of the choices'],
    ['expires_on', { expires_on: '2020-01-01' }, 'The expiry date must be in the future'],
    ['expires_on', { expires_on: 'soon' }, 'is not a date'],
  ])('a wrong %s is told beside it, and what was given stays', async (field, wrong, problem) => {
    const { user, browser } = await newcomer()
    const answer = await browser.send('/-/tokens', { name: 'ci', scope: 'api', ...wrong })
    expect([answer.status, problemBeside(answer, field)]).toEqual([400, problem])
    if (field !== 'name') expect(answer.text).toContain('value="ci"')
    expect(answer.text).toContain('<option value="api"')
    expect(await db.accessToken.count({ where: { userId: user.id } })).toBe(1)
  })

  test('what no database stores, and a token of somebody else, are refused', async () => {
    const { browser } = await newcomer()
    const other = await newcomer()
    expect((await browser.send('/-/tokens', { name: 'a\0b', scope: 'api' })).status).toBe(400)
    const [page = ''] = revocationsIn(await other.browser.open('/-/tokens'))
    expect([(await browser.open(page)).status, (await browser.send(page)).status]).toEqual([404, 404])
    expect((await browser.send('/-/tokens/2000000000/revoke')).status).toBe(404)
    expect((await browser.send('/-/tokens/x/revoke')).status).toBe(404)
    expect((await db.accessToken.findMany(usersOf(other.user.id))).length).toBe(1)
  })
})

describe('sessions', () => {
  test('the browsers of an account are listed with the one that asks, and each can be signed out', async () => {
    const { user, token, browser } = await newcomer()
    const second = await openPages(app, token)
    const list = await browser.open('/-/sessions')
    expect(list.text.match(/This browser/g)).toHaveLength(1)
    expect(list.text).toContain('Reads and writes.')
    const ids = buttonsIn(list, 'revoke')
    expect(ids).toHaveLength(2)
    const current = /This browser[\s\S]*?name="revoke" value="([^"]+)"/.exec(list.text)?.[1]
    const other = ids.find((id) => id !== current) ?? ''
    expect((await browser.send('/-/sessions', { revoke: other })).status).toBe(303)
    expect((await second.open('/-/sessions')).status).toBe(302)
    expect((await browser.open('/-/sessions')).status).toBe(200)
    await openPages(app, token)
    expect((await browser.send('/-/sessions', { everywhere: 'true' })).status).toBe(303)
    expect(await db.session.count({ where: { userId: user.id } })).toBe(0)
  })

  test('nobody ends the session of somebody else', async () => {
    const { browser } = await newcomer()
    const other = await newcomer()
    const [id = ''] = buttonsIn(await other.browser.open('/-/sessions'), 'revoke')
    expect((await browser.send('/-/sessions', { revoke: id })).status).toBe(404)
    expect((await other.browser.open('/-/sessions')).status).toBe(200)
  })
})

describe('notifications', () => {
  const settings = (userId: number) => db.notificationSetting.findMany({ where: { userId }, orderBy: { id: 'asc' } })

  test('the account, a project and a group each have a setting, and those of places are listed', async () => {
    const { user, browser } = await newcomer()
    const group = await create.createGroup()
    const project = await create.createProject({ groupId: group.id })
    const path = (fullPath: string) => `/-/notifications?path=${encodeURIComponent(fullPath)}`
    expect((await browser.open('/-/notifications')).text).toContain(`<strong>${user.email}</strong>`)
    expect((await browser.send('/-/notifications', { level: 'watch', own_activity: '1' })).status).toBe(303)
    const place = await browser.open(path(project.fullPath))
    expect(place.text).toContain('<option value="global" selected>')
    expect((await browser.send(path(project.fullPath), { level: 'custom', new_release: '1' })).status).toBe(303)
    expect((await browser.send(path(group.fullPath), { level: 'disabled' })).status).toBe(303)
    expect(await settings(user.id)).toMatchObject([
      { projectId: null, groupId: null, level: 'watch', ownActivity: true, events: { new_release: false } },
      { projectId: project.id, level: 'custom', events: { new_release: true } },
      { groupId: group.id, level: 'disabled', events: { new_release: false } },
    ])
    const { text } = await browser.open('/-/notifications')
    expect(text).toContain('<option value="watch" selected>')
    expect(text).toContain(`<a href="?path=${encodeURIComponent(project.fullPath)}">${project.fullPath}</a>`)
    expect(text).toContain(`<a href="?path=${encodeURIComponent(group.fullPath)}">${group.fullPath}</a>`)
    expect((await browser.open(path(project.fullPath))).text).toContain('value="1" checked')
  })

  test('a hidden and a missing path look alike, and a setting of a place that became hidden is not listed', async () => {
    const { user, browser } = await newcomer()
    const project = await create.createProject({ visibility: 'private', path: 'zqx-hidden' })
    const group = await create.createGroup({ visibility: 'private' })
    await db.notificationSetting.createMany({
      data: [
        { userId: user.id, projectId: project.id, level: 'watch' },
        { userId: user.id, groupId: group.id, level: 'watch' },
      ],
    })
    const shown = async (path: string) => {
      const { status, text } = await browser.open(`/-/notifications?path=${encodeURIComponent(path)}`)
      return { status, text }
    }
    expect(await shown(project.fullPath)).toEqual(await shown('no/zqx-nothing'))
    expect((await browser.send(`/-/notifications?path=${project.fullPath}`, { level: 'watch' })).status).toBe(404)
    const { text } = await browser.open('/-/notifications')
    expect(text).toContain('No project and no group has a setting of its own.')
    expect(text).not.toContain('zqx')
  })

  test('a level that is not offered is told beside its field', async () => {
    const { user, browser } = await newcomer()
    for (const level of ['loud', 'global', '']) {
      const answer = await browser.send('/-/notifications', { level })
      expect([answer.status, problemBeside(answer, 'level')]).toEqual([400, 'is none of the choices'])
    }
    expect(await settings(user.id)).toEqual([])
  })
})

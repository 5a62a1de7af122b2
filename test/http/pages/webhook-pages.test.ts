// The pages of webhooks, of a project and of a group, and of what was told.
import { beforeAll, describe, expect, test } from 'vitest'
import { db } from '../../../src/database/db.ts'
import { secretsOf } from '../../../src/modules/webhooks/webhook-secrets.ts'
import { useApp } from '../../support/app.ts'
import * as create from '../../support/factories.ts'
import { startReceiver } from '../../support/receiver.ts'
import { createWorld, type ViewerName, viewers, type World } from '../../support/world.ts'
import { openPages, type PageBrowser, problemBeside } from './page-client.ts'

const app = useApp({ allowedPrivateAddresses: ['127.0.0.1'] })

const MARK = 'zqx'
const SIGNING = `whsec_${Buffer.alloc(32, 7).toString('base64')}`

let world: World
let browsers: Record<ViewerName, PageBrowser>
beforeAll(async () => {
  world = await createWorld(app, { project: { visibility: 'private' }, tag: `${MARK}-1` })
  await create.addMember({ group: world.group }, world.users.owner, 'owner')
  const opened = await Promise.all(viewers.map(async (name) => [name, await openPages(app, world.tokens[name])]))
  browsers = Object.fromEntries(opened) as typeof browsers
})

const owners = {
  project: { hooks: () => `/${world.project.fullPath}/-/hooks`, by: 'maintainer' },
  group: { hooks: () => `/groups/${world.group.fullPath}/-/hooks`, by: 'owner' },
} as const

const form = { url: 'http://127.0.0.1:9/hook', branch_filter_strategy: 'all_branches', enable_ssl_verification: '1' }

async function add(owner: keyof typeof owners, given: Record<string, string> = {}) {
  const { hooks, by } = owners[owner]
  const made = await browsers[by].send(`${hooks()}/new`, { ...form, releases_events: '1', ...given })
  const location = made.headers.get('location') ?? ''
  if (made.status !== 303) throw new Error(made.text)
  return { page: location.slice(app.url.length), id: Number(location.split('/').at(-1)) }
}

describe.each(['project', 'group'] as const)('webhooks of a %s', (owner) => {
  const { by, hooks } = owners[owner]

  test('only whoever may change them sees the pages, and to all others they are missing', async () => {
    const { page } = await add(owner)
    for (const path of [hooks(), `${hooks()}/new`, page, `${page}/edit`, `${page}/delete`]) {
      for (const viewer of viewers) {
        const { status, text } = await browsers[viewer].open(path)
        const mayRead = viewer === 'owner' || viewer === by
        // The group is public, so nobody is sent to sign in; the project is hidden.
        const refused = viewer === 'anonymous' && owner === 'group' && path !== hooks() ? 302 : 404
        expect([path, viewer, status]).toEqual([path, viewer, mayRead ? 200 : refused])
        if (!mayRead) expect(text).not.toContain('127.0.0.1:9')
      }
    }
    for (const viewer of ['anonymous', 'stranger', 'guest', 'developer'] as const) {
      for (const path of [`${hooks()}/new`, page, `${page}/edit`, `${page}/delete`]) {
        const answer = await browsers[viewer].send(path, { ...form, test: 'releases_events' })
        expect(answer.status).toBe(viewer === 'anonymous' ? 401 : 404)
      }
    }
    expect(
      (await browsers[by].send(`${page}/delete`, {}, { headers: { 'sec-fetch-site': 'cross-site' } })).status,
    ).toBe(403)
    expect((await browsers[by].send(`${page}/delete`, {}, { form_token: 'x' })).status).toBe(403)
    expect(await db.webhook.count({ where: { url: form.url } })).toBeGreaterThan(0)
  })

  test('a webhook is added, changed and deleted, and its secrets are never shown', async () => {
    const secrets = { token: 'very-secret-token', signing_token: SIGNING, custom_headers: 'X-Key: header-secret' }
    const { page, id } = await add(owner, {
      ...secrets,
      name: 'Chat',
      url_variables: 'room: variable-secret',
      milestone_events: '1',
    })
    const read = async () => {
      const row = await db.webhook.findUniqueOrThrow({ where: { id } })
      return { ...row, secrets: secretsOf(row) }
    }
    expect(await read()).toMatchObject({
      ...{ name: 'Chat', events: ['releases_events', 'milestone_events'], branchFilterStrategy: 'all_branches' },
      secrets: { token: 'very-secret-token', signingToken: SIGNING, headers: { 'X-Key': 'header-secret' } },
    })
    for (const path of [hooks(), page, `${page}/edit`]) {
      const { text } = await browsers[by].open(path)
      for (const secret of ['very-secret-token', SIGNING, 'header-secret', 'variable-secret'])
        expect(text).not.toContain(secret)
    }
    await db.webhook.update({ where: { id }, data: { events: ['releases_events', 'note_events'] } })
    const changed = {
      ...form,
      name: 'Chat 2',
      push_events: '1',
      'remove_headers[]': 'X-Key',
      remove_signing_token: '1',
    }
    expect((await browsers[by].send(`${page}/edit`, changed)).status).toBe(303)
    expect(await read()).toMatchObject({
      ...{ name: 'Chat 2', events: ['push_events', 'note_events'] },
      secrets: { token: 'very-secret-token', signingToken: null, headers: {}, variables: { room: 'variable-secret' } },
    })
    expect((await browsers[by].open(page)).text).toContain(`href="${app.url}${page}/delete"`)
    const question = await browsers[by].open(`${page}/delete`)
    expect(question.text).toContain('Chat 2')
    expect(question.text).toContain('Delete the webhook</button>')
    expect(await db.webhook.count({ where: { id } })).toBe(1)
    expect((await browsers[by].send(`${page}/delete`)).headers.get('location')).toBe(app.url + hooks())
    expect(await db.webhook.findUnique({ where: { id } })).toBe(null)
    expect((await browsers[by].open(page)).status).toBe(404)
  })

  test('a test is sent, its delivery is shown with request and answer, and is sent once more', async () => {
    const receiver = await startReceiver((response) => response.end('{"taken":"<yes>"}'))
    const { page, id } = await add(owner, { url: `${receiver.url}/in`, token: 'very-secret-token' })
    expect((await browsers[by].send(page, { test: 'releases_events' })).status).toBe(303)
    expect(receiver.received).toHaveLength(1)
    const delivery = await db.webhookDelivery.findFirstOrThrow({ where: { webhookId: id } })
    const list = await browsers[by].open(page)
    expect(list.text).toContain(`href="${app.url}${page}/deliveries/${delivery.id}"`)
    const one = `${page}/deliveries/${delivery.id}`
    const { text } = await browsers[by].open(one)
    expect(text).toContain(`<code>POST ${receiver.url}/in</code>`)
    expect(text).toContain('&quot;object_kind&quot;: &quot;release&quot;')
    expect(text).toContain('&quot;taken&quot;: &quot;&lt;yes&gt;&quot;')
    expect(text).toContain('<strong>200</strong>')
    expect(text).not.toContain('very-secret-token')
    const again = await browsers[by].send(one, { resend: 'true' })
    expect([again.status, again.headers.get('location')]).toEqual([303, app.url + one])
    expect(receiver.received.map(({ headers }) => headers['webhook-id'])).toEqual([delivery.key, delivery.key])
    for (const viewer of ['stranger', 'guest', 'developer'] as const) {
      expect((await browsers[viewer].open(one)).status).toBe(404)
      expect((await browsers[viewer].send(one, { resend: 'true' })).status).toBe(404)
    }
    const other = await add(owner)
    expect((await browsers[by].open(`${other.page}/deliveries/${delivery.id}`)).status).toBe(404)
    expect((await browsers[by].send(`${other.page}/deliveries/${delivery.id}`, { resend: 'true' })).status).toBe(404)
    expect(receiver.received).toHaveLength(2)
  })
})

test('a test that the receiver refuses is told on the page of the webhook', async () => {
  const receiver = await startReceiver((response) => response.writeHead(500).end('<b>broken</b>'))
  const { page } = await add('project', { url: receiver.url })
  const answer = await browsers.maintainer.send(page, { test: 'push_events' })
  expect([answer.status, answer.text.includes('<li>&lt;b&gt;broken&lt;/b&gt;</li>')]).toEqual([422, true])
  expect(answer.text).toContain('<td>500</td>')
})

test('a webhook of another project is not found here', async () => {
  const { page } = await add('project')
  const other = await create.createProject({ groupId: world.group.id })
  const number = page.split('/').at(-1)
  for (const path of [`/${other.fullPath}/-/hooks/${number}`, `${owners.group.hooks()}/${number}`]) {
    expect((await browsers.owner.open(path)).status).toBe(404)
    expect((await browsers.owner.send(`${path}/delete`)).status).toBe(404)
  }
})

test.each([
  ['url', { url: 'nowhere' }, 'Invalid url given'],
  ['url', { url: 'http://10.0.0.1/x' }, 'Invalid url given'],
  ['name', { name: 'x'.repeat(256) }, 'is too long (maximum is 255 characters)'],
  ['signing_token', { signing_token: 'short' }, 'must be whsec_ and 24 to 64 bytes in Base64'],
  ['token', { token: 'a\nb' }, 'must not contain a line break'],
  ['custom_headers', { custom_headers: 'Host: evil' }, 'Custom headers validation failed'],
  ['custom_headers', { custom_headers: 'no colon' }, 'must have a name, a colon and a value in each line'],
  ['url_variables', { url_variables: '9: x' }, 'must be at most 20 names with values'],
  ['branch_filter', { branch_filter_strategy: 'regex', branch_filter: '(' }, 'Invalid branch filter given'],
  ['branch_filter_strategy', { branch_filter_strategy: 'some' }, 'is none of the choices'],
])('a wrong %s is told beside it, what was given stays, and no secret comes back', async (field, wrong, problem) => {
  const given = {
    ...form,
    description: 'what was given',
    custom_headers: 'X-A: header-secret',
    token: 'very-secret',
    ...wrong,
  }
  const before = await db.webhook.count()
  const answer = await browsers.maintainer.send(`${owners.project.hooks()}/new`, given)
  expect([answer.status >= 400 && answer.status < 500, problemBeside(answer, field)]).toEqual([true, problem])
  expect(answer.text).toContain('value="what was given"')
  expect(answer.text).not.toMatch(/header-secret|very-secret/)
  expect(await db.webhook.count()).toBe(before)
})

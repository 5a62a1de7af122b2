// Members, packages, audit events, accounts and groups to find: pages for whoever may see them.
import { beforeAll, describe, expect, test } from 'vitest'
import { db } from '../../../src/database/db.ts'
import { useApp } from '../../support/app.ts'
import * as create from '../../support/factories.ts'
import { mutate } from '../../support/mutate.ts'
import { createWorld, type ViewerName, type World } from '../../support/world.ts'
import { rest } from '../rest/client.ts'
import { BROWSER, wholeAnswer } from './web-client.ts'

const app = useApp()

/** A mark in the versions of packages and in the names of what is hidden. */
const MARK = 'zqx'

let world: World
beforeAll(async () => {
  world = await createWorld(app, { project: { visibility: 'private' }, tag: `${MARK}/v1` })
  await create.addMember({ group: world.group }, world.users.owner, 'owner')
  await create.addMember({ group: world.group }, world.users.guest, 'guest')
  const path = `/projects/${world.project.id}/packages/generic/tool/${MARK}-1/bin%2Ftool`
  expect((await rest(app, 'PUT', path, { token: world.tokens.maintainer, body: 'the tool' })).status).toBe(201)
  const change = { projectPath: world.project.fullPath, description: 'Changed <b>' }
  expect(await mutate(app, world.tokens.maintainer, 'projectUpdate', change)).toEqual([])
})

const NAMES = ['anonymous', 'stranger', 'guest', 'developer', 'maintainer', 'owner'] as const

function ask(path: string, viewer: ViewerName, headers: Record<string, string> = BROWSER) {
  const token = world.tokens[viewer]
  return fetch(app.url + path, {
    redirect: 'manual',
    headers: { ...(token ? { 'private-token': token } : {}), ...headers },
  })
}

const textOf = async (path: string, viewer: ViewerName) => (await ask(path, viewer)).text()
const below = (area: string) => `/${world.project.fullPath}/-/${area}`
const ofGroup = (area: string) => `/groups/${world.group.fullPath}/-/${area}`

async function seenBy(path: string): Promise<string[]> {
  const seen: string[] = []
  for (const viewer of NAMES) {
    const { status } = await ask(path, viewer)
    expect([200, 404]).toContain(status)
    if (status === 200) seen.push(viewer)
  }
  return seen
}

describe('who sees which page', () => {
  test('each page is for whoever has its ability, and the areas of a project and a group offer it to nobody else', async () => {
    const expected: Record<string, readonly string[]> = {
      [below('members')]: ['guest', 'developer', 'maintainer', 'owner'],
      [below('packages')]: ['developer', 'maintainer', 'owner'],
      [below('audit_events')]: ['maintainer', 'owner'],
      [ofGroup('members')]: ['guest', 'owner'],
      [ofGroup('audit_events')]: ['owner'],
      [ofGroup('releases')]: ['guest', 'owner'],
    }
    for (const [path, viewers] of Object.entries(expected)) {
      expect([path, await seenBy(path)]).toEqual([path, viewers])
      const home = path.slice(0, path.indexOf('/-/'))
      for (const viewer of NAMES) {
        const offered = (await textOf(home, viewer)).includes(`href="${app.url}${path}"`)
        expect([path, viewer, offered]).toEqual([path, viewer, viewers.includes(viewer)])
      }
    }
  })

  test('to whoever may not see a page it looks like that of a missing project or group', async () => {
    for (const path of [below('members'), below('packages'), below('audit_events'), ofGroup('audit_events')]) {
      const name = path.startsWith('/groups/') ? world.group.path : world.project.path
      const missing = path.replace(`${name}/-/`, `${'x'.repeat(name.length)}/-/`)
      for (const headers of [BROWSER, {}] as Record<string, string>[]) {
        const [hidden, none] = [await ask(path, 'stranger', headers), await ask(missing, 'stranger', headers)]
        expect(await wholeAnswer(hidden)).toEqual(await wholeAnswer(none))
      }
    }
  })

  test('a Guest sees neither a tag nor a package on any page', async () => {
    const { id } = await db.package.findFirstOrThrow({ where: { projectId: world.project.id } })
    for (const path of ['members', 'packages', `packages/${id}`, 'audit_events'].map(below)) {
      expect(await textOf(path, 'guest')).not.toContain(MARK)
    }
    expect((await ask(below(`packages/${id}`), 'guest')).status).toBe(404)
    expect((await ask(below(`packages/${id}`), 'developer')).status).toBe(200)
  })
})

describe('what the pages show', () => {
  test('members are listed with role and end, by pages, in as many statements for many as for few', async () => {
    const end = new Date('2999-03-04T05:06:00Z')
    await db.projectMember.updateMany({
      where: { projectId: world.project.id, userId: world.users.developer.id },
      data: { expiresAt: end },
    })
    const { username, name } = world.users.developer
    const text = await textOf(below('members'), 'guest')
    expect(text).toContain(
      `<a href="${app.url}/${username}">${name}</a> <small>@${username}</small></td><td>Developer</td>`,
    )
    expect(text).toContain('2999-03-04, 05:06 UTC')
    expect(await textOf(ofGroup('members'), 'guest')).toContain('<td>Owner</td>')
    const count = async () => (await app.statementsOf(() => ask(below('members'), 'guest'))).length
    const few = await count()
    const more = await create.createUsers(25)
    await db.projectMember.createMany({
      data: more.map(({ id }) => ({ projectId: world.project.id, userId: id, role: 10 })),
    })
    expect(await count()).toBe(few)
    const [, next = ''] = /href="([^"]+)">Next</.exec(await textOf(below('members'), 'guest')) ?? []
    expect(await textOf(below('members') + next.replaceAll('&amp;', '&'), 'guest')).toContain('>Previous</a>')
  })

  test('a package is found by its name, and shown with its files and their checksums', async () => {
    const list = await textOf(below('packages'), 'developer')
    const [, url = '', version] = /<a href="([^"]+)">tool<\/a><\/td><td><code>([^<]+)</.exec(list) ?? []
    expect(version).toBe(`${MARK}-1`)
    expect(await textOf(below('packages?search=TOO'), 'developer')).toContain('>tool</a>')
    expect(await textOf(below('packages?search=none'), 'developer')).toContain('No package was found.')
    const text = await textOf(url.slice(app.url.length), 'developer')
    const [, file = '', sha] =
      /<a href="([^"]+)">bin\/tool<\/a><\/td><td>8<\/td>\s*<td><code>([0-9a-f]{64})</.exec(text) ?? []
    const download = await ask(file.slice(app.url.length), 'developer')
    expect([await download.text(), download.headers.get('x-checksum-sha256')]).toEqual(['the tool', sha])
    expect((await ask(below('packages/2147483647'), 'developer')).status).toBe(404)
    const other = await createWorld(app)
    const { id } = await db.package.findFirstOrThrow({ where: { projectId: world.project.id } })
    expect((await ask(`/${other.project.fullPath}/-/packages/${id}`, 'developer')).status).toBe(404)
  })

  test('audit events say what was written, by whom and with what', async () => {
    const text = await textOf(below('audit_events'), 'maintainer')
    const { username, name } = world.users.maintainer
    expect(text).toMatch(/<td>[^<]*(?:Changed|Updated)[^<]*<\/td>/i)
    expect(text).toContain(`<a href="${app.url}/${username}">${name}</a>`)
    expect(text).toContain('an access token')
    expect(await textOf(ofGroup('audit_events'), 'owner')).toContain('Nothing was written yet.')
  })
})

describe('accounts', () => {
  test('an account shows its name, and its projects to whoever may read their members', async () => {
    const user = await create.createUser({ name: 'Ada <b>', email: `${MARK}@example.com` })
    const project = await create.createProject({ visibility: 'private', path: `${MARK}-own` })
    const open = await create.createProject()
    for (const each of [project, open]) await create.addMember({ project: each }, user, 'owner')
    for (const viewer of ['anonymous', 'stranger'] as const) {
      const response = await ask(`/${user.username}`, viewer)
      const text = await response.text()
      expect(response.status).toBe(200)
      expect(text).toContain('<h1>Ada &lt;b&gt;')
      expect(text).toContain(`<p>@${user.username}</p>`)
      expect(text).not.toContain(MARK)
      expect(text).toContain('There are no projects of this account that you may see.')
    }
    await create.addMember({ project }, world.users.stranger, 'guest')
    expect(await textOf(`/${user.username}`, 'stranger')).toContain(`>${project.fullPath}</a>`)
    expect((await ask(`/${user.username}`, 'anonymous', {})).status).toBe(404)
  })

  test('a missing account is the page "not found", and takes as many statements as a hidden group', async () => {
    const group = await create.createGroup({ visibility: 'private' })
    const count = async (path: string) => (await app.statementsOf(() => ask(path, 'stranger'))).length
    const missing = `/${'x'.repeat(group.path.length)}`
    await count(missing)
    expect(await count(`/${group.path}`)).toBe(await count(missing))
    expect((await ask(missing, 'stranger')).status).toBe(404)
  })

  test('people find what they have of their own from their account', async () => {
    const { username } = world.users.guest
    expect(await textOf(`/${username}`, 'guest')).toContain('/-/tokens')
    expect(await textOf(`/${username}`, 'stranger')).not.toContain('/-/tokens')
  })
})

describe('finding', () => {
  test('groups are found as far as the viewer may read them, and people see their own', async () => {
    const hidden = await create.createGroup({ visibility: 'private', path: `${MARK}-group` })
    const find = (viewer: ViewerName, query = '') => textOf(`/-/explore/groups${query}`, viewer)
    expect(await find('anonymous', `?search=${world.group.path}`)).toContain(`>${world.group.fullPath}</a>`)
    expect(await find('anonymous', `?search=${hidden.path}`)).toContain('No group was found.')
    expect(await find('stranger', '?mine=1')).toContain('No group was found.')
    expect(await find('guest', '?mine=1')).toContain(`>${world.group.fullPath}</a>`)
    expect(await find('anonymous')).not.toContain('Your projects')
    expect(await textOf('/-/explore', 'guest')).toContain(`<a href="${app.url}/-/explore?mine=1">Your projects</a>`)
  })
})

test('a URL that no server can read is refused in a page to a browser, and in JSON to a program', async () => {
  const page = await ask('/%FF', 'anonymous')
  expect([page.status, (await page.text()).includes('<h1>')]).toEqual([400, true])
  expect(await (await ask('/%FF', 'anonymous', {})).json()).toEqual({ message: expect.stringContaining('UTF-8') })
})

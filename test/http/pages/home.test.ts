// The pages at the addresses that projects and groups have themselves.
import { beforeAll, describe, expect, test } from 'vitest'
import { db } from '../../../src/database/db.ts'
import { runGit } from '../../../src/git/git.ts'
import { moveRef, writeCommit } from '../../../src/git/write-file.ts'
import { useApp } from '../../support/app.ts'
import * as create from '../../support/factories.ts'
import { createWorld, type ViewerName, type World } from '../../support/world.ts'
import { BROWSER, wholeAnswer } from './web-client.ts'

const app = useApp()

/** A mark in tags and in the names of what is hidden. */
const MARK = 'zqx'
const TAG = `${MARK}/v1.0.0`
const README = '# About\n\n[guide](docs/guide.md) <script>alert(1)</script>\n'

async function addFile({ project }: World, path: string, content: string | Buffer) {
  const dir = app.repositories.directory(project.id)
  const parent = (await runGit(dir, ['rev-parse', 'main'])).trim()
  const author = { name: 'Ada', email: 'ada@example.com' }
  const sha = await writeCommit(dir, parent, { path, content: Buffer.from(content), message: path, author })
  await moveRef(dir, { ref: 'refs/heads/main', before: parent, after: sha ?? '' })
}

let open: World
let secret: World
beforeAll(async () => {
  open = await createWorld(app)
  secret = await createWorld(app, { project: { visibility: 'private' }, tag: TAG })
  await db.release.update({ where: { id: secret.release.id }, data: { name: null } })
  await db.project.update({ where: { id: open.project.id }, data: { description: 'A <b>tool</b>', topics: ['knots'] } })
  for (const world of [open, secret]) {
    await addFile(world, 'README.md', `${README}\n${world === secret ? MARK : ''}`)
    await create.addMember({ group: world.group }, world.users.owner, 'owner')
  }
})

type Viewer = { world?: World; viewer?: ViewerName; headers?: Record<string, string>; method?: string }

function ask(path: string, { world = open, viewer = 'anonymous', headers = BROWSER, method = 'GET' }: Viewer = {}) {
  const token = world.tokens[viewer]
  const credential: Record<string, string> = token ? { 'private-token': token } : {}
  return fetch(app.url + path, { method, redirect: 'manual', headers: { ...credential, ...headers } })
}

const textOf = async (path: string, options?: Viewer) => (await ask(path, options)).text()
const homeOf = ({ project }: World) => `/${project.fullPath}`

describe('the home of a project', () => {
  test('the home of a project shows what it is, its latest release, its address for git and its README', async () => {
    const response = await ask(homeOf(open))
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/html; charset=UTF-8'])
    expect(response.headers.get('vary')).toMatch(/cookie, accept/)
    const text = await response.text()
    for (const fact of [
      'A &lt;b&gt;tool&lt;/b&gt;',
      '<span class="badge">knots</span>',
      '>First light</a></strong> <code>v1.0.0</code>',
      '>1 release</a>',
      `<code>git clone ${app.url}${homeOf(open)}.git</code>`,
      `href="${homeOf(open)}/-/blob/main/docs/guide.md"`,
      `<a href="${app.url}/groups/${open.group.fullPath}">`,
    ]) {
      expect(text).toContain(fact)
    }
    expect(text).not.toContain('alert(1)<')
    expect(text).not.toContain('New release')
    expect(await textOf(homeOf(open), { viewer: 'developer' })).toContain('/-/releases/new">New release</a>')
  })

  test.each(['guest', 'planner'] as const)(
    'a %s of a private project sees no tag, README and address',
    async (viewer) => {
      const text = await textOf(homeOf(secret), { world: secret, viewer })
      expect(text).toContain(`>Release-${secret.release.id}</a>`)
      expect(text).not.toContain(MARK)
      expect(text).not.toMatch(/git clone|README/)
      expect(await textOf(homeOf(secret), { world: secret, viewer: 'reporter' })).toContain(`<code>${TAG}</code>`)
    },
  )

  test.each(['anonymous', 'stranger'] as const)('to %s a hidden project looks like a missing one', async (viewer) => {
    const missing = `/${secret.group.fullPath}/${'x'.repeat(secret.project.path.length)}`
    for (const headers of [BROWSER, {}] as Record<string, string>[]) {
      for (const method of ['GET', 'HEAD']) {
        const options = { world: secret, viewer, headers, method }
        const [hidden, none] = [await ask(homeOf(secret), options), await ask(missing, options)]
        expect(hidden.status).toBe(404)
        expect(await wholeAnswer(hidden)).toEqual(await wholeAnswer(none))
      }
    }
    const count = async (path: string) => (await app.statementsOf(() => ask(path, { world: secret, viewer }))).length
    await count(missing)
    expect(await count(homeOf(secret))).toBe(await count(missing))
  })

  test('a program is answered as if there were no page', async () => {
    for (const headers of [{}, { accept: 'application/json' }, { accept: '*/*' }] as Record<string, string>[]) {
      const response = await ask(homeOf(open), { headers })
      expect([response.status, await response.text()]).toEqual([404, '{"message":"404 Not Found"}'])
    }
    const go = await textOf(`${homeOf(open)}?go-get=1`)
    expect(go).toContain('<meta name="go-import"')
    const refs = await ask(`${homeOf(open)}/info/refs?service=git-upload-pack`, { headers: {} })
    expect([refs.status, refs.headers.get('location')]).toEqual([
      301,
      `${homeOf(open)}.git/info/refs?service=git-upload-pack`,
    ])
  })

  test('an old path and another letter case lead to the home at the present path', async () => {
    const world = await createWorld(app)
    const old = homeOf(world)
    await db.project.update({ where: { id: world.project.id }, data: { path: `moved-${world.project.id}` } })
    const now = `${app.url}/${world.group.fullPath}/moved-${world.project.id}`
    for (const path of [old, `${old}/`, `${old}?a=b`, `/${world.group.fullPath}/MOVED-${world.project.id}`]) {
      const { status, headers } = await ask(path, { world })
      const query = path.includes('?') ? '?a=b' : ''
      expect([path, status, headers.get('location')]).toEqual([path, 301, now + query])
    }
  })

  test('a project without a repository or with a long README has a home', async () => {
    const bare = await create.createProject()
    expect((await ask(`/${bare.fullPath}`)).status).toBe(200)
    expect(await textOf(`/${bare.fullPath}`)).toContain('There are no releases.')
    expect(await textOf(`/${bare.fullPath}`)).not.toContain('git clone')
    const world = await createWorld(app)
    await addFile(world, 'README', 'a'.repeat(1024 ** 2 + 1))
    expect(await textOf(homeOf(world))).toContain('This file is too long to be shown here.')
    await addFile(world, 'readme.md', '# Short')
    expect(await textOf(homeOf(world))).toContain('Short</h1>')
  })

  test('nobody without access to the releases learns how many there are', async () => {
    const world = await createWorld(app, { project: { releasesLevel: 'private' } })
    expect(await textOf(homeOf(world), { world, viewer: 'stranger' })).not.toMatch(/release/i)
    expect(await textOf(homeOf(world), { world, viewer: 'guest' })).toContain('1 release')
  })
})

describe('the page of a group', () => {
  const groupPath = ({ group }: World) => `/groups/${group.fullPath}`

  test('a member sees figures, releases by month and the newest releases, and a stranger none of them', async () => {
    const world = await createWorld(app)
    await create.addMember({ group: world.group }, world.users.guest, 'guest')
    await create.createProject({ groupId: world.group.id })
    const months = Array.from({ length: 12 }, (_, back) => {
      const now = new Date()
      return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - back, 1))
    })
    for (const releasedAt of [months[1], months[1], months[11], new Date('2001-01-01'), new Date('2999-01-01')]) {
      await create.createRelease(world.project, { releasedAt: releasedAt as Date })
    }
    const text = await textOf(groupPath(world), { world, viewer: 'guest' })
    expect(text).toContain('<strong>6</strong> releases, <strong>50 %</strong> of the projects have releases')
    const rows = [...text.matchAll(/<tr><th scope="row">(\d{4}-\d{2})<\/th><td>(\d+)<\/td>/g)].map((row) =>
      row.slice(1),
    )
    expect(rows).toEqual(
      months.map((month, back) => [month.toISOString().slice(0, 7), `${{ 0: 1, 1: 2, 11: 1 }[back] ?? 0}`]).reverse(),
    )
    expect(text).toContain('aria-label="Releases by month: 4 in the last 12 months"')
    expect(text).toContain(`<a href="${app.url}${homeOf(world)}">${world.project.fullPath}</a> <code>`)
    const other = await textOf(groupPath(world), { world, viewer: 'stranger' })
    expect(other).toContain(world.project.fullPath)
    expect(other).not.toMatch(/of the projects have releases|by month|Newest/)
    expect((await ask(`${groupPath(world)}/-/releases`, { world, viewer: 'stranger' })).status).toBe(404)
  })

  test('what is not to be shown is not counted by month', async () => {
    const world = await createWorld(app)
    await create.addMember({ group: world.group }, world.users.guest, 'guest')
    const path = groupPath(world)
    const now = new Date()
    const endOfMonth = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1) - 1
    await create.createRelease(world.project, { releasedAt: new Date(endOfMonth) })
    expect(await textOf(path, { world, viewer: 'guest' })).toContain('by month: 1 in')
    await db.project.update({ where: { id: world.project.id }, data: { releasesLevel: 'disabled' } })
    expect(await textOf(path, { world, viewer: 'guest' })).toContain('by month: 0 in')
  })

  test('a Guest sees no tag, and no page names a hidden project or group', async () => {
    const { group } = secret
    await create.addMember({ group }, secret.users.guest, 'guest')
    const hidden = await create.createGroup({ parentId: group.id, path: `${MARK}-below`, visibility: 'private' })
    await create.createProject({ groupId: hidden.id, path: `${MARK}-deep`, visibility: 'private' })
    await create.createProject({ groupId: group.id, path: `${MARK}-beside`, visibility: 'private' })
    const anonymous = await textOf(groupPath(secret), { world: secret })
    expect(anonymous).not.toContain(MARK)
    expect(anonymous).not.toContain(secret.project.path)
    for (const path of [groupPath(secret), `${groupPath(secret)}/-/releases`]) {
      const text = await textOf(path, { world: secret, viewer: 'guest' })
      expect(text).toContain(`Release-${secret.release.id}`)
      expect(text).not.toContain('v1.0.0')
    }
    const search = `${groupPath(secret)}/-/releases?search=${MARK}`
    expect(await textOf(search, { world: secret, viewer: 'guest' })).toContain('No release was found.')
    expect(await textOf(groupPath(secret), { world: secret, viewer: 'owner' })).toContain(TAG)
  })

  test('a hidden group looks like a missing one, under both of its addresses', async () => {
    const group = await create.createGroup({ visibility: 'private' })
    const missing = 'x'.repeat(group.fullPath.length)
    for (const before of ['/', '/groups/']) {
      for (const after of before === '/' ? [''] : ['', '/-/releases']) {
        const [hidden, none] = [await ask(before + group.path + after), await ask(before + missing + after)]
        expect(hidden.status).toBe(404)
        expect(await wholeAnswer(hidden)).toEqual(await wholeAnswer(none))
      }
    }
  })

  test('the path alone and another letter case lead to the page of a group', async () => {
    const group = await create.createGroup({ parentId: open.group.id, path: 'Sub' })
    const page = `${app.url}/groups/${open.group.fullPath}/Sub`
    for (const [path, status] of [
      [`/${group.fullPath}`, 302],
      [`/groups/${group.fullPath.toUpperCase()}?a=b`, 301],
      [`/groups/${group.fullPath.toUpperCase()}/-/releases`, 301],
    ] as const) {
      const response = await ask(path, { viewer: 'owner' })
      const rest = path.slice(path.toLowerCase().indexOf('/sub') + '/sub'.length)
      expect([path, response.status, response.headers.get('location')]).toEqual([path, status, page + rest])
    }
    expect(await textOf(groupPath(open))).toContain(`<a href="${page}">`)
    expect((await ask(`/groups/${group.fullPath}`, { headers: {} })).status).toBe(404)
  })

  test('a project of a group that is called "groups" has its pages', async () => {
    const group = await create.createGroup({ path: 'groups' })
    const { path, fullPath } = await create.createProject({ groupId: group.id })
    expect(await textOf(`/${fullPath}`)).toContain(`<h1>${path}`)
    expect((await ask(`/${fullPath}/-/releases`)).status).toBe(200)
    await create.createGroup({ path })
    expect(await textOf(`/${fullPath}`)).toContain('There are no projects here')
  })

  test('lists have pages, and more of everything takes no more statements', async () => {
    const world = await createWorld(app)
    const { group, users } = world
    await create.addMember({ group }, users.guest, 'guest')
    const add = async (count: number) => {
      for (let n = 0; n < count; n++) {
        await create.createGroup({ parentId: group.id })
        await create.createRelease(await create.createProject({ groupId: group.id }))
      }
    }
    const path = groupPath(world)
    const count = async (page: string) => (await app.statementsOf(() => ask(page, { world, viewer: 'guest' }))).length
    await add(2)
    const few = [await count(path), await count(path), await count(`${path}/-/releases`)].slice(1)
    await add(20)
    expect([await count(path), await count(`${path}/-/releases`)]).toEqual(few)
    const text = await textOf(path, { world, viewer: 'guest' })
    const links = [...text.matchAll(/href="(\?[^"]+)">Next</g)].map(([, href = '']) => href.replaceAll('&amp;', '&'))
    expect(links).toHaveLength(2)
    for (const link of links) {
      const next = await textOf(path + link, { world, viewer: 'guest' })
      expect(next).toContain('>Previous</a>')
    }
    const second = await textOf(`${path}/-/releases?page=2`, { world, viewer: 'guest' })
    expect(second).toContain('<p>23 in all</p>')
    expect([...second.matchAll(/<li><p><strong>/g)]).toHaveLength(3)
  })
})

test('a path that nobody can have is answered without a look-up', async () => {
  for (const path of ['/a..b/-x', '/.well-known/x', '/a/b.git', `/${'a/'.repeat(1000)}b`]) {
    const asked = await app.statementsOf(async () => expect((await ask(path)).status).toBe(404))
    expect([path, asked]).toEqual([path, []])
  }
})

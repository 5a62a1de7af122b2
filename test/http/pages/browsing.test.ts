// Pages for people: every page shows a viewer what the API would show, and looks like the others.
import { beforeAll, describe, expect, test } from 'vitest'
import { db } from '../../../src/database/db.ts'
import { useApp } from '../../support/app.ts'
import * as create from '../../support/factories.ts'
import { createWorld, type ViewerName, type World } from '../../support/world.ts'
import { BROWSER } from './web-client.ts'

const app = useApp()

/** A mark in tags and in the names of what is hidden. */
const MARK = 'zqx'
const TAG = `${MARK}/v1.0.0`

let world: World
beforeAll(async () => {
  world = await createWorld(app, { project: { visibility: 'private', path: 'browsed' }, tag: TAG })
  await db.release.update({ where: { id: world.release.id }, data: { name: null, description: `[a](docs/x.md) #1` } })
  await create.createProject({ visibility: 'private', path: `${MARK}-hidden` })
})

async function open(path: string, viewer: ViewerName = 'anonymous', headers: Record<string, string> = BROWSER) {
  const token = world.tokens[viewer]
  const credential: Record<string, string> = token ? { 'private-token': token } : {}
  const response = await fetch(app.url + path, { redirect: 'manual', headers: { ...credential, ...headers } })
  return { status: response.status, headers: response.headers, text: await response.text() }
}

const releasesPath = () => `/${world.project.fullPath}/-/releases`

describe('every page', () => {
  const pages = (): string[] => [
    '/-/explore',
    releasesPath(),
    `${releasesPath()}/id/${world.release.id}`,
    '/no/such/page',
  ]

  test.each(['anonymous', 'stranger', 'guest', 'developer'] as const)(
    'every page has its frame for %s, and loads only what is here',
    async (viewer) => {
      for (const path of pages()) {
        const { headers, text } = await open(path, viewer)
        expect(headers.get('content-type')).toBe('text/html; charset=UTF-8')
        expect(headers.get('content-security-policy')).toMatch(
          /^default-src 'none'; style-src 'self'; script-src 'sha256-[^']+'; connect-src 'self'; img-src /,
        )
        expect(text).not.toMatch(/<script(?! src="[./]*-\/assets\/waybill-\w+\.js" integrity=)|<style| style=| on\w+=/)
        const [, style = ''] = /<link rel="stylesheet" href="([^"]+)">/.exec(text) ?? []
        const sheet = await fetch(new URL(style, app.url + path))
        expect([sheet.status, sheet.headers.get('cache-control')]).toEqual([200, 'public, max-age=31536000, immutable'])
        for (const end of ['graphql', 'api/v4/docs']) {
          const [, address = ''] = new RegExp(`<footer>.*href="([^"]*${end})"`).exec(text) ?? []
          expect((await fetch(new URL(address, app.url + path), { headers: BROWSER })).status).toBe(200)
        }
        const user = viewer === 'anonymous' ? null : world.users[viewer].username
        if (path !== '/no/such/page') expect(text).toContain(user === null ? 'Sign in</a>' : `Signed in as ${user}</a>`)
      }
    },
  )

  test('no page shows a hidden project, or a tag to a Guest', async () => {
    for (const viewer of ['anonymous', 'stranger', 'guest'] as const) {
      for (const path of [...pages(), `/-/explore?search=${world.project.path}`, `${releasesPath()}?search=a`]) {
        const { headers, text } = await open(path, viewer)
        expect(text + JSON.stringify([...headers])).not.toContain(MARK)
      }
    }
    expect((await open(releasesPath(), 'developer')).text).toContain(MARK)
  })
})

describe('the list of projects', () => {
  test('the list of projects has what the viewer may read, with its latest release', async () => {
    const search = '/-/explore?search=browsed'
    for (const viewer of ['anonymous', 'stranger'] as const) {
      expect((await open(search, viewer)).text).toContain('<p>No project was found.</p>')
    }
    const { text } = await open(search, 'guest')
    expect(text).toContain(
      `<a href="${app.url}/${world.project.fullPath}">${world.project.fullPath}</a> <span class="badge">private</span>`,
    )
    expect(text).toContain(
      `<a href="${app.url}${releasesPath()}/id/${world.release.id}">Release-${world.release.id}</a>`,
    )
    expect((await open(search, 'developer')).text).toContain(`>${TAG}</a>`)
    expect((await open('/-/explore?mine=1', 'guest')).text).toContain(world.project.fullPath)
  })

  test('its pages lead on and back with the same words, and take as many statements for many projects as for few', async () => {
    const group = await create.createGroup()
    const add = async (count: number) => {
      for (let n = 0; n < count; n++) {
        const project = await create.createProject({ groupId: group.id, name: `paged ${n}` })
        await create.createRelease(project)
      }
    }
    const first = '/-/explore?search=paged'
    const count = async () => (await app.statementsOf(() => open(first))).length
    await add(2)
    const few = await count()
    await add(28)
    expect(await count()).toBe(few)
    const named = (text: string) => [...text.matchAll(/<li><h2><a href="[^"]+">([^<]+)</g)].map(([, name]) => name)
    const one = await open(first)
    const [, next = ''] = /href="([^"]+)">Next</.exec(one.text) ?? []
    expect(named(one.text)).toHaveLength(20)
    const two = await open(`/-/explore${next.replaceAll('&amp;', '&')}`)
    expect(new Set([...named(one.text), ...named(two.text)]).size).toBe(30)
    const [, back = ''] = /href="([^"]+)">Previous</.exec(two.text) ?? []
    expect(named((await open(`/-/explore${back.replaceAll('&amp;', '&')}`)).text)).toEqual(named(one.text))
  })
})

describe('the list of releases', () => {
  test('a release is shown with its notes, badges, milestones, assets by type and evidence', async () => {
    const of = await createWorld(app, { tag: 'v2' })
    await db.release.update({ where: { id: of.release.id }, data: { prereleaseMark: true, prerelease: true } })
    await create.createRelease(of.project, { tag: 'v3', releasedAt: new Date('2999-01-01') })
    await create.createRelease(of.project, { tag: 'v1', releasedAt: new Date('2001-01-01') })
    const { text } = await open(`/${of.project.fullPath}/-/releases`)
    for (const fact of [
      'It works.',
      'Upcoming',
      'Historical',
      'Pre-release',
      'Packages',
      'Runbooks',
      'Source code (zip)',
    ]) {
      expect(text).toContain(fact)
    }
    expect(text).toMatch(
      /<progress max="2" value="1" aria-label="Progress of Milestone \d+"><\/progress> <small>1 of 2 issues closed, 1 open</,
    )
    expect(text).toMatch(
      />Snapshot<\/a> <a href="[^"]+\.json" download aria-label="Download the snapshot [0-9a-f]{8}">Download<\/a> <small><time datetime="[^"]+" title="[^"]+">/,
    )
  })

  test('releases are found by words, and sorted in four orders', async () => {
    const project = await create.createProject()
    for (const [at, name] of ['Anchor', 'Bowline', 'Capstan'].entries()) {
      await create.createRelease(project, { name, description: `${name} notes`, releasedAt: new Date(2020, 0, 9 - at) })
    }
    const names = async (query: string) =>
      [...(await open(`/${project.fullPath}/-/releases${query}`)).text.matchAll(/<h2><a href="[^"]+">([^<]+)/g)].map(
        ([, name]) => name,
      )
    expect(await names('')).toEqual(['Anchor', 'Bowline', 'Capstan'])
    expect(await names('?sort=RELEASED_AT_ASC')).toEqual(['Capstan', 'Bowline', 'Anchor'])
    expect(await names('?sort=CREATED_DESC')).toEqual(['Capstan', 'Bowline', 'Anchor'])
    expect(await names('?sort=constructor')).toEqual(['Anchor', 'Bowline', 'Capstan'])
    expect(await names('?search=bowline')).toEqual(['Bowline'])
    expect((await open(`/${project.fullPath}/-/releases?search=nothing`)).text).toContain('No release was found.')
  })

  test('what people type runs nothing', async () => {
    const attack = '"><script>alert(1)</script>'
    for (const path of [
      `/-/explore?search=${encodeURIComponent(attack)}`,
      `${releasesPath()}?search=${encodeURIComponent(attack)}`,
    ]) {
      const { text } = await open(path, 'developer')
      expect(text).not.toMatch(/<script(?! src="[./]*-\/assets\/waybill-\w+\.js" integrity=)/)
      expect(text).toContain('value="&quot;&gt;&lt;script&gt;')
    }
  })
})

describe('failures', () => {
  test('a browser gets a page where a program gets JSON, with the same status', async () => {
    for (const [path, status] of [
      ['/no/such/page', 404],
      [`/${world.project.fullPath}/-/releases`, 404],
      [`/${world.project.fullPath}/-/nothing`, 404],
    ] as const) {
      const page = await open(path)
      expect([page.status, page.headers.get('cache-control')]).toEqual([status, 'no-store'])
      expect(page.text).toContain('<h1>Not found</h1>')
      expect(JSON.parse((await open(path, 'anonymous', {})).text)).toEqual({ message: '404 Not Found' })
    }
    expect((await open('/api/v4/nothing')).text).toMatch(/^\{/)
    const refused = await open(`${releasesPath()}?page=x`, 'developer')
    expect([
      refused.status,
      refused.text.includes('"page" must be a whole number from 1'.replaceAll('"', '&quot;')),
    ]).toEqual([400, true])
  })

  test('a hidden and a missing project look alike', async () => {
    const shown = async (path: string) => (await open(path, 'stranger')).text
    expect(await shown(releasesPath())).toBe(await shown('/no/browsed/-/releases'))
  })
})

test('/ leads people to the projects and programs to GraphQL', async () => {
  expect((await open('/')).headers.get('location')).toBe('/-/explore')
  expect((await open('/', 'anonymous', {})).headers.get('location')).toBe('/graphql')
})

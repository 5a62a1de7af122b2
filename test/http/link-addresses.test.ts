// Every address that an answer gives for a link works.
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { useApp } from '../support/app.ts'
import { query } from '../support/client.ts'
import * as create from '../support/factories.ts'
import { runs } from '../support/fuzz.ts'
import { mutate } from '../support/mutate.ts'
import { createWorld, type World } from '../support/world.ts'
import { encoded, rest } from './rest/client.ts'

const app = useApp()
const TAG = 'lib/1#2%3'

let world: World
let sent = 0
beforeAll(async () => {
  world = await createWorld(app, { project: { visibility: 'private' }, tag: TAG })
})

const links = () => `/projects/${world.project.id}/releases/${encoded(TAG)}/assets/links`

/** Adds a link and returns the rule that it breaks; null when the link was made. */
async function add(directAssetPath: string | null, url = `https://downloads.example.com/${++sent}`) {
  const input = {
    projectPath: world.project.fullPath,
    tagName: TAG,
    name: `link ${sent} ${url.slice(0, 200)}`,
    url,
    directAssetPath,
  }
  const problems = await mutate(app, world.tokens.developer, 'releaseAssetLinkCreate', input)
  return problems.length > 0 ? problems : null
}

const Links = `query ($path: ID!, $tag: String!) { project(fullPath: $path) {
  release(tagName: $tag) { assets { links(first: 100) { nodes { url directAssetPath directAssetUrl } } } } } }`
const ById = `query ($id: ReleaseID!) { release(id: $id) { assets { links(first: 100) { nodes { url directAssetPath directAssetUrl } } } } }`

type Shown = { url: string; directAssetPath: string | null; directAssetUrl: string }

async function shownTo(viewer: 'developer' | 'guest'): Promise<Shown[]> {
  const token = world.tokens[viewer]
  const id = `gid://gitlab/Release/${world.release.id}`
  const { data } =
    viewer === 'guest'
      ? await query(app, ById, { id }, { token })
      : await query(app, Links, { path: world.project.fullPath, tag: TAG }, { token })
  const nodes = /"nodes":(\[.*?\])/.exec(JSON.stringify(data))?.[1] ?? '[]'
  return JSON.parse(nodes) as Shown[]
}

const leadsTo = async (address: string, viewer: 'developer' | 'guest') => {
  const headers = { 'private-token': world.tokens[viewer] ?? '' }
  const { status, headers: answered } = await fetch(address, { headers, redirect: 'manual' })
  return [status, answered.get('location')]
}

const PATHS = [
  '/#bc',
  '/?bc',
  '/%bc',
  '/%2F',
  '/%2fa.b',
  '/&b/a1',
  '/+bc',
  '/=b-c',
  '/ü/bin/x',
  '/😀bc',
  '/"b/c1',
  '/\\bc',
  '/~a-b',
]

test.each(PATHS)('the permanent path %s leads to its target, by the address in the answer', async (path) => {
  expect(await add(path)).toBeNull()
  for (const viewer of ['developer', 'guest'] as const) {
    const link = (await shownTo(viewer)).find(({ directAssetPath }) => directAssetPath === path)
    expect(link?.directAssetUrl).toMatch(/^[\x21-\x7e]+$/)
    expect(await leadsTo(link?.directAssetUrl ?? '', viewer)).toEqual([302, link?.url])
  }
  const { body } = await rest(app, 'GET', links(), { token: world.tokens.developer })
  const shown = body.find(({ direct_asset_url: url }: { direct_asset_url: string }) =>
    decodeURIComponent(url).endsWith(path),
  )
  expect(await leadsTo(shown.direct_asset_url, 'developer')).toEqual([302, shown.url])
  const permalink = `${app.url}/api/v4/projects/${world.project.id}/releases/${encoded(TAG)}/downloads/${path.slice(1).split('/').map(encoded).join('/')}`
  expect(await leadsTo(permalink, 'developer')).toEqual([302, shown.url])
})

describe('a refused permanent path', () => {
  test.each([
    ['/a/../bc', 'Filepath must not have "." or ".." as a segment'],
    ['/../abc', 'Filepath must not have "." or ".." as a segment'],
    ['/./abc', 'Filepath must not have "." or ".." as a segment'],
    ['/ab/./c', 'Filepath must not have "." or ".." as a segment'],
    ['/\u0001bc', 'Filepath is in an invalid format'],
    ['/\nbc', 'Filepath is in an invalid format'],
    ['/ bc', 'Filepath is in an invalid format'],
    ['/\u00a0bc', 'Filepath is in an invalid format'],
    ['/\u202ebc', 'Filepath is in an invalid format'],
    ['//abc', 'Filepath is in an invalid format'],
    ['/ab//cd', 'Filepath is in an invalid format'],
    ['/abc/', 'Filepath is in an invalid format'],
    ['/ab#c', 'Filepath is in an invalid format'],
  ])('the permanent path %j is refused', async (path, problem) => {
    expect(await add(path)).toEqual([problem])
    const json = { name: 'x', url: 'https://a.example/x', direct_asset_path: path }
    const answer = await rest(app, 'POST', links(), { token: world.tokens.developer, json })
    expect([answer.status, JSON.stringify(answer.body)]).toEqual([400, expect.stringContaining('Filepath')])
  })
})

test('the address in the answer leads to the target for every permanent path that is accepted', async () => {
  const character = fc.oneof(
    fc.constantFrom(...'/.#?%&+-_aZ9'),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
  )
  const path = fc
    .tuple(character, fc.stringMatching(/^[A-Za-z0-9_./-]{0,8}[a-z0-9]$/))
    .map(([first, rest]) => `/${first}${rest}`)
  const release = await create.createRelease(world.project, { tag: 'property' })
  let accepted = 0
  await fc.assert(
    fc.asyncProperty(path, async (directAssetPath) => {
      const name = `${++sent}`
      const url = `https://downloads.example.com/p/${sent}`
      const input = { projectPath: world.project.fullPath, tagName: release.tag, name, url, directAssetPath }
      if ((await mutate(app, world.tokens.developer, 'releaseAssetLinkCreate', input)).length > 0) return
      accepted++
      const { body } = await rest(app, 'GET', `/projects/${world.project.id}/releases/property/assets/links`, {
        token: world.tokens.developer,
      })
      const shown = body.find((link: { name: string }) => link.name === name)
      expect(await leadsTo(shown.direct_asset_url, 'developer')).toEqual([302, url])
    }),
    runs(60),
  )
  expect(accepted).toBeGreaterThan(5)
})

describe("a link's URL", () => {
  test('the URL of a link whose host is not ASCII is answered as it was given, and followed in Punycode', async () => {
    const url = 'https://bücher.example/größe?x=ß#ä'
    expect(await add('/bucher', url)).toBeNull()
    const shown = (await shownTo('developer')).find(({ directAssetPath }) => directAssetPath === '/bucher')
    expect(shown?.url).toBe(url)
    const target = 'https://xn--bcher-kva.example/gr%C3%B6%C3%9Fe?x=%C3%9F#%C3%A4'
    expect(await leadsTo(shown?.directAssetUrl ?? '', 'developer')).toEqual([302, target])
    const permalink = `${app.url}/api/v4/projects/${world.project.id}/releases/${encoded(TAG)}/downloads/bucher`
    expect(await leadsTo(permalink, 'developer')).toEqual([302, target])
  })

  test('the URL of a link in ASCII is followed exactly as it was given', async () => {
    const url = 'https://EXAMPLE.com:443/a/../b?X-Amz-Signature=%2f%2F'
    expect(await add('/exact', url)).toBeNull()
    const shown = (await shownTo('developer')).find(({ directAssetPath }) => directAssetPath === '/exact')
    expect(await leadsTo(shown?.directAssetUrl ?? '', 'developer')).toEqual([302, url])
  })

  test('the URL of a link whose host cannot exist is refused', async () => {
    expect(await add(null, 'https://exa<mple/x')).toEqual(['Url is blocked: Only allowed schemes are http, https, ftp'])
  })

  test('the URL of a link of 70,000 characters is refused by every door, with the bound', async () => {
    const url = `https://downloads.example.com/${'x'.repeat(70_000)}`
    const problem = 'Url is too long (maximum is 8192 characters)'
    expect(await add(null, url)).toEqual([problem])
    const answer = await rest(app, 'POST', links(), { token: world.tokens.developer, json: { name: 'long', url } })
    expect([answer.status, JSON.stringify(answer.body)]).toEqual([
      400,
      expect.stringContaining('maximum is 8192 characters'),
    ])
    const created = await rest(app, 'POST', `/projects/${world.project.id}/releases`, {
      token: world.tokens.developer,
      json: { tag_name: 'never', ref: 'main', assets: { links: [{ name: 'long', url }] } },
    })
    expect([created.status, JSON.stringify(created.body)]).toEqual([
      400,
      expect.stringContaining('maximum is 8192 characters'),
    ])
    const changed = await rest(
      app,
      'PUT',
      `${links()}/${(await rest(app, 'GET', links(), { token: world.tokens.developer })).body[0].id}`,
      {
        token: world.tokens.developer,
        json: { url },
      },
    )
    expect(changed.status).toBe(400)
  })

  test('the URL of a link counts as long as it is sent, with characters outside of ASCII encoded', async () => {
    expect(await add(null, `https://downloads.example.com/${'ü'.repeat(2000)}`)).toEqual([
      'Url is too long (maximum is 8192 characters)',
    ])
    expect(await add(null, `https://downloads.example.com/${'ü'.repeat(1300)}`)).toBeNull()
  })
})

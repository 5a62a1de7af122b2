import { request } from 'node:http'
import { beforeAll, describe, expect, test } from 'vitest'
import { useApp } from '../../support/app.ts'
import * as create from '../../support/factories.ts'
import { createWorld, type World } from '../../support/world.ts'
import { rest } from '../rest/client.ts'
import { BROWSER, web } from './web-client.ts'

const app = useApp()
const TAG = 'debian/2.4.0-1'
const encoded = encodeURIComponent

let world: World
beforeAll(async () => {
  world = await createWorld(app, { tag: TAG })
})

const locationOf = async (path: string, options = {}) => {
  const response = await web(app, world, path, options)
  return [response.status, response.headers.get('location')]
}

describe('a download', () => {
  test.each([
    ['the tag as one segment', `releases/${encoded(TAG)}/downloads/bin/linux`],
    ['the tag with plain slashes', `releases/${TAG}/downloads/bin/linux`],
    ['an encoded path', `releases/${TAG}/downloads/bin%2Flinux`],
    ['encoded dots', 'releases/debian/2%2E4%2E0-1/downloads/bin/linux'],
  ])('a download redirects, by %s', async (_name, path) => {
    expect(await locationOf(path)).toEqual([302, 'https://downloads.example.com/binary'])
  })

  test('a download of a tag that ends with a number redirects by plain slashes', async () => {
    const release = await create.createRelease(world.project, { tag: 'lib/7' })
    const { url } = await create.createLink(release, { filepath: '/bin/seven' })
    expect(await locationOf('releases/lib/7/downloads/bin/seven')).toEqual([302, url])
  })

  test('a download redirects by the URL that the API names, for every tag and path', async () => {
    const { project } = world
    for (const [tag, filepath] of [
      ['id/7', '/bin/x.tar.gz'],
      ['permalink/latest', '/a.b/c-d_e/f9'],
      ['downloads/x', '/downloads/downloads/y'],
      ['100%', '/evidences/1.json'],
      ['%2F', '/abc'],
      ['ä#&+;=', '/v1..2/abc'],
      ['a/-/releases/b', '/a/-/releases/b'],
    ] as const) {
      const release = await create.createRelease(project, { tag })
      const { url } = await create.createLink(release, { filepath })
      const { body } = await rest(app, 'GET', `/projects/${project.id}/releases/${encoded(tag)}/assets/links`)
      for (const place of [
        body[0].direct_asset_url,
        `${app.url}/${project.fullPath}/-/releases/id/${release.id}/downloads${filepath}`,
      ]) {
        const response = await fetch(place, { redirect: 'manual' })
        expect([place, response.status, response.headers.get('location')]).toEqual([place, 302, url])
      }
    }
  })

  test('a download on another server is shown to people, and not followed', async () => {
    const response = await web(app, world, `releases/${TAG}/downloads/bin/linux`, { headers: BROWSER })
    const text = await response.text()
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('text/html; charset=UTF-8')
    expect(response.headers.get('referrer-policy')).toBe('same-origin')
    expect(response.headers.get('vary')).toContain('accept')
    expect(text).toContain('<b>downloads.example.com</b>')
    expect(text).toContain('href="https://downloads.example.com/binary"')
  })

  test('a download on this server is followed for people as well', async () => {
    const { hostname, port } = new URL(app.url)
    const links = {
      '/here': app.url,
      '/other-port': `http://${hostname}:1`,
      '/other-scheme': `ftp://${hostname}/x`,
      '/as-another': `https://${hostname}:${port}/x`,
    }
    for (const [filepath, url] of Object.entries(links)) await create.createLink(world.release, { filepath, url })
    const statusOf = async (path: string) =>
      (await web(app, world, `releases/${TAG}/downloads${path}`, { headers: BROWSER })).status
    expect(await Promise.all(Object.keys(links).map(statusOf))).toEqual([302, 200, 200, 302])
  })

  test('a download to a URL outside of ASCII has an encoded header', async () => {
    await create.createLink(world.release, { filepath: '/foreign', url: 'https://downloads.example.com/ä b' })
    expect(await locationOf(`releases/${TAG}/downloads/foreign`)).toEqual([
      302,
      'https://downloads.example.com/%C3%A4%20b',
    ])
  })

  test.each([
    `releases/${TAG}/downloads/bin/missing`,
    `releases/${TAG}/downloads/bin`,
    `releases/${TAG}/downloads/bin/linux/x`,
    'releases/missing/downloads/bin/linux',
    'releases/id/2147483647/downloads/bin/linux',
    'releases/id/9999999999/downloads/bin/linux',
    `releases/${TAG}/downloads/a%00b`,
  ])('a download at %s is not found', async (path) => {
    const response = await web(app, world, path)
    expect([response.status, await response.text()]).toEqual([404, '{"message":"404 Not Found"}'])
  })

  test('a download by a number finds releases of that project only', async () => {
    const other = await createWorld(app)
    expect((await web(app, world, `releases/id/${other.release.id}/downloads/bin/linux`)).status).toBe(404)
    expect((await web(app, other, `releases/id/${other.release.id}/downloads/bin/linux`)).status).toBe(302)
  })

  test('a download does not climb', async () => {
    const base = `/${world.project.fullPath}/-/releases/${TAG}/downloads`
    for (const path of [
      `${base}/bin/../bin/linux`,
      `${base}/bin%2F..%2Fbin/linux`,
      `${base}/%2e%2e/downloads/bin/linux`,
    ]) {
      const status = await new Promise((resolve, reject) => {
        const { hostname, port } = new URL(app.url)
        request({ hostname, port, path }, (response) => resolve(response.resume().statusCode))
          .on('error', reject)
          .end()
      })
      expect([path, status]).toEqual([path, 400])
    }
  })

  test('a download takes a token as a parameter, and keeps it out of the log', async () => {
    const closed = await createWorld(app, { project: { visibility: 'private' } })
    const path = `releases/id/${closed.release.id}/downloads/bin/linux`
    const token = await create.tokenFor(closed.users.guest, ['read_api'])
    expect((await web(app, closed, path)).status).toBe(404)
    expect((await web(app, closed, `${path}?private_token=${token}`)).status).toBe(302)
    expect((await web(app, closed, `${path}?private_token=wbt_wrong`)).status).toBe(401)
    expect(JSON.stringify(app.logged())).not.toContain(token)
  })
})

describe('the latest release', () => {
  beforeAll(async () => {
    world = await createWorld(app, { tag: TAG })
  })

  const page = (tag: string, suffix = '') => `${app.url}/${world.project.fullPath}/-/releases/${encoded(tag)}${suffix}`

  test('the latest release is the one with the greatest date, and upcoming releases count', async () => {
    expect(await locationOf('releases/permalink/latest')).toEqual([302, page(TAG)])
    await create.createRelease(world.project, { tag: 'later', releasedAt: new Date('2999-01-01') })
    await create.createRelease(world.project, { tag: 'earlier', releasedAt: new Date('1999-01-01') })
    expect(await locationOf('releases/permalink/latest/')).toEqual([302, page('later')])
  })

  test.each([
    ['/downloads/bin/linux', '/downloads/bin/linux'],
    ['/a%2Fb/%C3%A4', '/a%2Fb/%C3%A4'],
    ['?order_by=semver&x=1&y=%20', '?x=1&y=+'],
    ['/evidences?order_by=released_at', '/evidences'],
  ])('the address of the latest release keeps the rest of its path and query: %s', async (suffix, kept) => {
    expect(await locationOf(`releases/permalink/latest${suffix}`)).toEqual([302, page('later', kept)])
  })

  test('the latest release is not found when there is no release', async () => {
    const project = await create.createProject()
    expect((await web(app, { project }, 'releases/permalink/latest')).status).toBe(404)
    expect((await web(app, world, 'releases/permalink/latest/a%2F..%2Fb')).status).toBe(400)
  })

  test('a file of the latest release is downloaded by one permanent URL', async () => {
    const later = await create.createRelease(world.project, { tag: 'z/9', releasedAt: new Date('2999-02-01') })
    await create.createLink(later, { filepath: '/bin/tool', url: `${app.url}/health` })
    const response = await fetch(`${app.url}/${world.project.fullPath}/-/releases/permalink/latest/downloads/bin/tool`)
    expect(await response.json()).toMatchObject({ status: 'ok' })
  })
})

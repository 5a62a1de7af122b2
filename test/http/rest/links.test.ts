import { beforeAll, expect, test } from 'vitest'
import { db } from '../../../src/database/db.ts'
import { useApp } from '../../support/app.ts'
import * as create from '../../support/factories.ts'
import { createWorld, type World } from '../../support/world.ts'
import { encoded, rest } from './client.ts'

const app = useApp()

let world: World
let release: string
let links: string
beforeAll(async () => {
  world = await createWorld(app)
  release = `/projects/${encoded(world.project.fullPath)}/releases/v1.0.0`
  links = `${release}/assets/links`
})

const send = (method: string, path: string, json?: unknown) =>
  rest(app, method, path, { token: world.tokens.developer, json })

test('links come newest first, without the stored path', async () => {
  const { status, body } = await rest(app, 'GET', links)
  expect(status).toBe(200)
  expect(body.map((link: object) => Object.keys(link))).toEqual(
    [1, 2].map(() => ['id', 'name', 'url', 'direct_asset_url', 'link_type']),
  )
  expect(body.map((link: { name: string }) => link.name)).toEqual(['handbook', 'binary'])
  expect((await rest(app, 'GET', `${links}/${body[1].id}`)).body).toEqual(body[1])
})

test('a link can be added, shown, changed and deleted', async () => {
  const made = await send('POST', links, {
    name: 'tool',
    url: 'https://a.example.com/tool',
    direct_asset_path: '/tools/a',
  })
  expect(made.status).toBe(201)
  const { id } = made.body
  const page = `${app.url}/${world.project.fullPath}/-/releases/v1.0.0`
  expect(made.body).toEqual({
    id,
    name: 'tool',
    url: 'https://a.example.com/tool',
    direct_asset_url: `${page}/downloads/tools/a`,
    link_type: 'other',
  })
  const typed = await send('PUT', `${links}/${id}`, { name: 'tool', link_type: 'image' })
  expect(typed.body.link_type).toBe('image')
  const renamed = await send('PUT', `${links}/${id}`, { name: 'renamed', filepath: '/tools/b' })
  expect(renamed.body).toMatchObject({
    name: 'renamed',
    link_type: 'image',
    direct_asset_url: `${page}/downloads/tools/b`,
  })
  // The newer name of the parameter wins.
  const paths = { direct_asset_path: '/tools/c', filepath: '/tools/d' }
  const moved = await send('PUT', `${links}/${id}`, { name: 'renamed', ...paths })
  expect(moved.body.direct_asset_url).toBe(`${page}/downloads/tools/c`)
  const removed = await send('DELETE', `${links}/${id}`)
  expect([removed.status, removed.body]).toEqual([200, moved.body])
  expect((await send('GET', `${links}/${id}`)).status).toBe(404)
})

test.each([
  ['without a name', { url: 'https://a.example.com' }, { error: 'name is missing' }],
  [
    'of an unknown type',
    { name: 'a', url: 'https://a.example.com', link_type: 'x' },
    { error: 'link_type does not have a valid value' },
  ],
  [
    'that breaks several rules',
    { name: ' ', url: 'javascript:alert(1)', filepath: '' },
    {
      message: [
        "Name can't be blank",
        'Url is blocked: Only allowed schemes are http, https, ftp',
        'Filepath is in an invalid format',
      ],
    },
  ],
  [
    'of a name that is taken',
    { name: 'binary', url: 'https://a.example.com' },
    { message: ['Name has already been taken'] },
  ],
])('a link %s is refused', async (_case, json, body) => {
  const answer = await send('POST', links, json)
  expect([answer.status, answer.body]).toEqual([400, body])
})

test('a change of a link names at least a name or a URL', async () => {
  const [{ id }] = (await rest(app, 'GET', links)).body
  const { status, body } = await send('PUT', `${links}/${id}`, { link_type: 'image' })
  expect([status, body]).toEqual([400, { error: 'name, url are missing, at least one parameter must be provided' }])
})

test('a link is found within its own release only', async () => {
  const other = await create.createRelease(world.project, { tag: 'v2' })
  const link = await create.createLink(other)
  expect((await send('GET', `${links}/${link.id}`)).status).toBe(404)
  expect((await send('PUT', `${links}/${link.id}`, { name: 'x' })).status).toBe(404)
  expect((await send('GET', `/projects/${world.project.id}/releases/v9/assets/links`)).status).toBe(404)
  const wrong = await send('GET', `${links}/one`)
  expect([wrong.status, wrong.body]).toEqual([400, { error: 'link_id is invalid' }])
})

test('the parameters of links are checked before the project is looked for, and the parameters of releases after it', async () => {
  const { project, tokens } = await createWorld(app, { project: { visibility: 'private' } })
  const options = { token: tokens.stranger, json: {} }
  expect((await rest(app, 'POST', `/projects/${project.id}/releases/v1.0.0/assets/links`, options)).status).toBe(400)
  expect((await rest(app, 'POST', `/projects/${project.id}/releases`, options)).status).toBe(404)
})

test('a download leads to where its link leads, and nowhere else', async () => {
  const path = `${release}/downloads`
  const found = await rest(app, 'GET', `${path}/bin/linux`)
  expect([found.status, found.headers.get('location')]).toEqual([302, 'https://downloads.example.com/binary'])
  expect((await rest(app, 'GET', `${path}/bin%2Flinux`)).status).toBe(302)
  expect((await rest(app, 'GET', `${path}/bin/linux.json`)).status).toBe(404)
  expect((await rest(app, 'GET', `${path}/..%2F..%2Flinux`)).body).toEqual({ error: 'direct_asset_path is invalid' })
})

test('the latest release is the one with the greatest date, and upcoming releases count', async () => {
  const { project } = await createWorld(app, { tag: 'old' })
  const latest = `/projects/${project.id}/releases/permalink/latest`
  await create.createRelease(project, { tag: 'next/1', releasedAt: new Date('2100-01-01') })
  const place = `/api/v4/projects/${project.id}/releases/next%2F1`
  const location = async (suffix: string) => (await rest(app, 'GET', latest + suffix)).headers.get('location')
  expect(await location('')).toBe(place)
  expect(await location('/')).toBe(place)
  expect(await location('/downloads/bin/a%20b?order_by=released_at&x=1&y=2')).toBe(
    `${place}/downloads/bin/a%20b?x=1&y=2`,
  )
  expect((await rest(app, 'GET', `${latest}/..%2F..`)).status).toBe(400)
  await db.release.deleteMany({ where: { projectId: project.id } })
  expect((await rest(app, 'GET', latest)).status).toBe(404)
})

import { request } from 'node:http'
import { beforeAll, expect, test } from 'vitest'
import { db } from '../../../src/database/db.ts'
import type { Project } from '../../../src/generated/prisma/client.ts'
import { useApp } from '../../support/app.ts'
import * as create from '../../support/factories.ts'
import { createFullRelease, createWorld, type World } from '../../support/world.ts'
import { rest } from './client.ts'

const app = useApp()

let world: World
let project: Project
let path: string
beforeAll(async () => {
  world = await createWorld(app)
  project = world.project
  path = `/projects/${project.id}/releases`
  await create.addMember({ group: world.group }, world.users.owner, 'guest')
  for (let n = 1; n <= 6; n++) {
    await createFullRelease(project, world.users.owner, {
      tag: `v1.0.${n}`,
      sha: world.release.sha,
      description: `Notes ${n}`,
    })
  }
})

const pageHeaders = ({ headers }: { headers: Headers }) =>
  Object.fromEntries(
    ['x-page', 'x-per-page', 'x-prev-page', 'x-next-page', 'x-total', 'x-total-pages'].map((name) => [
      name,
      headers.get(name),
    ]),
  )

test('a page says where it lies in the list', async () => {
  const middle = await rest(app, 'GET', `${path}?per_page=3&page=2`)
  expect(middle.body).toHaveLength(3)
  expect(pageHeaders(middle)).toEqual({
    'x-page': '2',
    'x-per-page': '3',
    'x-prev-page': '1',
    'x-next-page': '3',
    'x-total': '7',
    'x-total-pages': '3',
  })
  const last = await rest(app, 'GET', `${path}?per_page=3&page=3`)
  expect(last.body).toHaveLength(1)
  expect(pageHeaders(last)).toMatchObject({ 'x-prev-page': '2', 'x-next-page': '' })
  const whole = await rest(app, 'GET', path)
  expect(pageHeaders(whole)).toMatchObject({
    'x-per-page': '20',
    'x-prev-page': '',
    'x-next-page': '',
    'x-total-pages': '1',
  })
})

test('the last page has no next page when it is full, whether it is read from the database or from memory', async () => {
  const own = await createWorld(app)
  for (const list of ['releases', 'repository/tags']) {
    const { headers, body } = await rest(app, 'GET', `/projects/${own.project.id}/${list}?per_page=1`)
    expect([body.length, headers.get('x-next-page'), headers.get('x-total')], list).toEqual([1, '', '1'])
  }
})

test('the links of a page are absolute, and keep the parameters and no credential', async () => {
  const { headers } = await rest(app, 'GET', `${path}?sort=asc&per_page=3&page=2&private_token=${world.tokens.guest}`)
  const link = (page: number, rel: string) =>
    `<${app.url}/api/v4${path}?sort=asc&per_page=3&page=${page}>; rel="${rel}"`
  expect(headers.get('link')).toBe([link(1, 'prev'), link(3, 'next'), link(1, 'first'), link(3, 'last')].join(', '))
})

test('a page has no links when its query is too long to repeat in them, and says the numbers of its pages', async () => {
  const { headers, body } = await rest(app, 'GET', `${path}?per_page=1&${'a[]=1&'.repeat(2_000)}`)
  expect([body.length, headers.get('link'), headers.get('x-next-page')]).toEqual([1, null, '2'])
})

test('the links of a page lead to the host that the client knows', async () => {
  const { hostname, port } = new URL(app.url)
  const link = await new Promise((resolve, reject) => {
    const headers = { host: 'releases.example.com:8080' }
    request({ hostname, port, path: `/api/v4${path}?per_page=1`, headers }, (response) => {
      response.resume()
      resolve(response.headers.link)
    })
      .on('error', reject)
      .end()
  })
  expect(link).toContain(`<http://releases.example.com:8080/api/v4${path}?per_page=1&page=2>; rel="next"`)
})

test('a size above the maximum is the maximum, and pages are counted from 1', async () => {
  expect(pageHeaders(await rest(app, 'GET', `${path}?per_page=1000`))['x-per-page']).toBe('100')
  expect((await rest(app, 'GET', `${path}?page=99`)).body).toEqual([])
  const { status, body } = await rest(app, 'GET', `${path}?page=first&per_page=many`)
  expect([status, body]).toEqual([400, { error: 'page is invalid, per_page is invalid' }])
})

test('a page or a size below 1 is as if it were absent, in every list', async () => {
  const token = world.tokens.owner
  const { paths } = (await rest(app, 'GET', '/openapi.json')).body
  const { group, release, users } = world
  const values: Record<string, unknown> = { group: group.id, user: users.owner.id, project: project.id }
  let pages = 0
  for (const [list, { get }] of Object.entries<{ get?: { parameters?: { name: string }[] } }>(paths)) {
    if (!get?.parameters?.some(({ name }) => name === 'per_page')) continue
    const id = Object.keys(values).find((name) => list.startsWith(`/${name}s/`)) ?? ''
    const at = list
      .replace('{id}', String(values[id]))
      .replace('{tag_name}', release.tag)
      .replaceAll(/\{\w+\}/g, '1')
    const absent = await rest(app, 'GET', at, { token })
    if (absent.status === 200 && absent.headers.has('x-page')) pages++
    for (const below of ['page=0&per_page=0', 'page=-1&per_page=-99999999999']) {
      const { status, body, headers } = await rest(app, 'GET', `${at}?${below}`, { token })
      expect([at, status, body]).toEqual([at, absent.status, absent.body])
      expect(pageHeaders({ headers })).toEqual(pageHeaders(absent))
    }
  }
  expect(pages).toBeGreaterThan(20)
})

test('a list of more than 10,000 rows has no totals', async () => {
  const { project } = await createWorld(app)
  await db.$executeRaw`
    INSERT INTO issues (project_id, iid, title) SELECT ${project.id}, 1000000 + n, 'issue' FROM generate_series(1, 10001) n`
  const { headers } = await rest(app, 'GET', `/projects/${project.id}/issues`)
  expect(headers.get('x-total')).toBeNull()
  expect(headers.get('x-total-pages')).toBeNull()
  expect(headers.get('x-next-page')).toBe('2')
  expect(headers.get('link')).not.toContain('rel="last"')
})

test.each([
  ['the releases of a project', () => `${path}?include_html_description=true`],
  ['the releases of a group', () => `/groups/${world.group.id}/releases`],
  ['tags', () => `/projects/${project.id}/repository/tags`],
  ['issues', () => `/projects/${project.id}/issues`],
  ['milestones', () => `/projects/${project.id}/milestones`],
  ['members', () => `/projects/${project.id}/members/all`],
])('the list of %s takes as many statements for a long page as for a short one', async (_list, listPath) => {
  const url = new URL(listPath(), 'http://x')
  const ask = (size: number) => {
    url.searchParams.set('per_page', String(size))
    return rest(app, 'GET', url.pathname + url.search, { token: world.tokens.owner })
  }
  // The first read renders the notes and keeps them.
  await ask(100)
  const short = await app.statementsOf(() => ask(1))
  const long = await app.statementsOf(() => ask(7))
  expect(long.length).toBe(short.length)
  expect(long.length).toBeGreaterThan(2)
})

test('a group lists the releases of its whole tree to its members only', async () => {
  const { group, project, users, tokens } = await createWorld(app)
  const below = await create.createGroup({ parentId: group.id })
  const other = await create.createProject({ groupId: below.id })
  await create.createRelease(other, { tag: 'below', releasedAt: new Date('2020-01-01') })
  const list = (query = '', token = tokens.owner) => rest(app, 'GET', `/groups/${group.id}/releases${query}`, { token })
  expect((await list()).status).toBe(403)
  await create.addMember({ group }, users.owner, 'guest')
  const tags = (body: { tag_name: string }[]) => body.map((release) => release.tag_name)
  expect(tags((await list('?sort=asc')).body)).toEqual(['below', 'v1.0.0'])
  const simple = (await list('?simple=true')).body[0]
  expect(Object.keys(simple)).toEqual([
    'name',
    'tag_name',
    'description',
    'created_at',
    'released_at',
    'upcoming_release',
  ])
  const path = await rest(app, 'GET', `/groups/${encodeURIComponent(below.fullPath)}/releases`, { token: tokens.owner })
  expect(tags(path.body)).toEqual(['below'])
  await db.group.update({ where: { id: group.id }, data: { visibility: 'private' } })
  const hidden = await list('', tokens.stranger)
  expect([hidden.status, hidden.body]).toEqual([404, { message: '404 Group Not Found' }])
  expect(project.id).toBeGreaterThan(0)
})

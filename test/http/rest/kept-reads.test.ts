import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { beforeAll, expect, test } from 'vitest'
import { db } from '../../../src/database/db.ts'
import { useApp } from '../../support/app.ts'
import * as create from '../../support/factories.ts'
import { createWorld, type ViewerName, type World } from '../../support/world.ts'
import { encoded, rest } from './client.ts'

const app = useApp()

let world: World
beforeAll(async () => {
  world = await createWorld(app, { project: { visibility: 'private' } })
})

const listOf = ({ project }: World) => `/projects/${project.id}/releases`

const read = (path: string, viewer: ViewerName = 'developer', own = world) =>
  rest(app, 'GET', path, { token: own.tokens[viewer] })

test('a kept list or release costs a statement for the viewer, one for the project and one for the version', async () => {
  for (const path of [listOf(world), `${listOf(world)}/v1.0.0`]) {
    const first = await read(path)
    const statements = await app.statementsOf(async () => {
      const again = await read(path)
      expect(again.text.replace(/^(date|x-request-id|ratelimit.*):.*$/gm, '')).toBe(
        first.text.replace(/^(date|x-request-id|ratelimit.*):.*$/gm, ''),
      )
    })
    expect(statements).toEqual([
      expect.stringContaining('access_tokens'),
      expect.stringContaining('projects.'),
      expect.stringContaining('content_versions'),
    ])
  }
})

test('an answer that REST keeps for developers is not shown to guests, strangers or anonymous viewers', async () => {
  for (const path of [listOf(world), `/projects/${encoded(world.project.fullPath)}/releases`]) {
    expect((await read(path)).text).toContain('v1.0.0')
    const guest = await read(path, 'guest')
    expect([guest.status, guest.body[0].name]).toEqual([200, `Release-${world.release.id}`])
    expect(guest.text).not.toContain('v1.0.0')
    expect((await read(path, 'stranger')).status).toBe(404)
    expect((await read(path, 'anonymous')).status).toBe(404)
    expect((await read(`${path}/v1.0.0`)).status).toBe(200)
    expect((await read(`${path}/v1.0.0`, 'guest')).status).toBe(403)
  }
})

test('a kept answer tells nobody the credential in the query of whom it was made for', async () => {
  const path = `${listOf(world)}?per_page=1&private_token=`
  const first = await rest(app, 'GET', path + world.tokens.developer)
  expect(first.headers.get('link')).toContain('per_page=1')
  const again = await rest(app, 'GET', path + world.tokens.maintainer)
  for (const answer of [first, again]) expect(answer.text).not.toMatch(/private_token|wbp_/)
})

/** What a client that names a host gets. `fetch` names its own. */
async function linksAt(host: string, query: string): Promise<string> {
  const headers = { host, 'private-token': String(world.tokens.developer) }
  const asked = request(`${app.url}/api/v4${listOf(world)}${query}`, { headers }).end()
  const [answer] = (await once(asked, 'response')) as [IncomingMessage]
  answer.resume()
  return String(answer.headers.link)
}

test('the links to other pages are those of the host and the query that were asked', async () => {
  const asked = ['a.example', 'b.example'].flatMap((host) => ['?x=1', '?y=2'].map((query) => ({ host, query })))
  for (const { host, query } of [...asked, ...asked]) {
    expect(await linksAt(host, query)).toContain(`<http://${host}/api/v4${listOf(world)}${query}&page=1`)
  }
})

test('other parameters have another answer', async () => {
  for (const [before, count] of [
    ['2000-01-01', 0],
    ['2100-01-01', 1],
    ['2000-01-01', 0],
  ] as const) {
    expect((await read(`${listOf(world)}?updated_before=${before}`)).body).toHaveLength(count)
  }
})

/** Writes that change the list and that the server does not make itself. */
const writes: [string, (world: World) => Promise<unknown>][] = [
  ['a release', ({ release }) => db.$executeRaw`UPDATE releases SET name = 'Other' WHERE id = ${release.id}`],
  ['a new release', ({ project }) => create.createRelease(project)],
  [
    'a link',
    ({ release }) => db.$executeRaw`UPDATE asset_links SET name = 'Other ' || id WHERE release_id = ${release.id}`,
  ],
  ['evidence', ({ release }) => create.createEvidence(release)],
  [
    'a milestone',
    ({ project }) => db.$executeRaw`UPDATE milestones SET title = 'Other' WHERE project_id = ${project.id}`,
  ],
  [
    'the due date of a milestone',
    ({ project }) => db.$executeRaw`UPDATE milestones SET due_date = '2001-01-01' WHERE project_id = ${project.id}`,
  ],
  [
    'a closed issue',
    ({ project }) =>
      db.$executeRaw`UPDATE issues SET state = 'closed', closed_at = now() WHERE project_id = ${project.id}`,
  ],
  ['the author', ({ users }) => db.$executeRaw`UPDATE users SET name = 'Other' WHERE id = ${users.developer.id}`],
  ['the path', ({ project }) => db.$executeRaw`UPDATE projects SET path = 'elsewhere' WHERE id = ${project.id}`],
]

test.each(writes)('a write of %s by SQL ends what REST keeps', async (_what, write) => {
  const own = await createWorld(app, { project: { visibility: 'private' } })
  const asked = () => read(listOf(own), 'developer', own)
  const before = await asked()
  expect((await asked()).body).toEqual(before.body)
  await write(own)
  expect((await asked()).body).not.toEqual(before.body)
})

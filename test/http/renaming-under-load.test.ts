// Two servers answer while a project and its group are renamed and moved again and again.
import { setTimeout } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { db } from '../../src/database/db.ts'
import { startAnotherServer } from '../support/another-server.ts'
import { type TestApp, useApp } from '../support/app.ts'
import { query } from '../support/client.ts'
import * as create from '../support/factories.ts'
import { mutate } from '../support/mutate.ts'
import { createWorld, type World } from '../support/world.ts'
import { git, remoteOf } from './git/git-client.ts'
import { encoded, rest } from './rest/client.ts'

const app = useApp({ rateLimits: null })

const ROUNDS = 8

const DOCUMENT = `query ($path: ID!) { project(fullPath: $path) {
  name fullPath releases { nodes { tagName links { selfUrl } } } } }`

type Shown = { name: string; fullPath: string; releases: { nodes: { tagName: string; links: { selfUrl: string } }[] } }
type Reader = (server: TestApp, world: World, first: string) => Promise<void>

const readers: Record<string, Reader> = {
  async GraphQL(server, { tokens, project }, path) {
    const answer = await query<{ project: Shown | null }, object>(
      server,
      DOCUMENT,
      { path },
      { token: tokens.reporter },
    )
    expect(answer.errors).toBeUndefined()
    expect(answer.data.project?.name).toBe(project.name)
    const { fullPath, releases } = answer.data.project as Shown
    // What one answer says of the project belongs together.
    expect(releases.nodes.map(({ links }) => links.selfUrl)).toEqual([`${app.url}/${fullPath}/-/releases/v1.0.0`])
  },
  async REST(server, { tokens, project }, path) {
    const read = (id: string | number) => rest(server, 'GET', `/projects/${id}/releases`, { token: tokens.reporter })
    const first = await read(encoded(path))
    if (first.status === 301) expect(first.headers.get('location')).toContain(`/projects/${project.id}/releases`)
    const { status, body } = first.status === 301 ? await read(project.id) : first
    expect([status, body.map((release: { tag_name: string }) => release.tag_name)]).toEqual([200, ['v1.0.0']])
  },
  async pages(server, { tokens }, path) {
    let url = `${server.url}/${path}/-/releases/v1.0.0`
    // The project may move again while the redirect is followed.
    for (let hops = 0; ; hops += 1) {
      const answer = await fetch(url, { headers: { 'private-token': tokens.reporter ?? '' }, redirect: 'manual' })
      if (answer.status === 200) return expect(await answer.text()).toContain('First light')
      expect([answer.status, hops < ROUNDS * 4]).toEqual([301, true])
      url = (answer.headers.get('location') ?? '').replace(app.url, server.url)
    }
  },
  async git(server, world, fullPath) {
    const project = { ...world.project, fullPath }
    const { code, stdout } = await git(
      '/tmp',
      'ls-remote',
      remoteOf(server, { ...world, project }, world.tokens.reporter),
    )
    expect([code, stdout]).toEqual([0, expect.stringContaining('refs/tags/v1.0.0')])
  },
}

test('readers by the first path never fail while the project and its group are renamed and moved', async () => {
  const servers = [app, await startAnotherServer(app)]
  const world = await createWorld(app, { project: { visibility: 'private', name: 'The same all along' } })
  const { tokens, group, users } = world
  await create.addMember({ group }, users.owner, 'owner')
  const other = await create.createGroup()
  await create.addMember({ group: other }, users.owner, 'owner')
  const first = world.project.fullPath
  const done = { isTrue: false, reads: 0 }
  const reading = Object.values(readers).flatMap((read) =>
    servers.map(async (server) => {
      while (!done.isTrue) {
        await read(server, world, first)
        done.reads += 1
        // Readers that never pause would keep a slow machine so busy that the moves do not get their turn.
        await setTimeout(20)
      }
    }),
  )
  const here = async () => {
    const { fullPath } = await db.project.findUniqueOrThrow({ where: { id: world.project.id } })
    return { fullPath, groupPath: fullPath.slice(0, fullPath.lastIndexOf('/')) }
  }
  const move = async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const [to, from] = round % 2 === 0 ? [other, group] : [group, other]
      const target = await db.group.findUniqueOrThrow({ where: { id: to.id } })
      const inputs = [
        ['projectUpdate', { projectPath: (await here()).fullPath, path: `round-${round}` }],
        ['groupUpdate', { groupPath: (await here()).groupPath, path: `group-${from.id}-${round}` }],
      ] as const
      for (const [name, input] of inputs) expect(await mutate(app, tokens.owner, name, input)).toEqual([])
      // By the first path, too, because mutations follow it.
      const transfer = { projectPath: first, groupPath: target.fullPath }
      expect(await mutate(app, tokens.owner, 'projectTransfer', transfer)).toEqual([])
    }
  }
  try {
    await Promise.race([move(), ...reading])
  } finally {
    done.isTrue = true
  }
  await Promise.all(reading)
  expect(done.reads).toBeGreaterThan(ROUNDS)
  expect(await db.oldPath.count({ where: { projectId: world.project.id } })).toBeGreaterThan(ROUNDS)
})

test('a server that keeps answers shows a move that another server made, and whose path it is now', async () => {
  const another = await startAnotherServer(app)
  const world = await createWorld(app)
  const first = world.project.fullPath
  const nameAt = async (server: TestApp, path: string) => {
    const { data } = await query<{ project: Shown | null }, object>(server, DOCUMENT, { path }, {})
    return data.project && `${data.project.name} at ${data.project.fullPath}`
  }
  const both = async (path: string) => [await nameAt(app, path), await nameAt(another, path)]
  const twice = (text: string) => [text, text]
  expect(await both(first)).toEqual(twice(`${world.project.name} at ${first}`))
  await mutate(another, world.tokens.owner, 'projectUpdate', { projectPath: first, path: 'moved-on' })
  const now = `${world.group.fullPath}/moved-on`
  for (const path of [first, first.toUpperCase(), now])
    expect(await both(path)).toEqual(twice(`${world.project.name} at ${now}`))
  const heir = await create.createProject({ groupId: world.group.id, path: world.project.path, name: 'The heir' })
  for (const path of [first, first.toUpperCase()])
    expect(await both(path)).toEqual(twice(`The heir at ${heir.fullPath}`))
  expect(await both(now)).toEqual(twice(`${world.project.name} at ${now}`))
})

test('projects that take each other’s paths at the same time leave each path to one project', async () => {
  const group = await create.createGroup()
  const owner = await create.createUser()
  await create.addMember({ group }, owner, 'owner')
  const token = await create.tokenFor(owner)
  const projects = await Promise.all(Array.from({ length: 4 }, () => create.createProject({ groupId: group.id })))
  const paths = projects.map(({ path }) => path)
  await Promise.all(
    projects.map(async ({ id }, at) => {
      for (let round = 0; round < ROUNDS; round += 1) {
        const { fullPath } = await db.project.findUniqueOrThrow({ where: { id } })
        const path = paths[(at + round) % paths.length] ?? ''
        const errors = await mutate(app, token, 'projectUpdate', { projectPath: fullPath, path })
        expect(['', 'Path has already been taken']).toContain(errors.join())
        await mutate(app, token, 'projectUpdate', { projectPath: fullPath, path: `${path}-${at}-${round}` })
      }
    }),
  )
  const rows = await db.$queryRaw<{ path: string; projects: bigint }[]>`
    SELECT path, count(*) AS projects FROM (
      SELECT lower(full_path) AS path FROM projects UNION ALL SELECT full_path FROM old_paths) AS all_paths
    GROUP BY path HAVING count(*) > 1`
  expect(rows).toEqual([])
})

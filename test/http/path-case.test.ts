import { beforeAll, describe, expect, test } from 'vitest'
import { db } from '../../src/database/db.ts'
import type { Project } from '../../src/generated/prisma/client.ts'
import { useApp } from '../support/app.ts'
import { query } from '../support/client.ts'
import * as create from '../support/factories.ts'
import { temporaryDirectory } from '../support/git.ts'
import { createWorld, viewers, type World } from '../support/world.ts'
import { git, remoteOf } from './git/git-client.ts'
import { encoded, rest } from './rest/client.ts'

const app = useApp()

let world: World
let spellings: string[]
beforeAll(async () => {
  world = await createWorld(app, { project: { visibility: 'private', path: 'Anchor_App.js' } })
  const { fullPath } = world.project
  spellings = [fullPath, fullPath.toLowerCase(), fullPath.toUpperCase()]
  expect(new Set(spellings).size).toBe(3)
})

const ask = <Data>(document: string, variables: Record<string, unknown>, token = world.tokens.owner) =>
  query<Data, Record<string, unknown>>(app, document, variables, { token })

describe('a project is found whatever the letter case of its path, and called as it is stored', () => {
  test('GraphQL finds a project whatever the letter case of its path', async () => {
    const document =
      'query ($path: ID!) { project(fullPath: $path) { fullPath webUrl releases { nodes { tagName } } } }'
    for (const path of spellings) {
      expect((await ask(document, { path })).data).toEqual({
        project: {
          fullPath: world.project.fullPath,
          webUrl: `${app.url}/${world.project.fullPath}`,
          releases: { nodes: [{ tagName: 'v1.0.0' }] },
        },
      })
    }
  })

  test('GraphQL finds a project in one query under several spellings', async () => {
    const fields = spellings.map((path, at) => `p${at}: project(fullPath: "${path}") { fullPath releases { count } }`)
    const { data } = await ask<Record<string, { fullPath: string }>>(`{ ${fields.join(' ')} }`, {})
    expect(Object.values(data)).toEqual(
      spellings.map(() => ({ fullPath: world.project.fullPath, releases: { count: 1 } })),
    )
  })

  test('mutations find a project whatever the letter case of its path', async () => {
    const document = `mutation ($path: ID!, $title: String!) {
      milestoneCreate(input: { projectPath: $path, title: $title }) { errors milestone { webPath } } }`
    for (const [at, path] of spellings.entries()) {
      const { data } = await ask<{ milestoneCreate: { errors: string[]; milestone: { webPath: string } } }>(document, {
        path,
        title: `By path ${at}`,
      })
      expect(data.milestoneCreate.errors).toEqual([])
      expect(data.milestoneCreate.milestone.webPath).toContain(`/${world.project.fullPath}/-/milestones/`)
    }
  })

  test('REST finds a project whatever the letter case of its path', async () => {
    for (const path of spellings) {
      const { status, body } = await rest(app, 'GET', `/projects/${encoded(path)}`, { token: world.tokens.reporter })
      expect([status, body.path_with_namespace]).toEqual([200, world.project.fullPath])
      const write = await rest(app, 'PUT', `/projects/${encoded(path)}/releases/v1.0.0`, {
        token: world.tokens.developer,
        json: { name: `Named by ${path}` },
      })
      expect([write.status, write.body.name]).toEqual([200, `Named by ${path}`])
    }
  })

  test('git fetches from and pushes to a project whatever the letter case of its path', async () => {
    const folder = await temporaryDirectory()
    for (const [at, fullPath] of spellings.entries()) {
      const remote = remoteOf(
        app,
        { ...world, project: { ...world.project, fullPath } as Project },
        world.tokens.developer,
      )
      const dir = `${folder}/${at}`
      expect((await git(folder, 'clone', '--quiet', remote, dir)).code).toBe(0)
      expect((await git(dir, 'push', '--quiet', 'origin', `HEAD:refs/tags/pushed-${at}`)).code).toBe(0)
    }
  })

  test('a page, feed, archive or permanent link in another letter case leads to the present path of the project', async () => {
    const headers = { 'private-token': world.tokens.reporter ?? '' }
    const rests = ['releases/v1.0.0', 'releases.atom', 'archive/v1.0.0.zip?a=b', 'releases/v1.0.0/downloads/bin/linux']
    for (const rest of rests) {
      const [own, ...others] = await Promise.all(
        spellings.map((path) => fetch(`${app.url}/${path}/-/${rest}`, { headers, redirect: 'manual' })),
      )
      expect([200, 302]).toContain(own?.status)
      for (const { status, headers } of others) {
        expect([status, headers.get('location')]).toEqual([301, `${app.url}/${world.project.fullPath}/-/${rest}`])
        expect(headers.get('cache-control')).toBe('private, no-cache')
      }
    }
  })
})

describe('a group is found whatever the letter case of its path', () => {
  test('GraphQL, REST and mutations find a group whatever the letter case of its path', async () => {
    const group = await create.createGroup({ path: 'Team_X', visibility: 'private' })
    await create.addMember({ group }, world.users.owner, 'owner')
    await db.group.update({ where: { id: group.id }, data: { description: 'Described' } })
    for (const path of ['Team_X', 'team_x', 'TEAM_X']) {
      const found = await ask('query ($path: ID!) { group(fullPath: $path) { fullPath description } }', { path })
      expect(found.data).toEqual({ group: { fullPath: 'Team_X', description: 'Described' } })
      const { status } = await rest(app, 'GET', `/groups/${path}/releases`, { token: world.tokens.owner })
      expect(status).toBe(200)
      const document =
        'mutation ($path: ID!) { groupUpdate(input: { groupPath: $path, name: "Renamed" }) { errors group { fullPath } } }'
      expect((await ask(document, { path })).data).toEqual({
        groupUpdate: { errors: [], group: { fullPath: 'Team_X' } },
      })
    }
    expect((await ask('{ group(fullPath: "teamax") { id } }', {})).data).toEqual({ group: null })
    await create.createGroup({ path: 'teamax' })
    expect((await ask('{ group(fullPath: "TEAM_X") { fullPath } }', {})).data).toEqual({
      group: { fullPath: 'Team_X' },
    })
  })
})

test('a kept answer is not older than the last write, under every spelling', async () => {
  const document = 'query ($path: ID!) { project(fullPath: $path) { releases { nodes { description } } } }'
  for (const text of ['one', 'two']) {
    await rest(app, 'PUT', `/projects/${world.project.id}/releases/v1.0.0`, {
      token: world.tokens.owner,
      json: { description: text },
    })
    for (const path of [...spellings, ...spellings]) {
      const { data } = await ask(document, { path })
      expect(data).toEqual({ project: { releases: { nodes: [{ description: text }] } } })
    }
  }
})

test('a hidden and a missing project answer alike under every spelling', async () => {
  const document = 'query ($path: ID!) { project(fullPath: $path) { id } }'
  for (const viewer of viewers.slice(0, 2)) {
    const token = world.tokens[viewer]
    for (const path of [...spellings, 'none/none']) {
      expect((await query(app, document, { path }, { token })).data).toEqual({ project: null })
      const { status, body } = await rest(app, 'GET', `/projects/${encoded(path)}`, { token })
      expect([status, body]).toEqual([404, { message: '404 Project Not Found' }])
    }
  }
})

test('a letter that becomes one of A to Z in lower case names nothing', async () => {
  const kelvin = await create.createProject({ path: 'kelvin' })
  const path = kelvin.fullPath.replace('k', '\u212a')
  expect((await rest(app, 'GET', `/projects/${encoded(path)}`)).status).toBe(404)
})

test('a path is looked up by the unique index on its lower case, in as many statements as ever', async () => {
  const document = 'query ($path: ID!) { project(fullPath: $path) { name group { name } } }'
  const spelt = (path: string) => () => ask(document, { path })
  await spelt(spellings[0] ?? '')()
  const [stored, upper] = await Promise.all(
    [spellings[0], spellings[2]].map((path) => app.statementsOf(spelt(path ?? ''))),
  )
  expect(upper?.length).toBe(stored?.length)
  // The planner is kept from reading a small table as a whole.
  const [plan] = await db.$transaction(async (tx) => {
    await tx.$executeRaw`SET LOCAL enable_seqscan = off`
    return tx.$queryRaw<{ 'QUERY PLAN': unknown }[]>`
      EXPLAIN (FORMAT JSON) SELECT id FROM projects p WHERE lower(p.full_path) = ANY (ARRAY['a/b', 'c/d'])`
  })
  expect(JSON.stringify(plan)).toContain('projects_lower_full_path_key')
})

// A kept answer serves all viewers who may see the same. Everything that tells two viewers apart must tell their answers apart.
import { rename } from 'node:fs/promises'
import { setTimeout } from 'node:timers/promises'
import { beforeAll, expect, test } from 'vitest'
import { db } from '../../src/database/db.ts'
import { useApp } from '../support/app.ts'
import * as create from '../support/factories.ts'
import { createWorld, type World } from '../support/world.ts'
import { rest } from './rest/client.ts'

const app = useApp()

type Node = { links: { editUrl: string | null }; commit: { sha: string } | null }

/** Asks for the release twice: at once, and when an answer may have been kept. */
async function ask(world: World, fields: string, headers: Record<string, string>): Promise<Node[]> {
  const query = `{ project(fullPath: "${world.project.fullPath}") { releases { nodes { ${fields} } } } }`
  const once = async () => {
    const body = JSON.stringify({ query })
    const response = await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body,
    })
    const { data } = (await response.json()) as { data: { project: { releases: { nodes: Node[] } } } }
    return data.project.releases.nodes[0] as Node
  }
  return [await once(), await once()]
}

const editUrls = async (world: World, headers: Record<string, string>) =>
  (await ask(world, 'links { editUrl }', headers)).map(({ links }) => links.editUrl)

const shown = (world: World) => Array(2).fill(`${app.url}/${world.project.fullPath}/-/releases/v1.0.0/edit`)
const hidden = [null, null]

const withToken = (token: string | null) => ({ 'private-token': token ?? '' })

let world: World
beforeAll(async () => {
  world = await createWorld(app, { project: { visibility: 'private' } })
})

const protect = (admitted: { userId: number } | { groupId: number }) =>
  db.protectedTag.create({
    data: { projectId: world.project.id, name: 'v*', accessLevels: { create: admitted } },
  })

test('two developers whom a protected tag tells apart get different kept answers', async () => {
  const colleague = await create.createUser()
  await create.addMember({ project: world.project }, colleague, 'developer')
  const { id } = await protect({ userId: colleague.id })
  expect(await editUrls(world, withToken(await create.tokenFor(colleague)))).toEqual(shown(world))
  expect(await editUrls(world, withToken(world.tokens.developer))).toEqual(hidden)
  await db.protectedTag.delete({ where: { id } })
})

test('an account and its job token, whose groups do not count, get different kept answers', async () => {
  const group = await create.createGroup()
  await create.addMember({ group }, world.users.developer, 'developer')
  await protect({ groupId: group.id })
  const response = await fetch(`${app.url}/graphql`, {
    method: 'POST',
    headers: { ...withToken(world.tokens.developer), 'content-type': 'application/json' },
    body: JSON.stringify({
      query: `mutation { jobTokenCreate(input: { projectPath: "${world.project.fullPath}" }) { token } }`,
    }),
  })
  const { data } = (await response.json()) as { data: { jobTokenCreate: { token: string } } }
  expect(await editUrls(world, withToken(world.tokens.developer))).toEqual(shown(world))
  expect(await editUrls(world, { 'job-token': data.jobTokenCreate.token })).toEqual(hidden)
})

test('an answer that lacks a commit because the repository could not be read is not kept', async () => {
  const own = await createWorld(app)
  const directory = app.repositories.directory(own.project.id)
  const commits = async () => (await ask(own, 'commit { sha }', {})).map(({ commit }) => commit)
  await rename(directory, `${directory}.away`)
  expect(await commits()).toEqual([null, null])
  await rename(`${directory}.away`, directory)
  expect(await commits()).toEqual(Array(2).fill({ sha: own.release.sha }))
})

test('an answer is given until the first of several moments at which time changes it', async () => {
  const project = await create.createProject()
  const second = Math.ceil(Date.now() / 1000) * 1000 + 1000
  const upcoming = async () => {
    const query = `{ project(fullPath: "${project.fullPath}") { releases(sort: RELEASED_AT_ASC) { nodes { upcomingRelease } } } }`
    const response = await fetch(`${app.url}/graphql?${new URLSearchParams({ query })}`)
    type Answer = { data: { project: { releases: { nodes: { upcomingRelease: boolean }[] } } } }
    const { data } = (await response.json()) as Answer
    return data.project.releases.nodes.map(({ upcomingRelease }) => upcomingRelease)
  }
  for (const after of [0, 60_000]) await create.createRelease(project, { releasedAt: new Date(second + after) })
  expect([await upcoming(), await upcoming()]).toEqual([
    [true, true],
    [true, true],
  ])
  await setTimeout(second - Date.now() + 20)
  expect(await upcoming()).toEqual([false, true])
})

test('an answer ends with a change of the accounts that a protected tag admits', async () => {
  const own = await createWorld(app)
  const accessLevels = { create: { accessLevel: 40 } }
  await db.protectedTag.create({ data: { projectId: own.project.id, name: 'v*', accessLevels } })
  expect(await editUrls(own, withToken(own.tokens.developer))).toEqual(hidden)
  const where = { protectedTag: { projectId: own.project.id } }
  await db.protectedTagAccessLevel.updateMany({ where, data: { accessLevel: 30 } })
  expect(await editUrls(own, withToken(own.tokens.developer))).toEqual(shown(own))
})

test('an answer ends with a change of what the project shows', async () => {
  const own = await createWorld(app)
  const commits = async () => (await ask(own, 'commit { sha }', {})).map(({ commit }) => commit)
  expect(await commits()).toEqual(Array(2).fill({ sha: own.release.sha }))
  await db.$executeRaw`UPDATE projects SET repository_level = 'private' WHERE id = ${own.project.id}`
  expect(await commits()).toEqual(hidden)
})

test('answers about two projects end with a transaction that writes to both', async () => {
  const worlds = [await createWorld(app), await createWorld(app)]
  const names = () =>
    Promise.all(
      worlds.map(async ({ project }) => {
        const query = `{ project(fullPath: "${project.fullPath}") { releases { nodes { name } } } }`
        return (await fetch(`${app.url}/graphql?${new URLSearchParams({ query })}`)).text()
      }),
    )
  const before = await names()
  expect(await names()).toEqual(before)
  const update = ({ release }: World) =>
    db.$executeRaw`UPDATE releases SET name = 'Renamed at once' WHERE id = ${release.id}`
  await db.$transaction(worlds.map(update))
  for (const answer of await names()) expect(answer).toContain('Renamed at once')
})

test('the answer of an archived project has no link for editing a release', async () => {
  const own = await createWorld(app)
  expect(await editUrls(own, withToken(own.tokens.owner))).toEqual(shown(own))
  await db.project.update({ where: { id: own.project.id }, data: { archived: true } })
  expect(await editUrls(own, withToken(own.tokens.owner))).toEqual(hidden)
  const { body } = await rest(app, 'GET', `/projects/${own.project.id}/releases/v1.0.0`, { token: own.tokens.owner })
  expect(body._links).not.toHaveProperty('edit_url')
})

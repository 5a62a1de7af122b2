// What people say of a release: that it is a prerelease, and that it is the latest.
import { expect, test } from 'vitest'
import { db } from '../../src/database/db.ts'
import type { Project } from '../../src/generated/prisma/client.ts'
import { useApp } from '../support/app.ts'
import { query } from '../support/client.ts'
import * as create from '../support/factories.ts'
import { createRepository } from '../support/git.ts'
import { mutate } from '../support/mutate.ts'
import { createWorld, type ViewerName, viewers, type World } from '../support/world.ts'

const app = useApp()

const DAY = 86_400_000
const inDays = (days: number) => new Date(Date.now() + days * DAY)

type Shown = { name: string; prerelease: boolean | null; makeLatest: string }
type Answer = { project: { releases: { nodes: Shown[] }; latestRelease: { name: string } | null } }

async function shownTo(token: string | null, { fullPath }: Project) {
  const fields =
    'releases(sort: CREATED_ASC) { nodes { name prerelease makeLatest } } latestRelease(stable: true) { name }'
  const text = `{ project(fullPath: "${fullPath}") { ${fields} } }`
  const { data, errors } = await query<Answer, never>(app, text, {}, { token })
  expect(errors).toBeUndefined()
  return { releases: data.project.releases.nodes, latest: data.project.latestRelease?.name ?? null }
}

const change = ({ project, tokens }: World, tagName: string, input: object) =>
  mutate(app, tokens.developer, 'releaseUpdate', { projectPath: project.fullPath, tagName, ...input })

/** A private project with these releases in the order of their creation. Their names are their tags. */
async function worldOf(tags: Record<string, number>): Promise<World & { ids: Record<string, number> }> {
  const world = await createWorld(app, { project: { visibility: 'private' }, repository: { tags: Object.keys(tags) } })
  await db.release.deleteMany({ where: { projectId: world.project.id } })
  const ids: Record<string, number> = {}
  for (const [tag, days] of Object.entries(tags)) {
    ids[tag] = (await create.createRelease(world.project, { tag, releasedAt: inDays(days) })).id
  }
  return { ...world, ids }
}

test('the word of a person wins over the version, and a viewer without code access learns the word alone', async () => {
  const world = await worldOf({ 'v1.0.0': -3, 'v1.1.0-rc.1': -2 })
  const { project, tokens } = world
  const prereleases = async (viewer: ViewerName) =>
    (await shownTo(tokens[viewer], project)).releases.map(({ prerelease }) => prerelease)
  expect(await prereleases('reporter')).toEqual([false, true])
  expect(await prereleases('guest')).toEqual([null, null])
  expect(await change(world, 'v1.0.0', { prerelease: true })).toEqual([])
  expect(await change(world, 'v1.1.0-rc.1', { prerelease: false })).toEqual([])
  expect(await prereleases('reporter')).toEqual([true, false])
  expect(await prereleases('guest')).toEqual([true, false])
  expect(await change(world, 'v1.1.0-rc.1', { prerelease: null })).toEqual([])
  expect(await prereleases('reporter')).toEqual([true, true])
  expect(await prereleases('guest')).toEqual([true, null])
})

test('the latest stable release is the highest stable version, and never an upcoming one', async () => {
  const world = await worldOf({ 'v1.9.0': -1, 'v1.10.0': -9, 'v1.11.0-rc.1': -2, 'v2.0.0': 5, nightly: 0 })
  const latest = async () => (await shownTo(world.tokens.developer, world.project)).latest
  expect(await latest()).toBe('v1.10.0')
  await change(world, 'v1.10.0', { prerelease: true })
  expect(await latest()).toBe('v1.9.0')
  await change(world, 'v1.11.0-rc.1', { prerelease: false })
  expect(await latest()).toBe('v1.11.0-rc.1')
})

test('a mark makes a release the latest, moves from release to release, and can be taken away', async () => {
  const world = await worldOf({ 'v1.0.0': -3, 'v2.0.0': -2, 'v3.0.0': 9 })
  const { project, tokens } = world
  const seen = async () => {
    const { releases, latest } = await shownTo(tokens.developer, project)
    return { latest, marked: releases.filter(({ makeLatest }) => makeLatest === 'YES').map(({ name }) => name) }
  }
  expect(await seen()).toEqual({ latest: 'v2.0.0', marked: [] })
  await change(world, 'v1.0.0', { makeLatest: 'YES' })
  expect(await seen()).toEqual({ latest: 'v1.0.0', marked: ['v1.0.0'] })
  await change(world, 'v2.0.0', { makeLatest: 'AUTO' })
  expect(await seen()).toEqual({ latest: 'v1.0.0', marked: ['v1.0.0'] })
  // An upcoming release is marked, but is not the latest until its date.
  await change(world, 'v3.0.0', { makeLatest: 'YES' })
  expect(await seen()).toEqual({ latest: 'v2.0.0', marked: ['v3.0.0'] })
  await change(world, 'v3.0.0', { makeLatest: 'AUTO' })
  expect(await seen()).toEqual({ latest: 'v2.0.0', marked: [] })
})

test('a new release may be marked, and of several that are published together one stays marked', async () => {
  const world = await createWorld(app)
  const { project, tokens } = world
  const publish = (tagName: string) =>
    mutate(app, tokens.developer, 'releaseCreate', {
      ...{ projectPath: project.fullPath, tagName, ref: 'main' },
      ...{ prerelease: true, makeLatest: 'YES' },
    })
  expect(await Promise.all(['a', 'b', 'c', 'd'].map(publish))).toEqual([[], [], [], []])
  const { releases, latest } = await shownTo(null, project)
  expect(releases.filter(({ makeLatest }) => makeLatest === 'YES').map(({ name }) => name)).toEqual([latest])
  expect(releases.map(({ prerelease }) => prerelease)).toEqual([false, true, true, true, true])
})

test('the mark goes with its release, also while others mark theirs', async () => {
  const world = await worldOf({ 'v1.0.0': -3, 'v2.0.0': -2, 'v3.0.0': -1 })
  const { project, tokens } = world
  const remove = () =>
    mutate(app, tokens.maintainer, 'releaseDelete', { projectPath: project.fullPath, tagName: 'v1.0.0' })
  await change(world, 'v1.0.0', { makeLatest: 'YES' })
  const done = await Promise.all([
    remove(),
    ...['v2.0.0', 'v3.0.0', 'v2.0.0', 'v3.0.0'].map((tag) => change(world, tag, { makeLatest: 'YES' })),
  ])
  expect(done.flat()).toEqual([])
  await change(world, 'v2.0.0', { makeLatest: 'YES' })
  await mutate(app, tokens.maintainer, 'releaseDelete', { projectPath: project.fullPath, tagName: 'v2.0.0' })
  expect(await shownTo(tokens.developer, project)).toEqual({
    releases: [{ name: 'v3.0.0', prerelease: false, makeLatest: 'AUTO' }],
    latest: 'v3.0.0',
  })
})

test.each(viewers.slice(2))(
  '%s learns the latest stable release from the version only with code access',
  async (viewer) => {
    const world = await worldOf({ 'v1.0.0': -3, 'v2.0.0': -2 })
    const { project, tokens, ids } = world
    const readsCode = viewer !== 'guest' && viewer !== 'planner'
    expect((await shownTo(tokens[viewer], project)).latest).toBe(readsCode ? 'v2.0.0' : null)
    await change(world, 'v1.0.0', { makeLatest: 'YES' })
    expect((await shownTo(tokens[viewer], project)).latest).toBe(readsCode ? 'v1.0.0' : `Release-${ids['v1.0.0']}`)
  },
)

test('a viewer without code access gets the same from projects whose tags differ', async () => {
  const worlds = [await worldOf({ 'v1.0.0': -3, 'v2.0.0-rc.1': -2 }), await worldOf({ one: -3, 'v0.1.0': -2 })]
  const answers = []
  for (const { project, tokens, ids } of worlds) {
    const text = JSON.stringify(await shownTo(tokens.guest, project))
    answers.push(Object.values(ids).reduce((told, id, at) => told.replaceAll(`Release-${id}`, `Release-${at}`), text))
  }
  expect(answers[0]).toBe(answers[1])
})

test('marks are read by one statement more, however many releases are shown, and are kept until they move', async () => {
  const project = await create.createProject()
  await createRepository(app.repositories.directory(project.id), { commits: 1, tags: [] })
  const releases = []
  for (let at = 0; at < 30; at++) releases.push(await create.createRelease(project, { tag: `v1.${at}.0` }))
  const ask = (first: number) => async () => {
    const text = `{ project(fullPath: "${project.fullPath}") { releases(first: ${first}) { nodes { makeLatest prerelease } } } }`
    const { data } = await query<Answer, never>(app, text)
    return data.project.releases.nodes.filter(({ makeLatest }) => makeLatest === 'YES').length
  }
  const counts = [await app.statementsOf(ask(1)), await app.statementsOf(ask(30))].map(({ length }) => length)
  expect(counts[0]).toBe(counts[1])
  expect((await app.statementsOf(ask(30))).length).toBeLessThan(counts[1] ?? 0)
  // With psql, past every use case.
  await db.latestRelease.create({ data: { projectId: project.id, releaseId: releases[3]?.id ?? 0 } })
  expect(await ask(30)()).toBe(1)
  await db.latestRelease.deleteMany({ where: { projectId: project.id } })
  expect(await ask(30)()).toBe(0)
})

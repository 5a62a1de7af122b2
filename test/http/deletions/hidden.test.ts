// What is deleted is behind no door, whoever asks, and comes back whole.
import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { db } from '../../../src/database/db.ts'
import { startAnotherServer } from '../../support/another-server.ts'
import { useApp } from '../../support/app.ts'
import { query } from '../../support/client.ts'
import * as create from '../../support/factories.ts'
import { mutate } from '../../support/mutate.ts'
import { subscribe } from '../../support/subscribe.ts'
import { createWorld, type World } from '../../support/world.ts'
import { openEntrances } from '../entrances.ts'
import { git, remoteOf } from '../git/git-client.ts'
import { put } from '../packages/package-client.ts'
import { encoded, rest } from '../rest/client.ts'

const app = useApp()

/** A world with something behind every door, whose Owner owns the group. The group is in another group. */
async function ownedWorld() {
  const world = await createWorld(app)
  const above = await create.createGroup()
  const group = await db.group.update({ where: { id: world.group.id }, data: { parentId: above.id } })
  const project = await db.project.findUniqueOrThrow({ where: { id: world.project.id } })
  await create.addMember({ group }, world.users.owner, 'owner')
  await put(app, { ...world, group, project }, 'content')
  const elsewhere = await create.createMilestone({ groupId: above.id })
  await create.attachMilestone(world.release, elsewhere)
  return {
    ...world,
    group,
    project,
    above,
    entrances: await openEntrances(app, { ...world, group, project }, elsewhere),
  }
}

type OwnedWorld = Awaited<ReturnType<typeof ownedWorld>>

async function tokensOf({ tokens }: World): Promise<(string | null)[]> {
  const admin = await create.tokenFor(await create.createUser({ admin: true }))
  return [tokens.owner, admin, tokens.anonymous]
}

/** The doors that show something to any of these viewers. */
async function openDoors({ entrances }: OwnedWorld, tokens: readonly (string | null)[]): Promise<string[]> {
  const seen = await Promise.all(tokens.map((token) => entrances.lookInto(token)))
  return seen.flatMap((doors) => Object.keys(doors).filter((name) => doors[name]))
}

const kinds = {
  project: ({ project }: OwnedWorld) => ['project', project, 'projectPath'] as const,
  'group above it': ({ group }: OwnedWorld) => ['group', group, 'groupPath'] as const,
}

const send = (world: OwnedWorld, kind: keyof typeof kinds, verb: 'Delete' | 'Restore', path?: string) => {
  const [name, { fullPath }, argument] = kinds[kind](world)
  return mutate(app, world.tokens.owner, `${name}${verb}`, { [argument]: path ?? fullPath })
}

const movedPath = async (world: OwnedWorld, kind: keyof typeof kinds) => {
  const [, { id, fullPath }] = kinds[kind](world)
  return `${fullPath}~${id}`
}

describe.each(Object.keys(kinds) as (keyof typeof kinds)[])('a deleted %s', (kind) => {
  test('every door shows nothing of it to anybody on any server, and everything when it is restored', async () => {
    const world = await ownedWorld()
    const tokens = await tokensOf(world)
    const other = await startAnotherServer(app)
    const elsewhere = () =>
      query<{ project: unknown }, never>(
        other,
        `{ project(fullPath: "${world.project.fullPath}") { name releases { nodes { name } } } }`,
      )
    const before = await openDoors(world, tokens)
    expect(before.length).toBeGreaterThan(120)
    // Twice, so that the answer is kept.
    expect([await elsewhere(), (await elsewhere()).data.project]).toEqual([expect.anything(), expect.anything()])

    expect(await send(world, kind, 'Delete')).toEqual([])
    expect(await openDoors(world, tokens)).toEqual([])
    expect((await elsewhere()).data.project).toBeNull()

    expect(await send(world, kind, 'Restore', await movedPath(world, kind))).toEqual([])
    expect(await openDoors(world, tokens)).toEqual(before)
    expect((await elsewhere()).data.project).toBeTruthy()
  }, 90_000)

  test('lists, counts and searches do not have it, and its lists of groups have no release of it', async () => {
    const world = await ownedWorld()
    const canary = `canary${randomUUID().slice(0, 8)}`
    await db.project.update({ where: { id: world.project.id }, data: { name: canary } })
    await create.addMember({ group: world.above }, world.users.owner, 'owner')
    const text = `{
      projects(search: "${canary}") { count nodes { name } }
      groups(search: "${world.group.path}") { count nodes { name } }
      group(fullPath: "${world.above.fullPath}") {
        projects(includeSubgroups: true) { count nodes { name } }
        descendantGroups { count nodes { name } }
        releases { count nodes { id } }
      }
    }`
    const [admin] = await db.user.findMany({ where: { admin: true } })
    const everybody = [world.tokens.owner, await create.tokenFor(admin ?? (await create.createUser({ admin: true })))]
    const ask = async (token: string | null) => JSON.stringify((await query(app, text, {}, { token })).data)
    const before = await ask(world.tokens.owner)
    expect(before).toContain(canary)
    expect(await send(world, kind, 'Delete')).toEqual([])
    for (const token of everybody) {
      const after = JSON.parse(await ask(token))
      expect(JSON.stringify(after)).not.toContain(canary)
      expect(after.projects).toEqual({ count: 0, nodes: [] })
      expect(after.group.projects.count).toBe(0)
      expect(after.group.releases).toEqual({ count: 0, nodes: [] })
      expect(after.group.descendantGroups.count).toBe(kind === 'project' ? 1 : 0)
    }
    expect(await db.group.findUniqueOrThrow({ where: { id: world.above.id } })).toMatchObject({
      ...{ projectsCount: 0, releasedProjectsCount: 0, releasesCount: 0 },
    })
    expect(await send(world, kind, 'Restore', await movedPath(world, kind))).toEqual([])
    expect(await ask(world.tokens.owner)).toBe(before)
    expect(await db.group.findUniqueOrThrow({ where: { id: world.above.id } })).toMatchObject({
      ...{ projectsCount: 1, releasedProjectsCount: 1, releasesCount: 1 },
    })
  })

  test('git, go get, uploads, archives, tokens of jobs and subscriptions end with it', async () => {
    const world = await ownedWorld()
    const { project, tokens } = world
    const form = new FormData()
    form.append('file', new Blob(['pixels']), 'a.png')
    const { body: upload } = await rest(app, 'POST', `/projects/${project.id}/uploads`, {
      token: tokens.owner,
      body: form,
    })
    const made = await query<{ jobTokenCreate: { token: string } }, never>(
      app,
      `mutation { jobTokenCreate(input: { projectPath: "${project.fullPath}" }) { token } }`,
      {},
      { token: tokens.owner },
    )
    const headers = { 'job-token': made.data.jobTokenCreate.token }
    const remote = remoteOf(app, world, tokens.owner)
    const get = async (path: string) =>
      (await fetch(app.url + path, { headers: { 'private-token': tokens.owner ?? '' } })).status
    const look = async () => [
      (await git(app.packagesDir, 'ls-remote', remote)).code === 0,
      (await get(`/${project.fullPath}?go-get=1`)) === 200,
      (await get(upload.full_path)) === 200,
      (await get(`/${project.fullPath}/-/archive/v1.0.0/a.zip`)) === 200,
      (await rest(app, 'GET', '/version', { headers })).status === 200,
    ]
    expect(await look()).toEqual([true, true, true, true, true])
    const events = await subscribe(app, `subscription { releaseUpdated(projectPath: "${project.fullPath}") { id } }`, {
      token: tokens.owner,
    })
    expect(await send(world, kind, 'Delete')).toEqual([])
    expect(await look()).toEqual([false, false, false, false, false])
    await db.release.update({ where: { id: world.release.id }, data: { name: 'Changed meanwhile' } })
    expect(JSON.stringify(await events.next())).toContain('NOT_FOUND')
  })

  test('every write to it is refused as if it had never been there', async () => {
    const world = await ownedWorld()
    const { project, tokens } = world
    expect(await send(world, kind, 'Delete')).toEqual([])
    const missing = await rest(app, 'GET', '/projects/999999', { token: tokens.owner })
    for (const [method, path] of [
      ['GET', ''],
      ['DELETE', ''],
      ['POST', '/releases'],
      ['POST', '/issues'],
      ['GET', '/milestones'],
      ['PUT', '/packages/generic/app/1.0.0/app.bin'],
    ] as const) {
      for (const id of [project.id, encoded(project.fullPath), encoded(`${project.fullPath}~${project.id}`)]) {
        const { status, body } = await rest(app, method, `/projects/${id}${path}`, { token: tokens.owner })
        expect([method, path, status, body]).toEqual([method, path, 404, missing.body])
      }
    }
    if (kind === 'project') return
    const noGroup = await rest(app, 'GET', '/groups/999999/milestones', { token: tokens.owner })
    for (const token of Object.values(tokens)) {
      const { status, body } = await rest(app, 'GET', `/groups/${world.group.id}/milestones`, { token })
      expect([status, body]).toEqual([404, noGroup.body])
    }
  })
})

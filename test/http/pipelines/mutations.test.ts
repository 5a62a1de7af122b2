import { getNamedType } from 'graphql'
import { describe, expect, test, vi } from 'vitest'
import { db } from '../../../src/database/db.ts'
import { schema } from '../../../src/schema.ts'
import { useApp } from '../../support/app.ts'
import { query } from '../../support/client.ts'
import * as create from '../../support/factories.ts'
import { mutationInputs } from '../../support/mutation-inputs.ts'
import { snapshot } from '../../support/snapshot.ts'
import { createWorld, type World } from '../../support/world.ts'
import { type Headers, jobToken, pipelines, trustedIssuer, withToken } from './credentials.ts'

const app = useApp({ jwtIssuers: () => [trustedIssuer] })

/** The mutations that a pipeline may send. Every other mutation of the schema must be refused. */
const admitted = new Set([
  'releaseCreate',
  'releaseUpdate',
  'releaseDelete',
  'releaseDraftUpdate',
  'releaseDraftDelete',
  'releasePublish',
  'evidenceCollect',
  'releaseAssetLinkCreate',
  'releaseAssetLinkUpdate',
  'releaseAssetLinkDelete',
  'milestoneCreate',
  'milestoneUpdate',
  'milestoneDelete',
  'issueCreate',
  'issueUpdate',
  'branchCreate',
  'tagCreate',
  'tagDelete',
])

const mutations = Object.values(schema.getMutationType()?.getFields() ?? {})
const names = mutations.map(({ name }) => name)
const refused = names.filter((name) => !admitted.has(name))

type Outcome = { errors: string[] | undefined; code: unknown }

async function send(name: string, input: object, headers: Headers): Promise<Outcome> {
  const type = getNamedType(schema.getMutationType()?.getFields()[name]?.args[0]?.type)
  const document = `mutation ($input: ${type}!) { ${name}(input: $input) { errors } }`
  const { data, errors } = await query<Record<string, { errors: string[] } | null> | null, never>(
    app,
    document,
    { input },
    { headers },
  )
  return { errors: data?.[name]?.errors, code: errors?.[0]?.extensions?.code }
}

const done: Outcome = { errors: [], code: undefined }

/** The Owner of the project owns the group as well, so that no role is missing. */
async function ownedWorld(): Promise<World> {
  const world = await createWorld(app, { project: { visibility: 'private' } })
  await create.addMember({ group: world.group }, world.users.owner, 'owner')
  return world
}

const inputFor = async (name: string, world: World) => (await mutationInputs[name]?.(world)) ?? {}

describe.each(Object.entries(pipelines))('%s of an Owner', (_kind, headersOf) => {
  test.each([...admitted])('may send %s', async (name) => {
    const world = await ownedWorld()
    const input = await inputFor(name, world)
    expect(await send(name, input, await headersOf(app, world))).toEqual(done)
  })

  test.each(refused)('is refused %s, and changes nothing', async (name) => {
    const world = await ownedWorld()
    const input = await inputFor(name, world)
    const headers = await headersOf(app, world)
    const before = await snapshot(app, world.project.id)
    const { errors, code } = await send(name, input, headers)
    expect(errors).toBeUndefined()
    expect(['NOT_FOUND', 'FORBIDDEN']).toContain(code)
    expect(await snapshot(app, world.project.id)).toEqual(before)
    // The same Owner may send it with an access token, so the refusal was because of the credential.
    expect(await send(name, input, withToken(world.tokens.owner))).toEqual(done)
  })

  test('writes neither to its group nor to the milestones of the group', async () => {
    const world = await ownedWorld()
    const headers = await headersOf(app, world)
    const { id } = await create.createMilestone({ groupId: world.group.id })
    const update = { id: `gid://gitlab/Milestone/${id}`, title: 'Taken' }
    const attempts: [string, object][] = [
      ['milestoneCreate', { groupPath: world.group.fullPath, title: 'Of the group' }],
      ['milestoneUpdate', update],
      ['memberSet', { groupPath: world.group.fullPath, username: world.users.guest.username, role: 'OWNER' }],
    ]
    for (const [name, input] of attempts) {
      expect([name, (await send(name, input, headers)).code]).toEqual([name, 'NOT_FOUND'])
      expect([name, await send(name, input, withToken(world.tokens.owner))]).toEqual([name, done])
    }
  })

  test('ends no membership, not even the membership of its own account', async () => {
    const world = await ownedWorld()
    const input = { projectPath: world.project.fullPath, username: world.users.owner.username }
    expect((await send('memberRemove', input, await headersOf(app, world))).code).toBe('NOT_FOUND')
    expect(await db.projectMember.count({ where: { projectId: world.project.id, userId: world.users.owner.id } })).toBe(
      1,
    )
  })

  test('writes to no other project of its account', async () => {
    const [world, other] = [await ownedWorld(), await createWorld(app)]
    await create.addMember(other, world.users.owner, 'owner')
    const headers = await headersOf(app, world)
    for (const name of ['releaseCreate', 'issueCreate', 'milestoneUpdate']) {
      expect([name, (await send(name, await inputFor(name, other), headers)).code]).toEqual([name, 'NOT_FOUND'])
    }
  })
})

/** All rows that decide who may do what, and the projects. */
async function rights() {
  return JSON.stringify([
    await db.projectMember.findMany({ orderBy: [{ userId: 'asc' }, { projectId: 'asc' }] }),
    await db.groupMember.findMany({ orderBy: [{ userId: 'asc' }, { groupId: 'asc' }] }),
    await db.accessToken.findMany({ orderBy: { id: 'asc' }, omit: { digest: true } }),
    await db.project.findMany({ orderBy: { id: 'asc' } }),
    await db.group.findMany({ orderBy: { id: 'asc' } }),
    await db.user.findMany({ orderBy: { id: 'asc' } }),
    await db.protectedTag.findMany({ orderBy: { id: 'asc' }, include: { accessLevels: true } }),
    await db.freezePeriod.findMany({ orderBy: { id: 'asc' } }),
  ])
}

test('a job token of a Maintainer that lives for three seconds leaves no access behind', async () => {
  const world = await ownedWorld()
  await create.addMember({ group: world.group }, world.users.maintainer, 'maintainer')
  const inputs: [string, object][] = []
  for (const name of refused) inputs.push([name, await inputFor(name, world)])
  const opening = { projectPath: world.project.fullPath, visibility: 'PUBLIC' }
  const raising = { projectPath: world.project.fullPath, username: world.users.stranger.username, role: 'MAINTAINER' }
  const headers = { 'job-token': await jobToken(app, world, 'maintainer', 3) }
  const before = await rights()
  const attempts: typeof inputs = [...inputs, ['projectUpdate', opening], ['memberSet', raising]]
  const outcomes = await Promise.all(attempts.map(([name, input]) => send(name, input, headers)))
  expect(outcomes.filter(({ errors }) => errors !== undefined)).toEqual([])
  await vi.waitFor(async () => expect((await query(app, '{ currentUser { id } }', {}, { headers })).status).toBe(401), {
    timeout: 8000,
    interval: 250,
  })
  expect(await rights()).toBe(before)
  const path = `{ project(fullPath: "${world.project.fullPath}") { id } }`
  expect((await query(app, path, {}, { token: world.tokens.stranger })).data).toEqual({ project: null })
})

// Who deletes and restores, who sees what is deleted, and what becomes of the path.
import { describe, expect, test } from 'vitest'
import { db } from '../../../src/database/db.ts'
import { useApp } from '../../support/app.ts'
import { query } from '../../support/client.ts'
import * as create from '../../support/factories.ts'
import { mutate } from '../../support/mutate.ts'
import { deletedGroup, deletedProject } from '../../support/mutation-inputs.ts'
import { createWorld, viewers, type World } from '../../support/world.ts'
import { encoded, rest } from '../rest/client.ts'

const app = useApp()

const DAY_MS = 24 * 60 * 60_000

/** Every viewer has its role in the group as well. */
async function groupWorld(): Promise<World> {
  const world = await createWorld(app, { project: { visibility: 'private' } })
  for (const viewer of ['guest', 'planner', 'reporter', 'developer', 'maintainer', 'owner'] as const) {
    await create.addMember({ group: world.group }, world.users[viewer], viewer)
  }
  return world
}

type Payload = { errors: string[] } | null

/** Sends a mutation, and says whether it was done. A refusal must be the refusal for something that is missing. */
async function send(world: World, viewer: (typeof viewers)[number], name: string, input: object): Promise<boolean> {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`
  const document = `mutation ($input: ${type}!) { ${name}(input: $input) { errors } }`
  const { data, errors } = await query<Record<string, Payload>, never>(
    app,
    document,
    { input },
    { token: world.tokens[viewer] },
  )
  if (errors) expect(errors[0]).toMatchObject({ extensions: { code: 'NOT_FOUND' } })
  return data?.[name]?.errors.length === 0
}

describe('only an Owner', () => {
  test.each(viewers)('%s deletes and restores as the role says', async (viewer) => {
    const may = viewer === 'owner'
    const world = await groupWorld()
    const { project, group } = world
    expect(await send(world, viewer, 'projectRestore', { projectPath: await deletedProject(world) })).toBe(may)
    expect(await send(world, viewer, 'groupRestore', { groupPath: await deletedGroup(world) })).toBe(may)
    expect(await send(world, viewer, 'projectDelete', { projectPath: project.fullPath })).toBe(may)
    expect(await send(world, viewer, 'groupDelete', { groupPath: group.fullPath })).toBe(may)
    expect((await db.group.findUniqueOrThrow({ where: { id: group.id } })).deletedAt !== null).toBe(may)
  })

  test.each(viewers)('%s finds what is deleted as the role says, in lists and in REST', async (viewer) => {
    const world = await groupWorld()
    const [project, group] = [await deletedProject(world), await deletedGroup(world)]
    const text = `{
      projects(aimedForDeletion: true) { count nodes { fullPath markedForDeletionOn userPermissions { readProject } } }
      groups(aimedForDeletion: true) { count nodes { fullPath markedForDeletionOn } }
    }`
    const { data } = await query<Record<string, { count: number; nodes: object[] }>, never>(
      app,
      text,
      {},
      { token: world.tokens[viewer] },
    )
    const seen = (fullPath: string) => ({ fullPath, markedForDeletionOn: expect.any(String) })
    if (viewer === 'owner') {
      expect(data.projects).toEqual({
        count: 1,
        nodes: [{ ...seen(project), userPermissions: { readProject: false } }],
      })
      expect(data.groups).toEqual({ count: 1, nodes: [seen(group)] })
    } else {
      expect(data).toEqual({ projects: { count: 0, nodes: [] }, groups: { count: 0, nodes: [] } })
    }
    const restored = async (path: string) =>
      (await rest(app, 'POST', `${path}/restore`, { token: world.tokens[viewer] })).status
    expect([await restored(`/projects/${encoded(project)}`), await restored(`/groups/${encoded(group)}`)]).toEqual(
      Array(2).fill(viewer === 'owner' ? 201 : 404),
    )
  })

  test('an Owner of the project alone restores it, and a deleted group hides what its Owner had deleted before', async () => {
    const world = await createWorld(app)
    const { project, group, tokens, users } = world
    expect(await mutate(app, tokens.owner, 'projectDelete', { projectPath: project.fullPath })).toEqual([])
    const moved = `${project.fullPath}~${project.id}`
    const [owner] = [await create.createUser()]
    await create.addMember({ group }, owner, 'owner')
    const token = await create.tokenFor(owner)
    expect(await mutate(app, token, 'groupDelete', { groupPath: group.fullPath })).toEqual([])
    expect(
      await send(world, 'owner', 'projectRestore', {
        projectPath: `${group.path}~${group.id}/${project.path}~${project.id}`,
      }),
    ).toBe(false)
    expect(await mutate(app, token, 'groupRestore', { groupPath: `${group.fullPath}~${group.id}` })).toEqual([])
    // The project was deleted by itself, so it does not come back with its group.
    expect(await db.project.count({ where: { id: project.id, deletedAt: null } })).toBe(0)
    expect(await mutate(app, tokens.owner, 'projectRestore', { projectPath: moved })).toEqual([])
    expect(await db.project.findUniqueOrThrow({ where: { id: project.id } })).toMatchObject({
      ...{ deletedAt: null, fullPath: project.fullPath, ancestorIds: [group.id] },
    })
    const events = await db.auditEvent.findMany({ where: { authorId: users.owner.id }, orderBy: { id: 'asc' } })
    expect(events.map(({ eventType, groupId, targetDetails }) => [eventType, groupId, targetDetails])).toEqual([
      ['project_deletion_marked', group.id, project.fullPath],
      ['project_restored', group.id, project.fullPath],
    ])
  })
})

describe('the path', () => {
  test('the path of a deleted project can be taken at once, and is then not taken back', async () => {
    const world = await groupWorld()
    const { project, group, tokens } = world
    const input = { projectPath: project.fullPath }
    expect(await mutate(app, tokens.owner, 'projectDelete', input)).toEqual([])
    expect(await mutate(app, tokens.owner, 'projectCreate', { groupPath: group.fullPath, path: project.path })).toEqual(
      [],
    )
    const restore = { projectPath: `${project.fullPath}~${project.id}` }
    expect(await mutate(app, tokens.owner, 'projectRestore', restore)).toEqual(['Path has already been taken'])
    const answer = await rest(app, 'POST', `/projects/${project.id}/restore`, { token: tokens.owner })
    expect([answer.status, answer.body]).toEqual([409, { message: 'Path has already been taken' }])
    // The project at the path is another one.
    const { body } = await rest(app, 'GET', `/projects/${encoded(project.fullPath)}`, { token: tokens.owner })
    expect(body.id).not.toBe(project.id)
    expect(await mutate(app, tokens.owner, 'projectDelete', input)).toEqual([])
    expect(await mutate(app, tokens.owner, 'projectRestore', restore)).toEqual([])
  })

  test('nobody can choose a path that looks as if it had been moved aside', async () => {
    const { group, tokens } = await groupWorld()
    const errors = await mutate(app, tokens.owner, 'projectCreate', { groupPath: group.fullPath, path: 'app~17' })
    expect(errors[0]).toContain('may only hold letters')
  })
})

test('the number of statements does not grow with the deleted projects, nor with what is in one', async () => {
  const world = await groupWorld()
  const list = () =>
    query(
      app,
      '{ projects(aimedForDeletion: true) { nodes { fullPath markedForDeletionOn } } }',
      {},
      { token: world.tokens.owner },
    )
  const count = async (run: () => Promise<unknown>) => (await app.statementsOf(run)).length
  await deletedProject(world)
  const ofOne = await count(list)
  for (let more = 0; more < 3; more++) await deletedProject(world)
  expect(await count(list)).toBe(ofOne)
  const deletion = (projectPath: string) => () => mutate(app, world.tokens.owner, 'projectDelete', { projectPath })
  const empty = await create.createProject({ groupId: world.group.id })
  const ofEmpty = await count(deletion(empty.fullPath))
  for (let more = 0; more < 3; more++) await create.createRelease(world.project, { tag: `v${more}` })
  expect(await count(deletion(world.project.fullPath))).toBe(ofEmpty)
})

describe('the time', () => {
  const age = (projectId: number, days: number) =>
    db.deletion.update({ where: { projectId }, data: { createdAt: new Date(Date.now() - days * DAY_MS) } })

  test('a project is restored within seven days and not later', async () => {
    const world = await groupWorld()
    const { project, tokens } = world
    const restore = { projectPath: `${project.fullPath}~${project.id}` }
    expect(await mutate(app, tokens.owner, 'projectDelete', { projectPath: project.fullPath })).toEqual([])
    await age(project.id, 7.001)
    expect(await send(world, 'owner', 'projectRestore', restore)).toBe(false)
    await age(project.id, 6.99)
    expect(await send(world, 'owner', 'projectRestore', restore)).toBe(true)
    const jobs = await db.$queryRaw<
      object[]
    >`SELECT FROM graphile_worker._private_jobs WHERE key = ${`remove project ${project.id}`}`
    expect(jobs).toEqual([])
  })
})

describe('REST', () => {
  test('DELETE answers 202, and 412 for a project that has changed since', async () => {
    const { project, group, tokens } = await groupWorld()
    const path = `/projects/${project.id}`
    const since = new Date(project.updatedAt.getTime() - 10_000).toUTCString()
    const changed = await rest(app, 'DELETE', path, { token: tokens.owner, headers: { 'if-unmodified-since': since } })
    expect([changed.status, changed.body]).toEqual([412, { message: '412 Precondition Failed' }])
    const deleted = await rest(app, 'DELETE', path, {
      token: tokens.owner,
      headers: { 'if-unmodified-since': new Date(Date.now() + 60_000).toUTCString() },
    })
    expect([deleted.status, deleted.body]).toEqual([202, { message: '202 Accepted' }])
    const restored = await rest(app, 'POST', `${path}/restore`, { token: tokens.owner })
    expect([restored.status, restored.body.path_with_namespace]).toEqual([201, project.fullPath])
    const ofGroup = await rest(app, 'DELETE', `/groups/${group.id}`, { token: tokens.owner })
    expect([ofGroup.status, ofGroup.body]).toEqual([202, { message: '202 Accepted' }])
    const back = await rest(app, 'POST', `/groups/${group.id}/restore`, { token: tokens.owner })
    expect([back.status, back.body.full_path]).toEqual([201, group.fullPath])
  })

  test('a repeated deletion with the same Idempotency-Key gets the first answer', async () => {
    const { project, tokens } = await groupWorld()
    const request = { token: tokens.owner, headers: { 'idempotency-key': 'delete once' } }
    for (const replayed of [null, 'true']) {
      const { status, headers } = await rest(app, 'DELETE', `/projects/${project.id}`, request)
      expect([status, headers.get('idempotency-replayed')]).toEqual([202, replayed])
    }
  })
})

describe('the old path of a deleted project', () => {
  async function renamedMeanwhile(below: 'project' | 'subgroup') {
    const world = await groupWorld()
    const top = await create.createGroup()
    await create.addMember({ group: top }, world.users.owner, 'owner')
    const group = await create.createGroup({ parentId: top.id })
    const project = await create.createProject({ groupId: group.id, visibility: 'public' })
    const remove: [string, Record<string, unknown>] =
      below === 'project'
        ? ['projectDelete', { projectPath: project.fullPath }]
        : ['groupDelete', { groupPath: group.fullPath }]
    const as = (name: string, input: Record<string, unknown>) => mutate(app, world.tokens.owner, name, input)
    expect(await as(...remove)).toEqual([])
    expect(await as('groupUpdate', { groupPath: top.fullPath, path: `moved-${top.id}` })).toEqual([])
    const found = async () => (await rest(app, 'GET', `/projects/${encoded(project.fullPath)}`)).status
    const restore = async () => {
      const { fullPath } = await db.project.findUniqueOrThrow({ where: { id: project.id } })
      if (below === 'project') return as('projectRestore', { projectPath: fullPath })
      return as('groupRestore', { groupPath: fullPath.slice(0, fullPath.lastIndexOf('/')) })
    }
    return { world, top, project, found, restore }
  }

  test.each(['project', 'subgroup'] as const)(
    'leads to nothing while the %s is deleted, and to the project when it is restored after a rename of a group above',
    async (below) => {
      const { found, restore } = await renamedMeanwhile(below)
      expect(await found()).toBe(404)
      expect(await restore()).toEqual([])
      expect(await found()).toBe(301)
    },
  )

  test('stays when a group above comes back to its path while the project is deleted', async () => {
    const { world, top, project } = await renamedMeanwhile('project')
    const as = (name: string, input: Record<string, unknown>) => mutate(app, world.tokens.owner, name, input)
    const older = `${top.path}/${project.fullPath.split('/')[1]}/older`.toLowerCase()
    await db.oldPath.create({ data: { fullPath: older, projectId: project.id } })
    expect(await as('groupUpdate', { groupPath: `moved-${top.id}`, path: top.path })).toEqual([])
    expect((await db.oldPath.findUnique({ where: { fullPath: older } }))?.projectId).toBe(project.id)
  })

  test('leads to another project that had the path last', async () => {
    const world = await groupWorld()
    const { group, project, tokens } = world
    const as = (name: string, input: Record<string, unknown>) => mutate(app, tokens.owner, name, input)
    expect(await as('projectDelete', { projectPath: project.fullPath })).toEqual([])
    const next = await create.createProject({ groupId: group.id, path: project.path })
    expect(await as('groupUpdate', { groupPath: group.fullPath, path: `moved-${group.id}` })).toEqual([])
    const [old] = await db.oldPath.findMany({ where: { fullPath: project.fullPath.toLowerCase() } })
    expect(old?.projectId).toBe(next.id)
  })
})

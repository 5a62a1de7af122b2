import { describe, expect, test } from 'vitest'
import { db } from '../../src/database/db.ts'
import type { Prisma } from '../../src/generated/prisma/client.ts'
import { useApp } from '../support/app.ts'
import { query } from '../support/client.ts'
import * as create from '../support/factories.ts'
import { AllReleases, OneRelease } from '../support/operations.ts'
import { createFullRelease, createWorld, type ViewerName, type World } from '../support/world.ts'

const app = useApp()

const TAG = 'v1.0.0'

/** Each request asks for another size, so that no kept answer serves it. */
let size = 1
const list = ({ project, tokens }: World, viewer: ViewerName) =>
  query(app, AllReleases, { fullPath: project.fullPath, first: ++size }, { token: tokens[viewer] })

const tagsSeenBy = async (world: World, viewer: ViewerName) => {
  const { data } = await list(world, viewer)
  return data.project?.releases?.nodes?.map((release) => release?.tagName ?? null)
}

const countFor = async (world: World, viewer: ViewerName) => (await app.statementsOf(() => list(world, viewer))).length

const byTag = ({ project, tokens }: World, viewer: ViewerName) =>
  query(app, OneRelease, { fullPath: project.fullPath, tagName: TAG }, { token: tokens[viewer] })

const update = ({ project: { id } }: World, data: Prisma.ProjectUncheckedUpdateInput) =>
  db.project.update({ where: { id }, data })

/** Moves the project to a path where nobody has read it. */
const move = (world: World) => update(world, { path: `${world.project.path}-moved` })

/** Puts another project at its path. */
async function replace(world: World) {
  const { groupId, path } = world.project
  await move(world)
  const other = await create.createProject({ groupId, path, visibility: 'private' })
  await createFullRelease(other, world.users.owner, { tag: TAG })
}

const createRead = async (viewer: ViewerName, visibility: 'private' | 'internal' = 'private') => {
  const world = await createWorld(app, { project: { visibility }, tag: TAG })
  await list(world, viewer)
  return world
}

describe('a private project that was read before', () => {
  test('a project that was read before and its releases come from one statement for a viewer who may read its code', async () => {
    const world = await createRead('developer')
    const elsewhere = await countFor(world, 'developer')
    world.project = await move(world)
    expect(await countFor(world, 'developer')).toBe(elsewhere)
    expect(await countFor(world, 'developer')).toBe(elsewhere)
    expect(await tagsSeenBy(world, 'reporter')).toEqual([TAG])
    expect(await tagsSeenBy(world, 'guest')).toEqual([null])
    expect(await tagsSeenBy(world, 'stranger')).toBeUndefined()
  })

  test('a project that has changed is shown as it is now, with no statement more', async () => {
    const world = await createRead('developer')
    const before = await countFor(world, 'developer')
    await update(world, { visibility: 'internal' })
    expect(await countFor(world, 'developer')).toBe(before)
    expect(await countFor(world, 'developer')).toBe(before)
    expect(await tagsSeenBy(world, 'stranger')).toEqual([TAG])
  })

  test.each<[string, 'private' | 'internal', ViewerName, (world: World) => Promise<unknown>]>([
    ['its releases are switched off', 'private', 'developer', (world) => update(world, { releasesLevel: 'disabled' })],
    [
      'its repository is switched off',
      'private',
      'developer',
      (world) => update(world, { repositoryLevel: 'disabled' }),
    ],
    ['it is private now', 'internal', 'stranger', (world) => update(world, { visibility: 'private' })],
    ['another one has its path', 'private', 'developer', replace],
    [
      'who asks is no member any more',
      'private',
      'developer',
      ({ users }) => db.projectMember.deleteMany({ where: { userId: users.developer.id } }),
    ],
  ])(
    'a project that was read before is closed when %s, and no release is read',
    async (_why, visibility, viewer, change) => {
      const world = await createRead(viewer, visibility)
      await change(world)
      const steps = await app.stepsOf(async () => {
        expect((await byTag(world, viewer)).data.project?.release ?? null).toBeNull()
      })
      expect(steps.filter((step) => step['Relation Name'] === 'releases')).toEqual([])
    },
  )

  test('a project that moved is closed under its old path to members of the group that it left, and no release is read', async () => {
    const world = await createWorld(app, { project: { visibility: 'private' }, tag: TAG })
    await create.addMember({ group: world.group }, world.users.stranger, 'developer')
    expect(await tagsSeenBy(world, 'stranger')).toEqual([TAG])
    const { id, path } = world.group
    await db.group.update({ where: { id }, data: { path: `${path}-left` } })
    await update(world, { groupId: (await create.createGroup({ path })).id })
    const steps = await app.stepsOf(async () => {
      expect((await byTag(world, 'stranger')).data.project).toBeNull()
    })
    expect(steps.filter((step) => step['Relation Name'] === 'releases')).toEqual([])
  })
})

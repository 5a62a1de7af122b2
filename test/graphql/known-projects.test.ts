import { describe, expect, test } from 'vitest'
import { db } from '../../src/db.ts'
import type { Prisma, Project } from '../../src/generated/prisma/client.ts'
import { useApp } from '../support/app.ts'
import { query } from '../support/client.ts'
import { AllReleases } from '../support/operations.ts'
import { createFullRelease, createWorld, type ViewerName, type World } from '../support/world.ts'

const app = useApp()

/** Each asks for another size, so that no answer to it is kept. */
let size = 1
const list = ({ project, tokens }: World, viewer: ViewerName) =>
  query(app, AllReleases, { fullPath: project.fullPath, first: ++size }, { token: tokens[viewer] })

const tagsSeenBy = async (world: World, viewer: ViewerName) => {
  const { data } = await list(world, viewer)
  return data.project?.releases?.nodes?.map((release) => release?.tagName ?? null)
}

const countFor = async (world: World, viewer: ViewerName) => (await app.statementsOf(() => list(world, viewer))).length

/** A private project that a developer has read before. */
async function createKnown() {
  const world = await createWorld(app, { project: { visibility: 'private' }, tag: 'v1.0.0' })
  await list(world, 'developer')
  return world
}

/** To a path where nobody has read it. */
const move = ({ id, path, fullPath }: Project) =>
  db.project.update({ where: { id }, data: { path: `${path}-moved`, fullPath: `${fullPath}-moved` } })

describe('a private project that was read before', () => {
  test('gives its releases in the statement that reads it, to who may read its code', async () => {
    const world = await createKnown()
    world.project = await move(world.project)
    const first = await countFor(world, 'developer')
    expect(await countFor(world, 'developer')).toBe(first - 1)
    expect(await tagsSeenBy(world, 'reporter')).toEqual(['v1.0.0'])
    expect(await tagsSeenBy(world, 'guest')).toEqual([null])
    expect(await tagsSeenBy(world, 'stranger')).toBeUndefined()
  })

  const changes: [string, Prisma.ProjectUncheckedUpdateInput, (string | null)[]][] = [
    ['without its repository', { repositoryLevel: 'disabled' }, [null]],
    ['without its releases', { releasesLevel: 'disabled' }, []],
    ['as an internal one', { visibility: 'internal' }, ['v1.0.0']],
  ]
  test.each(changes)('is shown as it is now: %s', async (_name, data, seen) => {
    const world = await createKnown()
    await db.project.update({ where: { id: world.project.id }, data })
    const before = await countFor(world, 'developer')
    expect(await tagsSeenBy(world, 'developer')).toEqual(seen)
    if (seen[0]) expect(await countFor(world, 'developer')).toBeLessThan(before)
  })

  test('is not taken for another one that has its path', async () => {
    const world = await createKnown()
    const { groupId, ancestorIds, name, path, fullPath } = world.project
    await move(world.project)
    const other = await db.project.create({
      data: { groupId, ancestorIds, name, path, fullPath, visibility: 'private' },
    })
    await createFullRelease(other, world.users.owner, { tag: 'v2.0.0' })
    expect(await tagsSeenBy(world, 'developer')).toBeUndefined()
    await db.projectMember.create({ data: { projectId: other.id, userId: world.users.developer.id, role: 30 } })
    expect(await tagsSeenBy(world, 'developer')).toEqual(['v2.0.0'])
  })

  test('is closed to who is no member any more', async () => {
    const world = await createKnown()
    await db.projectMember.deleteMany({ where: { userId: world.users.developer.id } })
    expect(await tagsSeenBy(world, 'developer')).toBeUndefined()
  })
})

import { describe, expect, test } from 'vitest'
import { db } from '../../src/database/db.ts'
import { findTag } from '../../src/git/tags.ts'
import type { ReleaseUpdateInput } from '../generated/graphql.ts'
import { useApp } from '../support/app.ts'
import { query } from '../support/client.ts'
import * as create from '../support/factories.ts'
import { createWorld, viewers, type World } from '../support/world.ts'
import { Create, releaseWrites } from './release-writes.ts'

const app = useApp()
const { publish, change, remove } = releaseWrites(app)
const repositoryOf = (world: World) => app.repositories.directory(world.project.id)

describe('releaseUpdate', () => {
  test('releaseUpdate changes what is given and leaves the rest', async () => {
    const world = await createWorld(app)
    const { data } = await change(world, { description: 'new **notes**', releasedAt: '2026-02-02' })
    expect(data.releaseUpdate).toMatchObject({
      errors: [],
      release: { name: 'First light', description: 'new **notes**', releasedAt: '2026-02-02T00:00:00Z' },
    })
    expect(data.releaseUpdate?.release?.descriptionHtml).toContain('<strong>notes</strong>')
    const cleared = await change(world, { name: null, description: null })
    expect(cleared.data.releaseUpdate?.release).toMatchObject({
      name: 'v1.0.0',
      description: null,
      descriptionHtml: '',
    })
  })

  test('releaseUpdate leaves the milestones when none are given', async () => {
    const { data } = await change(await createWorld(app), { name: 'Renamed' })
    expect(data.releaseUpdate).toMatchObject({ errors: [], release: { name: 'Renamed' } })
    expect(data.releaseUpdate?.release?.milestones?.nodes).toHaveLength(1)
  })

  test('releaseUpdate replaces milestones, and an empty list removes all of them', async () => {
    const world = await createWorld(app)
    await create.createMilestone({ projectId: world.project.id }, { title: 'next' })
    const titles = async (milestones: string[]) =>
      (await change(world, { milestones })).data.releaseUpdate?.release?.milestones?.nodes
    expect(await titles(['next'])).toEqual([{ title: 'next' }])
    expect(await titles([])).toEqual([])
  })

  test.each<[string, Partial<ReleaseUpdateInput>, string]>([
    ['a tag that does not exist', { tagName: 'v9', name: 'x' }, 'Tag does not exist'],
    ['a tag without a release', { tagName: 'bare', name: 'x' }, 'Release does not exist'],
    ['nothing to change', {}, 'params is empty'],
    ['unknown milestones', { milestones: ['none'] }, 'Milestone(s) not found: none'],
    [
      'notes that are too long',
      { description: 'x'.repeat(1_000_001) },
      'Validation failed: Description is too long (maximum is 1000000 characters)',
    ],
  ])('releaseUpdate refuses %s in the payload', async (_name, input, message) => {
    const world = await createWorld(app, { repository: { tags: ['v1.0.0', 'bare'] } })
    const { data, errors } = await change(world, input)
    expect(errors).toBeUndefined()
    expect(data.releaseUpdate).toEqual({ release: null, errors: [message] })
  })

  test.each(['releasedAt', 'milestones', 'milestoneIds'] as const)(
    'releaseUpdate refuses null for %s',
    async (field) => {
      const world = await createWorld(app)
      const { data, errors } = await change(world, { [field]: null })
      expect(data.releaseUpdate).toBeNull()
      expect(errors?.[0]).toMatchObject({
        message: `"${field}" must not be null: leave it out to keep the present value`,
        extensions: { code: 'INVALID' },
      })
    },
  )
})

describe('releaseDelete', () => {
  test('releaseDelete deletes the release with its links, evidence and milestones, and keeps the tag', async () => {
    const world = await createWorld(app)
    const { data } = await remove(world)
    expect(data.releaseDelete).toEqual({ clientMutationId: 'm1', errors: [], release: { tagName: 'v1.0.0' } })
    const where = { releaseId: world.release.id }
    expect([
      await db.assetLink.count({ where }),
      await db.evidence.count({ where }),
      await db.milestoneRelease.count({ where }),
    ]).toEqual([0, 0, 0])
    expect(await findTag(repositoryOf(world), 'v1.0.0')).not.toBeNull()
    expect((await remove(world)).data.releaseDelete).toEqual({
      clientMutationId: 'm1',
      errors: ['Release does not exist'],
      release: null,
    })
  })
})

describe('the right to publish, change and delete a release', () => {
  const denied = (answer: {
    data: Record<string, unknown>
    errors?: { message: string; extensions?: Record<string, unknown> }[]
  }) => {
    expect(Object.values(answer.data)).toEqual([null])
    expect(answer.errors?.[0]).toMatchObject({
      message: expect.stringContaining("don't have permission"),
      extensions: { code: 'NOT_FOUND' },
    })
  }

  test.each(viewers)(
    '%s may publish and change from the role Developer on, and delete from the role Maintainer on',
    async (viewer) => {
      const world = await createWorld(app)
      const writes = ['developer', 'maintainer', 'owner'].includes(viewer)
      const deletes = ['maintainer', 'owner'].includes(viewer)
      const [created, changed] = [await publish(world, {}, viewer), await change(world, { name: 'x' }, viewer)]
      if (writes) expect([created.data.releaseCreate?.errors, changed.data.releaseUpdate?.errors]).toEqual([[], []])
      else [created, changed].forEach(denied)
      const removed = await remove(world, 'v1.0.0', viewer)
      if (deletes) expect(removed.data.releaseDelete?.errors).toEqual([])
      else denied(removed)
    },
  )

  test('a hidden project answers as a missing one', async () => {
    const world = await createWorld(app, { project: { visibility: 'private' } })
    const hidden = await publish(world, {}, 'stranger')
    const missing = await publish({ ...world, project: { ...world.project, fullPath: 'no/such' } }, {}, 'stranger')
    expect(hidden.errors).toEqual(missing.errors)
  })

  test('a token that may only read cannot write', async () => {
    const world = await createWorld(app)
    const token = await create.tokenFor(world.users.owner, ['read_api'])
    const { errors } = await query(
      app,
      Create,
      { input: { projectPath: world.project.fullPath, tagName: 'v2.0.0', ref: 'main' } },
      { token },
    )
    expect(errors?.[0]).toMatchObject({ extensions: { code: 'FORBIDDEN' } })
  })

  test('nobody writes to an archived project', async () => {
    const world = await createWorld(app, { project: { archived: true } })
    denied(await publish(world, {}, 'owner'))
  })
})

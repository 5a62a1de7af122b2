import { describe, expect, test } from 'vitest'
import { db } from '../../src/database/db.ts'
import { runGit } from '../../src/git/git.ts'
import { findTag } from '../../src/git/tags.ts'
import { graphql } from '../generated/gql.ts'
import type { ReleaseCreateInput, ReleaseUpdateInput } from '../generated/graphql.ts'
import { useApp } from '../support/app.ts'
import { query } from '../support/client.ts'
import * as create from '../support/factories.ts'
import { createWorld, type ViewerName, viewers, type World } from '../support/world.ts'

const app = useApp()

const Create = graphql(`
  mutation createRelease($input: ReleaseCreateInput!) {
    releaseCreate(input: $input) {
      clientMutationId
      errors
      release {
        id name tagName description releasedAt upcomingRelease historicalRelease author { username } commit { sha }
        milestones { nodes { title } }
        assets { links { nodes { name url directAssetPath linkType } } }
        links { selfUrl }
      }
    }
  }
`)

const Update = graphql(`
  mutation updateRelease($input: ReleaseUpdateInput!) {
    releaseUpdate(input: $input) {
      errors
      release { name description descriptionHtml releasedAt milestones { nodes { title } } }
    }
  }
`)

const Delete = graphql(`
  mutation deleteRelease($input: ReleaseDeleteInput!) {
    releaseDelete(input: $input) { clientMutationId errors release { tagName } }
  }
`)

const publish = (world: World, input: Partial<ReleaseCreateInput>, viewer: ViewerName = 'developer') =>
  query(
    app,
    Create,
    { input: { projectPath: world.project.fullPath, tagName: 'v2.0.0', ref: 'main', ...input } },
    { token: world.tokens[viewer] },
  )

const change = (world: World, input: Partial<ReleaseUpdateInput>, viewer: ViewerName = 'developer') =>
  query(
    app,
    Update,
    { input: { projectPath: world.project.fullPath, tagName: 'v1.0.0', ...input } },
    { token: world.tokens[viewer] },
  )

const remove = (world: World, tagName = 'v1.0.0', viewer: ViewerName = 'maintainer') =>
  query(
    app,
    Delete,
    { input: { projectPath: world.project.fullPath, tagName, clientMutationId: 'm1' } },
    { token: world.tokens[viewer] },
  )

const repositoryOf = (world: World) => app.repositories.directory(world.project.id)

describe('releaseCreate', () => {
  test('releaseCreate publishes a release for a new tag with everything given', async () => {
    const world = await createWorld(app)
    await create.createMilestone({ groupId: world.group.id }, { title: 'Winter' })
    const { data, errors } = await publish(world, {
      clientMutationId: 'abc',
      name: 'Two',
      description: '*notes*',
      releasedAt: '2026-01-02T03:04:05Z',
      milestones: ['Winter'],
      assets: {
        links: [{ name: 'binary', url: 'https://example.com/b', directAssetPath: '/bin/b', linkType: 'PACKAGE' }],
      },
    })
    expect(errors).toBeUndefined()
    expect(data.releaseCreate).toMatchObject({
      clientMutationId: 'abc',
      errors: [],
      release: {
        name: 'Two',
        tagName: 'v2.0.0',
        description: '*notes*',
        releasedAt: '2026-01-02T03:04:05Z',
        historicalRelease: true,
        author: { username: world.users.developer.username },
        commit: { sha: world.release.sha },
        milestones: { nodes: [{ title: 'Winter' }] },
        assets: {
          links: {
            nodes: [{ name: 'binary', url: 'https://example.com/b', directAssetPath: '/bin/b', linkType: 'PACKAGE' }],
          },
        },
        links: { selfUrl: `${app.url}/${world.project.fullPath}/-/releases/v2.0.0` },
      },
    })
    expect(await findTag(repositoryOf(world), 'v2.0.0')).toMatchObject({ sha: world.release.sha, annotated: false })
  })

  test('releaseCreate with nothing but an existing tag takes its name as the title, and now as the date', async () => {
    const world = await createWorld(app, { repository: { tags: ['v1.0.0', 'v2.0.0'] } })
    const { data } = await publish(world, { ref: null, name: null, releasedAt: null, tagMessage: null })
    expect(data.releaseCreate?.release).toMatchObject({
      name: 'v2.0.0',
      upcomingRelease: false,
      historicalRelease: false,
    })
    expect(
      (await db.release.findFirstOrThrow({ where: { tag: 'v2.0.0', projectId: world.project.id } })).semverKey,
    ).not.toBe('')
  })

  test('releaseCreate makes an annotated tag when there is a message, by the name and mail of the viewer', async () => {
    const world = await createWorld(app)
    await publish(world, { tagMessage: '  Second release\n\nAll of it. ' })
    const { name, email } = world.users.developer
    expect(await findTag(repositoryOf(world), 'v2.0.0')).toMatchObject({
      annotated: true,
      message: 'Second release\n\nAll of it.',
      tagger: { name, email },
    })
    await runGit(repositoryOf(world), ['fsck', '--strict'])
  })

  test('releaseCreate makes a lightweight tag when the message is blank', async () => {
    const world = await createWorld(app)
    expect((await publish(world, { tagMessage: ' \n ' })).data.releaseCreate?.errors).toEqual([])
    expect(await findTag(repositoryOf(world), 'v2.0.0')).toMatchObject({ annotated: false, message: null })
  })

  test.each(['main', 'v1.0.0', 'refs/heads/main', 'sha', 'short sha'])(
    'releaseCreate makes the tag from %s',
    async (ref) => {
      const world = await createWorld(app)
      const sha = world.release.sha ?? ''
      const given = { sha, 'short sha': sha.slice(0, 8) }[ref] ?? ref
      const { data } = await publish(world, { ref: given })
      expect(data.releaseCreate).toMatchObject({ errors: [], release: { commit: { sha } } })
    },
  )

  test.each<[string, Partial<ReleaseCreateInput>, string]>([
    ['a release of that tag', { tagName: 'v1.0.0' }, 'Release already exists'],
    ['unknown milestones', { milestones: ['none', 'Known', 'nil', 'none'] }, 'Milestone(s) not found: none, nil'],
    [
      'unknown milestone ids',
      { milestoneIds: ['gid://gitlab/Milestone/2000000000'] },
      'Milestone id(s) not found: 2000000000',
    ],
    ['no ref for a new tag', { ref: null }, 'Ref is not specified'],
    ['an empty ref', { ref: '' }, 'Target is empty'],
    ['a ref that does not exist', { ref: 'nowhere' }, 'Target nowhere is invalid'],
    ['a ref that is an option', { ref: '--all' }, 'Target --all is invalid'],
    ['an empty tag', { tagName: '' }, 'Tag name invalid'],
    ['a blank tag', { tagName: '\u3000' }, 'Tag name invalid'],
    ['HEAD', { tagName: 'HEAD' }, 'Tag name invalid'],
    ['an illegal tag', { tagName: 'a..b' }, 'Tag name invalid'],
    ['a tag that is an option', { tagName: '-d' }, 'Tag name invalid'],
    ['a tag that is too long', { tagName: 'x'.repeat(251) }, 'Tag name invalid'],
    ['a tag below another tag', { tagName: 'v1.0.0/x' }, 'Tag name invalid: the tag v1.0.0 is in the way of v1.0.0/x'],
    ['a ref that is too long', { ref: 'x'.repeat(2000) }, `Target ${'x'.repeat(100)}… is invalid`],
    [
      'links with one url',
      {
        assets: {
          links: [
            { name: 'a', url: 'https://e.com' },
            { name: 'b', url: 'https://e.com' },
          ],
        },
      },
      'Validation failed: Links have duplicate values (https://e.com)',
    ],
    [
      'links with one name',
      {
        assets: {
          links: [
            { name: 'a', url: 'https://e.com/1' },
            { name: 'a', url: 'https://e.com/2' },
          ],
        },
      },
      'Validation failed: Links have duplicate values (a)',
    ],
    [
      'links with one path',
      {
        assets: {
          links: [
            { name: 'a', url: 'https://e.com/1', directAssetPath: '/bin/app' },
            { name: 'b', url: 'https://e.com/2', directAssetPath: '/bin/app' },
          ],
        },
      },
      'Validation failed: Links have duplicate values (/bin/app)',
    ],
    [
      'a link of another scheme',
      { assets: { links: [{ name: 'a', url: 'file:///etc' }] } },
      'Validation failed: Links url is blocked: Only allowed schemes are http, https, ftp',
    ],
    [
      'notes that are too long',
      { description: 'x'.repeat(1_000_001) },
      'Validation failed: Description is too long (maximum is 1000000 characters)',
    ],
  ])('releaseCreate refuses %s in the payload', async (_name, input, message) => {
    const world = await createWorld(app)
    await create.createMilestone({ projectId: world.project.id }, { title: 'Known' })
    const { data, errors } = await publish(world, input)
    expect(errors).toBeUndefined()
    expect(data.releaseCreate).toMatchObject({ release: null, errors: [message] })
    expect(await db.release.count({ where: { projectId: world.project.id } })).toBe(1)
  })

  test('releaseCreate counts characters as people do, so that an emoji is one', async () => {
    const world = await createWorld(app)
    const emojis = '😀'.repeat(1_000_000)
    expect((await publish(world, { description: emojis })).data.releaseCreate?.errors).toEqual([])
    const { data } = await publish(world, { tagName: 'v3.0.0', description: `${emojis}x` })
    expect(data.releaseCreate?.errors).toEqual([
      'Validation failed: Description is too long (maximum is 1000000 characters)',
    ])
  })

  test('releaseCreate makes a tag of a tagger with an odd name, whose characters cannot end the line', async () => {
    const world = await createWorld(app)
    const name = 'Eve <eve@example.com> 0 +0000\nEvil'
    await db.user.update({ where: { id: world.users.developer.id }, data: { name } })
    expect((await publish(world, { tagMessage: 'Two' })).data.releaseCreate?.errors).toEqual([])
    const { email } = world.users.developer
    expect(await findTag(repositoryOf(world), 'v2.0.0')).toMatchObject({
      message: 'Two',
      tagger: { name: 'Eve eve@example.com 0 +0000Evil', email },
    })
  })

  test('releaseCreate makes no tag when the release is refused', async () => {
    const world = await createWorld(app)
    await publish(world, { description: 'x'.repeat(1_000_001) })
    await publish(world, { assets: { links: [{ name: '', url: 'x' }] } })
    expect(await findTag(repositoryOf(world), 'v2.0.0')).toBeNull()
  })

  test('releaseCreate keeps the new tag when the release cannot be saved, and uses it the next time', async () => {
    const world = await createWorld(app)
    await db.$executeRaw`ALTER TABLE audit_events RENAME TO audit_events_gone`
    const failed = await publish(world, {})
    await db.$executeRaw`ALTER TABLE audit_events_gone RENAME TO audit_events`
    expect(failed.errors?.[0]?.message).toBe('Internal server error')
    expect(await findTag(repositoryOf(world), 'v2.0.0')).not.toBeNull()
    expect(await db.release.count({ where: { projectId: world.project.id } })).toBe(1)
    expect((await publish(world, { ref: null })).data.releaseCreate?.errors).toEqual([])
  })

  test('releaseCreate takes titles of milestones of the project and its immediate group, in any state, and not of groups above', async () => {
    const above = await create.createGroup()
    const world = await createWorld(app)
    await db.group.update({ where: { id: world.group.id }, data: { parentId: above.id } })
    const project = await db.project.findUniqueOrThrow({ where: { id: world.project.id } })
    await create.createMilestone({ projectId: project.id }, { title: 'same', state: 'closed' })
    await create.createMilestone({ groupId: world.group.id }, { title: 'same' })
    await create.createMilestone({ groupId: above.id }, { title: 'above' })
    const moved = { ...world, project }
    expect((await publish(moved, { milestones: ['above'] })).data.releaseCreate?.errors).toEqual([
      'Milestone(s) not found: above',
    ])
    const { data } = await publish(moved, { milestones: ['same', 'same'] })
    expect(data.releaseCreate?.release?.milestones?.nodes).toEqual([{ title: 'same' }, { title: 'same' }])
  })

  test('releaseCreate during a freeze is refused only where the project says so', async () => {
    const world = await createWorld(app)
    await db.freezePeriod.create({
      data: { projectId: world.project.id, freezeStart: '* * * * *', freezeEnd: '0 0 1 1 *' },
    })
    expect((await publish(world, {})).data.releaseCreate?.errors).toEqual([])
    await db.project.update({ where: { id: world.project.id }, data: { freezeRefusesReleases: true } })
    expect((await publish(world, { tagName: 'v3.0.0' })).data.releaseCreate?.errors).toEqual([
      'Releases are not created during a deploy freeze of this project',
    ])
  })
})

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

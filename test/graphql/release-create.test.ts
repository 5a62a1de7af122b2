import { describe, expect, test } from 'vitest'
import { db } from '../../src/database/db.ts'
import { runGit } from '../../src/git/git.ts'
import { findTag } from '../../src/git/tags.ts'
import type { ReleaseCreateInput } from '../generated/graphql.ts'
import { useApp } from '../support/app.ts'
import * as create from '../support/factories.ts'
import { createWorld, type World } from '../support/world.ts'
import { releaseWrites } from './release-writes.ts'

const app = useApp()
const { publish } = releaseWrites(app)
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

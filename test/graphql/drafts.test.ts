// Releases that are not published yet.
import { describe, expect, test } from 'vitest'
import { db } from '../../src/database/db.ts'
import type { Prisma } from '../../src/generated/prisma/client.ts'
import { findTag } from '../../src/git/tags.ts'
import { useApp } from '../support/app.ts'
import { query } from '../support/client.ts'
import * as create from '../support/factories.ts'
import { mutate } from '../support/mutate.ts'
import { createWorld, type ViewerName, viewers, type World } from '../support/world.ts'

const app = useApp()

const TAG = 'canary-9.9.9'

const write = (world: World, name: string, input: object = {}, viewer: ViewerName = 'developer') =>
  mutate(app, world.tokens[viewer], name, { projectPath: world.project.fullPath, tagName: TAG, ...input })

const draft = (world: World, input: object = {}) =>
  write(world, 'releaseCreate', { ref: 'main', draft: true, ...input })

const FIELDS = `tagName ref tagMessage name description releasedAt prerelease makeLatest author { username }
  milestones { title } links { name url directAssetPath linkType }`

type Draft = { tagName: string; name: string; links: { name: string }[]; milestones: { title: string }[] }
type Answer = {
  project: { draftReleases: { count: number; nodes: Draft[] }; draftRelease: Draft | null; releases: { count: number } }
}

async function seen({ project, tokens }: World, viewer: ViewerName) {
  const text = `{ project(fullPath: "${project.fullPath}") {
    draftReleases { count nodes { ${FIELDS} } } draftRelease(tagName: "${TAG}") { ${FIELDS} } releases { count } } }`
  const { data, errors } = await query<Answer, never>(app, text, {}, { token: tokens[viewer] })
  expect(errors).toBeUndefined()
  return data.project
}

const tagOf = ({ project }: World) => findTag(app.repositories.directory(project.id), TAG)
const eventsOf = async ({ project }: World) =>
  (await db.auditEvent.findMany({ where: { projectId: project.id }, orderBy: { id: 'asc' } })).map((e) => e.eventType)

async function fullDraft(world: World) {
  const milestone = await create.createMilestone({ projectId: world.project.id }, { title: 'Soon' })
  const links = [{ name: 'binary', url: 'https://example.com/x', directAssetPath: '/bin/x', linkType: 'PACKAGE' }]
  const input = {
    ...{ tagMessage: 'Signed off', name: 'Nine', description: '*Notes*', releasedAt: '2030-01-01T00:00:00Z' },
    ...{ prerelease: true, makeLatest: 'YES', milestones: ['Soon'], assets: { links } },
  }
  expect(await draft(world, input)).toEqual([])
  return { milestone, input, links }
}

test('a draft holds what a release will have, and makes no tag, release or evidence', async () => {
  const world = await createWorld(app)
  const { input, links } = await fullDraft(world)
  const { draftReleases, draftRelease, releases } = await seen(world, 'developer')
  expect(draftRelease).toEqual({
    ...{ tagName: TAG, ref: 'main', tagMessage: input.tagMessage, name: 'Nine', description: '*Notes*' },
    ...{ releasedAt: input.releasedAt, prerelease: true, makeLatest: 'YES', links, milestones: [{ title: 'Soon' }] },
    author: { username: world.users.developer.username },
  })
  expect(draftReleases).toEqual({ count: 1, nodes: [draftRelease] })
  expect(releases.count).toBe(1)
  expect(await tagOf(world)).toBeNull()
  expect(await db.release.count({ where: { projectId: world.project.id } })).toBe(1)
  expect(await eventsOf(world)).toEqual(['release_draft_created'])
})

test.each(viewers)('%s sees drafts, and writes them, exactly with the ability release:create', async (viewer) => {
  const world = await createWorld(app)
  await draft(world)
  const may = ['developer', 'maintainer', 'owner'].includes(viewer)
  const { draftReleases, draftRelease } = await seen(world, viewer)
  expect({ count: draftReleases.count, tag: draftRelease?.tagName ?? null }).toEqual(
    may ? { count: 1, tag: TAG } : { count: 0, tag: null },
  )
  for (const [name, input] of [
    ['releaseDraftUpdate', { name: 'Changed' }],
    ['releasePublish', {}],
    ['releaseDraftDelete', {}],
  ] as const) {
    const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`
    const document = `mutation ($input: ${type}!) { ${name}(input: $input) { errors } }`
    const send = async (tagName: string) => {
      const variables = { input: { projectPath: world.project.fullPath, tagName, ...input } }
      const { data, errors } = await query(app, document, variables, { token: world.tokens[viewer] })
      return { data, errors: errors?.map(({ message, extensions }) => [message, extensions?.code]) }
    }
    const told = await send(TAG)
    if (!may) expect(told).toEqual(await send('missing'))
    expect(told.errors === undefined).toBe(may)
  }
})

test('nothing that shows releases holds a draft, and no answer is kept that shows one', async () => {
  const world = await createWorld(app, { project: { visibility: 'private' } })
  const { project, group, tokens } = world
  await create.addMember({ group }, world.users.developer, 'developer')
  // What replicas are asked for changes with each write.
  const kept = {
    where: { NOT: { scope: { startsWith: 'writes:' } } },
    orderBy: [{ scope: 'asc' }, { slot: 'asc' }],
  } satisfies Prisma.ContentVersionFindManyArgs
  const before = await db.contentVersion.findMany(kept)
  await fullDraft(world)
  // What is kept of the project stays true, because it has none of it.
  expect(await db.contentVersion.findMany(kept)).toEqual(before)
  const texts = [
    `project(fullPath: "${project.fullPath}") { release(tagName: "${TAG}") { name } latestRelease { name } latest: latestRelease(stable: true) { name } releases { count nodes { tagName } } repository { tagNames(searchPattern: "*", offset: 0, limit: 100) } }`,
    `group(fullPath: "${group.fullPath}") { releases { nodes { tagName } } }`,
  ]
  for (const text of texts) {
    const { data, errors } = await query(app, `{ ${text} }`, {}, { token: tokens.developer })
    expect(errors).toBeUndefined()
    expect(JSON.stringify(data)).not.toContain('canary')
  }
  // The page shows drafts to those who may make releases, and to nobody else.
  for (const [page, viewer] of [
    ['/-/releases', 'reporter'],
    ['/-/releases', 'guest'],
    ['/-/releases.atom', 'developer'],
    [`/-/releases/${TAG}`, 'developer'],
  ] as const) {
    const headers = { 'private-token': tokens[viewer] ?? '' }
    const text = await (await fetch(`${app.url}/${project.fullPath}${page}`, { headers })).text()
    expect(text).not.toContain('Nine')
  }
  expect((await seen(world, 'developer')).draftReleases.count).toBe(1)
  await db.releaseDraft.deleteMany({ where: { projectId: project.id } })
  expect((await seen(world, 'developer')).draftReleases.count).toBe(0)
})

describe('publishing', () => {
  test('a draft is published as a release is created, by whoever publishes it, and is gone', async () => {
    const world = await createWorld(app)
    const { milestone } = await fullDraft(world)
    await db.milestone.update({ where: { id: milestone.id }, data: { title: 'Renamed' } })
    const gone = await create.createMilestone({ projectId: world.project.id }, { title: 'Gone' })
    expect(await write(world, 'releaseDraftUpdate', { milestones: ['Renamed', 'Gone'] })).toEqual([])
    await db.milestone.delete({ where: { id: gone.id } })
    expect(await write(world, 'releasePublish', {}, 'maintainer')).toEqual([])
    const release = await db.release.findFirstOrThrow({
      where: { projectId: world.project.id, tag: TAG },
      include: { links: true, milestones: true, latestOf: true },
    })
    expect(release).toMatchObject({
      ...{ name: 'Nine', description: '*Notes*', prereleaseMark: true, authorId: world.users.maintainer.id },
      ...{
        linksCount: 1,
        links: [{ name: 'binary', filepath: '/bin/x' }],
        milestones: [{ milestoneId: milestone.id }],
      },
      ...{ releasedAt: new Date('2030-01-01'), latestOf: { projectId: world.project.id } },
    })
    expect(await tagOf(world)).not.toBeNull()
    expect(await seen(world, 'developer')).toMatchObject({ draftReleases: { count: 0 }, releases: { count: 2 } })
    expect(await eventsOf(world)).toEqual(['release_draft_created', 'release_draft_updated', 'release_created'])
    expect(await write(world, 'releasePublish')).toEqual(['Draft does not exist'])
  })

  test('a draft without a date is dated when it is published, and its evidence is collected then', async () => {
    const world = await createWorld(app)
    await draft(world)
    const jobs = async () =>
      (await db.$queryRaw<object[]>`SELECT FROM graphile_worker.jobs WHERE task_identifier = 'collect-evidence'`).length
    const waiting = await jobs()
    const before = Date.now()
    expect(await write(world, 'releasePublish')).toEqual([])
    const release = await db.release.findFirstOrThrow({ where: { projectId: world.project.id, tag: TAG } })
    expect(release.releasedAt.getTime()).toBeGreaterThanOrEqual(before - 1000)
    expect(release.releasedAt).toEqual(release.createdAt)
    expect(await jobs()).toBe(waiting + 1)
  })

  test('of several who publish a draft at once one succeeds, and the release is made once', async () => {
    const world = await createWorld(app)
    await draft(world)
    const told = await Promise.all(Array.from({ length: 6 }, () => write(world, 'releasePublish')))
    expect(told.filter((errors) => errors.length === 0)).toHaveLength(1)
    for (const [error] of told.filter((errors) => errors.length > 0)) {
      expect(['Draft does not exist', 'Release already exists', `Tag ${TAG} already exists`, CHANGED]).toContain(error)
    }
    expect((await eventsOf(world)).filter((type) => type === 'release_created')).toHaveLength(1)
  })

  const CHANGED = 'The draft was changed, published or deleted meanwhile'

  test('nothing is published that its publisher has not read', async () => {
    const world = await createWorld(app)
    await draft(world)
    const where = { projectId_tag: { projectId: world.project.id, tag: TAG } }
    let publishing: Promise<string[]> | undefined
    await db.$transaction(
      async (tx) => {
        await tx.releaseDraft.update({ where, data: { name: 'Other', version: { increment: 1 } } })
        publishing = write(world, 'releasePublish')
        const waits = async () =>
          (
            await tx.$queryRaw<
              object[]
            >`SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`
          ).length
        await expect.poll(waits, { timeout: 10_000 }).toBe(1)
      },
      { timeout: 20_000 },
    )
    expect(await publishing).toEqual([CHANGED])
    expect(await db.release.count({ where: { projectId: world.project.id, tag: TAG } })).toBe(0)
    expect(await write(world, 'releasePublish')).toEqual([])
  })

  test('a release that cannot be published leaves its draft', async () => {
    const world = await createWorld(app)
    await draft(world, { ref: 'missing' })
    expect(await write(world, 'releasePublish')).toEqual(['Target missing is invalid'])
    expect(await write(world, 'releaseDraftUpdate', { ref: null })).toEqual([])
    expect(await write(world, 'releasePublish')).toEqual(['Ref is not specified'])
    expect(await write(world, 'releaseDraftUpdate', { ref: 'main' })).toEqual([])
    const { id: projectId } = world.project
    await db.project.update({ where: { id: projectId }, data: { freezeRefusesReleases: true } })
    await db.freezePeriod.create({ data: { projectId, freezeStart: '* * * * *', freezeEnd: '0 0 1 1 *' } })
    expect(await write(world, 'releasePublish')).toEqual([expect.stringContaining('deploy freeze')])
    expect((await seen(world, 'developer')).draftReleases.count).toBe(1)
    expect(await tagOf(world)).toBeNull()
    await db.freezePeriod.deleteMany({ where: { projectId } })
    // A release of the tag came past the draft.
    expect(await write(world, 'releaseCreate', { ref: 'main' })).toEqual([])
    expect(await write(world, 'releasePublish')).toEqual(['Release already exists'])
    expect((await seen(world, 'developer')).draftReleases.count).toBe(1)
  })

  test('who may not create a tag neither drafts nor publishes its release', async () => {
    const world = await createWorld(app)
    await draft(world)
    await db.protectedTag.create({
      data: { projectId: world.project.id, name: 'canary-*', accessLevels: { create: { accessLevel: 40 } } },
    })
    const refused = ['You are not allowed to create this tag as it is protected.']
    for (const name of ['releasePublish', 'releaseDraftDelete']) expect(await write(world, name)).toEqual(refused)
    expect(await write(world, 'releaseDraftUpdate', { name: 'x' })).toEqual(refused)
    expect(await draft(world, { tagName: 'canary-2' })).toEqual(refused)
    expect(await write(world, 'releasePublish', {}, 'maintainer')).toEqual([])
  })
})

test('the rules of a release hold for its draft', async () => {
  const world = await createWorld(app)
  expect(await draft(world, { tagName: 'v1.0.0' })).toEqual(['Release already exists'])
  expect(await draft(world, { tagName: 'not..valid' })).toEqual(['Tag name invalid'])
  expect(await draft(world, { milestones: ['None'] })).toEqual(['Milestone(s) not found: None'])
  expect(await draft(world, { name: 'x'.repeat(1025) })).toEqual([expect.stringContaining('Name is too long')])
  const bad = { assets: { links: [{ name: 'x', url: 'javascript:alert(1)' }] } }
  expect(await draft(world, bad)).toEqual([expect.stringContaining('url is blocked')])
  expect(await draft(world)).toEqual([])
  expect(await draft(world)).toEqual(['Draft already exists'])
  expect(await write(world, 'releaseDraftUpdate', bad)).toEqual([expect.stringContaining('url is blocked')])
  expect(await write(world, 'releaseDraftUpdate')).toEqual(['params is empty'])
  expect(await write(world, 'releaseDraftUpdate', { name: 'Kept', assets: { links: [] } })).toEqual([])
  expect((await seen(world, 'developer')).draftRelease).toMatchObject({ name: 'Kept', ref: 'main', links: [] })
  expect(await write(world, 'releaseDraftDelete')).toEqual([])
  expect((await seen(world, 'developer')).draftRelease).toBeNull()
  expect(await write(world, 'releaseDraftUpdate', { name: 'x' })).toEqual(['Draft does not exist'])
})

test('drafts are read by the same number of statements, however many there are, and in pages', async () => {
  const world = await createWorld(app)
  const { project, tokens } = world
  const milestone = await create.createMilestone({ projectId: project.id })
  await db.releaseDraft.createMany({
    data: Array.from({ length: 30 }, (_, at) => ({
      ...{ projectId: project.id, tag: `d${at}`, authorId: world.users.developer.id, milestoneIds: [milestone.id] },
      ...{ description: 'x'.repeat(2_000), createdAt: new Date(2026, 0, at + 1) },
    })),
  })
  const page = async (args: string) => {
    const text = `{ project(fullPath: "${project.fullPath}") { draftReleases(${args}) { nodes { ${FIELDS} } pageInfo { endCursor } } } }`
    const { data } = await query<
      { project: { draftReleases: { nodes: Draft[]; pageInfo: { endCursor: string } } } },
      never
    >(app, text, {}, { token: tokens.developer })
    return data.project.draftReleases
  }
  const first = await page('first: 2')
  expect(first.nodes.map(({ tagName }) => tagName)).toEqual(['d29', 'd28'])
  expect((await page(`first: 1, after: "${first.pageInfo.endCursor}"`)).nodes[0]?.tagName).toBe('d27')
  const counts = [await app.statementsOf(() => page('first: 2')), await app.statementsOf(() => page('first: 30'))]
  expect(counts[1]?.length).toBe(counts[0]?.length)
})

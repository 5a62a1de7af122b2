import { setTimeout } from 'node:timers/promises'
import { pino } from 'pino'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { RoleName } from '../../src/access/roles.ts'
import { loadViewerByToken } from '../../src/authentication/load-viewer.ts'
import type { Context } from '../../src/context/context.ts'
import { withConnection } from '../../src/database/connections/connection.ts'
import { db } from '../../src/database/db.ts'
import type { Project, User } from '../../src/generated/prisma/client.ts'
import { createReleaseChanges } from '../../src/modules/live/hear-release-changes.ts'
import { watchReleases } from '../../src/modules/live/watch-releases.ts'
import { descriptionHtmlOf } from '../../src/modules/notes/release-notes.ts'
import { startAnotherServer } from '../support/another-server.ts'
import { useApp } from '../support/app.ts'
import { query } from '../support/client.ts'
import * as create from '../support/factories.ts'
import { type Stream, subscribe } from '../support/subscribe.ts'
import { createWorld } from '../support/world.ts'

const app = useApp()

type Released = { releasePublished?: Record<string, unknown>; releaseUpdated?: Record<string, unknown> }

const published = 'subscription ($p: ID!) { releasePublished(projectPath: $p) { id name tagName } }'
const updated = `subscription ($p: ID!) {
  releaseUpdated(projectPath: $p) {
    id name description assets { links { nodes { name } } } milestones { nodes { title } }
  }
}`

/** Subscribes until the end of the test. */
async function listen(
  document: string,
  project: { fullPath: string },
  options: { token?: string | null; method?: 'GET'; url?: string } = {},
): Promise<Stream<Released>> {
  const { url = app.url, ...rest } = options
  const stream = await subscribe<Released>({ url }, document, { variables: { p: project.fullPath }, ...rest })
  onTestFinished(() => stream.close())
  return stream
}

async function createMember(project: Project, role: RoleName): Promise<{ user: User; token: string }> {
  const user = await create.createUser()
  await create.addMember({ project }, user, role)
  return { user, token: await create.tokenFor(user) }
}

const released = (release: { id: number }, fields: Record<string, unknown> = {}) => ({
  data: { releasePublished: expect.objectContaining({ id: `gid://gitlab/Release/${release.id}`, ...fields }) },
})

const changed = (release: { id: number }, fields: Record<string, unknown> = {}) => ({
  data: { releaseUpdated: expect.objectContaining({ id: `gid://gitlab/Release/${release.id}`, ...fields }) },
})

/** Polls until the condition holds, within the time limit of the test. */
async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await setTimeout(10)
}

/** Processes of the database that listen for this server. */
const listeners = () =>
  withConnection(app.databaseUrl, async (client) => {
    const sql = `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query = 'LISTEN waybill_releases'`
    return (await client.query<{ pid: number }>(sql)).rows.map(({ pid }) => pid)
  })

describe('releasePublished', () => {
  test('releasePublished sends each release that is created, over a POST', async () => {
    const project = await create.createProject()
    const stream = await listen(published, project)
    expect(stream.headers.get('content-type')).toContain('text/event-stream')
    const [first, second] = [await create.createRelease(project), await create.createRelease(project)]
    expect(await stream.next()).toEqual(released(first, { tagName: first.tag }))
    expect(await stream.next()).toEqual(released(second))
  })

  test('releasePublished sends each release over a GET, as curl asks for it', async () => {
    const project = await create.createProject()
    const stream = await listen(published, project, { method: 'GET' })
    const release = await create.createRelease(project)
    expect(await stream.next()).toEqual(released(release))
  })

  test('releasePublished sends a release that a mutation made with links and milestones, and releaseUpdated does not', async () => {
    const world = await createWorld(app)
    const milestone = await create.createMilestone({ projectId: world.project.id })
    const [creations, updates] = [await listen(published, world.project), await listen(updated, world.project)]
    const input = {
      projectPath: world.project.fullPath,
      tagName: 'v2.0.0',
      ref: 'main',
      milestones: [milestone.title],
      assets: { links: [{ name: 'a', url: 'https://example.com/a' }] },
    }
    const mutation = 'mutation ($input: ReleaseCreateInput!) { releaseCreate(input: $input) { errors release { id } } }'
    await query(app, mutation, { input }, { token: world.tokens.developer })
    expect(await creations.next()).toMatchObject({ data: { releasePublished: { tagName: 'v2.0.0' } } })
    await db.release.update({ where: { id: world.release.id }, data: { name: 'later' } })
    expect(await updates.next()).toEqual(changed(world.release, { name: 'later' }))
  })

  test('releasePublished sends nothing of other projects, and nothing that was rolled back', async () => {
    const [project, other] = [await create.createProject(), await create.createProject()]
    const stream = await listen(published, project)
    await create.createRelease(other)
    const rolledBack = db.$transaction(async (tx) => {
      await tx.release.create({ data: { projectId: project.id, tag: 'never' } })
      throw new Error('changed my mind')
    })
    await expect(rolledBack).rejects.toThrow('changed my mind')
    const release = await create.createRelease(project)
    expect(await stream.next()).toEqual(released(release))
  })
})

describe('releaseUpdated', () => {
  test('releaseUpdated sends a release that plain SQL changes, as it is by then', async () => {
    const release = await create.createRelease(await create.createProject())
    const project = await db.project.findUniqueOrThrow({ where: { id: release.projectId } })
    const stream = await listen(updated, project)
    for (const name of ['one', 'two']) {
      await db.$executeRaw`UPDATE releases SET name = ${name} WHERE id = ${release.id}`
      expect(await stream.next()).toEqual(changed(release, { name }))
    }
  })

  test('releaseUpdated sends a release whose links, evidence or milestones change', async () => {
    const project = await create.createProject()
    // A time ahead of the clock, so that nothing of the release's own row changes.
    const release = await create.createRelease(project, { updatedAt: new Date('2100-01-01') })
    const stream = await listen(updated, project)
    const link = await create.createLink(release, { name: 'first' })
    expect(await stream.next()).toEqual(changed(release, { assets: { links: { nodes: [{ name: 'first' }] } } }))
    await db.assetLink.update({ where: { id: link.id }, data: { name: 'second' } })
    expect(await stream.next()).toEqual(changed(release, { assets: { links: { nodes: [{ name: 'second' }] } } }))
    await create.createEvidence(release)
    expect(await stream.next()).toEqual(changed(release))
    const milestone = await create.createMilestone({ projectId: project.id })
    await create.attachMilestone(release, milestone)
    expect(await stream.next()).toEqual(changed(release, { milestones: { nodes: [{ title: milestone.title }] } }))
    await db.milestoneRelease.deleteMany({ where: { releaseId: release.id } })
    expect(await stream.next()).toEqual(changed(release, { milestones: { nodes: [] } }))
  })

  test('releaseUpdated is silent when rendered notes are kept, and when a release is created or deleted', async () => {
    const project = await create.createProject()
    const release = await create.createRelease(project, { description: '*notes*' })
    const gone = await create.createRelease(project)
    const stream = await listen(updated, project)
    await create.createLink(gone)
    expect(await stream.next()).toEqual(changed(gone))
    expect(await descriptionHtmlOf({} as Context, { ...release, project })).toContain('<em>')
    expect((await db.release.findUniqueOrThrow({ where: { id: release.id } })).descriptionHtml).toContain('<em>')
    await create.createRelease(project)
    await db.release.delete({ where: { id: gone.id } })
    await db.release.update({ where: { id: release.id }, data: { name: 'sentinel' } })
    expect(await stream.next()).toEqual(changed(release, { name: 'sentinel' }))
  })
})

describe('a subscriber', () => {
  test('a subscriber without code access never learns the tag', async () => {
    const project = await create.createProject({ visibility: 'private' })
    const [guest, reporter] = [await createMember(project, 'guest'), await createMember(project, 'reporter')]
    const [masked, full] = [await listen(published, project, guest), await listen(published, project, reporter)]
    const release = await create.createRelease(project, { name: 'Title', tag: 'v7-secret' })
    expect(await masked.next()).toEqual(released(release, { name: `Release-${release.id}`, tagName: null }))
    expect(await full.next()).toEqual(released(release, { name: 'Title', tagName: 'v7-secret' }))
  })

  test.each<[string, (project: Project, member: { user: User }) => Promise<unknown>, string]>([
    [
      'whose token is revoked',
      (_, { user }) => db.accessToken.updateMany({ where: { userId: user.id }, data: { revokedAt: new Date() } }),
      'UNAUTHENTICATED',
    ],
    [
      'whose token expires',
      (_, { user }) => db.accessToken.updateMany({ where: { userId: user.id }, data: { expiresAt: new Date(0) } }),
      'UNAUTHENTICATED',
    ],
    [
      'whose account is blocked',
      (_, { user }) => db.user.update({ where: { id: user.id }, data: { state: 'blocked' } }),
      'UNAUTHENTICATED',
    ],
    [
      'whose membership is removed',
      (_, { user }) => db.projectMember.deleteMany({ where: { userId: user.id } }),
      'NOT_FOUND',
    ],
    [
      'whose project has no releases any more',
      ({ id }) => db.project.update({ where: { id }, data: { releasesLevel: 'disabled' } }),
      'NOT_FOUND',
    ],
  ])('a subscriber %s gets an error without data, and then the end', async (_name, lose, code) => {
    const project = await create.createProject({ visibility: 'private' })
    const member = await createMember(project, 'developer')
    const release = await create.createRelease(project)
    const stream = await listen(updated, project, member)
    await lose(project, member)
    await db.release.updateMany({ where: { id: release.id }, data: { name: 'v9-secret' } })
    const rest = await stream.rest()
    expect(rest).toEqual([{ errors: [expect.objectContaining({ extensions: { code } })] }])
    expect(JSON.stringify(rest)).not.toContain('v9-secret')
    expect(app.changes.size()).toBe(0)
  })

  test('a subscriber who has lost access is cut off before long even when nothing happens', async () => {
    const project = await create.createProject()
    const { token } = await createMember(project, 'guest')
    const watch = { projectPath: project.fullPath, kind: 'updated' } as const
    const events = await watchReleases(await contextOf(token), watch)
    const next = events.next()
    await setTimeout(100)
    await db.project.delete({ where: { id: project.id } })
    await expect(next).rejects.toMatchObject({ code: 'NOT_FOUND' })
    expect(await events.next()).toEqual({ done: true, value: undefined })
    expect(app.changes.size()).toBe(0)
  })

  test('an anonymous subscriber is cut off when the project becomes private', async () => {
    const project = await create.createProject()
    const stream = await listen(published, project)
    await db.project.update({ where: { id: project.id }, data: { visibility: 'private' } })
    await create.createRelease(project)
    expect(await stream.rest()).toMatchObject([{ errors: [{ extensions: { code: 'NOT_FOUND' } }] }])
  })

  test('a subscription to a hidden project is refused as one to a missing project', async () => {
    const hidden = await create.createProject({ visibility: 'private' })
    const [first, second] = [await listen(published, hidden), await listen(published, { fullPath: 'no/such' })]
    const refusals = await first.rest()
    expect(refusals).toEqual([{ errors: [expect.objectContaining({ extensions: { code: 'NOT_FOUND' } })] }])
    expect(await second.rest()).toEqual(refusals)
  })

  test('a subscriber who asks for too much is refused at once', async () => {
    const project = await create.createProject()
    const wide = Array.from({ length: 110 }, (_, at) => `a${at}: id b${at}: name`).join(' ')
    const costly = `query Q { currentUser { id } } subscription S($p: ID!) { releasePublished(projectPath: $p) { ...F } }
      fragment F on Release { ${wide} }`
    const answer = await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { accept: 'text/event-stream', 'content-type': 'application/json' },
      body: JSON.stringify({ query: costly, operationName: 'S', variables: { p: project.fullPath } }),
    })
    expect(await answer.text()).toMatch(/exceeds max complexity of 200.*event: complete/s)
    const nested = (levels: number): string =>
      levels === 0
        ? 'id'
        : `milestones(first: 1) { nodes { project { releases(first: 1) { nodes { ${nested(levels - 1)} } } } } }`
    const deep = `subscription ($p: ID!) { releasePublished(projectPath: $p) { ${nested(3)} } }`
    const refused = await (await listen(deep, project)).rest()
    expect(refused[0]?.errors?.[0]?.message).toMatch(/exceeds max depth of 15/)
  })

  test('a subscriber who lets more than 100 changes wait gets an error that says so, and then the end', async () => {
    const project = await create.createProject()
    const stream = await listen(published, project)
    await db.release.createMany({
      data: Array.from({ length: 101 }, (_, at) => ({ projectId: project.id, tag: `v${at}` })),
    })
    // Not `rest` at once, because the stream would not end if the changes were told.
    const told = expect.stringContaining('More than 100 changes wait')
    expect(await stream.next()).toMatchObject({ errors: [{ message: told }] })
    expect(await stream.rest()).toEqual([])
  })
})

/** The context of a GraphQL request, with almost no pause between two checks of the access. */
async function contextOf(token: string): Promise<Context> {
  const viewer = await loadViewerByToken(token)
  const { changes, repositories, url: baseUrl } = app
  const log = pino({ level: 'silent' })
  const renew = () => contextOf(token)
  const live = { changes, renew, recheckMs: 20 }
  return { viewer, requestId: '', ipAddress: null, log, baseUrl, repositories, mayReach: () => false, live }
}

describe('the server', () => {
  test('the server hears what another server writes', async () => {
    const other = await startAnotherServer(app)
    const project = await create.createProject()
    const { token } = await createMember(project, 'developer')
    const release = await create.createRelease(project)
    const streams = [await listen(updated, project), await listen(updated, project, { url: other.url })]
    const mutation = `mutation ($input: ReleaseAssetLinkCreateInput!) {
      releaseAssetLinkCreate(input: $input) { errors }
    }`
    const input = { projectPath: project.fullPath, tagName: release.tag, name: 'n', url: 'https://example.com' }
    await query(app, mutation, { input }, { token })
    for (const stream of streams) expect(await stream.next()).toEqual(changed(release))
  })

  test('the server serves fifty subscribers through one connection, and forgets them when they leave', async () => {
    const project = await create.createProject({ visibility: 'private' })
    const members = await Promise.all(Array.from({ length: 50 }, () => createMember(project, 'guest')))
    const streams = await Promise.all(members.map((member) => listen(published, project, member)))
    expect(app.changes.size()).toBe(50)
    const release = await create.createRelease(project)
    for (const stream of streams) expect(await stream.next()).toEqual(released(release))
    expect(await listeners()).toHaveLength(1)
    for (const stream of streams) stream.close()
    await until(() => app.changes.size() === 0)
  })

  test('the server goes on when its connection to the database breaks, and sends what it missed, but nothing from before the subscription', async () => {
    const project = await create.createProject()
    const before = new Date(Date.now() - 5000)
    await create.createRelease(project, { createdAt: before, updatedAt: before })
    const stream = await listen(published, project)
    const [pid] = await listeners()
    const release = await db.$transaction(async (tx) => {
      await tx.$executeRaw`SELECT pg_terminate_backend(${pid}::int)`
      return tx.release.create({ data: { projectId: project.id, tag: 'v1' } })
    })
    expect(await stream.next()).toEqual(released(release))
    await until(async () => (await listeners()).length === 1)
    const next = await create.createRelease(project)
    expect(await stream.next()).toEqual(released(next))
  })

  test('the server ignores a message that is not its own', async () => {
    const project = await create.createProject()
    const stream = await listen(published, project)
    await db.$executeRaw`SELECT pg_notify('waybill_releases', 'nonsense')`
    const release = await create.createRelease(project)
    expect(await stream.next()).toEqual(released(release))
    expect(JSON.stringify(app.logged())).toContain('a message of the database is not understood')
  })

  test('the server completes all streams when it stops, and also a stream that comes too late', async () => {
    const changes = createReleaseChanges({ url: app.databaseUrl, log: pino({ level: 'silent' }) })
    const { token } = await createMember(await create.createProject(), 'guest')
    const project = await create.createProject()
    const context = await contextOf(token)
    const live = { ...context.live, changes, renew: async () => context, recheckMs: 60_000 }
    const watch = () => watchReleases({ ...context, live }, { projectPath: project.fullPath, kind: 'created' })
    const early = await watch()
    const waiting = early.next()
    await changes.close()
    expect(await waiting).toEqual({ done: true, value: undefined })
    expect(await (await watch()).next()).toEqual({ done: true, value: undefined })
    expect(changes.size()).toBe(0)
  })
})

test('a server that cannot reach the database to listen tries again for the next subscriber', async () => {
  const unreachable = new URL(app.databaseUrl)
  unreachable.pathname = '/nowhere'
  const other = await startAnotherServer(app, { listenTo: unreachable.href })
  const project = await create.createProject()
  for (const _ of [1, 2]) {
    const stream = await listen(published, project, { url: other.url })
    expect(await stream.rest()).toMatchObject([{ errors: [{ extensions: { code: 'UNAVAILABLE' } }] }])
  }
})

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { role } from '../../../src/access/roles.ts'
import { db } from '../../../src/database/db.ts'
import type { Project, User } from '../../../src/generated/prisma/client.ts'
import { runGit } from '../../../src/git/git.ts'
import { work } from '../../jobs/job-world.ts'
import { startAnotherServer } from '../../support/another-server.ts'
import { type TestApp, useApp } from '../../support/app.ts'
import { query } from '../../support/client.ts'
import * as create from '../../support/factories.ts'
import { createRepository } from '../../support/git.ts'
import { mutate } from '../../support/mutate.ts'

const app = useApp({ rateLimits: null })

type Side = { project: Project; token: string; user: User }

/** A project and its Maintainer. */
async function side(data: Parameters<typeof create.createProject>[0] = {}): Promise<Side> {
  const project = await create.createProject(data)
  const user = await create.createUser()
  await db.projectMember.create({ data: { projectId: project.id, userId: user.id, role: role.maintainer } })
  return { project, user, token: await create.tokenFor(user) }
}

const upload = (server: TestApp, { project, token }: Side, path: string, body: string) =>
  fetch(`${server.url}/api/v4/projects/${project.id}/packages/generic/${path}`, {
    method: 'PUT',
    headers: { 'private-token': token },
    body,
  })

const sourceOf = (tag: string) => new Date(`2024-03-0${tag.slice(1, 2)}T10:00:00Z`)

/** A project with three releases and one of everything that comes along. */
async function fullSource(server: TestApp): Promise<Side> {
  const made = await side({ visibility: 'private' })
  const { project, token } = made
  const { tags } = await createRepository(app.repositories.directory(project.id), {
    commits: 3,
    tags: [{ name: 'v1', commit: 0 }, { name: 'v2', commit: 1 }, 'v3'],
    branches: ['topic'],
  })
  // Its number is not the one that the next milestone of an empty project gets.
  const milestone = await create.createMilestone(
    { projectId: project.id },
    { title: 'Spring', iid: 7, dueDate: new Date('2024-04-01'), state: 'closed' },
  )
  const shared = { milestoneId: milestone.id }
  await create.createIssue(project, { ...shared, iid: 12, title: 'Rust', state: 'closed' })
  await create.createIssue(project, { ...shared, iid: 15, title: 'Secret', confidential: true })
  await upload(server, made, 'app/1.0/bin/app.txt', 'bytes')
  for (const tag of ['v1', 'v2', 'v3']) {
    const values = { sha: tags[tag] ?? null, description: `Notes of ${tag}`, releasedAt: sourceOf(tag) }
    const release = await create.createRelease(project, {
      tag,
      name: tag === 'v3' ? null : `Release ${tag}`,
      ...values,
    })
    const file = `${server.url}/api/v4/projects/${project.id}/packages/generic/app/1.0/bin/app.txt`
    await create.createLink(release, { name: 'app', url: file, filepath: '/bin/app', linkType: 'package' })
    await create.createLink(release, { name: 'manual', url: `https://docs.example.com/${tag}` })
    if (tag === 'v2') await create.attachMilestone(release, milestone)
  }
  await db.protectedTag.create({
    data: { projectId: project.id, name: 'v*', accessLevels: { create: [{ accessLevel: 40 }] } },
  })
  expect((await fetch(`${server.url}/api/v4/version`, { headers: { 'private-token': token } })).status).toBe(200)
  return made
}

const importInput = (server: { url: string }, source: Side, target: Side, more: object = {}) => ({
  projectPath: target.project.fullPath,
  url: server.url,
  sourcePath: source.project.fullPath,
  token: source.token,
  ...more,
})

type Count = { subject: string; created: number; updated: number; unchanged: number }
type Import = { state: string; step: string; counts: Count[]; left: string[]; leftCount: number; error: string | null }

const IMPORT = `query ($path: ID!) { project(fullPath: $path) {
  import { state step counts { subject created updated unchanged } left leftCount error } } }`

async function shown({ project, token }: Side): Promise<Import | null> {
  const { data } = await query<{ project: { import: Import | null } }, { path: string }>(
    app,
    IMPORT,
    { path: project.fullPath },
    { token },
  )
  return data.project.import
}

async function ended(target: Side): Promise<Import> {
  for (;;) {
    const found = await shown(target)
    if (found && ['FINISHED', 'FAILED'].includes(found.state)) return found
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

async function importFrom(server: { url: string }, source: Side, target: Side, more: object = {}): Promise<Import> {
  expect(await mutate(app, target.token, 'projectImport', importInput(server, source, target, more))).toEqual([])
  return ended(target)
}

const written = ({ counts }: Import) =>
  Object.fromEntries(
    counts.map(({ subject, created, updated, unchanged }) => [subject, [created, updated, unchanged].join(' ')]),
  )

/** Everything of a project that an import brings along, without what each server numbers for itself. */
async function contentsOf({ id: projectId }: Project) {
  const releases = await db.release.findMany({
    where: { projectId },
    orderBy: { createdAt: 'asc' },
    include: { links: { orderBy: { name: 'asc' } }, milestones: { include: { milestone: true } }, evidences: true },
  })
  const milestones = await db.milestone.findMany({ where: { projectId }, orderBy: { iid: 'asc' } })
  const issues = await db.issue.findMany({
    where: { projectId },
    orderBy: { iid: 'asc' },
    include: { milestone: true },
  })
  const files = await db.packageFile.findMany({ where: { package: { projectId } }, include: { package: true } })
  const protectedTags = await db.protectedTag.findMany({ where: { projectId }, include: { accessLevels: true } })
  return {
    releases: releases.map(({ tag, sha, name, description, releasedAt, links, milestones: of, evidences }) => ({
      ...{ tag, sha, name: name ?? tag, description, releasedAt, evidences: evidences.length },
      links: links.map((link) => [link.name, link.url.replace(/^.*projects\/\d+/, ''), link.filepath, link.linkType]),
      milestones: of.map(({ milestone }) => milestone.title),
    })),
    milestones: milestones.map(({ iid, title, dueDate, state, issuesCount, closedIssuesCount }) => {
      return { iid, title, dueDate, state, issuesCount, closedIssuesCount }
    }),
    issues: issues.map(({ iid, title, state, confidential, milestone }) => {
      return { iid, title, state, confidential, milestone: milestone?.title }
    }),
    files: files.map(({ fileName, sha256, package: { name, version } }) => ({ name, version, fileName, sha256 })),
    protectedTags: protectedTags.map(({ name, accessLevels }) => [name, accessLevels.map((one) => one.accessLevel)]),
  }
}

const refsOf = ({ id }: Project) => runGit(app.repositories.directory(id), ['for-each-ref'])

test('a project comes along from another Waybill, and a second import writes only what has changed', async () => {
  const server = await startAnotherServer(app)
  const source = await fullSource(server)
  const target = await side()
  await createRepository(app.repositories.directory(target.project.id), { commits: 0 })
  const worker = await work(app)

  const first = await importFrom(server, source, target)
  expect(first).toMatchObject({ state: 'FINISHED', step: 'done', left: [], error: null })
  expect(written(first)).toEqual({
    MILESTONE: '1 0 0',
    ISSUE: '2 0 0',
    PACKAGE_FILE: '1 0 0',
    RELEASE: '3 0 0',
    PROTECTED_TAG: '1 0 0',
  })
  expect(await contentsOf(target.project)).toEqual(await contentsOf(source.project))
  expect(await refsOf(target.project)).toEqual(await refsOf(source.project))
  const link = await db.assetLink.findFirstOrThrow({
    where: { release: { projectId: target.project.id }, name: 'app' },
  })
  expect(link.url).toBe(`${app.url}/api/v4/projects/${target.project.id}/packages/generic/app/1.0/bin/app.txt`)

  // People change something here, and something else changes at the source.
  const at = (project: Project, tag: string) => ({ projectId_tag: { projectId: project.id, tag } })
  await db.release.update({ where: at(target.project, 'v1'), data: { description: 'Better notes' } })
  await db.release.update({ where: at(source.project, 'v2'), data: { description: 'New notes' } })
  await db.milestone.updateMany({ where: { projectId: source.project.id }, data: { title: 'Early spring' } })
  const eventsOf = (own: Side) => db.auditEvent.count({ where: { projectId: own.project.id } })
  const before = await eventsOf(target)
  const second = await importFrom(server, source, target)
  expect(written(second)).toEqual({
    MILESTONE: '0 1 0',
    // Both name the milestone.
    ISSUE: '0 0 2',
    PACKAGE_FILE: '0 0 1',
    RELEASE: '0 1 2',
    PROTECTED_TAG: '0 0 1',
  })
  const { releases, milestones } = await contentsOf(target.project)
  expect(milestones).toMatchObject([{ iid: 7, title: 'Early spring' }])
  expect(releases.map(({ description }) => description)).toEqual(['Better notes', 'New notes', 'Notes of v3'])
  // The start, the milestone, and the notes and milestones of the release.
  expect((await eventsOf(target)) - before).toBe(4)
  expect(JSON.stringify([worker.logged(), app.logged()])).not.toContain(source.token)
  expect((await db.projectImport.findUniqueOrThrow({ where: { projectId: target.project.id } })).token).toBeNull()
})

/** A server in front of another, which answers otherwise when `instead` says so. */
async function startProxy(to: { url: string }, instead: (path: string, count: number) => number | 'cut' | null) {
  let count = 0
  const server = createServer((request, response) => {
    const path = request.url ?? ''
    count += 1
    const answer = instead(path, count)
    if (answer === 'cut')
      return void response.writeHead(200, { 'content-length': 1000 }).write('[', () => request.destroy())
    if (answer !== null) return void response.writeHead(answer, { 'retry-after': '1' }).end('{}')
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', async () => {
      const headers = Object.fromEntries(
        Object.entries(request.headers).filter(
          ([name]) => !['host', 'connection', 'content-length', 'transfer-encoding', 'accept-encoding'].includes(name),
        ),
      ) as Record<string, string>
      const method = request.method ?? 'GET'
      const found = await fetch(to.url + path, {
        method,
        headers,
        ...(method === 'GET' ? {} : { body: Buffer.concat(chunks) }),
      })
      response.writeHead(found.status, { 'content-type': found.headers.get('content-type') ?? '' })
      response.end(Buffer.from(await found.arrayBuffer()))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked: () => count }
}

async function emptyTarget(): Promise<Side> {
  const target = await side()
  await createRepository(app.repositories.directory(target.project.id), { commits: 0 })
  return target
}

test('an import goes on where the source broke off, and waits when the source asks it to', async () => {
  const source = await fullSource(app)
  const target = await emptyTarget()
  await work(app)
  let isBroken = true
  const proxy = await startProxy(app, (path) => (isBroken && path.includes('/releases?') ? 'cut' : null))
  const first = await importFrom(proxy, source, target)
  expect(first).toMatchObject({ state: 'FAILED', error: expect.stringContaining('breaks off: import again later') })
  expect(await db.milestone.count({ where: { projectId: target.project.id } })).toBe(1)
  expect(await db.release.count({ where: { projectId: target.project.id } })).toBe(0)

  isBroken = false
  const second = await importFrom(proxy, source, target)
  expect(second.state).toBe('FINISHED')
  expect(written(second)).toMatchObject({ MILESTONE: '0 0 1', ISSUE: '0 0 2', PACKAGE_FILE: '0 0 1', RELEASE: '3 0 0' })

  const limited = new Set<string>()
  const slow = await startProxy(app, (path) => {
    const isFirst = path.startsWith('/api/') && !limited.has(path)
    limited.add(path)
    return isFirst && path.includes('/milestones') ? 429 : null
  })
  const began = performance.now()
  expect((await importFrom(slow, source, await emptyTarget())).state).toBe('FINISHED')
  expect(performance.now() - began).toBeGreaterThan(1000)
})

test('a worker that is stopped in the middle leaves an import that the next worker completes', async () => {
  const source = await fullSource(app)
  const target = await emptyTarget()
  let reach = () => {}
  const reached = new Promise<void>((resolve) => {
    reach = resolve
  })
  let holds = true
  const proxy = await startProxy(app, (path) => {
    if (holds && path.includes('/releases?')) reach()
    return holds && path.includes('/releases?') ? 503 : null
  })
  const worker = await work(app)
  expect(await mutate(app, target.token, 'projectImport', importInput(proxy, source, target))).toEqual([])
  const again = await mutate(app, target.token, 'projectImport', importInput(proxy, source, target))
  expect(again).toEqual(['An import into the project is running'])
  await reached
  await worker.stop()
  expect(await shown(target)).toMatchObject({ state: 'RUNNING', error: null })
  holds = false
  await db.$executeRaw`UPDATE graphile_worker._private_jobs SET run_at = now()`
  await work(app)
  expect(await ended(target)).toMatchObject({ state: 'FINISHED', left: [] })
  expect(await contentsOf(target.project)).toEqual(await contentsOf(source.project))
})

test('an import without access fails, and neither names the token nor tells a hidden project from a missing one', async () => {
  const source = await fullSource(app)
  const target = await emptyTarget()
  const worker = await work(app)
  const stranger = await create.tokenFor(await create.createUser())
  const hidden = await importFrom(app, source, target, { token: stranger })
  const missing = await importFrom(app, source, target, { token: stranger, sourcePath: 'no/project' })
  expect(hidden).toMatchObject({
    state: 'FAILED',
    error: `${app.url} has no project '${source.project.fullPath}', or the token may not read it`,
  })
  expect(missing.error).toBe(hidden.error?.replace(source.project.fullPath, 'no/project'))
  const wrong = await importFrom(app, source, target, { token: 'wbt_not-a-token' })
  expect(wrong.error).toBe(`${app.url} does not accept the token`)
  expect(JSON.stringify([hidden, wrong, worker.logged(), app.logged()])).not.toMatch(/not-a-token|wbt_/)
})

test('an import asks no private address, by number or by name, nor follows a redirect to another server', async () => {
  const source = await fullSource(app)
  const target = await emptyTarget()
  // The tests allow 127.0.0.0/8 alone.
  await work(app)
  const { port } = new URL(app.url)
  for (const host of ['10.1.2.3', '[fd00::1]', '169.254.169.254', '0.0.0.0']) {
    const { error } = await importFrom({ url: `http://${host}:${port}` }, source, target)
    expect(error).toContain('is at a private address')
  }
  const server = createServer((_request, response) =>
    response.writeHead(302, { location: `http://localhost:${port}/` }).end(),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  expect((await importFrom({ url }, source, target, { kind: 'GITLAB' })).error).toContain(
    `leads to http://localhost:${port}`,
  )
})

test('what cannot come along is named, and comes along once it can', async () => {
  const source = await fullSource(app)
  const target = await emptyTarget()
  await work(app)
  await create.createRelease(source.project, { tag: 'v9', description: 'Its tag is gone.' })
  await create.createIssue(target.project, { iid: 12, title: 'Another' })
  const first = await importFrom(app, source, target)
  expect(first).toMatchObject({ state: 'FINISHED', leftCount: 2 })
  expect(first.left.toSorted()).toEqual([
    'The issue #12: the number 12 is taken by another issue of the project',
    'The release v9: its tag is not in the repository',
  ])
  await runGit(app.repositories.directory(source.project.id), ['update-ref', 'refs/tags/v9', 'main'])
  const second = await importFrom(app, source, target)
  expect(written(second)).toMatchObject({ RELEASE: '1 0 3' })
  expect(second.left).toHaveLength(1)
})

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished } from 'vitest'
import { role } from '../../../src/access/roles.ts'
import { db } from '../../../src/database/db.ts'
import type { Project, User } from '../../../src/generated/prisma/client.ts'
import type { TestApp } from '../../support/app.ts'
import { query } from '../../support/client.ts'
import * as create from '../../support/factories.ts'
import { createRepository } from '../../support/git.ts'
import { mutate } from '../../support/mutate.ts'

export type Side = { project: Project; token: string; user: User }

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
export async function fullSource(server: TestApp): Promise<Side> {
  const made = await side({ visibility: 'private' })
  const { project, token } = made
  const { tags } = await createRepository(server.repositories.directory(project.id), {
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

export const importInput = (server: { url: string }, source: Side, target: Side, more: object = {}) => ({
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

export async function shown(app: TestApp, { project, token }: Side): Promise<Import | null> {
  const { data } = await query<{ project: { import: Import | null } }, { path: string }>(
    app,
    IMPORT,
    { path: project.fullPath },
    { token },
  )
  return data.project.import
}

export async function ended(app: TestApp, target: Side): Promise<Import> {
  for (;;) {
    const found = await shown(app, target)
    if (found && ['FINISHED', 'FAILED'].includes(found.state)) return found
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

/** Imports into a project of `app` by the mutation and waits for the job. */
export async function importFrom(
  app: TestApp,
  server: { url: string },
  source: Side,
  target: Side,
  more: object = {},
): Promise<Import> {
  expect(await mutate(app, target.token, 'projectImport', importInput(server, source, target, more))).toEqual([])
  return ended(app, target)
}

export const written = ({ counts }: Import) =>
  Object.fromEntries(
    counts.map(({ subject, created, updated, unchanged }) => [subject, [created, updated, unchanged].join(' ')]),
  )

/** Everything of a project that an import brings along, without what each server numbers for itself. */
export async function contentsOf({ id: projectId }: Project) {
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

/** A status, an answer in JSON, one that breaks off, or null for the answer of the other server. */
type Answer = number | object | 'cut' | null

const otherName = ({ url }: { url: string }) => url.replace('127.0.0.1', 'localhost')

/** A server in front of another, which answers otherwise when `instead` says so. */
export async function startProxy(to: { url: string }, instead: (path: string) => Answer) {
  const server = createServer((request, response) => {
    const path = request.url ?? ''
    const answer = instead(path)
    if (answer === 'cut')
      return void response.writeHead(200, { 'content-length': 1000 }).write('[', () => request.destroy())
    if (typeof answer === 'object' && answer !== null) return void response.end(JSON.stringify(answer))
    if (answer !== null)
      return void response.writeHead(answer, { 'retry-after': '1', location: otherName(to) + path }).end('{}')
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
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

/** A project without commits. */
export async function emptyTarget(app: TestApp): Promise<Side> {
  const target = await side()
  await createRepository(app.repositories.directory(target.project.id), { commits: 0 })
  return target
}

// Permanent links to files that the project itself has uploaded.
import { describe, expect, test } from 'vitest'
import { db } from '../../../src/database/db.ts'
import { useApp } from '../../support/app.ts'
import * as create from '../../support/factories.ts'
import { createWorld, type ViewerName, type World } from '../../support/world.ts'
import { fileUrl, put } from '../packages/package-client.ts'
import { rest } from '../rest/client.ts'
import { BROWSER, type WebOptions, web } from './web-client.ts'

const app = useApp()
const CONTENT = '0123456789'
const VERSION = '7.8.9'
const TAG = 'v7.8.9-secret'
const FILE = { name: 'tool', version: VERSION, file: `tool-${VERSION}.tar.gz` }

type Linked = World & { url: string }

/** A private project whose release links to a package of the project. */
async function linkedWorld(url?: (world: World) => string | Promise<string>): Promise<Linked> {
  const world = await createWorld(app, { project: { visibility: 'private' }, tag: TAG })
  await put(app, world, CONTENT, FILE)
  const target = (await url?.(world)) ?? fileUrl(app, world, FILE)
  await create.createLink(world.release, { name: 'tool', url: target, filepath: '/get/tool' })
  return { ...world, url: target }
}

const byNumber = ({ release }: World) => `releases/id/${release.id}/downloads/get/tool`

const follow = (
  world: World,
  viewer: ViewerName,
  { path = byNumber(world), ...options }: WebOptions & { path?: string } = {},
) => web(app, world, path, { token: world.tokens[viewer], ...options })

const fileOf = ({ project }: World) =>
  db.packageFile.findFirstOrThrow({ where: { package: { projectId: project.id } } })

const numbered = async (world: World) =>
  `${app.url}/${world.project.fullPath}/-/package_files/${(await fileOf(world)).id}/download`

describe('a permanent link to a file of a package of the project itself', () => {
  test.each<[string, ((world: World) => string | Promise<string>) | undefined]>([
    ['by its names', undefined],
    [
      'by its names and the path of the project',
      (world) =>
        fileUrl(app, world, FILE).replace(`/${world.project.id}/`, `/${encodeURIComponent(world.project.fullPath)}/`),
    ],
    ['by its number', numbered],
  ])('a permanent link %s answers with the file itself, for everybody who may read the release', async (_name, url) => {
    const world = await linkedWorld(url)
    for (const viewer of ['guest', 'planner', 'reporter', 'owner'] as const) {
      for (const headers of [{}, BROWSER]) {
        const answer = await follow(world, viewer, { headers })
        expect([viewer, answer.status, await answer.text()]).toEqual([viewer, 200, CONTENT])
      }
    }
    for (const viewer of ['anonymous', 'stranger'] as const) expect((await follow(world, viewer)).status).toBe(404)
  })

  test('a permanent link shows a Guest no tag and no version in any part of its answer', async () => {
    const world = await linkedWorld()
    const etag = (await follow(world, 'guest')).headers.get('etag') ?? ''
    const answers = await Promise.all([
      follow(world, 'guest'),
      follow(world, 'guest', { method: 'HEAD' }),
      follow(world, 'guest', { headers: { range: 'bytes=0-3' } }),
      follow(world, 'guest', { headers: { range: 'bytes=99-' } }),
      follow(world, 'guest', { headers: { 'if-none-match': etag } }),
      follow(world, 'guest', { path: 'releases/permalink/latest/downloads/get/tool' }),
    ])
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 206, 416, 304, 302])
    for (const answer of answers) {
      const told = JSON.stringify([[...answer.headers], await answer.text()])
      expect(told).not.toContain(VERSION)
      expect(told).not.toContain(TAG)
    }
    expect(answers[0]?.headers.get('content-disposition')).toBe('attachment; filename="tool"')
    expect(answers[0]?.headers.get('content-type')).toBe('application/octet-stream')
  })

  test('a permanent link answers HEAD, ranges and a client that has it, as the file does', async () => {
    const world = await linkedWorld()
    const head = await follow(world, 'guest', { method: 'HEAD' })
    expect([head.headers.get('content-length'), await head.text()]).toEqual(['10', ''])
    const part = await follow(world, 'guest', { headers: { range: 'bytes=2-4' } })
    expect([part.headers.get('content-range'), await part.text()]).toEqual(['bytes 2-4/10', '234'])
    const since = head.headers.get('last-modified') ?? ''
    expect((await follow(world, 'guest', { headers: { 'if-modified-since': since } })).status).toBe(304)
  })

  test('a permanent link under REST and by the tag answers with the file as well, for viewers who may know the tag', async () => {
    const world = await linkedWorld()
    const path = `/projects/${world.project.id}/releases/${TAG}/downloads/get/tool`
    const answer = await rest(app, 'GET', path, { token: world.tokens.reporter })
    expect([answer.status, answer.headers.get('content-length')]).toEqual([200, '10'])
    expect(answer.text).toContain(CONTENT)
    const head = await rest(app, 'HEAD', path, { token: world.tokens.reporter })
    expect([head.status, head.headers.get('content-length')]).toEqual([200, '10'])
    expect((await rest(app, 'GET', path, { token: world.tokens.guest })).status).toBe(403)
    const byTag = `releases/${TAG}/downloads/get/tool`
    expect((await follow(world, 'reporter', { path: byTag })).status).toBe(200)
    expect((await follow(world, 'guest', { path: byTag })).status).toBe(404)
  })

  test('a permanent link of an upcoming release answers with the file, too, because that release is shown', async () => {
    const world = await linkedWorld()
    await db.release.update({ where: { id: world.release.id }, data: { releasedAt: new Date('2100-01-01') } })
    expect((await follow(world, 'guest')).status).toBe(200)
  })

  test('a permanent link answers with what replaced the file, and with nothing when the file or the package is gone', async () => {
    const world = await linkedWorld()
    await put(app, world, 'other', FILE)
    expect(await (await follow(world, 'guest')).text()).toBe('other')
    await db.package.deleteMany({ where: { projectId: world.project.id } })
    const gone = await follow(world, 'guest')
    expect([gone.status, gone.headers.get('location')]).toEqual([404, null])
  })

  test('a permanent link is hidden when the releases are hidden', async () => {
    const world = await linkedWorld()
    await db.project.update({ where: { id: world.project.id }, data: { releasesLevel: 'disabled' } })
    for (const viewer of ['guest', 'owner'] as const) expect((await follow(world, viewer)).status).toBe(404)
  })
})

describe('a permanent link that stays a redirect', () => {
  const elsewhere: [string, (world: World) => string | Promise<string>][] = [
    ['to another host', (world) => fileUrl(app, world, FILE).replace('127.0.0.1', 'localhost')],
    ['to another port', (world) => fileUrl(app, world, FILE).replace(/:\d+/, ':1')],
    ['to another scheme', (world) => fileUrl(app, world, FILE).replace('http:', 'https:')],
    ['with a user in its URL', (world) => fileUrl(app, world, FILE).replace('http://', 'http://user@')],
    [
      'where the host only begins like ours',
      (world) => fileUrl(app, world, FILE).replace('http://127', 'http://127.0.0.1@evil.example.com/127'),
    ],
    [
      'to a package of another project',
      async (world) => {
        const other = await createWorld(app, { project: { visibility: 'private' } })
        await put(app, other, 'secret', FILE)
        return fileUrl(app, { ...world, project: other.project }, FILE)
      },
    ],
    [
      'to a path that the project never had',
      (world) => fileUrl(app, world, FILE).replace(/projects\/[^/]+/, `projects/${encodeURIComponent('never/had')}`),
    ],
    ['to the list of packages', (world) => `${app.url}/api/v4/projects/${world.project.id}/packages`],
    ['to a page of the project', (world) => `${app.url}/${world.project.fullPath}/-/package_files/x/download`],
    ['to nothing that can be decoded', (world) => `${fileUrl(app, world, FILE)}%ff`],
  ]
  test.each(elsewhere)('a permanent link %s stays a redirect', async (_name, url) => {
    const world = await linkedWorld(url)
    const answer = await follow(world, 'guest')
    expect([answer.status, answer.headers.get('location')]).toEqual([302, world.url])
  })

  test('a permanent link by a number of another project finds nothing of that project', async () => {
    const other = await createWorld(app, { project: { visibility: 'private' } })
    await put(app, other, 'secret', FILE)
    const { id } = await fileOf(other)
    const world = await linkedWorld(({ project }) => `${app.url}/${project.fullPath}/-/package_files/${id}/download`)
    const answer = await follow(world, 'guest')
    expect([answer.status, (await answer.text()).includes('secret')]).toEqual([404, false])
  })

  test('a permanent link opens no other file of the package, nor the package itself', async () => {
    const world = await linkedWorld()
    await put(app, world, 'secret', { ...FILE, file: 'other.bin' })
    const release = `releases/id/${world.release.id}/downloads`
    for (const path of [
      `${release}/get/other.bin`,
      `${release}/get/tool/other.bin`,
      `${release}/get/tool%2F..%2Fother.bin`,
    ]) {
      expect([400, 404]).toContain((await follow(world, 'guest', { path })).status)
    }
    expect((await fetch(world.url, { headers: { 'private-token': world.tokens.guest ?? '' } })).status).toBe(403)
    expect(
      (await fetch(await numbered(world), { headers: { 'private-token': world.tokens.guest ?? '' } })).status,
    ).toBe(404)
  })
})

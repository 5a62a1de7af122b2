import { createHash } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { db } from '../../../src/database/db.ts'
import { useApp } from '../../support/app.ts'
import { createWorld, type ViewerName, viewers, type World } from '../../support/world.ts'
import { rest } from '../rest/client.ts'
import { as, fileUrl, get, put } from './package-client.ts'

const app = useApp()
const CONTENT = '0123456789'
const ETAG = `"${createHash('sha256').update(CONTENT).digest('hex')}"`

let world: World
beforeAll(async () => {
  world = await createWorld(app, { project: { visibility: 'private' } })
  await put(app, world, CONTENT)
})

const part = async (headers: Record<string, string>) => {
  const answer = await get(app, world, { headers })
  return [answer.status, answer.headers.get('content-range'), await answer.text()]
}

describe('a download', () => {
  test('a download is a file to be saved, whatever was uploaded', async () => {
    const { status, headers } = await get(app, world)
    expect(status).toBe(200)
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-length': '10',
      'content-disposition': 'attachment; filename="app.bin"',
      'x-content-type-options': 'nosniff',
      'cache-control': 'private, no-cache',
      'accept-ranges': 'bytes',
      etag: ETAG,
    })
  })

  test.each([
    ['bytes=0-3', 'bytes 0-3/10', '0123'],
    ['bytes=7-', 'bytes 7-9/10', '789'],
    ['bytes=-2', 'bytes 8-9/10', '89'],
    ['bytes=8-1000', 'bytes 8-9/10', '89'],
    ['bytes=-1000', 'bytes 0-9/10', CONTENT],
  ])('a download of %s is that part', async (range, contentRange, text) => {
    expect(await part({ range })).toEqual([206, contentRange, text])
  })

  test.each(['bytes=10-', 'bytes=1000-2000', 'bytes=-0'])(
    'a download of %s, which the file does not have, answers 416',
    async (range) => {
      expect((await part({ range })).slice(0, 2)).toEqual([416, 'bytes */10'])
    },
  )

  test.each(['bytes=0-1,3-4', 'bytes=5-1', 'lines=1-2', 'bytes=-'])(
    'a download of %s is the whole file',
    async (range) => {
      expect(await part({ range })).toEqual([200, null, CONTENT])
    },
  )

  test('a download says when the file was uploaded, and is not sent again to a client that has it since', async () => {
    const lastModified = (await get(app, world)).headers.get('last-modified') ?? ''
    expect(Math.abs(Date.parse(lastModified) - Date.now())).toBeLessThan(10 * 60_000)
    const since = async (headers: Record<string, string>) => (await get(app, world, { headers })).status
    expect(await since({ 'if-modified-since': lastModified })).toBe(304)
    expect(await since({ 'if-modified-since': new Date(Date.parse(lastModified) - 1000).toUTCString() })).toBe(200)
    expect(await since({ 'if-modified-since': 'yesterday' })).toBe(200)
    // The entity tag decides when there is one.
    expect(await since({ 'if-modified-since': lastModified, 'if-none-match': '"other"' })).toBe(200)
    expect(await since({ 'if-modified-since': 'Thu, 01 Jan 1970 00:00:00 GMT', 'if-none-match': ETAG })).toBe(304)
  })

  test('a download goes on only when the content is the same', async () => {
    expect(await part({ range: 'bytes=8-', 'if-range': ETAG })).toEqual([206, 'bytes 8-9/10', '89'])
    expect(await part({ range: 'bytes=8-', 'if-range': '"other"' })).toEqual([200, null, CONTENT])
  })

  test('a download is not repeated for a client that has it', async () => {
    expect(await part({ 'if-none-match': ETAG })).toEqual([304, null, ''])
  })

  test('a download is announced to HEAD', async () => {
    const answer = await fetch(fileUrl(app, world), { method: 'HEAD', headers: as(world, 'reporter') })
    expect([answer.status, answer.headers.get('content-length'), await answer.text()]).toEqual([200, '10', ''])
  })
})

describe('the right to read packages', () => {
  const statuses = async (of: World) =>
    Promise.all(
      viewers.map(async (viewer: ViewerName) => {
        const list = await rest(app, 'GET', `/projects/${of.project.id}/packages`, { token: of.tokens[viewer] })
        const { status } = await get(app, of, { viewer })
        // A list that is hidden is hidden for every package.
        expect(list.status).toBe(status)
        return status
      }),
    )

  test('packages of a private project need the role Reporter, because versions reveal tags', async () => {
    expect(await statuses(world)).toEqual([401, 404, 403, 403, 200, 200, 200, 200])
  })

  test('packages of a public project whose code is for members need a membership', async () => {
    const of = await createWorld(app, { project: { visibility: 'public', repositoryLevel: 'private' } })
    await put(app, of, 'x')
    expect(await statuses(of)).toEqual([401, 403, 200, 200, 200, 200, 200, 200])
  })
})

describe('packages', () => {
  test('packages are listed with their files, page by page, and hidden packages when they are asked for', async () => {
    const of = await createWorld(app)
    for (const version of ['1.0.0', '1.1.0', '2.0.0']) await put(app, of, version, { version })
    await put(app, of, 'x', { name: 'secret', query: '?status=hidden' })
    await put(app, of, 'more', { version: '2.0.0', file: 'more.txt' })
    const list = (query = '') => rest(app, 'GET', `/projects/${of.project.id}/packages${query}`)
    const versions = async (query?: string) =>
      (await list(query)).body.map(({ version }: { version: string }) => version)
    expect(await versions()).toEqual(['1.0.0', '1.1.0', '2.0.0'])
    expect(await versions('?order_by=version&sort=desc&per_page=2')).toEqual(['2.0.0', '1.1.0'])
    expect(await versions('?package_name=AP&package_version=1.1.0')).toEqual(['1.1.0'])
    expect(await versions('?package_type=npm')).toEqual([])
    expect((await list('?status=hidden')).body).toMatchObject([{ name: 'secret', status: 'hidden' }])
    const [, , last] = (await list()).body
    expect((await rest(app, 'GET', `/projects/${of.project.id}/packages/${last.id}`)).body).toEqual(last)
    const files = await rest(app, 'GET', `/projects/${of.project.id}/packages/${last.id}/package_files`)
    expect(files.body).toMatchObject([{ file_name: 'app.bin', size: 5 }, { file_name: 'more.txt' }])
    expect(files.headers.get('x-total')).toBe('2')
  })

  test('packages and files are deleted by a Maintainer, the row first', async () => {
    const of = await createWorld(app)
    await put(app, of, 'x')
    await put(app, of, 'y', { file: 'other' })
    const { id, files } = await db.package.findFirstOrThrow({
      where: { projectId: of.project.id },
      include: { files: { orderBy: { id: 'asc' } } },
    })
    const path = `/projects/${of.project.id}/packages/${id}`
    const file = `${path}/package_files/${files[0]?.id}`
    expect((await rest(app, 'DELETE', file, { token: of.tokens.developer })).status).toBe(403)
    expect((await rest(app, 'DELETE', file, { token: of.tokens.maintainer })).status).toBe(204)
    expect((await rest(app, 'DELETE', file, { token: of.tokens.maintainer })).status).toBe(404)
    expect((await get(app, of)).status).toBe(404)
    expect((await rest(app, 'DELETE', path, { token: of.tokens.developer })).status).toBe(403)
    expect((await rest(app, 'DELETE', path, { token: of.tokens.maintainer })).status).toBe(204)
    expect(await db.package.count({ where: { id } })).toBe(0)
    const keys = await db.$queryRaw<{ key: string }[]>`
      SELECT payload ->> 'key' AS key FROM graphile_worker._private_jobs ORDER BY id`
    expect(keys.map(({ key }) => key)).toEqual(expect.arrayContaining(files.map(({ storageKey }) => storageKey)))
    const events = await db.auditEvent.findMany({ where: { projectId: of.project.id }, orderBy: { id: 'asc' } })
    expect(events.slice(2).map(({ message }) => message)).toEqual([
      'Deleted file app.bin of package app 1.0.0',
      'Deleted package app 1.0.0',
    ])
  })

  test('packages of another project are not found', async () => {
    const of = await createWorld(app)
    const { id } = await db.package.findFirstOrThrow({ where: { projectId: world.project.id } })
    const path = `/projects/${of.project.id}/packages/${id}`
    for (const method of ['GET', 'DELETE']) {
      expect((await rest(app, method, path, { token: of.tokens.owner })).status).toBe(404)
    }
    expect(await db.package.count({ where: { id } })).toBe(1)
  })

  test('packages give no file of another project, and lose no file to it', async () => {
    const [of, other] = [await createWorld(app), await createWorld(app)]
    const ids = async ({ project }: World) => {
      const { id, files } = await db.package.findFirstOrThrow({
        where: { projectId: project.id },
        include: { files: true },
      })
      return { packageId: id, fileId: files[0]?.id ?? 0 }
    }
    for (const world of [of, other]) await put(app, world, 'x')
    const [own, foreign] = [await ids(of), await ids(other)]
    const token = of.tokens.owner ?? ''
    const statusOf = async (fileId: number) =>
      (
        await fetch(`${app.url}/${of.project.fullPath}/-/package_files/${fileId}/download`, {
          headers: { 'private-token': token },
        })
      ).status
    expect([await statusOf(own.fileId), await statusOf(foreign.fileId)]).toEqual([200, 404])
    for (const { packageId, fileId } of [foreign, { ...own, fileId: foreign.fileId }]) {
      const path = `/projects/${of.project.id}/packages/${packageId}/package_files/${fileId}`
      expect((await rest(app, 'DELETE', path, { token })).status).toBe(404)
    }
    expect((await get(app, other)).status).toBe(200)
  })
})

import { createHash, randomBytes } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { request } from 'node:http'
import path from 'node:path'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { db } from '../../../src/database/db.ts'
import { enqueue } from '../../../src/database/job-queue.ts'
import { work } from '../../jobs/job-world.ts'
import { useApp } from '../../support/app.ts'
import { mutate } from '../../support/mutate.ts'
import { createWorld, type ViewerName, type World } from '../../support/world.ts'
import { as, fileUrl, get, put } from './package-client.ts'

const app = useApp()

let world: World
beforeEach(async () => {
  world = await createWorld(app, { project: { visibility: 'private' } })
})

const sha256 = (content: string | Uint8Array, encoding: 'hex' | 'base64' = 'hex') =>
  createHash('sha256').update(content).digest(encoding)

const filesIn = (folder: string) => readdir(path.join(app.packagesDir, folder)).catch(() => [])
const stored = () => filesIn(String(world.project.id))
const rows = () => db.packageFile.findMany({ where: { package: { projectId: world.project.id } } })

describe('an upload of a package file', () => {
  test('an upload is answered as GitLab answers, and downloaded as it was', async () => {
    const content = randomBytes(3 * 1024 ** 2)
    const answer = await put(app, world, content)
    expect([answer.status, await answer.json()]).toEqual([201, { message: '201 Created' }])
    const download = await get(app, world)
    expect(Buffer.from(await download.arrayBuffer()).equals(content)).toBe(true)
    expect(await db.package.findMany({ where: { projectId: world.project.id } })).toMatchObject([
      { name: 'app', version: '1.0.0', hidden: false, creatorId: world.users.developer.id },
    ])
  })

  test('an upload with select=package_file is answered with the file and its address', async () => {
    const answer = await put(app, world, 'hello', { query: '?select=package_file' })
    const file = (await answer.json()) as { id: number; file: { url: string } }
    const url = `${app.url}/${world.project.fullPath}/-/package_files/${file.id}/download`
    expect(file).toMatchObject({ file_name: 'app.bin', size: 5, file_sha256: sha256('hello'), file: { url } })
    expect(await (await fetch(url, { headers: as(world, 'reporter') })).text()).toBe('hello')
    expect((await fetch(url, { headers: as(world, 'guest') })).status).toBe(404)
  })

  test('an upload in a form is the file of the form, with the parameters around it', async () => {
    const form = new FormData()
    form.append('status', 'hidden')
    form.append('file', new Blob(['in a form']), 'whatever.bin')
    form.append('select', 'package_file')
    const answer = await put(app, world, form)
    expect([answer.status, await answer.json()]).toEqual([201, expect.objectContaining({ file_name: 'app.bin' })])
    expect(await (await get(app, world)).text()).toBe('in a form')
    expect(await db.package.findFirst({ where: { projectId: world.project.id } })).toMatchObject({ hidden: true })
    expect((await put(app, world, new FormData())).status).toBe(400)
    form.append('status', 'invisible')
    expect((await put(app, world, form, { version: '2' })).status).toBe(400)
    expect(await db.package.count({ where: { version: '2' } })).toBe(0)
  })

  const head = '--b\r\ncontent-disposition: form-data; name="file"; filename="x"\r\n\r\n'
  const cut = {
    'in its file': `${head}abc`,
    'after it': `${head}abc\r\n--b\r\ncontent-disposition: form-data; name="se`,
  }

  const noBoundaries = ['', ` boundary=${'b'.repeat(10_000)}`]
  test.each(noBoundaries)('an upload in a form without a possible boundary is refused', async (parameters) => {
    const answer = await put(app, world, 'x', { headers: { 'content-type': `multipart/form-data;${parameters}` } })
    expect([answer.status, await answer.json()]).toEqual([400, { error: 'The body is no valid multipart/form-data' }])
  })

  test.each(Object.entries(cut))('an upload in a form that ends %s is refused', async (_where, body) => {
    const answer = await put(app, world, body, { headers: { 'content-type': 'multipart/form-data; boundary=b' } })
    const message = 'The body is no valid multipart/form-data'
    expect([answer.status, await answer.json()]).toEqual([400, { error: message }])
    expect(await db.package.count({ where: { projectId: world.project.id } })).toBe(0)
  })

  test('an upload of nothing is an empty file', async () => {
    expect((await put(app, world, null)).status).toBe(201)
    expect(await (await get(app, world)).text()).toBe('')
  })

  test('an upload is recorded', async () => {
    await put(app, world, 'x')
    const events = await db.auditEvent.findMany({ where: { projectId: world.project.id } })
    expect(events.map(({ message }) => message)).toEqual(['Uploaded file app.bin of package app 1.0.0'])
  })

  test('an upload that breaks off leaves nothing, not even on the disk', async () => {
    const headers = { ...as(world, 'developer'), 'content-length': '1000000' }
    const sent = request(fileUrl(app, world), { method: 'PUT', headers })
    sent.on('error', () => {})
    sent.write(Buffer.alloc(100_000))
    await vi.waitFor(async () => expect(await filesIn('incoming')).toHaveLength(1))
    expect((await get(app, world)).status).toBe(404)
    sent.destroy()
    await vi.waitFor(async () => expect(await filesIn('incoming')).toEqual([]))
    expect([await stored(), await rows()]).toEqual([[], []])
  })

  test.each<[ViewerName, number]>([
    ['anonymous', 401],
    ['stranger', 404],
    ['guest', 403],
    ['reporter', 403],
    ['maintainer', 201],
  ])('an upload by %s is answered with %d', async (viewer, status) => {
    expect((await put(app, world, 'x', { viewer })).status).toBe(status)
  })

  test('an upload to a public project needs the role Developer', async () => {
    await db.project.update({ where: { id: world.project.id }, data: { visibility: 'public' } })
    expect((await put(app, world, 'x', { viewer: 'anonymous' })).status).toBe(401)
    expect((await put(app, world, 'x', { viewer: 'stranger' })).status).toBe(403)
  })

  test.each([
    [{ name: 'a%2Fb' }, 'package_name'],
    [{ name: 'a b' }, 'package_name'],
    [{ version: '1...0' }, 'package_version'],
    [{ version: 'v'.repeat(256) }, 'package_version'],
    [{ file: '%2e%2e%2fx' }, ''],
    [{ file: 'a%22b' }, 'file_name'],
    [{ file: '~x' }, 'file_name'],
    [{ query: '?select=other' }, 'select'],
    [{ query: '?status=other' }, 'status'],
  ])('an upload to %o is refused with the name of what is wrong', async (sent, name) => {
    const answer = await put(app, world, 'x', sent)
    expect(answer.status).toBe(400)
    expect(JSON.stringify(await answer.json())).toContain(name)
    expect(await rows()).toEqual([])
  })
})

describe('a digest', () => {
  const base64 = (content: string) => sha256(content, 'base64')

  test.each<[string, (content: string) => string]>([
    ['content-digest', (content) => `sha-512=:AAAA:, sha-256=:${base64(content)}:`],
    ['repr-digest', (content) => `sha-256=:${base64(content)}:`],
    ['digest', (content) => `SHA-256=${base64(content)}`],
    ['x-checksum-sha256', (content) => sha256(content).toUpperCase()],
  ])('a digest in %s is verified', async (name, digest) => {
    expect((await put(app, world, 'true', { headers: { [name]: digest('true') } })).status).toBe(201)
    const wrong = await put(app, world, 'false', { headers: { [name]: digest('true') } })
    expect(wrong.status).toBe(400)
    expect(await wrong.text()).toContain(sha256('false'))
    expect(await (await get(app, world)).text()).toBe('true')
    expect(await stored()).toHaveLength(1)
    expect((await put(app, world, 'x', { headers: { [name]: 'sha-256=:abcd:' } })).status).toBe(400)
  })
})

describe('a file of the same name', () => {
  test('a file of the same name replaces the earlier file, whose bytes are removed by a job', async () => {
    await put(app, world, 'first')
    await put(app, world, 'second')
    expect(await (await get(app, world)).text()).toBe('second')
    expect(await rows()).toHaveLength(1)
    expect(await stored()).toHaveLength(2)
    // As if the minute had passed in which the old file may still be read.
    await db.$executeRaw`UPDATE graphile_worker._private_jobs SET run_at = now()`
    await work(app)
    await vi.waitFor(async () => expect(await stored()).toHaveLength(1), 5000)
    expect(await (await get(app, world)).text()).toBe('second')
  })

  test('a file of the same name is not removed by a job that was left over from its upload', async () => {
    await put(app, world, 'kept')
    const [key] = await stored()
    await enqueue(db, 'remove-stored-file', { key: `${world.project.id}/${key}` }, { key: 'left over' })
    const { results } = await work(app)
    await expect.poll(() => results).toEqual(['remove-stored-file done'])
    expect(await (await get(app, world)).text()).toBe('kept')
  })

  test('a file of the same name is refused when the project says so', async () => {
    const setting = { projectPath: world.project.fullPath, packageDuplicatesAllowed: false }
    expect(await mutate(app, world.tokens.maintainer, 'projectUpdate', setting)).toEqual([])
    expect((await put(app, world, 'first')).status).toBe(201)
    const answer = await put(app, world, 'second')
    expect([answer.status, await answer.json()]).toEqual([400, { message: 'Duplicate package is not allowed' }])
    expect(await (await get(app, world)).text()).toBe('first')
    expect((await put(app, world, 'x', { file: 'other' })).status).toBe(201)
  })

  test.each([true, false])(
    'one of many files of the same name uploaded at the same time is kept (replacing: %s)',
    async (allowed) => {
      const data = { packageDuplicatesAllowed: allowed }
      await db.project.update({ where: { id: world.project.id }, data })
      const contents = ['a', 'b', 'c', 'd', 'e'].map((letter) => letter.repeat(1000))
      const statuses = await Promise.all(contents.map(async (content) => (await put(app, world, content)).status))
      expect(statuses.filter((status) => status === 201)).toHaveLength(allowed ? 5 : 1)
      expect(contents).toContain(await (await get(app, world)).text())
      expect(await rows()).toHaveLength(1)
    },
  )
})

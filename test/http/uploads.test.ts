import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { request } from 'node:http'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { db } from '../../src/database/db.ts'
import { removeStoredFileTask } from '../../src/jobs/tasks/remove-stored-file.ts'
import { useApp } from '../support/app.ts'
import * as create from '../support/factories.ts'
import { createWorld, type ViewerName, viewers, type World } from '../support/world.ts'
import { jobToken } from './pipelines/credentials.ts'
import { rest } from './rest/client.ts'

const MAX_BYTES = 100_000
const app = useApp({ uploadMaxBytes: MAX_BYTES })

type Sent = { name?: string; content?: string; viewer?: ViewerName; field?: string; headers?: Record<string, string> }

async function upload(world: World, sent: Sent = {}) {
  const { name = 'winch.png', content = 'pixels', viewer = 'developer', field = 'file', headers = {} } = sent
  const form = new FormData()
  form.append(field, new Blob([content]), name)
  return rest(app, 'POST', `/projects/${world.project.id}/uploads`, {
    token: world.tokens[viewer],
    body: form,
    headers,
  })
}

type Uploaded = { id: number; alt: string; url: string; full_path: string; markdown: string }

async function uploaded(world: World, sent: Sent = {}): Promise<Uploaded> {
  const { status, body } = await upload(world, sent)
  expect(status).toBe(201)
  return body
}

const get = (world: World, where: string, viewer: ViewerName = 'guest', headers: Record<string, string> = {}) => {
  const token = world.tokens[viewer]
  return fetch(app.url + where, { headers: { ...(token ? { 'private-token': token } : {}), ...headers } })
}

const filesOf = ({ project }: World) =>
  readdir(path.join(app.packagesDir, 'uploads', String(project.id))).catch(() => [])

const privateWorld = () => createWorld(app, { project: { visibility: 'private' } })

describe('an upload', () => {
  test('an upload is answered with what notes need, and is found at all its addresses', async () => {
    const world = await privateWorld()
    const made = await uploaded(world)
    const secret = made.url.split('/')[2] ?? ''
    expect(secret).toMatch(/^[0-9a-f]{32}$/)
    expect(made).toEqual({
      id: expect.any(Number),
      alt: 'winch',
      url: `/uploads/${secret}/winch.png`,
      full_path: `/-/project/${world.project.id}/uploads/${secret}/winch.png`,
      markdown: `![winch](/uploads/${secret}/winch.png)`,
    })
    const api = `/api/v4/projects/${world.project.id}`
    for (const where of [made.full_path, `/${world.project.fullPath}${made.url}`, api + made.url]) {
      const answer = await get(world, where)
      expect([where, answer.status, await answer.text()]).toEqual([where, 200, 'pixels'])
    }
    expect(await (await get(world, `${api}/uploads/${made.id}`, 'maintainer')).text()).toBe('pixels')
    expect(await db.auditEvent.count({ where: { eventType: 'upload_created', targetId: made.id } })).toBe(1)
  })

  test.each([
    ['notes.pdf', 'notes.pdf', '[notes.pdf](URL)'],
    ['a b(c)[d].txt', 'a_b_c__d_.txt', '[a_b_c__d_.txt](URL)'],
    ['film.MP4', 'film.MP4', '![film](URL)'],
    ['logo.svg', 'logo.svg', '![logo](URL)'],
    ['../../etc/passwd', 'passwd', '[passwd](URL)'],
    ['..', 'file', '[file](URL)'],
    [`${'x'.repeat(300)}.tar`, `${'x'.repeat(251)}.tar`, `[${'x'.repeat(251)}.tar](URL)`],
    // Quotation marks and line ends as forms write them.
    ['a"b\r\nx: y.txt', 'a_22b_0D_0Ax__y.txt', '[a_22b_0D_0Ax__y.txt](URL)'],
  ])('an upload called %j is kept as %j', async (sent, kept, markdown) => {
    const world = await createWorld(app)
    const made = await uploaded(world, { name: sent })
    expect(made.url.split('/').at(-1)).toBe(kept)
    expect(made.markdown.replace(made.url, 'URL')).toBe(markdown)
    expect((await get(world, made.full_path)).status).toBe(200)
  })

  test('an upload keeps letters of all scripts, encoded in its addresses', async () => {
    const world = await createWorld(app)
    const made = await uploaded(world, { name: 'Größe-日本.txt' })
    expect([made.alt, made.url.split('/').at(-1)]).toEqual(['Größe-日本.txt', encodeURIComponent('Größe-日本.txt')])
    const answer = await get(world, made.full_path)
    expect(answer.headers.get('content-disposition')).toBe(
      `attachment; filename="Gr__e-__.txt"; filename*=UTF-8''${encodeURIComponent('Größe-日本.txt')}`,
    )
  })

  test('an upload answers HEAD, ranges and a client that has it', async () => {
    const world = await createWorld(app)
    const { full_path } = await uploaded(world, { content: '0123456789' })
    const etag = `"${createHash('sha256').update('0123456789').digest('hex')}"`
    const head = await fetch(app.url + full_path, { method: 'HEAD' })
    expect([head.status, head.headers.get('content-length'), head.headers.get('etag')]).toEqual([200, '10', etag])
    const part = await get(world, full_path, 'anonymous', { range: 'bytes=2-4' })
    expect([part.status, await part.text()]).toEqual([206, '234'])
    expect((await get(world, full_path, 'anonymous', { 'if-none-match': etag })).status).toBe(304)
    const since = head.headers.get('last-modified') ?? ''
    expect((await get(world, full_path, 'anonymous', { 'if-modified-since': since })).status).toBe(304)
  })

  test.each([
    ['winch.png', 'image/png', 'inline'],
    ['film.webm', 'video/webm', 'inline'],
    ['song.mp3', 'audio/mpeg', 'inline'],
    ['logo.svg', 'image/svg+xml', 'attachment'],
    ['page.html', 'application/octet-stream', 'attachment'],
    ['page.xhtml', 'application/octet-stream', 'attachment'],
    ['notes.pdf', 'application/octet-stream', 'attachment'],
    ['script.js', 'application/octet-stream', 'attachment'],
    ['png', 'application/octet-stream', 'attachment'],
  ])('an upload %s is sent as %s, %s, and nothing in it runs', async (name, type, disposition) => {
    const world = await createWorld(app)
    const { full_path } = await uploaded(world, { name, content: '<script>alert(1)</script>' })
    const { headers } = await get(world, full_path)
    expect(headers.get('content-type')).toBe(type)
    expect(headers.get('content-disposition')).toMatch(new RegExp(`^${disposition};`))
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'none';.*; sandbox$/)
    expect(headers.get('cache-control')).toBe('private, no-cache')
  })
})

describe('an upload is refused', () => {
  test('an upload that is too large is refused before it comes or while it comes, and leaves nothing', async () => {
    const world = await createWorld(app)
    const large = await upload(world, { content: 'x'.repeat(MAX_BYTES + 1) })
    expect([large.status, large.body.message]).toEqual([413, `An upload may have at most ${MAX_BYTES} bytes`])
    expect((await upload(world, { content: 'x'.repeat(MAX_BYTES) })).status).toBe(201)
    expect((await upload(world, { content: 'x'.repeat(3 * MAX_BYTES) })).status).toBe(413)
    expect(await filesOf(world)).toHaveLength(1)
    expect(await db.upload.count({ where: { projectId: world.project.id } })).toBe(1)
  })

  test('an upload is refused when the project has 10,000, before its file is received', async () => {
    const world = await createWorld(app)
    const row = { projectId: world.project.id, fileName: 'a', size: 1, sha256: 'x'.repeat(64) }
    const rows = Array.from({ length: 9_999 }, (_, at) => ({
      ...row,
      secret: `${at}`.padStart(32, '0'),
      storageKey: `a/${world.project.id}/${at}`,
    }))
    await db.upload.createMany({ data: rows })
    await uploaded(world)
    const { status, body } = await upload(world)
    expect([status, body.message]).toEqual([
      400,
      'A project may have at most 10000 uploads: delete some that no notes show',
    ])
    expect(await filesOf(world)).toHaveLength(1)
  })

  test('an upload whose form breaks off is refused, and leaves nothing', async () => {
    const world = await createWorld(app)
    const sending = request(`${app.url}/api/v4/projects/${world.project.id}/uploads`, {
      method: 'POST',
      agent: false,
      headers: { 'private-token': world.tokens.developer ?? '', 'content-type': 'multipart/form-data; boundary=x' },
    })
    sending.end('--x\r\ncontent-disposition: form-data; name="file"; filename="a.txt"\r\n\r\nhalf')
    const [answer] = await once(sending, 'response')
    expect(answer.statusCode).toBe(400)
    answer.resume()
    await expect.poll(() => filesOf(world)).toEqual([])
    expect(await db.upload.count({ where: { projectId: world.project.id } })).toBe(0)
  })

  test.each<[string, Sent | RequestInit['body']]>([
    ['in another field', { field: 'picture' }],
    ['without a form', 'pixels'],
    ['without a file', new URLSearchParams({ file: 'x' })],
  ])('an upload %s is refused', async (_name, sent) => {
    const world = await createWorld(app)
    const answer =
      typeof sent === 'string' || sent instanceof URLSearchParams
        ? await rest(app, 'POST', `/projects/${world.project.id}/uploads`, { token: world.tokens.owner, body: sent })
        : await upload(world, sent as Sent)
    expect([answer.status, answer.body.error]).toEqual([400, 'file is missing'])
    expect(await filesOf(world)).toEqual([])
  })
})

describe('the right to use uploads', () => {
  type Statuses = Record<
    ViewerName,
    [post: number, get: number, web: number, list: number, byId: number, remove: number]
  >
  const hidden: [number, number, number, number, number, number] = [404, 404, 404, 404, 404, 404]
  const member: [number, number, number, number, number, number] = [201, 200, 200, 403, 403, 403]
  const maintainer: [number, number, number, number, number, number] = [201, 200, 200, 200, 200, 204]
  const members = { guest: member, planner: member, reporter: member, developer: member, maintainer, owner: maintainer }
  test.each<['public' | 'private', Statuses]>([
    ['public', { anonymous: [401, 200, 200, 401, 401, 401], stranger: [403, 200, 200, 403, 403, 403], ...members }],
    ['private', { anonymous: hidden, stranger: hidden, ...members }],
  ])('each role may upload, read, list and delete in a %s project as listed', async (visibility, expected) => {
    const world = await createWorld(app, { project: { visibility } })
    const api = `/api/v4/projects/${world.project.id}`
    for (const viewer of viewers) {
      const made = await uploaded(world, { viewer: 'owner' })
      const token = world.tokens[viewer]
      const statuses = [
        (await upload(world, { viewer })).status,
        (await get(world, api + made.url, viewer)).status,
        (await get(world, made.full_path, viewer)).status,
        (await get(world, `${api}/uploads`, viewer)).status,
        (await get(world, `${api}/uploads/${made.id}`, viewer)).status,
        (await rest(app, 'DELETE', `/projects/${world.project.id}/uploads/${made.id}`, { token })).status,
      ]
      expect([viewer, ...statuses]).toEqual([viewer, ...expected[viewer]])
    }
  })

  test('a Guest reads an upload where the repository and the releases are hidden', async () => {
    const levels = { repositoryLevel: 'disabled', releasesLevel: 'disabled', issuesLevel: 'disabled' } as const
    const world = await createWorld(app, { project: { visibility: 'private', ...levels } })
    const { full_path } = await uploaded(world, { viewer: 'guest' })
    expect((await get(world, full_path)).status).toBe(200)
  })

  test('a job token reads an upload by its secret, and neither uploads, lists nor deletes', async () => {
    const world = await privateWorld()
    await create.addMember({ group: world.group }, world.users.owner, 'owner')
    const made = await uploaded(world)
    const headers = { 'job-token': await jobToken(app, world) }
    const api = `/projects/${world.project.id}`
    expect((await rest(app, 'GET', api + made.url, { headers })).status).toBe(200)
    for (const [method, where] of [
      ['GET', '/uploads'],
      ['GET', `/uploads/${made.id}`],
      ['DELETE', `/uploads/${made.id}`],
      ['DELETE', made.url],
    ] as const) {
      expect([method, where, (await rest(app, method, api + where, { headers })).status]).toEqual([method, where, 403])
    }
  })

  test('an address that lacks the secret, or names another project, finds nothing', async () => {
    const [world, other] = [await createWorld(app), await createWorld(app)]
    const { url, id } = await uploaded(world)
    const [, , secret = ''] = url.split('/')
    for (const where of [
      `/-/project/${other.project.id}${url}`,
      `/${other.project.fullPath}${url}`,
      `/-/project/${world.project.id}/uploads/${'0'.repeat(32)}/winch.png`,
      `/-/project/${world.project.id}/uploads/${secret}/other.png`,
      `/-/project/99999999${url}`,
      `/${world.project.fullPath}/uploads/${secret}`,
      `/api/v4/projects/${other.project.id}/uploads/${id}`,
      `/api/v4/projects/${other.project.id}${url}`,
    ]) {
      expect([where, (await get(world, where, 'anonymous')).status]).toEqual([
        where,
        where.endsWith(`/${id}`) ? 401 : 404,
      ])
    }
    const climbing = `/api/v4/projects/${world.project.id}/uploads/${secret}/`
    expect((await get(world, `${climbing}..%2fwinch.png`, 'anonymous')).status).toBe(400)
    expect((await get(world, `/api/v4/projects/${world.project.id}/uploads/none`, 'owner')).status).toBe(400)
  })
})

describe('the uploads of a project', () => {
  test('the uploads of a project are listed, the newest first, with who uploaded them, by pages and two statements', async () => {
    const world = await createWorld(app)
    for (const name of ['a.txt', 'b.txt', 'c.txt']) await uploaded(world, { name })
    await db.upload.updateMany({ where: { fileName: 'a.txt' }, data: { uploaderId: null } })
    const { developer } = world.users
    const read = (query: string) =>
      rest(app, 'GET', `/projects/${world.project.id}/uploads${query}`, { token: world.tokens.maintainer })
    const { body, headers } = await read('')
    const uploaded_by = { id: developer.id, name: developer.name, username: developer.username }
    const one = (filename: string, by: object | null) => ({
      ...{ id: expect.any(Number), size: 6, filename, created_at: expect.any(String), uploaded_by: by },
    })
    expect(body).toEqual([one('c.txt', uploaded_by), one('b.txt', uploaded_by), one('a.txt', null)])
    expect(headers.get('x-total')).toBe('3')
    expect((await read('?per_page=1&page=2')).body).toMatchObject([{ filename: 'b.txt' }])
    const [few, many] = [await app.statementsOf(() => read('?per_page=1')), await app.statementsOf(() => read(''))]
    expect(many.length).toBe(few.length)
  })

  test.each(['by its number', 'by its secret'])(
    'an upload that is deleted %s is gone from the list with its file',
    async (how) => {
      const world = await createWorld(app)
      const made = await uploaded(world)
      const where = how === 'by its number' ? `/uploads/${made.id}` : made.url
      const remove = () =>
        rest(app, 'DELETE', `/projects/${world.project.id}${where}`, { token: world.tokens.maintainer })
      expect((await remove()).status).toBe(204)
      expect((await remove()).status).toBe(404)
      expect((await get(world, made.full_path)).status).toBe(404)
      const [name = ''] = await filesOf(world)
      const { storage } = app
      await removeStoredFileTask({ key: `uploads/${world.project.id}/${name}` }, { storage } as never)
      expect(await filesOf(world)).toEqual([])
    },
  )

  test('uploads keep their files when the job that cleans up runs', async () => {
    const world = await createWorld(app)
    const made = await uploaded(world)
    const [name = ''] = await filesOf(world)
    await removeStoredFileTask({ key: `uploads/${world.project.id}/${name}` }, { storage: app.storage } as never)
    expect((await get(world, made.full_path)).status).toBe(200)
  })
})

describe('an upload that is sent again with its Idempotency-Key', () => {
  test('a repeated upload with its Idempotency-Key gets the first upload, and its file is kept once', async () => {
    const world = await createWorld(app)
    const headers = { 'idempotency-key': 'k' }
    const [first, second] = [await upload(world, { headers }), await upload(world, { headers })]
    expect([second.status, second.body, second.headers.get('idempotency-replayed')]).toEqual([201, first.body, 'true'])
    expect(await filesOf(world)).toHaveLength(1)
    expect((await upload(world, { headers, content: 'other' })).status).toBe(422)
    expect(await filesOf(world)).toHaveLength(1)
  })
})

describe('notes of a release', () => {
  const htmlOf = async (world: World) =>
    (await rest(app, 'GET', `/projects/${world.project.id}/releases?include_html_description=1`)).body[0]
      .description_html

  test('notes show an upload of their project, whoever renders them and when', async () => {
    const world = await createWorld(app)
    const made = await uploaded(world)
    const description = `${made.markdown} [the same](${made.url}) <img src="${made.url}">`
    const path = `/projects/${world.project.id}/releases/v1.0.0`
    await rest(app, 'PUT', path, { token: world.tokens.developer, json: { description } })
    const written = await htmlOf(world)
    expect(written.split(`"${made.full_path}"`)).toHaveLength(4)
    expect(written).not.toContain(`"${made.url}"`)
    // As after an upgrade, when a reader makes the server render the notes again.
    await db.release.updateMany({ where: { projectId: world.project.id }, data: { rendererVersion: 0 } })
    expect(await htmlOf(world)).toBe(written)
    const [, source = ''] = /src="([^"]+)"/.exec(written) ?? []
    expect((await get(world, source, 'anonymous')).status).toBe(200)
  })

  test('notes leave other addresses as they are', async () => {
    const world = await createWorld(app)
    const others = ['/uploads/short/x.png', 'https://example.com/uploads/x.png', `/uploads/${'a'.repeat(32)}`]
    const description = others.map((url) => `[x](${url})`).join(' ')
    const path = `/projects/${world.project.id}/releases/v1.0.0`
    await rest(app, 'PUT', path, { token: world.tokens.developer, json: { description } })
    const html = await htmlOf(world)
    for (const url of others) expect(html).toContain(`href="${url}"`)
  })
})

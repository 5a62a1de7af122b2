import { request } from 'node:http'
import { describe, expect, test } from 'vitest'
import { db } from '../../../src/database/db.ts'
import { removeStoredFileTask } from '../../../src/jobs/tasks/remove-stored-file.ts'
import { createLocalStorage } from '../../../src/storage/local-storage.ts'
import { startAnotherServer } from '../../support/another-server.ts'
import { useApp } from '../../support/app.ts'
import { createWorld, type ViewerName, viewers, type World } from '../../support/world.ts'
import { jobToken } from '../pipelines/credentials.ts'
import { basic, batch, type Client, digestOf, download, upload, uploadedObject } from './lfs-client.ts'

const app = useApp()
const privateWorld = () => createWorld(app, { project: { visibility: 'private' } })
const clientOf = (world: World, viewer: ViewerName): Client => ({ app, world, token: world.tokens[viewer] })
const keysOf = async ({ project }: World) => db.lfsObject.findMany({ where: { projectId: project.id } })

describe('a batch', () => {
  test('a batch tells where objects go, and then where they are', async () => {
    const world = await privateWorld()
    const client = clientOf(world, 'developer')
    const content = 'a large film'
    const object = { oid: digestOf(content), size: content.length }
    const place = `${app.url}/${world.project.fullPath}.git/gitlab-lfs/objects/${object.oid}`
    const authorization = basic(client.token).authorization
    expect(await batch(client, 'download', [object])).toMatchObject({
      status: 200,
      type: 'application/vnd.git-lfs+json',
      body: { objects: [{ ...object, error: { code: 404 } }] },
    })
    const header = {
      Authorization: authorization,
      'Content-Type': 'application/octet-stream',
      'Transfer-Encoding': 'chunked',
    }
    const [asked] = (await batch(client, 'upload', [object])).body.objects
    expect(asked).toEqual({ ...object, actions: { upload: { href: `${place}/${object.size}`, header } } })
    expect((await upload(client, content)).status).toBe(200)
    expect((await batch(client, 'upload', [object])).body).toEqual({ objects: [object] })
    expect((await batch(client, 'download', [object])).body).toEqual({
      objects: [{ ...object, actions: { download: { href: place, header: { Authorization: authorization } } } }],
    })
    expect(await (await download(client, object.oid)).text()).toBe(content)
  })

  test('a batch says that anybody may download where anybody may', async () => {
    const world = await createWorld(app, { project: { visibility: 'public' } })
    const object = await uploadedObject(clientOf(world, 'developer'))
    const { body } = await batch(clientOf(world, 'anonymous'), 'download', [object])
    expect(body.objects[0]).toMatchObject({ authenticated: true, actions: { download: { href: expect.any(String) } } })
    expect(body.objects[0].actions.download.header).toBeUndefined()
    expect((await download(clientOf(world, 'anonymous'), object.oid)).status).toBe(200)
  })

  test('a batch is bounded in objects and in bytes, and holds nothing but objects', async () => {
    const client = clientOf(await privateWorld(), 'developer')
    const object = { oid: digestOf('x'), size: 1 }
    const statusOf = async (objects: unknown, operation = 'download') =>
      (await batch(client, operation, objects)).status
    expect(await statusOf(Array.from({ length: 1000 }, () => object))).toBe(200)
    expect(await statusOf(Array.from({ length: 1001 }, () => object))).toBe(413)
    expect(await statusOf([object, 'x'.repeat(1_000_000)])).toBe(413)
    expect(await statusOf([])).toBe(404)
    for (const wrong of [null, {}, [null], [{ oid: '../x', size: 1 }], [{ oid: object.oid, size: -1 }]]) {
      expect(await statusOf(wrong)).toBe(422)
    }
    expect(await statusOf([object], 'verify')).toBe(422)
    const { body } = await batch(client, 'upload', [{ ...object, size: 4 * 1024 ** 3 + 1 }])
    expect(body.objects[0]).toMatchObject({ error: { code: 422 } })
  })

  test('a batch takes as many statements for many objects as for one', async () => {
    const client = clientOf(await privateWorld(), 'developer')
    const objects = Array.from({ length: 200 }, (_, at) => ({ oid: digestOf(String(at)), size: 1 }))
    const few = await app.statementsOf(() => batch(client, 'download', objects.slice(0, 1)))
    const many = await app.statementsOf(() => batch(client, 'download', objects))
    expect(many.length).toBe(few.length)
  })
})

describe('the right to objects', () => {
  test('objects are read by whoever reads the code, and written by whoever pushes', async () => {
    const world = await privateWorld()
    const object = await uploadedObject(clientOf(world, 'owner'))
    const statuses = await Promise.all(
      viewers.map(async (viewer) => {
        const client = clientOf(world, viewer)
        const [read, written] = await Promise.all(['download', 'upload'].map((way) => batch(client, way, [object])))
        const got = await download(client, object.oid)
        const put = await upload(client, `of ${viewer}`)
        return [viewer, read?.status, written?.status, got.status, put.status]
      }),
    )
    expect(statuses).toEqual([
      ['anonymous', 401, 401, 401, 401],
      ['stranger', 404, 404, 404, 404],
      ['guest', 403, 403, 403, 403],
      ['planner', 403, 403, 403, 403],
      ['reporter', 200, 403, 200, 403],
      ['developer', 200, 200, 200, 200],
      ['maintainer', 200, 200, 200, 200],
      ['owner', 200, 200, 200, 200],
    ])
  })

  test('a hidden project answers as a missing one', async () => {
    const world = await privateWorld()
    const object = await uploadedObject(clientOf(world, 'owner'))
    for (const viewer of ['anonymous', 'stranger'] as const) {
      const hidden = clientOf(world, viewer)
      const missing = { ...hidden, world: { ...world, project: { ...world.project, fullPath: 'no/such' } } }
      const ask = async (client: Client) => {
        const { status, body, challenge } = await batch(client, 'download', [object])
        const got = await download(client, object.oid)
        return [status, body, challenge, got.status, await got.text()]
      }
      expect(await ask(hidden)).toEqual(await ask(missing))
    }
    const { challenge } = await batch(clientOf(world, 'anonymous'), 'download', [object])
    expect(challenge).toBe('Basic realm="Waybill", charset="UTF-8"')
  })

  test('an object belongs to its project', async () => {
    const [mine, other] = [await privateWorld(), await privateWorld()]
    const object = await uploadedObject(clientOf(other, 'owner'))
    expect((await download(clientOf(mine, 'owner'), object.oid)).status).toBe(404)
    const { body } = await batch(clientOf(mine, 'owner'), 'download', [object])
    expect(body.objects[0]).toMatchObject({ error: { code: 404 } })
  })

  test('a pipeline may download and upload', async () => {
    const world = await privateWorld()
    const client = { app, world, token: await jobToken(app, world) }
    const object = await uploadedObject(client)
    expect((await download(client, object.oid)).status).toBe(200)
  })

  test('a token that may only read uploads nothing', async () => {
    const world = await privateWorld()
    const token = world.tokens.developer ?? ''
    await db.accessToken.updateMany({ where: { userId: world.users.developer.id }, data: { scopes: ['read_api'] } })
    expect((await upload({ app, world, token }, 'x')).status).toBe(403)
  })

  test('an archived project takes no objects, and still gives them', async () => {
    const world = await privateWorld()
    const object = await uploadedObject(clientOf(world, 'owner'))
    await db.project.update({ where: { id: world.project.id }, data: { archived: true } })
    expect((await upload(clientOf(world, 'owner'), 'x')).status).toBe(403)
    expect((await download(clientOf(world, 'owner'), object.oid)).status).toBe(200)
  })
})

describe('an uploaded object', () => {
  test('an object of another digest or size is refused, and leaves nothing behind', async () => {
    const world = await privateWorld()
    const client = clientOf(world, 'developer')
    const announced = [{ oid: digestOf('another') }, { size: 3 }, { size: 5 }]
    for (const differing of announced) expect((await upload(client, 'four', differing)).status).toBe(400)
    expect(await keysOf(world)).toEqual([])
    expect((await upload(client, 'x', { size: 4 * 1024 ** 3 + 1 })).status).toBe(413)
  })

  test('an object that is uploaded twice at a time is kept once', async () => {
    const world = await privateWorld()
    const client = clientOf(world, 'developer')
    const answers = await Promise.all(Array.from({ length: 4 }, () => upload(client, 'the same')))
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200])
    const [kept, ...others] = await keysOf(world)
    expect(others).toEqual([])
    expect(await (await download(client, kept?.sha256 ?? '')).text()).toBe('the same')
  })

  test('an upload that breaks off leaves nothing behind', async () => {
    const world = await privateWorld()
    const path = `/${world.project.fullPath}.git/gitlab-lfs/objects/${digestOf('whole')}/5`
    const sent = request(app.url, { method: 'PUT', path, headers: basic(world.tokens.developer) })
    await new Promise<void>((resolve) => {
      sent.on('error', () => resolve())
      sent.write('who')
      setTimeout(() => sent.destroy(), 100)
    })
    await expect.poll(() => app.logged().some(({ path: of, status }) => of === path && status !== undefined)).toBe(true)
    expect(await keysOf(world)).toEqual([])
  })

  test('a part of an object is sent, and the job that removes left files leaves it alone', async () => {
    const world = await privateWorld()
    const client = clientOf(world, 'developer')
    const { oid } = await uploadedObject(client, 'one two three')
    const [kept] = await keysOf(world)
    await removeStoredFileTask({ key: kept?.storageKey }, { storage: app.storage } as never)
    const part = await download(client, oid, { range: 'bytes=4-6' })
    expect([part.status, await part.text()]).toEqual([206, 'two'])
  })

  test('an object is served by another server of the same store', async () => {
    const world = await privateWorld()
    const { oid } = await uploadedObject(clientOf(world, 'developer'), 'shared')
    const storage = createLocalStorage(app.packagesDir)
    const other = await startAnotherServer({ ...app, storage })
    const answer = await download({ app: other, world, token: world.tokens.reporter }, oid)
    expect(await answer.text()).toBe('shared')
  })

  test('an empty object is an object', async () => {
    const client = clientOf(await privateWorld(), 'developer')
    const { oid } = await uploadedObject(client, '')
    const answer = await download(client, oid)
    expect([answer.status, await answer.text()]).toEqual([200, ''])
  })
})

test('what is not served says so in the form of Git LFS', async () => {
  const world = await privateWorld()
  const ask = async (path: string, method = 'GET') => {
    const url = `${app.url}/${world.project.fullPath}.git/${path}`
    const answer = await fetch(url, { method, headers: basic(world.tokens.owner) })
    return [answer.status, answer.headers.get('content-type'), Object.keys(await answer.json())]
  }
  const refused = (status: number) => [status, 'application/vnd.git-lfs+json', ['message', 'documentation_url']]
  expect(await ask('info/lfs/objects', 'POST')).toEqual(refused(501))
  expect(await ask(`info/lfs/objects/${digestOf('x')}`)).toEqual(refused(501))
  expect(await ask('info/lfs/locks/verify', 'POST')).toEqual(refused(404))
  expect(await ask('gitlab-lfs/objects/..%2f..%2fetc%2fpasswd')).toEqual(refused(404))
})

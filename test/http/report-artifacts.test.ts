import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import path from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { describe, expect, inject, test } from 'vitest'
import { db } from '../../src/database/db.ts'
import { collectEvidence } from '../../src/modules/evidence/collect-evidence.ts'
import { bringArtifacts } from '../../src/modules/report-artifacts/bring-artifacts.ts'
import { removeExpiredArtifacts } from '../../src/modules/report-artifacts/remove-expired-artifacts.ts'
import { removeUnowned } from '../../src/modules/stored-files/stored-file.ts'
import { useApp } from '../support/app.ts'
import * as create from '../support/factories.ts'
import { createWorld, type ViewerName, viewers, type World } from '../support/world.ts'

const app = useApp()
const DAY_MS = 24 * 60 * 60 * 1000

type Artifact = { id: number; file_name: string; size: number; sha256: string; url: string; expires_at: string | null }

const shaOf = (world: World) => world.release.sha ?? ''
const digestOf = (content: string | Uint8Array) => createHash('sha256').update(content).digest('hex')

const urlOf = (world: World, name = 'tests.xml', sha = shaOf(world)) =>
  `${app.url}/api/v4/projects/${world.project.id}/report_artifacts/${sha}/${encodeURIComponent(name)}`

const as = (world: World, viewer: ViewerName): Record<string, string> => {
  const token = world.tokens[viewer]
  return token ? { 'private-token': token } : {}
}

const put = (
  world: World,
  body: string | Uint8Array<ArrayBuffer>,
  url = urlOf(world),
  viewer: ViewerName = 'developer',
) => fetch(url, { method: 'PUT', headers: as(world, viewer), body })

async function upload(world: World, body: string, name?: string): Promise<Artifact> {
  const response = await put(world, body, urlOf(world, name))
  expect(response.status).toBe(201)
  return (await response.json()) as Artifact
}

const download = (world: World, url = urlOf(world), viewer: ViewerName = 'reporter') =>
  fetch(url, { headers: as(world, viewer) })

const collect = (world: World) =>
  db.$transaction((tx) => collectEvidence(tx, world.release.id, { occasion: null, baseUrl: app.url }))

async function filesOf(folder: string): Promise<string[]> {
  const entries = await readdir(path.join(app.packagesDir, folder)).catch(() => [])
  return entries
}

/** What stays when the pause has passed after which files go. */
async function filesOfProject({ project }: World): Promise<string[]> {
  const waiting = await db.$queryRaw<{ key: string }[]>`
    SELECT payload ->> 'key' AS key FROM graphile_worker._private_jobs WHERE key LIKE ${`stored-file:artifacts/${project.id}/%`}`
  for (const { key } of waiting) await removeUnowned(app.storage, key)
  return filesOf(`artifacts/${project.id}`)
}

/** Lets so many days pass since the last uploads, and removes what has expired. */
async function pass(days: number): Promise<void> {
  await db.$executeRaw`UPDATE report_artifacts
    SET expires_at = expires_at - make_interval(days => ${days}::int), created_at = created_at - make_interval(days => ${days}::int)`
  while ((await removeExpiredArtifacts()) > 0);
}

describe('an upload', () => {
  test('an upload is answered with what was stored, and can be downloaded', async () => {
    const world = await createWorld(app)
    const before = Date.now()
    const response = await put(world, '<tests/>')
    expect(response.status).toBe(201)
    const artifact = (await response.json()) as Artifact
    expect(artifact).toEqual({
      id: expect.any(Number),
      sha: shaOf(world),
      file_name: 'tests.xml',
      size: 8,
      sha256: digestOf('<tests/>'),
      url: urlOf(world),
      expires_at: expect.any(String),
    })
    expect(Date.parse(artifact.expires_at ?? '') - before).toBeGreaterThanOrEqual(30 * DAY_MS)
    const downloaded = await download(world)
    expect(await downloaded.text()).toBe('<tests/>')
    expect(Object.fromEntries(downloaded.headers)).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-length': '8',
      'content-disposition': "attachment; filename*=UTF-8''tests.xml",
      'x-content-type-options': 'nosniff',
      etag: `"${digestOf('<tests/>')}"`,
    })
  })

  test('an upload of bytes of all kinds, of nothing, and of a file with an odd name comes back as it was', async () => {
    const world = await createWorld(app)
    const content = randomBytes(3_000_000)
    for (const [name, body] of [
      ['all.bin', new Uint8Array(content)],
      ['empty', new Uint8Array()],
      ["späße (1) 100% 'a'.xml", new Uint8Array(content.subarray(0, 10))],
    ] as const) {
      expect((await put(world, body, urlOf(world, name))).status).toBe(201)
      const downloaded = await download(world, urlOf(world, name))
      expect(digestOf(new Uint8Array(await downloaded.arrayBuffer()))).toBe(digestOf(body))
    }
  })

  test('an upload finds the project by its path, too, and needs no existing commit', async () => {
    const world = await createWorld(app)
    const project = encodeURIComponent(world.project.fullPath)
    const url = `${app.url}/api/v4/projects/${project}/report_artifacts/${'a'.repeat(64)}/tests.xml`
    expect((await put(world, 'x', url)).status).toBe(201)
    expect(await (await download(world, url)).text()).toBe('x')
  })

  test('an upload is recorded in the audit log', async () => {
    const world = await createWorld(app)
    const { id } = await upload(world, 'x')
    expect(await db.auditEvent.findMany({ where: { projectId: world.project.id } })).toMatchObject([
      { eventType: 'report_artifact_uploaded', targetId: id, authorId: world.users.developer.id },
    ])
  })

  test('an upload of the same content again changes nothing', async () => {
    const world = await createWorld(app)
    const first = await upload(world, 'x')
    const again = await put(world, 'x')
    expect(again.status).toBe(200)
    expect(await again.json()).toMatchObject({ id: first.id, sha256: first.sha256 })
    expect(await filesOfProject(world)).toHaveLength(1)
    expect(await db.auditEvent.count({ where: { projectId: world.project.id } })).toBe(1)
  })

  test('an upload of other content replaces the file, as long as no evidence refers to it', async () => {
    const world = await createWorld(app)
    const { id } = await upload(world, 'x')
    expect(await upload(world, 'y')).toMatchObject({ id, sha256: digestOf('y') })
    expect(await (await download(world)).text()).toBe('y')
    expect(await filesOfProject(world)).toHaveLength(1)
    await collect(world)
    const refused = await put(world, 'z')
    expect(refused.status).toBe(409)
    expect(await refused.json()).toEqual({
      message: 'Evidence refers to this report artifact: its content cannot be changed',
    })
    expect((await put(world, 'y')).status).toBe(200)
    expect(await (await download(world)).text()).toBe('y')
    expect(await filesOfProject(world)).toHaveLength(1)
  })

  test.each<[string, string, string]>([
    ['a short commit id', 'abc1234', 'tests.xml'],
    ['a branch', 'main', 'tests.xml'],
    ['a name that leads out of the folder', 'a'.repeat(40), '../../etc/passwd'],
    ['a name with a line feed', 'a'.repeat(40), 'a\nb'],
    ['a name of 256 characters', 'a'.repeat(40), 'a'.repeat(256)],
  ])('an upload for %s is refused', async (_name, sha, fileName) => {
    const world = await createWorld(app)
    expect((await put(world, 'x', urlOf(world, fileName, sha))).status).toBe(400)
    expect(await filesOfProject(world)).toEqual([])
  })

  test('an upload at the same time as others of the same file leaves one of them, whole', async () => {
    const world = await createWorld(app)
    const bodies = Array.from({ length: 8 }, (_, at) => String(at).repeat(200_000))
    const answers = await Promise.all(bodies.map((body) => put(world, body)))
    expect(answers.map(({ status }) => status)).toEqual(bodies.map(() => 201))
    expect(bodies).toContain(await (await download(world)).text())
    expect(await filesOfProject(world)).toHaveLength(1)
    expect(await db.reportArtifact.count({ where: { projectId: world.project.id } })).toBe(1)
  })
})

describe('the size limit of 100 MiB', () => {
  const limit = 100 * 1024 ** 2
  const refusal = { message: 'A report artifact may have at most 100 MiB' }

  /** Sends as much as the server takes. */
  function send(world: World, headers: Record<string, string>, chunks: number) {
    // A connection of its own, because the server ends it soon after the refusal.
    const options = { method: 'PUT', headers: { ...as(world, 'developer'), ...headers }, agent: false }
    const sending = request(urlOf(world), options)
    const chunk = Buffer.alloc(1024 ** 2)
    const closed = once(sending, 'close')
    const write = async () => {
      for (let sent = 0; sent < chunks && !sending.destroyed; sent++) {
        if (!sending.write(chunk)) await Promise.race([once(sending, 'drain'), closed])
      }
      sending.end()
    }
    const answer = once(sending, 'response').then(async ([response]) => {
      const parts: Buffer[] = []
      for await (const part of response) parts.push(part)
      return { status: response.statusCode as number, body: JSON.parse(Buffer.concat(parts).toString()) }
    })
    // The server ends the connection while the test is still writing.
    sending.on('error', () => undefined)
    void write().catch(() => undefined)
    return { sending, answer }
  }

  test('an upload is refused at once when it announces a length above the limit', async () => {
    const world = await createWorld(app)
    const { sending, answer } = send(world, { 'content-length': String(limit + 1) }, 1)
    expect(await answer).toEqual({ status: 413, body: refusal })
    sending.destroy()
    expect(await filesOfProject(world)).toEqual([])
  })

  test('the size limit holds when the length is not announced, and leaves nothing', async () => {
    const world = await createWorld(app)
    const { sending, answer } = send(world, { 'transfer-encoding': 'chunked' }, 101)
    expect(await answer).toEqual({ status: 413, body: refusal })
    sending.destroy()
    expect(await filesOfProject(world)).toEqual([])
    expect(await filesOf('incoming')).toEqual([])
  })
})

test('an upload that is cut off leaves nothing, and is no error of the server', async () => {
  const world = await createWorld(app)
  const headers = { ...as(world, 'developer'), 'content-length': '1000000' }
  const sending = request(urlOf(world), { method: 'PUT', headers, agent: false })
  sending.on('error', () => undefined)
  sending.write(Buffer.alloc(500_000))
  while ((await filesOf('incoming')).length === 0) await setTimeout(5)
  expect((await download(world)).status).toBe(404)
  sending.destroy()
  while ((await filesOf('incoming')).length > 0) await setTimeout(5)
  expect(await filesOfProject(world)).toEqual([])
  expect(await db.reportArtifact.count({ where: { projectId: world.project.id } })).toBe(0)
  expect(app.logged().filter(({ level }) => Number(level) >= 50)).toEqual([])
})

describe('the right to upload and download artifacts', () => {
  test.each<['public' | 'private', Record<ViewerName, [put: number, get: number]>]>([
    [
      'public',
      {
        anonymous: [401, 200],
        stranger: [403, 200],
        guest: [403, 200],
        planner: [403, 200],
        reporter: [403, 200],
        developer: [200, 200],
        maintainer: [200, 200],
        owner: [200, 200],
      },
    ],
    [
      'private',
      {
        anonymous: [404, 404],
        stranger: [404, 404],
        guest: [403, 403],
        planner: [403, 403],
        reporter: [403, 200],
        developer: [200, 200],
        maintainer: [200, 200],
        owner: [200, 200],
      },
    ],
  ])('each role may upload to and download from a %s project as listed', async (visibility, expected) => {
    const world = await createWorld(app, { project: { visibility } })
    await upload(world, 'x')
    for (const viewer of viewers) {
      const statuses = [await put(world, 'x', urlOf(world), viewer), await download(world, urlOf(world), viewer)]
      expect([viewer, ...statuses.map(({ status }) => status)]).toEqual([viewer, ...expected[viewer]])
    }
  })

  test('a viewer without code access does not even learn which artifacts exist', async () => {
    const world = await createWorld(app, { project: { visibility: 'private' } })
    await upload(world, 'x')
    const bodies = [await download(world, urlOf(world), 'guest'), await download(world, urlOf(world, 'no'), 'guest')]
    expect(await bodies[0]?.text()).toBe(await bodies[1]?.text())
  })

  test('a token that may only read does not upload', async () => {
    const world = await createWorld(app)
    const token = await create.tokenFor(world.users.owner, ['read_api'])
    const response = await fetch(urlOf(world), { method: 'PUT', headers: { 'private-token': token }, body: 'x' })
    expect(response.status).toBe(403)
  })

  test('nobody uploads to an archived project', async () => {
    const world = await createWorld(app, { project: { archived: true } })
    expect((await put(world, 'x', urlOf(world), 'owner')).status).toBe(403)
  })
})

describe('evidence', () => {
  test('evidence names the artifacts that were uploaded for the commit before, with their digests', async () => {
    const world = await createWorld(app)
    const artifacts = [await upload(world, 'x', 'a.xml'), await upload(world, 'yy', 'b c.xml')]
    await put(world, 'z', urlOf(world, 'other.xml', 'b'.repeat(40)))
    const evidence = await collect(world)
    expect(evidence?.summary).toMatchObject({
      release: {
        report_artifacts: artifacts.map(({ url, file_name, size, sha256 }) => ({ url, file_name, size, sha256 })),
      },
    })
    expect((await download(world, artifacts[1]?.url)).status).toBe(200)
  })

  test('evidence keeps the artifacts that it names from expiring', async () => {
    const world = await createWorld(app)
    await upload(world, 'x', 'kept.xml')
    await collect(world)
    await upload(world, 'y', 'forgotten.xml')
    await pass(29)
    expect(await filesOfProject(world)).toHaveLength(2)
    await pass(2)
    expect(await db.reportArtifact.findMany({ where: { projectId: world.project.id } })).toMatchObject([
      { fileName: 'kept.xml', expiresAt: null },
    ])
    expect(await filesOfProject(world)).toHaveLength(1)
    expect(await (await put(world, 'x', urlOf(world, 'kept.xml'))).json()).toMatchObject({ expires_at: null })
  })

  test('evidence does not name an expired artifact, which readers cannot see either', async () => {
    const world = await createWorld(app)
    const { id } = await upload(world, 'x')
    await db.reportArtifact.update({ where: { id }, data: { expiresAt: new Date(Date.now() - 1000) } })
    expect((await download(world)).status).toBe(404)
    expect((await collect(world))?.summary).toMatchObject({ release: { report_artifacts: [] } })
    expect((await put(world, 'x')).status).toBe(200)
    expect((await download(world)).status).toBe(200)
  })

  test('evidence that is deleted releases its artifacts', async () => {
    const world = await createWorld(app)
    await upload(world, 'x')
    await collect(world)
    await db.release.delete({ where: { id: world.release.id } })
    await pass(29)
    expect(await filesOfProject(world)).toHaveLength(1)
    await pass(2)
    expect(await filesOfProject(world)).toEqual([])
  })

  test('evidence and uploads at the same time never disagree about the content', async () => {
    const world = await createWorld(app)
    await upload(world, 'start')
    const uploads = Array.from({ length: 6 }, (_, at) => put(world, `content ${at}`))
    const [collected, ...answers] = await Promise.all([collect(world), ...uploads])
    for (const { status } of answers) expect([201, 409]).toContain(status)
    const sha256 = digestOf(await (await download(world)).text())
    expect(collected?.summary).toMatchObject({ release: { report_artifacts: [{ sha256 }] } })
  })
})

test('the artifacts that earlier versions kept in a folder of their own are brought, by several processes at once', async () => {
  const world = await createWorld(app)
  const folder = await mkdtemp(path.join(inject('scratch'), 'old-artifacts-'))
  const keys = Array.from({ length: 20 }, () => `${world.project.id}/${randomUUID()}`)
  await mkdir(path.join(folder, String(world.project.id)))
  for (const [at, storageKey] of keys.entries()) {
    const { id } = await upload(world, `content ${at}`, `${at}.xml`)
    const stored = await db.reportArtifact.findUniqueOrThrow({ where: { id } })
    await app.storage.remove(stored.storageKey)
    await db.reportArtifact.update({ where: { id }, data: { storageKey } })
    await writeFile(path.join(folder, storageKey), `content ${at}`)
  }
  await writeFile(path.join(folder, 'swept'), '')
  expect((await download(world, urlOf(world, '7.xml'))).status).toBe(404)
  await Promise.all(Array.from({ length: 3 }, () => bringArtifacts(folder, app.storage)))
  for (const at of keys.keys()) {
    expect(await (await download(world, urlOf(world, `${at}.xml`))).text()).toBe(`content ${at}`)
  }
  expect(await readdir(path.join(folder, String(world.project.id)))).toEqual([])
  expect(await filesOfProject(world)).toHaveLength(keys.length)
})

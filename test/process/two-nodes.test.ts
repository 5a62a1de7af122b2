// What one of two servers stores or deletes is stored or deleted for the other, too.
import { createHash, randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import { db } from '../../src/database/db.ts'
import { writeFiles } from '../http/pages/archive-world.ts'
import { createJobProject } from './job-project.ts'
import { serve, until } from './serve-world.ts'
import { askNode, startBucket, startTwoNodes, type TwoNodes } from './two-nodes.ts'

const digestOf = (content: string) => createHash('sha256').update(content).digest('hex')
const SHA = 'a'.repeat(40)

/** Sends a file of a kind to one server, and says at which path every server has it. */
const kinds: Record<string, (nodes: TwoNodes, url: string, content: string) => Promise<string>> = {
  async package(nodes, url, body) {
    const at = `/api/v4/projects/${nodes.projectId}/packages/generic/app/1.0.0/app.bin`
    expect((await askNode(nodes, url + at, { method: 'PUT', body })).status).toBe(201)
    return at
  },
  async upload(nodes, url, content) {
    const body = new FormData()
    body.append('file', new Blob([content]), 'a.txt')
    const answer = await askNode(nodes, `${url}/api/v4/projects/${nodes.projectId}/uploads`, { method: 'POST', body })
    return ((await answer.json()) as { full_path: string }).full_path
  },
  async 'report artifact'(nodes, url, body) {
    const at = `/api/v4/projects/${nodes.projectId}/report_artifacts/${SHA}/tests.xml`
    expect((await askNode(nodes, url + at, { method: 'PUT', body })).status).toBe(201)
    return at
  },
  async 'object of Git LFS'(nodes, url, body) {
    const at = `/${nodes.path}.git/gitlab-lfs/objects/${digestOf(body)}`
    expect((await askNode(nodes, `${url}${at}/${body.length}`, { method: 'PUT', body })).status).toBe(200)
    return at
  },
}

/** Lets the time pass that jobs wait for. */
const endPauses = () => db.$executeRaw`
  UPDATE graphile_worker._private_jobs SET run_at = now() WHERE key LIKE 'stored-file:%' OR key LIKE 'remove %'`

test('files of all kinds that one server stores are served by the other, and deleted for both', async () => {
  const nodes = await startTwoNodes()
  const [one, two] = nodes.urls
  const places: Record<string, string> = {}
  for (const [at, [kind, send]] of Object.entries(kinds).entries()) {
    const [here, there] = at % 2 === 0 ? [one, two] : [two, one]
    places[kind] = await send(nodes, here, `this is a ${kind}`)
    const answer = await askNode(nodes, there + places[kind])
    expect([kind, answer.status, await answer.text()]).toEqual([kind, 200, `this is a ${kind}`])
  }
  expect(await nodes.bucket.keys()).toHaveLength(4)

  const film = 'this is a object of Git LFS'
  const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${digestOf(film)}\nsize ${film.length}\n`
  await writeFiles(nodes.repository, 'v1', { 'a.film': pointer })
  const archives = await Promise.all(
    nodes.urls.map(async (url) => (await askNode(nodes, `${url}/${nodes.path}/-/archive/v1/x.tar`)).text()),
  )
  expect(archives[0]).toContain(film)
  expect(archives[1]).toBe(archives[0])
  // Each server keeps nothing on its own disk but the archives that it made.
  for (const dataDir of nodes.dataDirs) expect(await readdir(dataDir)).toEqual(['archives'])

  const uploaded = places.upload?.replace(/^\/-\/project\/\d+/, `/api/v4/projects/${nodes.projectId}`)
  for (const [kind, at, from] of [
    ['package', `/api/v4/projects/${nodes.projectId}/packages/${(await db.package.findFirstOrThrow()).id}`, two],
    ['upload', uploaded, one],
  ]) {
    expect([kind, (await askNode(nodes, `${from}${at}`, { method: 'DELETE' })).status]).toEqual([kind, 204])
    for (const url of nodes.urls)
      expect([kind, (await askNode(nodes, url + places[`${kind}`])).status]).toEqual([kind, 404])
  }
  await endPauses()
  await until(async () => (await nodes.bucket.keys()).length === 2)

  expect((await askNode(nodes, `${two}/api/v4/projects/${nodes.projectId}`, { method: 'DELETE' })).status).toBe(202)
  for (const at of Object.values(places)) expect((await askNode(nodes, one + at)).status).toBe(404)
  await db.deletion.updateMany({ data: { createdAt: new Date(Date.now() - 8 * 24 * 60 * 60_000) } })
  await endPauses()
  await until(async () => (await db.project.count({ where: { id: nodes.projectId } })) === 0)
  expect([await nodes.bucket.keys(), existsSync(nodes.repository)]).toEqual([[], false])
}, 120_000)

test.for(['a folder', 'a bucket'])(
  'a start brings the report artifacts of an earlier version into %s',
  async (kind) => {
    const project = await createJobProject()
    const { projectId, token, env } = project
    const bucket = kind === 'a bucket' ? await startBucket() : null
    const [storageKey, content] = [`${projectId}/${randomUUID()}`, 'kept by an earlier version']
    const folder = path.join(env.DATA_DIR ?? '', 'artifacts')
    await mkdir(path.join(folder, String(projectId)), { recursive: true })
    await writeFile(path.join(folder, storageKey), content)
    const measured = { size: content.length, sha256: digestOf(content), storageKey }
    await db.reportArtifact.create({ data: { projectId, sha: SHA, fileName: 'tests.xml', ...measured } })
    const url = await serve({ ...env, ...bucket?.env }).listening()
    const at = `${url}/api/v4/projects/${projectId}/report_artifacts/${SHA}/tests.xml`
    const answer = await fetch(at, { headers: { 'private-token': token } })
    expect([answer.status, await answer.text()]).toEqual([200, content])
    expect(await readdir(path.join(folder, String(projectId)))).toEqual([])
    if (bucket) expect(await bucket.keys()).toEqual([expect.stringMatching(`^artifacts/${projectId}/`)])
  },
)

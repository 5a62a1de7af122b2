// Two servers that share the folder of repositories change and read one repository at the same time.
import { expect, test } from 'vitest'
import { db } from '../../src/database/db.ts'
import { runGit } from '../../src/git/git.ts'
import { verifyRepository } from '../../src/git/maintain-repository.ts'
import { type Clone, clone, commit } from '../http/git/git-client.ts'
import { until } from './serve-world.ts'
import { askNode, startTwoNodes, type TwoNodes } from './two-nodes.ts'

function remoteOf({ path, token }: TwoNodes, url: string): string {
  const remote = new URL(`${url}/${path}.git`)
  return Object.assign(remote, { username: 'whoever', password: token }).href
}

/** Clones, half of them from each server. */
const cloneAll = (nodes: TwoNodes, many: number): Promise<Clone[]> =>
  Promise.all(Array.from({ length: many }, (_, at) => clone(remoteOf(nodes, nodes.urls[at % 2] ?? ''))))

async function push(desk: Clone, ...refs: string[]): Promise<void> {
  const { code, stderr } = await desk.run('push', '--quiet', 'origin', ...refs)
  expect([code, code === 0 ? '' : stderr]).toEqual([0, ''])
}

const rest = (nodes: TwoNodes, url: string, method: string, below: string, body?: object) =>
  askNode(nodes, `${url}/api/v4/projects/${nodes.projectId}${below}`, {
    method,
    ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  })

const refsAt = async (nodes: TwoNodes, url: string): Promise<Map<string, string>> => {
  const listed = await runGit(nodes.repository, ['ls-remote', remoteOf(nodes, url)])
  return new Map(listed.split('\n').map((line) => line.split('\t').reverse() as [string, string]))
}

const isSound = async ({ repository }: TwoNodes) =>
  expect(await verifyRepository(repository, new AbortController().signal)).toBeNull()

test('pushes to one repository through two servers at the same time all arrive, and of those to one branch one', async () => {
  const nodes = await startTwoNodes()
  const desks = await cloneAll(nodes, 6)
  const pushed = new Map<string, string>()
  await Promise.all(
    desks.map(async (desk, at) => {
      for (let n = 0; n < 5; n++) {
        const sha = await commit(desk, `${at} ${n}`, `${at}-${n}.txt`)
        await push(desk, `HEAD:refs/heads/b${at}`, `HEAD:refs/tags/t${at}-${n}`)
        pushed.set(`refs/heads/b${at}`, sha).set(`refs/tags/t${at}-${n}`, sha)
      }
    }),
  )
  const raced = await Promise.all(desks.map((desk) => desk.run('push', '--quiet', 'origin', 'HEAD:refs/heads/raced')))
  expect(raced.filter(({ code }) => code === 0)).toHaveLength(1)
  for (const url of nodes.urls) {
    const refs = await refsAt(nodes, url)
    for (const [ref, sha] of pushed) expect([ref, refs.get(ref)]).toEqual([ref, sha])
  }
  await isSound(nodes)
  expect(await db.auditEvent.count({ where: { eventType: 'repository_pushed' } })).toBe(31)
  expect(await db.pendingPush.count()).toBe(0)
}, 180_000)

test('of two servers that make the same release or tag at the same time one makes it', async () => {
  const nodes = await startTwoNodes()
  const both = async (below: string, body: object) =>
    (await Promise.all(nodes.urls.map((url) => rest(nodes, url, 'POST', below, body))))
      .map(({ status }) => status)
      .sort()
  for (let n = 0; n < 10; n++) {
    expect(await both('/releases', { tag_name: `v1.0.${n}`, ref: 'main' })).toEqual([201, 409])
    const [made, refused] = await both('/repository/tags', { tag_name: `t${n}`, ref: 'main', message: 'x' })
    // 400: the tag was there when the request came. 409: it was made meanwhile.
    expect([made, refused === 400 || refused === 409]).toEqual([201, true])
  }
  const different = Array.from({ length: 20 }, (_, n) =>
    rest(nodes, nodes.urls[n % 2] ?? '', 'POST', '/releases', { tag_name: `v2.0.${n}`, ref: 'main' }),
  )
  expect(new Set((await Promise.all(different)).map(({ status }) => status))).toEqual(new Set([201]))
  expect(await db.release.count()).toBe(30)
  expect((await runGit(nodes.repository, ['tag', '--list'])).trim().split('\n')).toHaveLength(40)
  await isSound(nodes)
}, 180_000)

test('what one server has changed in a repository the other shows at once', async () => {
  const nodes = await startTwoNodes()
  const desks = await cloneAll(nodes, 2)
  const json = async (url: string, below: string) => {
    const answer = await rest(nodes, url, 'GET', below)
    return { status: answer.status, body: (await answer.json()) as { commit?: { id: string }; id?: string } }
  }
  for (let n = 0; n < 16; n++) {
    const [desk, here, there] = [desks[n % 2] as Clone, nodes.urls[n % 2] ?? '', nodes.urls[(n + 1) % 2] ?? '']
    await desk.run('pull', '--quiet', 'origin', 'main')
    const sha = await commit(desk, `content ${n}`, 'a.txt')
    await push(desk, 'HEAD:main', `HEAD:refs/tags/r${n}`)
    expect((await json(there, '/repository/branches/main')).body.commit?.id).toBe(sha)
    expect((await json(there, `/repository/tags/r${n}`)).body.commit?.id).toBe(sha)
    expect((await json(there, `/repository/commits/${sha}`)).body.id).toBe(sha)
    const raw = await rest(nodes, there, 'GET', '/repository/files/a.txt/raw?ref=main')
    expect(await raw.text()).toBe(`content ${n}`)
    expect((await refsAt(nodes, there)).get(`refs/tags/r${n}`)).toBe(sha)
    const archive = await askNode(nodes, `${there}/${nodes.path}/-/archive/main/x.tar`)
    expect(await archive.text()).toContain(`content ${n}`)
    expect((await rest(nodes, here, 'DELETE', `/repository/tags/r${n}`)).status).toBe(204)
    expect((await json(there, `/repository/tags/r${n}`)).status).toBe(404)
    if (n === 8) await runGit(nodes.repository, ['pack-refs', '--all'])
  }
}, 180_000)

/** Runs the job that packs the repository, on whichever server takes it. */
async function maintain({ projectId }: TwoNodes): Promise<void> {
  await db.$executeRaw`SELECT graphile_worker.add_job('keep-repository', json_build_object('projectId', ${projectId}::int))`
  const left = () => db.$queryRaw<object[]>`SELECT FROM graphile_worker._private_jobs j
    JOIN graphile_worker._private_tasks t ON t.id = task_id WHERE t.identifier = 'keep-repository'`
  await until(async () => (await left()).length === 0)
}

test('a repository is packed again and again while both servers read it and take pushes', async () => {
  const nodes = await startTwoNodes()
  // Each push becomes a pack, and more than 20 packs are packed into one.
  await runGit(nodes.repository, ['config', 'receive.unpackLimit', '1'])
  const desks = await cloneAll(nodes, 2)
  const shas: string[] = []
  const failures: string[] = []
  let ended = false
  let reads = 0
  const read = async (url: string) => {
    while (!ended) {
      const sha = shas[Math.floor(Math.random() * shas.length)] ?? 'main'
      const archive = `${url}/${nodes.path}/-/archive/${sha}/x.tar`
      const answers = [
        await rest(nodes, url, 'GET', `/repository/commits/${sha}`),
        await rest(nodes, url, 'GET', '/repository/branches'),
        await askNode(nodes, archive),
      ]
      for (const { status, url: at } of answers) if (status !== 200) failures.push(`${status} ${at}`)
      const fetched = await clone(remoteOf(nodes, url)).catch((error: Error) => error)
      if (fetched instanceof Error) failures.push(fetched.message)
      reads += 1
    }
  }
  const readers = nodes.urls.map(read)
  for (let round = 0; round < 3; round++) {
    const pushing = desks.map(async (desk, at) => {
      for (let n = 0; n < 12; n++) {
        const sha = await commit(desk, `${round} ${n}`, `${at}.txt`)
        await push(desk, `HEAD:refs/heads/b${at}`)
        shas.push(sha)
      }
    })
    // One packs while pushes come, and one afterwards.
    await Promise.all([...pushing, maintain(nodes)])
    await maintain(nodes)
    const [, packs] = /^packs: (\d+)$/m.exec(await runGit(nodes.repository, ['count-objects', '-v'])) ?? []
    expect(Number(packs)).toBeLessThan(12)
  }
  ended = true
  await Promise.all(readers)
  expect(reads).toBeGreaterThan(3)
  expect(failures).toEqual([])
  await isSound(nodes)
}, 240_000)

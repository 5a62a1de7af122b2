// What /metrics tells of the parts of a server, and what asking costs.
import { beforeAll, expect, test, vi } from 'vitest'
import { withConnection } from '../../src/database/connections/connection.ts'
import { countConnections } from '../../src/database/connections/count-connections.ts'
import { db } from '../../src/database/db.ts'
import { countGitProcesses } from '../../src/git/count-processes.ts'
import { createMetrics, type Metrics } from '../../src/http/metrics.ts'
import type { FileStorage } from '../../src/storage/file-storage.ts'
import { observedStorage } from '../../src/storage/observed-storage.ts'
import { StorageAway } from '../../src/storage/storage-failure.ts'
import { startAnotherServer } from '../support/another-server.ts'
import { useApp } from '../support/app.ts'
import { query } from '../support/client.ts'
import { subscribe } from '../support/subscribe.ts'
import { createWorld, type World } from '../support/world.ts'
import { get, put } from './packages/package-client.ts'

const app = useApp({ rateLimits: null })
let world: World

beforeAll(async () => {
  world = await createWorld(app)
})

const linesOf = (text: string, name: string) => text.split('\n').filter((line) => line.startsWith(`${name}{`))
const metrics = async () => (await fetch(`${app.url}/metrics`)).text()
const numberOf = async (line: string) => {
  const found = (await metrics()).split('\n').find((one) => one.startsWith(`${line} `))
  return found === undefined ? undefined : Number(found.slice(line.length + 1))
}

test('/metrics counts what the caches of answers and of operations knew', async () => {
  const asked = (cache: string, result: string) =>
    numberOf(`waybill_cache_requests_total{cache="${cache}",result="${result}"}`)
  const text = `{ project(fullPath: "${world.project.fullPath}") { releases { nodes { tagName } } } }`
  const before = [await asked('answers', 'hit'), await asked('answers', 'miss')]
  for (let time = 0; time < 3; time += 1) await query(app, text)
  expect([await asked('answers', 'hit'), await asked('answers', 'miss')]).toEqual([
    (before[0] ?? 0) + 2,
    (before[1] ?? 0) + 1,
  ])
  expect(await numberOf('waybill_cache_entries{cache="answers"}')).toBeGreaterThan(0)
  expect(await numberOf('waybill_cache_bytes{cache="answers"}')).toBeGreaterThan(0)
  for (const cache of ['operations', 'commits', 'archives']) expect(await asked(cache, 'hit')).toBeGreaterThanOrEqual(0)
})

test('/metrics counts the subscriptions that are open', async () => {
  expect(await numberOf('waybill_subscriptions')).toBe(0)
  const subscription = await subscribe(
    app,
    `subscription { releasePublished(projectPath: "${world.project.fullPath}") { id } }`,
  )
  await vi.waitFor(async () => expect(await numberOf('waybill_subscriptions')).toBe(1), { timeout: 5000 })
  subscription.close()
  await vi.waitFor(async () => expect(await numberOf('waybill_subscriptions')).toBe(0), { timeout: 5000 })
})

test('/metrics says how much bounded work runs and waits', async () => {
  for (const work of ['git', 'archives', 'uploads']) {
    for (const state of ['running', 'waiting'])
      expect(await numberOf(`waybill_work{work="${work}",state="${state}"}`)).toBe(0)
  }
  let done = () => {}
  const held = app.repositories.inTurn('somebody', () => new Promise<void>((resolve) => (done = resolve)))
  await vi.waitFor(async () => expect(await numberOf('waybill_work{work="git",state="running"}')).toBe(1))
  done()
  await held
})

test('a process tells of its connections, its git processes and its disks', async () => {
  const own = createMetrics()
  own.watch({
    connections: countConnections,
    gitProcesses: countGitProcesses,
    folders: { data: '/', repositories: '/nowhere' },
  })
  const [text] = await Promise.all([own.print(), db.$queryRaw`SELECT 1 AS one`])
  expect(linesOf(text, 'waybill_database_connections')).toHaveLength(3)
  expect(text).toMatch(/^waybill_git_processes \d+$/m)
  expect(text).toMatch(/^waybill_disk_size_bytes\{folder="data"\} [1-9]\d+$/m)
  expect(text).toMatch(/^waybill_disk_available_bytes\{folder="repositories"\} Nan$/im)
  expect(text).toMatch(/^waybill_start_time_seconds \d{10}$/m)
  expect(text).toMatch(/^waybill_memory_limit_bytes [1-9]\d{7,}$/m)
})

test('a process is ready when it says so, and not before', async () => {
  const own = createMetrics()
  expect(await own.print()).toMatch(/^waybill_ready 0$/m)
  own.watch({ unready: async () => 'the database is away' })
  expect(await own.print()).toMatch(/^waybill_ready 0$/m)
  own.watch({ unready: async () => null })
  expect(await own.print()).toMatch(/^waybill_ready 1$/m)
})

const failingStorage = (failing: () => Promise<never>): FileStorage => ({
  ...{ put: failing, get: failing, remove: failing },
  // biome-ignore lint/correctness/useYield: it fails before.
  async *list() {
    await failing()
  },
})

const observersOf = (own: Metrics) => ({ onFailure: own.observeStorageFailure, onMissing: own.observeMissingFile })

test('a file that the storage has lost is counted when somebody asks for it', async () => {
  const own = createMetrics()
  const server = await startAnotherServer({ ...app, storage: observedStorage(app.storage, observersOf(own)) })
  const world = await createWorld(app)
  expect((await put(server, world, 'content')).status).toBe(201)
  expect((await get(server, world)).status).toBe(200)
  expect(await own.print()).toContain('waybill_missing_files_total 0\n')
  const { storageKey } = await db.packageFile.findFirstOrThrow({ where: { package: { projectId: world.project.id } } })
  await app.storage.remove(storageKey)
  expect((await get(server, world)).status).toBe(404)
  expect(await own.print()).toContain('waybill_missing_files_total 1\n')
})

test.each<[unknown, string]>([
  [Object.assign(new Error('full'), { code: 'ENOSPC' }), 'full'],
  [Object.assign(new Error('quota'), { code: 'EDQUOT' }), 'full'],
  [Object.assign(new Error('read-only'), { code: 'EROFS' }), 'read_only'],
  [Object.assign(new Error('broken'), { code: 'EIO' }), 'broken'],
  [new StorageAway(new Error('no bucket')), 'away'],
])('a storage that fails with %s is counted as %s, for each operation', async (error, kind) => {
  const own = createMetrics()
  const failing = async () => Promise.reject(error)
  const storage = observedStorage(failingStorage(failing), observersOf(own))
  await expect(storage.get('a')).rejects.toBe(error)
  await expect(storage.remove('a')).rejects.toBe(error)
  await expect(storage.list('')[Symbol.asyncIterator]().next()).rejects.toBe(error)
  const text = await own.print()
  for (const operation of ['get', 'remove', 'list']) {
    expect(text).toContain(`waybill_storage_errors_total{operation="${operation}",kind="${kind}"} 1\n`)
  }
  expect(text).toContain(`waybill_storage_errors_total{operation="put",kind="${kind}"} 0\n`)
})

test('a body that breaks off is not counted against the storage', async () => {
  const own = createMetrics()
  const broken = new Error('the client has gone')
  const failing = async () => Promise.reject(broken)
  const storage = observedStorage(failingStorage(failing), observersOf(own))
  await expect(storage.get('a')).rejects.toBe(broken)
  const counted = linesOf(await own.print(), 'waybill_storage_errors_total')
  expect(counted).toHaveLength(16)
  expect(counted.filter((line) => !line.endsWith(' 0'))).toEqual([])
})

const nameOf = (sql: string) => /\/\* ([\w.]+) \*\//.exec(sql)?.[1] ?? sql.replace(/\s+/g, ' ')

test('asking for the metrics costs five statements, and those who ask at once share them', async () => {
  const statements = await app.statementsOf(() => Promise.all([metrics(), metrics(), metrics()]))
  const names = statements.map(nameOf).sort()
  expect(names).toHaveLength(5)
  expect(names).toEqual(expect.arrayContaining(['jobs.count', 'mails.count', 'webhooks.count']))
  for (const table of ['repository_checks', 'last_backup']) expect(names.join()).toContain(`"${table}"`)
})

/** Without triggers and without the rows that these rows belong to, which nothing here reads. */
const MANY = `
  SET session_replication_role = replica;
  INSERT INTO release_mails (release_id, user_id, batch, refusal)
    SELECT i % 1000, i, 0, CASE WHEN i % 2 = 0 THEN 'unknown' END FROM generate_series(1, 100000) i;
  INSERT INTO graphile_worker._private_tasks (identifier) VALUES ('settle-pushes') ON CONFLICT DO NOTHING;
  INSERT INTO graphile_worker._private_jobs (task_id, payload, run_at, max_attempts, attempts)
    SELECT (SELECT id FROM graphile_worker._private_tasks WHERE identifier = 'settle-pushes'), '{}',
           now() + i * interval '1 second' - interval '12 hours', 25, CASE WHEN i % 1000 = 0 THEN 25 ELSE 0 END FROM generate_series(1, 100000) i;
  INSERT INTO webhook_deliveries (webhook_id, event_id, next_attempt_at)
    SELECT 1, 1, CASE WHEN i % 2 = 0 THEN now() + interval '1 hour' + i * interval '1 second' END FROM generate_series(1, 100000) i;
  INSERT INTO repository_checks (project_id, kept_at, verified_at, problem)
    SELECT i, now(), now(), CASE WHEN i % 50000 = 0 THEN 'missing blob' END FROM generate_series(1, 100000) i ON CONFLICT DO NOTHING;
  ANALYZE release_mails, webhook_deliveries, repository_checks, graphile_worker._private_jobs`

test('with 100,000 jobs, mails and deliveries nothing is counted beyond 10,000, and no table is read whole', async () => {
  await withConnection(app.databaseUrl, (client) => client.query(MANY))
  const text = await metrics()
  expect(linesOf(text, 'waybill_mails')).toEqual([
    'waybill_mails{state="waiting"} 10000',
    'waybill_mails{state="refused"} 10000',
  ])
  expect(text).toContain('waybill_jobs{state="failed"} 100\n')
  expect(text).toMatch(/^waybill_jobs\{state="due"\} (9\d{3}|10000)$/m)
  expect(text).toMatch(/^waybill_jobs_oldest_due_seconds\{task="settle-pushes"\} 43\d{3}/m)
  expect(linesOf(text, 'waybill_webhook_deliveries')).toEqual([
    'waybill_webhook_deliveries{state="due"} 0',
    'waybill_webhook_deliveries{state="later"} 10000',
  ])
  expect(text).toMatch(/^waybill_repositories_damaged 2$/m)
  const steps = await app.stepsOf(metrics)
  expect(steps.length).toBeGreaterThan(10)
  const most = steps.map((step) => step['Actual Rows'] * step['Actual Loops'] + (step['Rows Removed by Filter'] ?? 0))
  expect(Math.max(...most)).toBeLessThanOrEqual(10_500)
  const whole = steps.filter((step) => step['Node Type'] === 'Seq Scan' && step['Relation Name'] !== '_private_tasks')
  expect(whole).toEqual([])
}, 60_000)

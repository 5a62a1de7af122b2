// PostgreSQL on hosts of a network of its own. When a cable is pulled, packets vanish without notice to anybody.
import { setTimeout } from 'node:timers/promises'
import { pino } from 'pino'
import { expect, onTestFinished, test } from 'vitest'
import { withConnection } from '../../src/database/connections/connection.ts'
import { connectDatabase, db } from '../../src/database/db.ts'
import { createRepositories } from '../../src/git/open-repositories.ts'
import { newDataDir, serve, until } from '../process/serve-world.ts'
import * as create from '../support/factories.ts'
import { createRepository } from '../support/git.ts'
import { createHosts } from '../support/network.ts'
import { promote, startPostgres, startStandby } from '../support/postgres-servers.ts'

const SOON_MS = 10_000

type Write = { path: string; body: object }
type Told = { status: number; retryAfter: string | null; answer: unknown }

/** A server on this database, with a project in it whose maintainer writes. */
async function startWorld(databaseUrl: string, primaryUrl = databaseUrl) {
  const directory = await newDataDir()
  const server = serve({ DATABASE_URL: databaseUrl, DATA_DIR: await newDataDir(), REPOSITORIES_DIR: directory })
  const url = await server.listening()
  const client = connectDatabase({ url: primaryUrl })
  onTestFinished(() => client.$disconnect())
  const project = await create.createProject()
  const maintainer = await create.createUser()
  await create.addMember({ project }, maintainer, 'maintainer')
  const repositories = createRepositories({ directory, log: pino({ level: 'silent' }) })
  await createRepository(repositories.directory(project.id), { commits: 1 })
  await repositories.close()
  const token = await create.tokenFor(maintainer)
  const rest = `/api/v4/projects/${project.id}`
  const send = async ({ path, body }: Write, key?: string): Promise<Told> => {
    const headers = {
      ...{ 'content-type': 'application/json', 'private-token': token },
      ...(key ? { 'idempotency-key': key } : {}),
    }
    const response = await fetch(url + rest + path, { method: 'POST', headers, body: JSON.stringify(body) })
    const retryAfter = response.headers.get('retry-after')
    return { status: response.status, retryAfter, answer: await response.json() }
  }
  const read = async (path: string) => {
    const response = await fetch(url + path, { headers: { 'private-token': token } })
    await response.arrayBuffer()
    return { status: response.status, retryAfter: response.headers.get('retry-after') }
  }
  return { server, url, project, rest, send, read }
}

const milestone = (title: string): Write => ({ path: '/milestones', body: { title } })
const release = (tag: string): Write => ({ path: '/releases', body: { tag_name: tag, ref: 'main' } })

const away = { status: 503, retryAfter: '2' }

/** The time until the condition holds, in milliseconds. */
async function timeUntil(condition: () => Promise<boolean>): Promise<number> {
  const started = performance.now()
  await until(condition)
  return performance.now() - started
}

test('every door says 503, keys are given back, and all works soon after while the cable of the database is pulled', async () => {
  const [host] = await createHosts(1)
  const primary = await startPostgres({ host: host as NonNullable<typeof host> })
  const { url, rest, send, read } = await startWorld(primary.url)
  expect((await send(milestone('Before'), 'before')).status).toBe(201)

  await host?.cut()
  const started = performance.now()
  const first = await Promise.all(Array.from({ length: 10 }, (_, n) => send(milestone(`M${n}`), `key-${n}`)))
  for (const told of first) expect(told).toMatchObject(away)
  expect(performance.now() - started).toBeLessThan(SOON_MS)
  for (const path of ['/ready', `${rest}/releases`, `${rest}/milestones`]) expect(await read(path)).toEqual(away)
  await setTimeout(2_000)
  expect(await send(milestone('M0'), 'key-0')).toMatchObject(away)

  const before = new Date()
  await host?.mend()
  expect(await timeUntil(async () => (await read('/ready')).status === 200)).toBeLessThan(SOON_MS)
  for (const path of [`${rest}/releases`, `${rest}/milestones`, '/health']) expect((await read(path)).status).toBe(200)
  for (const n of Array.from({ length: 10 }, (_, n) => n)) {
    const told = await send(milestone(`M${n}`), `key-${n}`)
    expect([n, told.status, told.answer]).toEqual([n, 201, expect.objectContaining({ title: `M${n}` })])
  }
  expect(await db.milestone.count()).toBe(11)
  // The parts that listen and that run jobs have new connections, too.
  const again = () =>
    withConnection(primary.url, async (client) => {
      const { rows } = await client.query<{ listening: boolean; jobs: boolean }>(
        `SELECT bool_or(query LIKE 'LISTEN%') AS listening, bool_or(application_name LIKE 'waybill-jobs-%') AS jobs
         FROM pg_stat_activity WHERE backend_start > $1`,
        [before],
      )
      return rows[0]?.listening === true && rows[0].jobs === true
    })
  expect(await timeUntil(again)).toBeLessThan(SOON_MS)
  expect((await fetch(`${url}/health`)).status).toBe(200)
})

const HANG = (table: string, seconds: number, each: 'ROW' | 'STATEMENT') => `
  CREATE FUNCTION hang() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(${seconds}); RETURN NEW; END $$;
  CREATE TRIGGER hang BEFORE INSERT ON ${table} FOR EACH ${each} EXECUTE FUNCTION hang()`

const SLEEPING = `SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep'`

const cutOff: [string, Write, string][] = [
  ['a milestone', milestone('Next'), HANG('milestones', 4, 'ROW')],
  // The write is committed, but nobody hears of it.
  ['a release that is made meanwhile', release('v1'), HANG('releases', 4, 'ROW')],
  // The write goes on when the cable is plugged in again.
  ['a release that is begun afterwards', release('v1'), HANG('releases', 9, 'STATEMENT')],
  ['a release that is finished afterwards', release('v1'), HANG('releases', 9, 'ROW')],
]

test.each(cutOff)(
  'the key of %s whose connection is cut off gives its answer in the end',
  async (_what, write, hang) => {
    const [host] = await createHosts(1)
    const primary = await startPostgres({ host: host as NonNullable<typeof host> })
    const { send } = await startWorld(primary.url)
    const ask = (sql: string) => withConnection(primary.url, (client) => client.query(sql))
    await ask(hang)
    const cut = send(write, 'key')
    await until(async () => (await ask(SLEEPING)).rowCount === 1)
    await host?.cut()
    expect(await cut).toMatchObject(away)
    await host?.mend()
    const seen: number[] = []
    await until(async () => {
      const { status } = await send(write, 'key')
      seen.push(status)
      return status === 201
    })
    // No answer is 409 or says "already exists".
    expect(seen.filter((status) => status !== 201 && status !== 503)).toEqual([])
    const again = await send(write, 'key')
    expect(again).toMatchObject({ status: 201 })
    expect((await db.milestone.count()) + (await db.release.count())).toBe(1)
  },
)

test('a server whose primary is cut off writes to the standby that was promoted', async () => {
  const [one, two] = await createHosts(2)
  const primary = await startPostgres({ host: one as NonNullable<typeof one> })
  const standby = await startStandby(primary, { host: two as NonNullable<typeof two> })
  const databaseUrl = `postgresql://waybill@${primary.host},${standby.host}/postgres?sslmode=disable&target_session_attrs=read-write`
  const { send, read } = await startWorld(databaseUrl, primary.url)
  expect((await send(milestone('Before'), 'before')).status).toBe(201)
  await until(() =>
    withConnection(standby.url, async (client) => (await client.query('SELECT FROM milestones')).rowCount === 1),
  )
  await one?.cut()
  expect(await send(milestone('After'), 'after')).toMatchObject(away)
  await promote(standby)
  expect(await timeUntil(async () => (await send(milestone('After'), 'after')).status === 201)).toBeLessThan(SOON_MS)
  // A connection to the host that is cut off may still be in the pool.
  expect(await timeUntil(async () => (await read('/ready')).status === 200)).toBeLessThan(SOON_MS)
  const { rows } = await withConnection(standby.url, (client) =>
    client.query<{ title: string }>('SELECT title FROM milestones ORDER BY id'),
  )
  expect(rows.map(({ title }) => title)).toEqual(['Before', 'After'])
})

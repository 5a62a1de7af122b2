import { expect, onTestFinished, test } from 'vitest'
import { withConnection } from '../../src/database/connections/connection.ts'
import { connectDatabase } from '../../src/database/db.ts'
import { newDataDir, serve, until } from '../process/serve-world.ts'
import { createDatabase, createEmptyDatabase } from '../support/database.ts'
import * as create from '../support/factories.ts'
import { newerPgbouncer, startPgbouncer } from '../support/pgbouncer.ts'
import { ask, type ServerProcess } from '../support/server-process.ts'
import { subscribe } from '../support/subscribe.ts'

const QUERY = '{ project(fullPath: "demo/waybill") { id } }'

/** How the start ended, or the URL of a server that serves. */
const outcomeOf = (server: ServerProcess) => Promise.race([server.ended, server.listening().catch(() => server.ended)])

const ready = async (url: string) => (await fetch(`${url}/ready`)).status

test('a server migrates, serves and listens through pgbouncer in session mode', async () => {
  const database = await createEmptyDatabase()
  const pooled = await startPgbouncer(database.url, { pool_mode: 'session' })
  const server = serve({ DATABASE_URL: pooled, DATA_DIR: await newDataDir() })
  const url = await server.listening()
  expect(await ready(url)).toBe(200)
  // More requests than one connection serves, and enough of them to use prepared statements.
  const answers = await Promise.all(Array.from({ length: 200 }, () => ask(url, QUERY)))
  expect(answers.every(({ data }) => JSON.stringify(data) === '{"project":null}')).toBe(true)
  const listening = await withConnection(database.url, (client) =>
    client.query(`SELECT query FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'`),
  )
  expect(listening.rows.length).toBeGreaterThan(0)
  expect(server.stderr()).not.toContain('"level":50')
  server.kill('SIGTERM')
  expect(await server.ended).toEqual({ code: 0, signal: null })
})

test('a statement through pgbouncer in session mode is ended after 30 seconds, as without pgbouncer', async () => {
  const database = await createDatabase()
  const pooled = await startPgbouncer(database.url, { pool_mode: 'session' })
  const server = serve({ DATABASE_URL: pooled, DATA_DIR: await newDataDir() })
  const url = await server.listening()
  // A statement that reads the projects now waits for this lock.
  await withConnection(database.url, async (client) => {
    await client.query('BEGIN; LOCK TABLE projects IN ACCESS EXCLUSIVE MODE')
    const started = performance.now()
    const answer = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: QUERY }),
      signal: AbortSignal.timeout(45_000),
    })
    expect(answer.status).toBe(503)
    expect(performance.now() - started).toBeGreaterThan(25_000)
    expect(performance.now() - started).toBeLessThan(40_000)
  })
})

test('a server refuses to start on a pooler that shares sessions and keeps no prepared statements', async () => {
  const database = await createDatabase()
  const pooled = await startPgbouncer(database.url, { pool_mode: 'transaction' })
  for (const direct of [{}, { DATABASE_DIRECT_URL: database.url }]) {
    const server = serve({ DATABASE_URL: pooled, DATA_DIR: await newDataDir(), ...direct })
    expect(await outcomeOf(server)).toEqual({ code: 1, signal: null })
    expect(server.stderr()).toContain('DATABASE_URL leads to a pooler that shares sessions')
    expect(server.stderr()).toContain('pgbouncer 1.21')
    expect(server.stderr().trim().split('\n')).toHaveLength(1)
  }
})

test('a server refuses a DATABASE_DIRECT_URL that shares sessions, or leads to another database', async () => {
  const [database, other] = await Promise.all([createDatabase(), createEmptyDatabase()])
  const shared = await startPgbouncer(database.url, { pool_mode: 'transaction' })
  const session = await startPgbouncer(database.url, { pool_mode: 'session' })
  const refusal = async (DATABASE_URL: string, DATABASE_DIRECT_URL: string) => {
    const server = serve({ DATABASE_URL, DATABASE_DIRECT_URL, DATA_DIR: await newDataDir() })
    expect(await outcomeOf(server)).toEqual({ code: 1, signal: null })
    return server.stderr()
  }
  expect(await refusal(session, shared)).toContain('DATABASE_DIRECT_URL leads to a pooler that shares sessions')
  expect(await refusal(other.url, session)).toContain('DATABASE_DIRECT_URL leads to another database than DATABASE_URL')
})

/** Whether a connection to the database that came past the pooler fits. Of others the pooler says from where they came. */
const isDirect = (url: string, condition: string) =>
  withConnection(url, async (client) => {
    const { rowCount } = await client.query(
      `SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name NOT LIKE '% - %' AND ${condition}`,
    )
    return (rowCount ?? 0) > 0
  })

const LISTENS = `query LIKE 'LISTEN%'`
const RUNS_JOBS = `application_name LIKE 'waybill-jobs-%'`
/** Has a lock by which others know that it is alive. */
const SHOWS_ALIVE = `pid IN (SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND classid = 7927004)`

test('work that needs a session of its own goes to DATABASE_DIRECT_URL', async () => {
  const database = await createDatabase()
  const pooled = await startPgbouncer(database.url, { pool_mode: 'session', application_name_add_host: '1' })
  const server = serve({ DATABASE_URL: pooled, DATABASE_DIRECT_URL: database.url, DATA_DIR: await newDataDir() })
  const url = await server.listening()
  expect(await ready(url)).toBe(200)
  expect(await ask(url, QUERY)).toEqual({ data: { project: null } })
  for (const work of [LISTENS, RUNS_JOBS, SHOWS_ALIVE]) await until(() => isDirect(database.url, work))
})

const SHARED = {
  pool_mode: 'transaction',
  max_prepared_statements: '200',
  default_pool_size: '4',
  application_name_add_host: '1',
} as const

test('a server serves, listens and runs jobs through pgbouncer 1.24 in transaction mode, beside DATABASE_DIRECT_URL', async () => {
  const database = await createDatabase()
  const pooled = await startPgbouncer(database.url, SHARED, newerPgbouncer())
  const server = serve({ DATABASE_URL: pooled, DATABASE_DIRECT_URL: database.url, DATA_DIR: await newDataDir() })
  const url = await server.listening()
  expect(await ready(url)).toBe(200)
  // The sessions belong to the pooler, so their time limit is the role's.
  const limit = await withConnection(database.url, (client) => client.query('SHOW statement_timeout'))
  expect(limit.rows).toEqual([{ statement_timeout: '30s' }])
  // Each connection is served by several sessions, and each session serves several connections.
  for (let round = 0; round < 5; round++) {
    const answers = await Promise.all(Array.from({ length: 100 }, () => ask(url, QUERY)))
    expect(answers.every(({ data }) => JSON.stringify(data) === '{"project":null}')).toBe(true)
  }
  const client = connectDatabase({ url: database.url })
  onTestFinished(() => client.$disconnect())
  const project = await create.createProject()
  const document = 'subscription ($p: ID!) { releasePublished(projectPath: $p) { id } }'
  const stream = await subscribe({ url }, document, { variables: { p: project.fullPath } })
  for (const work of [LISTENS, RUNS_JOBS]) await until(() => isDirect(database.url, work))
  const { id } = await create.createRelease(project)
  const event = await stream.next()
  expect(event).toEqual({ data: { releasePublished: { id: `gid://gitlab/Release/${id}` } } })
  expect(server.stderr()).not.toContain('"level":50')
  await stream.close()
})

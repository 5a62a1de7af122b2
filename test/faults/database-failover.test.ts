import { expect, test } from 'vitest'
import { withConnection } from '../../src/database/connections/connection.ts'
import { newDataDir, serve, until } from '../process/serve-world.ts'
import { type PostgresServer, promote, startPostgres, startStandby } from '../support/postgres-servers.ts'
import { ask } from '../support/server-process.ts'
import { createWriter } from './writer.ts'

const QUERY = '{ project(fullPath: "demo/waybill") { id } }'

const ready = async (url: string) => {
  const response = await fetch(`${url}/ready`)
  const { reason } = (await response.json()) as { reason?: string }
  return [response.status, reason] as const
}

const hosts = (servers: readonly PostgresServer[], rest = '') =>
  `postgresql://waybill@${servers.map(({ host }) => host).join(',')}/postgres?sslmode=disable${rest}`

/** Runs the work and returns how many milliseconds it took. */
async function timed(run: () => Promise<unknown>): Promise<number> {
  const started = performance.now()
  await run()
  return performance.now() - started
}

test('a server finds the host that takes writes among several, and the next one when a standby is promoted', async () => {
  const primary = await startPostgres()
  const standby = await startStandby(primary)
  // The standby comes first, so that a server that takes the first host that answers fails.
  const server = serve({
    DATABASE_URL: hosts([standby, primary], '&target_session_attrs=read-write'),
    DATA_DIR: await newDataDir(),
  })
  const url = await server.listening()
  expect(await ready(url)).toEqual([200, undefined])
  expect(await ask(url, QUERY)).toEqual({ data: { project: null } })

  await primary.kill()
  const refused = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: QUERY }),
  })
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '2'])
  expect((await ready(url))[0]).toBe(503)

  await promote(standby)
  expect(await timed(() => until(async () => (await ready(url))[0] === 200))).toBeLessThan(10_000)
  expect(await ask(url, QUERY)).toEqual({ data: { project: null } })
  // The job runner has found it, too.
  await until(() =>
    withConnection(standby.url, async (client) => {
      const { rowCount } = await client.query(
        `SELECT FROM pg_stat_activity WHERE application_name LIKE 'waybill-jobs-%'`,
      )
      return (rowCount ?? 0) > 0
    }),
  )
})

test('a server whose database became a standby, or was set to read only, is unready and says why, and 503 to writes', async () => {
  const primary = await startPostgres()
  const server = serve({ DATABASE_URL: hosts([primary]), DATA_DIR: await newDataDir() })
  const url = await server.listening()
  const write = await createWriter(url, primary.url)
  expect(await ready(url)).toEqual([200, undefined])
  const onPrimary = (sql: string) => withConnection(primary.url, (client) => client.query(sql))
  await onPrimary('ALTER DATABASE postgres SET default_transaction_read_only = on')
  await onPrimary(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname IS NOT NULL`,
  )
  // At first it has only noticed that its connections are gone.
  await until(async () => (await ready(url))[1]?.includes('takes no writes') ?? false)
  expect((await ready(url))[0]).toBe(503)
  // Reads go on.
  expect(await ask(url, QUERY)).toEqual({ data: { project: null } })
  const refused = await write('Refused')
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '2'])
  await withConnection(primary.url, async (client) => {
    await client.query('SET default_transaction_read_only = off')
    await client.query('ALTER DATABASE postgres RESET default_transaction_read_only')
  })
  // Connections that were opened meanwhile stay read-only, so the server must open others.
  expect(await timed(() => until(async () => (await write('Written')).status === 201))).toBeLessThan(10_000)
  expect(await ready(url)).toEqual([200, undefined])
})

test('a server is unready when a newer Waybill has changed its database so that it cannot serve it', async () => {
  const primary = await startPostgres()
  const server = serve({ DATABASE_URL: hosts([primary]), DATA_DIR: await newDataDir() })
  const url = await server.listening()
  await withConnection(primary.url, async (client) => {
    await client.query(`INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count)
      VALUES ('next', 'x', '99990101000000_next', now(), 1)`)
    await client.query(`INSERT INTO migration_requirements VALUES ('99990101000000_next', '999.0.0')`)
  })
  const [status, reason] = await ready(url)
  expect(status).toBe(503)
  expect(reason).toContain('The database needs Waybill 999.0.0 or newer')
})

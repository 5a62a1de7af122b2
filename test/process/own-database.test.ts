import { readdir } from 'node:fs/promises'
import { expect, inject, test } from 'vitest'
import { withConnection } from '../../src/database/connections/connection.ts'
import { readSqlFiles } from '../../src/database/migrations/sql-files.ts'
import { migrationsDir } from '../../src/start/open-database.ts'
import { createDatabase, createEmptyDatabase } from '../support/database.ts'
import { ask } from '../support/server-process.ts'
import { newDataDir, serve, takePort, until } from './serve-world.ts'

const migrationNames = async () => (await readdir(migrationsDir)).filter((name) => !name.includes('.')).sort()

const ready = async (url: string) => {
  const response = await fetch(`${url}/ready`)
  return [response.status, await response.json()]
}

test('two servers that start at once on an empty database migrate it once, and start no database of their own', async () => {
  const database = await createEmptyDatabase()
  const dataDir = await newDataDir()
  const servers = [1, 2].map(() => serve({ DATABASE_URL: database.url, DATA_DIR: dataDir }))
  for (const server of servers) {
    const url = await server.listening()
    expect(await ready(url)).toEqual([200, { status: 'ready' }])
    expect(await ask(url, '{ currentUser { id } project(fullPath: "demo/waybill") { id } }')).toEqual({
      data: { currentUser: null, project: null },
    })
    expect(server.stdout()).toBe(`Waybill is listening. GraphiQL: ${url}/graphql\nPages for a browser: ${url}/\n`)
  }
  const applied = await withConnection(database.url, (client) =>
    client.query('SELECT migration_name FROM _prisma_migrations ORDER BY 1'),
  )
  expect(applied.rows.map(({ migration_name }) => migration_name)).toEqual(await migrationNames())
  expect(await readdir(dataDir)).not.toContain('postgres')
  // The built server finds the functions and triggers as well.
  const files = await withConnection(database.url, (client) =>
    client.query('SELECT name, version FROM sql_files ORDER BY 1'),
  )
  const expected = await readSqlFiles(migrationsDir)
  expect(files.rows).toEqual(expected.map(({ name, version }) => ({ name, version })))
})

test('/ready is 503 while the database is away, and 200 when it is back, without a restart', async () => {
  const database = await createDatabase()
  const server = serve({ DATABASE_URL: database.url, DATA_DIR: await newDataDir() })
  const url = await server.listening()
  const query = '{ project(fullPath: "demo/waybill") { id } }'
  expect(await ask(url, query)).toEqual({ data: { project: null } })
  const name = new URL(database.url).pathname.slice(1)
  const onServer = (sql: string) => withConnection(inject('databaseServer').url, (client) => client.query(sql))

  await onServer(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`)
  await onServer(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`)
  expect(await ready(url)).toEqual([503, { status: 'unready', reason: 'the database cannot be reached' }])
  expect((await fetch(`${url}/health`)).status).toBe(200)
  expect(await ask(url, query)).toMatchObject({ errors: [{ extensions: { code: 'UNAVAILABLE' } }] })

  await onServer(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`)
  expect(await ready(url)).toEqual([200, { status: 'ready' }])
  expect(await ask(url, query)).toEqual({ data: { project: null } })
  server.kill('SIGTERM')
  expect(await server.ended).toEqual({ code: 0, signal: null })
})

test('a server refuses connections until it can answer, and its first answer is that it is ready', async () => {
  const database = await createEmptyDatabase()
  const { port, release } = await takePort()
  await release()
  const server = serve({ DATABASE_URL: database.url, DATA_DIR: await newDataDir(), PORT: String(port) })
  const url = `http://127.0.0.1:${port}`
  let first: Response | undefined
  let refused = 0
  await until(async () => {
    first = await fetch(`${url}/ready`).catch(() => undefined)
    if (!first) refused += 1
    return first !== undefined
  })
  expect(refused).toBeGreaterThan(0)
  expect([first?.status, await first?.json()]).toEqual([200, { status: 'ready' }])
  expect(await server.listening()).toBe(url)
})

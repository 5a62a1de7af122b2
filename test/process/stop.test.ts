import { stat } from 'node:fs/promises'
import path from 'node:path'
import { Client } from 'pg'
import { expect, onTestFinished, test } from 'vitest'
import { withConnection } from '../../src/database/connection.ts'
import { ask } from '../support/server-process.ts'
import { isAlive, newDataDir, readPostmaster, serve, until } from './serve-world.ts'

const lockedQuery = '{ project(fullPath: "demo/waybill") { releases(first: 1) { count } } }'

/** Holds a table, so that whoever reads it waits until the returned function is called. */
async function lockReleases(url: string): Promise<() => Promise<void>> {
  const client = new Client(url)
  await client.connect()
  onTestFinished(() => client.end())
  await client.query('BEGIN; LOCK TABLE releases IN ACCESS EXCLUSIVE MODE')
  return () => client.end()
}

async function isSomebodyWaiting(url: string): Promise<boolean> {
  const sql = "SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
  return withConnection(url, async (client) => (await client.query(sql)).rowCount !== 0)
}

test('SIGTERM lets a request in flight finish, then stops the embedded PostgreSQL and exits with 0', async () => {
  const dataDir = await newDataDir()
  const server = serve({ DATA_DIR: dataDir })
  const url = await server.listening()
  const postgres = await readPostmaster(dataDir)
  const release = await lockReleases(postgres.url)
  const answer = ask(url, lockedQuery)
  await until(() => isSomebodyWaiting(postgres.url))

  server.kill('SIGTERM')
  await until(() => server.stderr().includes('"signal":"SIGTERM"'))
  await expect(fetch(`${url}/health`)).rejects.toThrow('fetch failed')
  await release()

  expect(await answer).toEqual({ data: { project: { releases: { count: 9 } } } })
  const answered = performance.now()
  expect(await server.ended).toEqual({ code: 0, signal: null })
  // Not the seconds for which the client keeps its connection.
  expect(performance.now() - answered).toBeLessThan(3000)
  expect(isAlive(postgres.pid)).toBe(false)
}, 30_000)

test('SIGTERM during the first start stops the embedded PostgreSQL, too', async () => {
  const dataDir = await newDataDir()
  const server = serve({ DATA_DIR: dataDir })
  await until(() => server.stderr().includes('database migrated'))
  const { pid } = await readPostmaster(dataDir)
  server.kill('SIGTERM')
  expect(await server.ended).toEqual({ code: 0, signal: null })
  expect(isAlive(pid)).toBe(false)
  expect(await stat(path.join(dataDir, 'postgres', 'data', 'postmaster.pid')).catch(() => null)).toBeNull()
}, 30_000)

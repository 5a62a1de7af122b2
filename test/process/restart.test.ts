import { Client } from 'pg'
import { expect, onTestFinished, test } from 'vitest'
import { withConnection } from '../../src/database/connections/connection.ts'
import { ask } from '../support/server-process.ts'
import { embeddedUrl, isPostgresRunning, newDataDir, readDemo, serve, until } from './serve-world.ts'

const everything = `{
  open: project(fullPath: "demo/waybill") { id releases { count nodes { id tagName evidences { nodes { sha } } } } }
  secret: project(fullPath: "demo/secret") { id releases { count nodes { id tagName evidences { nodes { sha } } } } }
}`

/** Locks a table until the returned function is called, so that every reader waits. */
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

test('the next start after a kill -9 has the same data, and SIGTERM lets a request in flight finish and stops all processes', async () => {
  const dataDir = await newDataDir()
  const killed = serve({ DATA_DIR: dataDir })
  const killedUrl = await killed.listening()
  const ofFirstStarts = ['making a database', 'database migrated', 'making the demo world']
  for (const step of ofFirstStarts) expect(killed.stderr()).toContain(step)
  const { tokens } = await readDemo(dataDir)
  const before = await ask(killedUrl, everything, tokens.owner)
  expect(before.errors).toBeUndefined()
  killed.kill('SIGKILL')
  expect(await killed.ended).toEqual({ code: null, signal: 'SIGKILL' })

  // Answers are not kept, because a kept answer would not wait for the lock below.
  const server = serve({ DATA_DIR: dataDir, RESPONSE_CACHE: 'off' })
  const url = await server.listening()
  for (const step of ofFirstStarts) expect(server.stderr()).not.toContain(step)
  expect(await ask(url, everything, tokens.owner)).toEqual(before)
  expect(await readDemo(dataDir)).toMatchObject({ baseUrl: url, tokens })

  const postgresUrl = await embeddedUrl(dataDir)
  const release = await lockReleases(postgresUrl)
  const answer = ask(url, everything, tokens.owner)
  // The error of an answer that is cut off is reported where the answer is awaited.
  answer.catch(() => {})
  await until(() => isSomebodyWaiting(postgresUrl))
  server.kill('SIGTERM')
  await until(() => server.stderr().includes('"signal":"SIGTERM"'))
  // A request that comes by a connection that was open already may still be answered.
  const isClosed = () =>
    fetch(`${url}/health`).then(
      () => false,
      () => true,
    )
  await until(isClosed)
  await release()
  expect(await answer).toEqual(before)
  const answered = performance.now()
  expect(await server.ended).toEqual({ code: 0, signal: null })
  // The stop does not wait for the seconds for which the client would keep its connection.
  expect(performance.now() - answered).toBeLessThan(3000)
  expect(isPostgresRunning(dataDir)).toBe(false)
})

test('SIGTERM during the first start leaves no PostgreSQL running', async () => {
  const dataDir = await newDataDir()
  const server = serve({ DATA_DIR: dataDir })
  await until(() => server.stderr().includes('database migrated'))
  expect(isPostgresRunning(dataDir)).toBe(true)
  server.kill('SIGTERM')
  expect(await server.ended).toEqual({ code: 0, signal: null })
  expect(isPostgresRunning(dataDir)).toBe(false)
})

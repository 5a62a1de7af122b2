import path from 'node:path'
import { pino } from 'pino'
import { expect, inject, test } from 'vitest'
import { loadConfig } from '../../src/config.ts'
import { startServer } from '../../src/server.ts'
import { createDatabase } from '../support/database.ts'
import * as create from '../support/factories.ts'
import { subscribe } from '../support/subscribe.ts'

/** The grace that a process gives to requests in flight is 30 s: a subscription must not use it up. */
const SOON_MS = 3000

test('a server that stops completes its subscriptions, and does not wait for their clients to go', async () => {
  const database = await createDatabase()
  const dataDir = path.join(inject('scratch'), path.basename(new URL(database.url).pathname))
  const config = loadConfig({ DATABASE_URL: database.url, DATA_DIR: dataDir, PORT: '0' })
  const { baseUrl: url, close } = await startServer({ config, log: pino({ level: 'silent' }), runsJobs: false })
  const { fullPath } = await create.createProject()
  const document = 'subscription ($p: ID!) { releasePublished(projectPath: $p) { id } }'
  const stream = await subscribe({ url }, document, { variables: { p: fullPath } })
  const stopping = performance.now()
  await close()
  expect(performance.now() - stopping).toBeLessThan(SOON_MS)
  expect(await stream.next()).toBeNull()
  await database.drop()
})

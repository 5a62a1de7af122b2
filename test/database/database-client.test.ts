import { setTimeout } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { DatabaseClient } from '../../src/database/connections/database-client.ts'
import { createEmptyDatabase } from '../support/database.ts'

/** Long enough for an answer on a busy machine. */
const PATIENCE_MS = 600
const CONNECTIONS = 20
const HEARTBEATS = 2

test('a connection is not cut because a statement comes just when the connection has been silent for long', async () => {
  const { url } = await createEmptyDatabase()
  const clients = Array.from(
    { length: CONNECTIONS },
    () => new DatabaseClient({ connectionString: url, patienceMs: PATIENCE_MS }),
  )
  for (const client of clients) {
    await client.connect()
    const timer = setInterval(() => void client.query('SELECT').catch(() => undefined), PATIENCE_MS)
    onTestFinished(() => {
      clearInterval(timer)
      return client.end()
    })
  }
  await setTimeout(PATIENCE_MS * (HEARTBEATS + 1))
  expect(clients.filter(({ isCut }) => isCut)).toHaveLength(0)
})

import { expect, test } from 'vitest'
import { withConnection } from '../../src/database/connections/connection.ts'
import { startPostgres, startStandby } from './postgres-servers.ts'

test('a standby starts from a primary whose files come and go', async () => {
  const primary = await startPostgres()
  let isOver = false
  const changing = withConnection(primary.url, async (client) => {
    while (!isOver) {
      // The files of a temporary table go at once.
      await client.query('CREATE TEMPORARY TABLE t AS SELECT 1 AS a')
      await client.query('DROP TABLE t')
    }
  })
  try {
    for (let n = 0; n < 3; n++) expect((await startStandby(primary)).host).toMatch(/:\d+$/)
  } finally {
    isOver = true
    await changing
  }
}, 60_000)

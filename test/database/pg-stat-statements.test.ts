import path from 'node:path'
import { pino } from 'pino'
import { expect, inject, test } from 'vitest'
import { withConnection } from '../../src/database/connections/connection.ts'
import { connectDatabase } from '../../src/database/db.ts'
import { startEmbeddedPostgres } from '../../src/database/embedded/embedded-postgres.ts'
import { Prisma } from '../../src/generated/prisma/client.ts'
import { readRows } from '../../src/rows/json-rows.ts'

/** Enough for a statement to be prepared under a name. */
const OFTEN = 6

test('pg_stat_statements shows the name of a statement, also of one that is prepared', async () => {
  const dataDir = path.join(inject('scratch'), 'stat-statements')
  const settings = { shared_preload_libraries: 'pg_stat_statements', fsync: 'off' }
  const { url, stop } = await startEmbeddedPostgres({ dataDir, log: pino({ level: 'silent' }), settings })
  const client = connectDatabase({ url })
  try {
    await withConnection(url, (admin) => admin.query('CREATE EXTENSION pg_stat_statements'))
    for (let time = 0; time < OFTEN; time++)
      await readRows('planets.all', Prisma.sql`SELECT ${time}::int AS planet`, (row) => row)
    const { rows } = await withConnection(url, (admin) =>
      admin.query(
        `SELECT left(query, 25) AS query, calls FROM pg_stat_statements WHERE query LIKE '%planet%' AND calls > 1`,
      ),
    )
    expect(rows).toEqual([{ query: 'SELECT /* planets.all */ ', calls: String(OFTEN) }])
  } finally {
    await client.$disconnect()
    await stop()
  }
}, 60_000)

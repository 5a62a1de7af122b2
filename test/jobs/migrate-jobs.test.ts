import { expect, test } from 'vitest'
import { withConnection } from '../../src/database/connections/connection.ts'
import { migrateJobs } from '../../src/jobs/migrate-jobs.ts'
import { createDatabase } from '../support/database.ts'

test('several servers that start at once make the index of jobs together', async () => {
  const { url, drop } = await createDatabase()
  for (let round = 0; round < 10; round++) {
    await withConnection(url, (client) => client.query('DROP INDEX graphile_worker.waybill_jobs_taken'))
    const starts = Array.from({ length: 4 }, () => migrateJobs(url))
    await expect(Promise.all(starts)).resolves.toHaveLength(4)
  }
  await drop()
}, 60_000)

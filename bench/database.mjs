// The database that all subjects share: the benchmark's own embedded PostgreSQL, or the database of BENCH_DATABASE_URL.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { Client } from 'pg'
import { startEmbeddedPostgres } from '../dist/database/embedded/embedded-postgres.js'

const bin = fileURLToPath(new URL('../bin/waybill.js', import.meta.url))

/** Enough memory to keep the data set off the disk, and connections for all subjects at once. */
export const settings = {
  shared_buffers: '512MB',
  effective_cache_size: '2GB',
  max_wal_size: '4GB',
  max_connections: '200',
}
const quiet = () => {}
const log = { debug: quiet, info: quiet, warn: quiet, error: console.error }

export async function withClient(url, use) {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return await use(client)
  } finally {
    await client.end()
  }
}

/** Opens the database and migrates it by Waybill. `close` stops a server that was started here. */
export async function openDatabase(dataDir) {
  const given = process.env.BENCH_DATABASE_URL
  const embedded = given ? null : await startEmbeddedPostgres({ dataDir, log, settings })
  const url = given ?? embedded.url
  const env = { ...process.env, DATABASE_URL: url, DATA_DIR: dataDir }
  const { status } = spawnSync(process.execPath, [bin, 'migrate'], { env, stdio: ['ignore', 'ignore', 'inherit'] })
  if (status !== 0) {
    await embedded?.stop()
    throw new Error('the database could not be migrated')
  }
  return { url, close: async () => embedded?.stop() }
}

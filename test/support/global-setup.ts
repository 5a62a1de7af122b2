import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { pino } from 'pino'
import type { TestProject } from 'vitest/node'
import { withConnection } from '../../src/database/connections/connection.ts'
import { startEmbeddedPostgres } from '../../src/database/embedded/embedded-postgres.ts'
import { migrate } from '../../src/database/migrations/migrate.ts'
import { migrateJobs } from '../../src/jobs/migrate-jobs.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** The temporary folder of the run. It is removed at the end, with every PostgreSQL in `<folder>/<world>/postgres`. */
    scratch: string
    /** A server with a migrated database to clone. Databases whose names begin like the template's are dropped at the end. */
    databaseServer: { url: string; template: string }
  }
}

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Nothing in these databases outlives the run. autovacuum is off, because it would hold the template now and then. */
const FAST_AND_FORGETFUL = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  autovacuum: 'off',
  max_connections: '300',
}

/** One PostgreSQL for the whole run, or the one of TEST_DATABASE_URL, whose user must be allowed to create databases. */
export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const run = randomBytes(4).toString('hex')
  const scratch = path.join(tmpdir(), `waybill-test-${run}`)
  // Root runs PostgreSQL as another user, who must be able to enter.
  await mkdir(scratch, { mode: 0o755 })
  const template = `waybill_test_${run}`
  const cleanUp = prepareCleanUp(scratch, template)
  const url = process.env.TEST_DATABASE_URL ?? (await startServer(path.join(scratch, 'server')))
  await createTemplate(url, template)
  provide('scratch', scratch)
  provide('databaseServer', { url, template })
  return cleanUp
}

/** A process of its own, because vitest exits on a signal without the teardown. */
function prepareCleanUp(scratch: string, template: string): () => Promise<void> {
  const script = path.join(root, 'test', 'support', 'clean-up.mjs')
  const child = spawn(process.execPath, [script, scratch, template, process.env.TEST_DATABASE_URL ?? ''], {
    detached: true,
    stdio: ['pipe', 'inherit', 'inherit'],
  })
  return async () => {
    child.stdin?.end()
    await once(child, 'exit')
  }
}

async function startServer(dataDir: string): Promise<string> {
  const log = pino({ level: 'silent' })
  const { url } = await startEmbeddedPostgres({ dataDir, log, settings: FAST_AND_FORGETFUL })
  return url
}

async function createTemplate(serverUrl: string, template: string): Promise<void> {
  const url = new URL(serverUrl)
  url.pathname = `/${template}`
  await withConnection(serverUrl, (client) => client.query(`CREATE DATABASE ${template} TEMPLATE template0`))
  await migrate({ url: url.href, migrationsDir: path.join(root, 'prisma', 'migrations') })
  await migrateJobs(url.href)
  // A database that somebody is connected to cannot be cloned.
  await withConnection(serverUrl, (client) => client.query(`ALTER DATABASE ${template} ALLOW_CONNECTIONS false`))
}

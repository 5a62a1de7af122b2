import { fileURLToPath } from 'node:url'
import type { Config } from '../config.ts'
import { connectDatabase } from '../db.ts'
import { migrateJobs } from '../jobs/migrate-jobs.ts'
import type { Log } from '../log.ts'
import { startEmbeddedPostgres } from './embedded-postgres.ts'
import { assertServerVersion, migrate, pendingMigrations } from './migrate.ts'
import { assertClusterExists } from './postgres-cluster.ts'

export const migrationsDir = fileURLToPath(new URL('../../prisma/migrations', import.meta.url))

export type OpenDatabase = {
  url: string
  /** Names of the migrations that were applied now. */
  applied: string[]
  /** Whether its PostgreSQL is the embedded one. */
  embedded: boolean
  /** Why it cannot serve now; null when it can. */
  unready: () => Promise<string | null>
  close: () => Promise<void>
}

async function unready(url: string): Promise<string | null> {
  try {
    const pending = await pendingMigrations({ url, migrationsDir })
    return pending.length === 0 ? null : 'migrations are pending'
  } catch {
    return 'the database cannot be reached'
  }
}

/** A question opens a connection, and anybody may ask: those who ask while one is being answered get its answer. */
function askOneAtATime(ask: () => Promise<string | null>): () => Promise<string | null> {
  let asked: Promise<string | null> | null = null
  return () => {
    asked ??= ask().finally(() => {
      asked = null
    })
    return asked
  }
}

/** As after any error that nobody can mend here: whoever supervises the process starts it again. */
function endProcess(reason: Error): void {
  setImmediate(() => {
    throw reason
  })
}

type OpenOptions = {
  /** Whether an embedded database that is not there is made. */
  mayCreate: boolean
}

/** The database of the configuration, started if it is the embedded one, with every migration applied. */
export async function openDatabase(config: Config, log: Log, { mayCreate }: OpenOptions): Promise<OpenDatabase> {
  if (config.databaseUrl === null && !mayCreate) await assertClusterExists(config.dataDir)
  const embedded =
    config.databaseUrl === null
      ? await startEmbeddedPostgres({ dataDir: config.dataDir, log, whenLost: endProcess })
      : null
  const url = config.databaseUrl ?? embedded?.everydayUrl ?? ''
  try {
    await assertServerVersion(url)
    const applied = await migrate({ url, migrationsDir, log })
    await migrateJobs(url)
    const client = connectDatabase({ url })
    const close = async () => {
      await client.$disconnect()
      await embedded?.stop()
    }
    return { url, applied, embedded: embedded !== null, unready: askOneAtATime(() => unready(url)), close }
  } catch (error) {
    await embedded?.stop()
    throw error
  }
}

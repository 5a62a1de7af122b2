import { fileURLToPath } from 'node:url'
import type { Config } from '../config.ts'
import { assertSessions, storeSettingsInRole } from '../database/connections/pooling.ts'
import { unready } from '../database/connections/readiness.ts'
import { connectDatabase } from '../database/db.ts'
import { startEmbeddedPostgres } from '../database/embedded/embedded-postgres.ts'
import { assertClusterExists } from '../database/embedded/postgres-cluster.ts'
import { assertServerVersion, migrate, pendingMigrations } from '../database/migrations/migrate.ts'
import { settings } from '../database/open-client.ts'
import type { Log } from '../foundation/log.ts'
import { StartError } from '../foundation/start-error.ts'
import { migrateJobs } from '../jobs/migrate-jobs.ts'
import { assertNoRestore } from '../modules/backups/restore-mark.ts'

export const migrationsDir = fileURLToPath(new URL('../../prisma/migrations', import.meta.url))

export type OpenDatabase = {
  url: string
  /** The URL for parts that need a session of their own. The same as `url` when no pooler shares sessions. */
  directUrl: string
  /** The names of the migrations that were applied now. */
  applied: string[]
  embedded: boolean
  /** The reason why the database cannot serve now; null when it can. */
  unready: () => Promise<string | null>
  close: () => Promise<void>
}

/** Runs one check at a time, and answers all who ask meanwhile, because a check takes a connection and anybody may ask. */
function askOneAtATime(ask: () => Promise<string | null>): () => Promise<string | null> {
  let asked: Promise<string | null> | null = null
  return () => {
    asked ??= ask().finally(() => {
      asked = null
    })
    return asked
  }
}

/** Ends the process by an uncaught error, so that its supervisor starts it again. */
function endProcess(reason: Error): void {
  setImmediate(() => {
    throw reason
  })
}

/** Throws when the migrations that ran through one URL are not visible through the other. */
async function assertSame(url: string): Promise<void> {
  if ((await pendingMigrations({ url, migrationsDir })).length === 0) return
  throw new StartError('DATABASE_DIRECT_URL leads to another database than DATABASE_URL')
}

type OpenOptions = {
  /** Whether a missing embedded database is created. */
  mayCreate: boolean
  /** Fills the database before it is migrated. */
  fill?: (directUrl: string) => Promise<void>
}

/** Opens the configured database and applies every migration. Starts the embedded PostgreSQL first if it is configured. */
export async function openDatabase(config: Config, log: Log, options: OpenOptions): Promise<OpenDatabase> {
  const { mayCreate, fill } = options
  if (!fill) await assertNoRestore(config.repositoriesDir)
  if (config.databaseUrl === null && !mayCreate) await assertClusterExists(config.dataDir)
  const embedded =
    config.databaseUrl === null
      ? await startEmbeddedPostgres({ dataDir: config.dataDir, log, whenLost: endProcess })
      : null
  const url = config.databaseUrl ?? embedded?.everydayUrl ?? ''
  try {
    const directUrl = config.databaseDirectUrl ?? url
    await assertServerVersion(directUrl)
    const sessions = await assertSessions(url, config.databaseDirectUrl)
    await fill?.(directUrl)
    const applied = await migrate({ url: directUrl, migrationsDir, log })
    await migrateJobs(directUrl)
    if (directUrl !== url) await assertSame(url)
    if (sessions === 'shared') await storeSettingsInRole(url, settings)
    const client = connectDatabase({ url, log, ownSessions: sessions === 'own' })
    const close = async () => {
      await client.$disconnect()
      await embedded?.stop()
    }
    const ask = askOneAtATime(() => unready(migrationsDir))
    return { url, directUrl, applied, embedded: embedded !== null, unready: ask, close }
  } catch (error) {
    await embedded?.stop()
    throw error
  }
}

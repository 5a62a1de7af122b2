import { fileURLToPath } from 'node:url'
import type { Config } from '../config.ts'
import { assertSessions, giveRole } from '../database/connections/pooling.ts'
import { unready } from '../database/connections/readiness.ts'
import { connectDatabase, settings } from '../database/db.ts'
import { startEmbeddedPostgres } from '../database/embedded/embedded-postgres.ts'
import { assertClusterExists } from '../database/embedded/postgres-cluster.ts'
import { assertServerVersion, migrate, pendingMigrations } from '../database/migrations/migrate.ts'
import type { Log } from '../foundation/log.ts'
import { StartError } from '../foundation/start-error.ts'
import { migrateJobs } from '../jobs/migrate-jobs.ts'

export const migrationsDir = fileURLToPath(new URL('../../prisma/migrations', import.meta.url))

export type OpenDatabase = {
  url: string
  /** For what needs a session of its own: the same, where no pooler shares them. */
  directUrl: string
  /** Names of the migrations that were applied now. */
  applied: string[]
  /** Whether its PostgreSQL is the embedded one. */
  embedded: boolean
  /** Why it cannot serve now; null when it can. */
  unready: () => Promise<string | null>
  close: () => Promise<void>
}

/** A question takes a connection and writes, and anybody may ask: those who ask while one is being answered get its answer. */
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

/** What was migrated by one way is seen by the other. */
async function assertSame(url: string): Promise<void> {
  if ((await pendingMigrations({ url, migrationsDir })).length === 0) return
  throw new StartError('DATABASE_DIRECT_URL leads to another database than DATABASE_URL')
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
    const directUrl = config.databaseDirectUrl ?? url
    await assertServerVersion(directUrl)
    const sessions = await assertSessions(url, config.databaseDirectUrl)
    const applied = await migrate({ url: directUrl, migrationsDir, log })
    await migrateJobs(directUrl)
    if (directUrl !== url) await assertSame(url)
    if (sessions === 'shared') await giveRole(url, settings)
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

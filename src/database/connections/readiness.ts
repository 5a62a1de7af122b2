import { DatabaseError, type PoolClient } from 'pg'
import { StartError } from '../../foundation/start-error.ts'
import { pool } from '../db.ts'
import { listMigrations } from '../migrations/migration-files.ts'
import { appliedMigrations, assertServable } from '../migrations/migration-history.ts'
import { DatabaseAway } from '../outage.ts'

/**
 * Tests whether the database accepts writes and has room on its disk. Updating one row needs no room, so the statement also takes
 * more rows from a function than fit into its memory, which makes PostgreSQL write them to a temporary file.
 */
const WRITE = `
  BEGIN;
  SET LOCAL work_mem = '64kB';
  SELECT /* readiness.spill */ count(*) FROM generate_series(1, 10000);
  INSERT /* readiness.write */ INTO readiness_checks (id, checked_at) VALUES (1, now()) ON CONFLICT (id) DO UPDATE SET checked_at = excluded.checked_at;
  COMMIT`

const AWAY = 'the database cannot be reached'
/** The reasons by the code of the database's error. */
const REASONS: Readonly<Record<string, string>> = {
  '25006': 'the database takes no writes: it is a standby, or set to read only',
  '53100': 'the disk of the database is full',
  '53300': 'the database has no connection left',
}

function reasonOf(error: unknown): string {
  if (error instanceof StartError) return error.message
  const cause = error instanceof DatabaseAway ? error.cause : error
  if (!(cause instanceof DatabaseError)) return AWAY
  return REASONS[cause.code ?? ''] ?? (error instanceof DatabaseAway ? AWAY : 'the database refuses what it must do')
}

async function problemOf(client: PoolClient, migrationsDir: string): Promise<string | null> {
  const known = await listMigrations(migrationsDir)
  const applied = await appliedMigrations(client)
  if (known.some((name) => !applied.has(name))) return 'migrations are pending'
  await assertServable(client, known)
  await client.query(WRITE)
  return null
}

/** The reason why requests cannot be answered now; null when they can. Uses a connection of the pool that serves requests. */
export async function unready(migrationsDir: string): Promise<string | null> {
  try {
    const client = await pool.connect()
    try {
      const problem = await problemOf(client, migrationsDir)
      client.release()
      return problem
    } catch (error) {
      client.release(true)
      throw error
    }
  } catch (error) {
    return reasonOf(error)
  }
}

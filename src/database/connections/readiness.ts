import { DatabaseError, type PoolClient } from 'pg'
import { StartError } from '../../foundation/start-error.ts'
import { pool } from '../db.ts'
import { listMigrations } from '../migrations/migration-files.ts'
import { appliedMigrations, assertServable } from '../migrations/migration-history.ts'
import { DatabaseAway } from '../outage.ts'

/**
 * What a write needs: a server that takes writes, and room on its disk. A row that is changed in place needs none, so something is sorted
 * that does not fit into the memory given for it.
 */
const WRITE = `
  BEGIN;
  SET LOCAL work_mem = '64kB';
  SELECT /* readiness.sort */ count(*) FROM (SELECT repeat(md5(n::text), 16) AS line FROM generate_series(1, 1000) AS n ORDER BY line) AS sorted;
  INSERT /* readiness.write */ INTO readiness_checks (id, checked_at) VALUES (1, now()) ON CONFLICT (id) DO UPDATE SET checked_at = excluded.checked_at;
  COMMIT`

const AWAY = 'the database cannot be reached'
/** Of an answer of the database that says why it cannot serve. */
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

/** Why requests cannot be answered now, by a connection of those that answer them; null when they can. */
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

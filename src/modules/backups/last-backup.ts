import type { Client } from 'pg'
import { db } from '../../database/db.ts'

/** Notes in the database that a backup is complete, because no server runs the command that makes it. */
export const noteBackup = (client: Client, takenAt: string) =>
  client.query(
    `INSERT /* backups.note */ INTO last_backup (id, taken_at) VALUES (1, $1)
     ON CONFLICT (id) DO UPDATE SET taken_at = excluded.taken_at`,
    [takenAt],
  )

/** When the last complete backup was taken, in seconds since 1970; 0 without one. */
export async function lastBackupSeconds(): Promise<number> {
  const last = await db.lastBackup.findUnique({ where: { id: 1 } })
  return last ? Math.floor(last.takenAt.getTime() / 1000) : 0
}

// The files that rows name, in the order of their keys, so that they can be compared with the list of a storage of any size.
import { createReadStream, createWriteStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { pipeline } from 'node:stream/promises'
import type { Client } from 'pg'
import { copyOut } from '../../database/copy.ts'

export type StoredFile = { key: string; size: number; sha256: string }

/** Every table that names files has these columns. */
const TABLES = `
  SELECT /* backups.fileTables */ table_name AS name FROM information_schema.columns
  WHERE table_schema = current_schema() AND column_name IN ('storage_key', 'size', 'sha256')
  GROUP BY table_name HAVING count(*) = 3 ORDER BY table_name`

/** Writes the list to a file, because it may be long, and a transaction should not stay open while files are copied. */
export async function listStoredFiles(client: Client, file: string): Promise<void> {
  const { rows } = await client.query<{ name: string }>(TABLES)
  const each = rows.map(({ name }) => `SELECT storage_key, size, sha256 FROM ${name}`).join(' UNION ALL ')
  const sql = `COPY (SELECT * FROM (${each}) AS files ORDER BY storage_key COLLATE "C") TO STDOUT`
  await pipeline(copyOut(client, sql), createWriteStream(file, { mode: 0o600 }))
}

/** Keys and digests have no character that COPY escapes. */
export async function* readStoredFiles(file: string): AsyncGenerator<StoredFile> {
  for await (const line of createInterface({ input: createReadStream(file) })) {
    const [key = '', size = '', sha256 = ''] = line.split('\t')
    yield { key, size: Number(size), sha256 }
  }
}

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Client } from 'pg'
import { withConnection } from '../../database/connections/connection.ts'
import { whileNothingIsRemoved } from '../backups/backup-lock.ts'
import { checkFiles } from './check-files.ts'
import { checkRepositories } from './check-repositories.ts'
import type { DoctorParts } from './finding.ts'

export type ExamineOptions = Omit<DoctorParts, 'client' | 'scratch'> & {
  /** A connection of this database has a session of its own. */
  url: string
}

export type Examined = { files: number; repositories: number }

/** Compares database, storage and repositories, and reports what is missing, damaged or orphaned. */
export async function examine({ url, ...options }: ExamineOptions): Promise<Examined> {
  const scratch = await mkdtemp(path.join(tmpdir(), 'waybill-doctor-'))
  const check = async (client: Client) => {
    const parts = { ...options, client, scratch }
    return { files: await checkFiles(parts), repositories: await checkRepositories(parts) }
  }
  try {
    return await (options.mends ? whileNothingIsRemoved(url, check) : withConnection(url, check))
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}

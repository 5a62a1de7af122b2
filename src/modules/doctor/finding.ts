import type { Client } from 'pg'
import type { ServerFiles } from '../backups/backup-parts.ts'

/** Missing and damaged: what a row names is not there as it was. Orphaned: no row names it. */
export type Finding = { kind: 'missing' | 'damaged' | 'orphaned'; what: string; mended: boolean }

export type DoctorParts = ServerFiles & {
  client: Client
  /** A folder for long lists. */
  scratch: string
  /** Whether orphans are removed. */
  mends: boolean
  /** Whether the content of files is read and compared with its digest. */
  readsFiles: boolean
  report: (finding: Finding) => void
  show: (line: string) => void
}

/** What is younger may just be written, by an upload or an import whose row comes last. */
export const YOUNG_MS = 60 * 60_000

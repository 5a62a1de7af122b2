import type { FileStorage } from '../../storage/file-storage.ts'
import type { createManifest } from './manifest.ts'

/** A store for backups, which encrypts if there is a key. */
export type BackupStore = FileStorage & {
  /** How large a file of this size is in the store. */
  sizeOf: (size: number) => number
  /** Digests with the key, so that names tell nothing to those who do not have the key. */
  key: Buffer
  /** Removes what a run that was killed has left half. */
  removeUnfinished: () => Promise<void>
}

/** The server's own files. */
export type ServerFiles = { storage: FileStorage; repositoriesDir: string }

export type BackupParts = ServerFiles & {
  target: BackupStore
  manifest: ReturnType<typeof createManifest>
  /** A folder for long lists. */
  scratch: string
  /** The name of this run, under which its rows are stored. */
  run: string
  /** Tells what the server does not have any more. */
  onProblem: (problem: string) => void
  show: (line: string) => void
  signal: AbortSignal
}

import { createHash } from 'node:crypto'
import type { SourceFormat } from '../releases/release-urls.ts'

/** What determines an archive to the byte. */
export type Archive = {
  /** Folder of the repository. */
  repository: string
  /** Full id of the commit. */
  sha: string
  format: SourceFormat
  /** Of the folder that all files are in, and of the archive without its ending. */
  name: string
}

/** As the URLs of sources have it: dashes in place of the ref's slashes. */
export const archiveName = (project: { path: string }, ref: string): string =>
  `${project.path}-${ref.replaceAll('/', '-')}`

/** Names the archive's file: refs may be longer than a file's name. */
export function keyOf({ repository, sha, format, name }: Archive): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([repository, sha, name]))
    .digest('hex')
  return `${digest}.${format}`
}

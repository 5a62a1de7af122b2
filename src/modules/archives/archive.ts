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
  /** The file or folder that alone is in it; absent: everything. */
  path?: string
  /** Files and folders that are left out. */
  excluded?: readonly string[]
}

const dashed = (text: string) => text.replaceAll('/', '-')

/** As GitLab names it; `sha` where the commit is a part of the name. */
export const archiveName = (project: { path: string }, { ref, sha, path }: ArchiveNameParts): string =>
  [project.path, dashed(ref), ...(sha ? [sha] : []), ...(path ? [dashed(path)] : [])].join('-')

type ArchiveNameParts = { ref: string; sha?: string | null; path?: string }

/** Names the archive's file: refs may be longer than a file's name. */
export function keyOf({ repository, sha, format, name, path, excluded }: Archive): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([repository, sha, name, path, excluded]))
    .digest('hex')
  return `${digest}.${format}`
}

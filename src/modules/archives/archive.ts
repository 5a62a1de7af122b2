import { createHash } from 'node:crypto'
import type { SourceFormat } from '../releases/release-urls.ts'

/** Everything that determines the bytes of an archive. */
export type Archive = {
  /** The folder of the repository. */
  repository: string
  /** The full id of the commit. */
  sha: string
  format: SourceFormat
  /** The name of the archive without its ending, and of the folder that holds all its files. */
  name: string
  /** The only file or folder in the archive. Absent: everything. */
  path?: string
  /** Files and folders that are left out. */
  excluded?: readonly string[]
}

const dashed = (text: string) => text.replaceAll('/', '-')

/** Named as GitLab names it. `sha` is given when the commit is a part of the name. */
export const archiveName = (project: { path: string }, { ref, sha, path }: ArchiveNameParts): string =>
  [project.path, dashed(ref), ...(sha ? [sha] : []), ...(path ? [dashed(path)] : [])].join('-')

type ArchiveNameParts = { ref: string; sha?: string | null; path?: string }

/** The name of the archive's file. It is a digest, because a ref may be longer than a file's name. */
export function keyOf({ repository, sha, format, name, path, excluded }: Archive): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([repository, sha, name, path, excluded]))
    .digest('hex')
  return `${digest}.${format}`
}

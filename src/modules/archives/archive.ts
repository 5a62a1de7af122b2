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
  /**
   * The project whose objects of Git LFS stand in the place of their pointers, and how many it has. Each new object makes another
   * archive, because a pointer stays as long as its object is missing. Absent: pointers stay.
   */
  lfs?: { projectId: number; objects: number }
}

/** A file as it is in git. It is made, kept and read like an archive, because it may be as large. */
export type RawFile = {
  repository: string
  /** The full ID of the file's content. */
  blob: string
  /** Bytes. */
  size: number
}

const dashed = (text: string) => text.replaceAll('/', '-')

/** Named as GitLab names it. `sha` is given when the commit is a part of the name. */
export const archiveName = (project: { path: string }, { ref, sha, path }: ArchiveNameParts): string =>
  [project.path, dashed(ref), ...(sha ? [sha] : []), ...(path ? [dashed(path)] : [])].join('-')

type ArchiveNameParts = { ref: string; sha?: string | null; path?: string }

const digestOf = (values: readonly unknown[]) => createHash('sha256').update(JSON.stringify(values)).digest('hex')

/** The name of the archive's file. It is a digest, because a ref may be longer than a file's name. */
export function keyOf(archive: Archive | RawFile): string {
  if ('blob' in archive) return `${digestOf([archive.repository, archive.blob])}.raw`
  const { repository, sha, format, name, path, excluded, lfs } = archive
  return `${digestOf([repository, sha, name, path, excluded, lfs])}.${format}`
}

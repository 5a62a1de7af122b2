import { createHash } from 'node:crypto'
import type { Context } from '../../../context/context.ts'
import { AppError } from '../../../foundation/errors.ts'
import type { Project } from '../../../generated/prisma/client.ts'
import { readBlob } from '../../../git/blobs.ts'
import { listCommitIds } from '../../../git/commit-list.ts'
import { findEntry, type TreeEntry } from '../../../git/tree-entries.ts'
import { notFound, RestError } from '../kit/rest-errors.ts'
import { isFilePath } from './repository-paths.ts'
import { readRepository, shaOf } from './repository-reads.ts'

/** In memory, and in JSON a third larger. */
export const MAX_FILE_BYTES = 10 * 1024 ** 2

export function assertNotTooLarge(size: number): void {
  if (size <= MAX_FILE_BYTES) return
  throw new AppError(
    'TOO_LARGE',
    'A file above 10 MiB is not served here: fetch it, or download an archive of its path',
  )
}

/** Milliseconds. Histories have any length. */
const MAX_SEARCH = 5_000

/** The newest commit that changes the path; null when finding it takes too long. */
async function lastCommitId(repository: string, sha: string, path: string): Promise<string | null> {
  const filter = { from: [sha], path }
  try {
    const [id] = await listCommitIds(repository, filter, { limit: 1, skip: 0 }, AbortSignal.timeout(MAX_SEARCH))
    return id ?? null
  } catch (error) {
    if (error instanceof Error && error.name === 'TimeoutError') return null
    throw error
  }
}

type Asked = { path: string; ref: string }

export type FoundFile = Asked & {
  commitId: string
  lastCommitId: string | null
  entry: TreeEntry
  size: number
}

export type RepositoryFile = FoundFile & { content: Buffer; contentSha256: string }

/** A file or a link; null without one. A folder and a submodule are no files. */
async function fileEntry(repository: string, sha: string, path: string): Promise<TreeEntry | null> {
  const entry = isFilePath(path) ? await findEntry(repository, sha, path) : null
  return entry?.type === 'blob' ? entry : null
}

export async function findFile(context: Context, project: Project, asked: Asked): Promise<FoundFile> {
  const { path, ref } = asked
  const commitId = await shaOf(context, project, ref)
  if (commitId === null) throw notFound('Commit')
  return readRepository(context, project, async (repository) => {
    const entry = await fileEntry(repository, commitId, path)
    if (!entry) throw notFound('File')
    const size = entry.size ?? 0
    return { ...asked, commitId, lastCommitId: await lastCommitId(repository, commitId, path), entry, size }
  })
}

export type FileContent = { id: string; content: Buffer }

async function readContent(context: Context, project: Project, { path, ref }: Asked): Promise<FileContent | null> {
  const commitId = await shaOf(context, project, ref)
  if (commitId === null) return null
  return readRepository(context, project, async (repository) => {
    const entry = await fileEntry(repository, commitId, path)
    if (!entry) return null
    assertNotTooLarge(entry.size ?? 0)
    const content = await readBlob(repository, entry.id, MAX_FILE_BYTES)
    return content && { id: entry.id, content }
  })
}

/** What a page shows of a file. Null without the file, and when the repository is missing or broken. */
export function findContent(context: Context, project: Project, asked: Asked): Promise<FileContent | null> {
  return readContent(context, project, asked).catch((error) => {
    if (error instanceof RestError && error.status === 404) return null
    throw error
  })
}

/** The same with its content, which is in memory. */
export async function withContent(context: Context, project: Project, file: FoundFile): Promise<RepositoryFile> {
  assertNotTooLarge(file.size)
  const read = (repository: string) => readBlob(repository, file.entry.id, MAX_FILE_BYTES)
  const content = await readRepository(context, project, read)
  if (!content) throw notFound('File')
  return { ...file, content, contentSha256: createHash('sha256').update(content).digest('hex') }
}

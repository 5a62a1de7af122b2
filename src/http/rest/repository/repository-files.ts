import { createHash } from 'node:crypto'
import type { Context } from '../../../context/context.ts'
import type { Project } from '../../../generated/prisma/client.ts'
import { readBlob } from '../../../git/blobs.ts'
import { listCommitIds } from '../../../git/commit-list.ts'
import type { TreeEntry } from '../../../git/tree-entries.ts'
import { assertNotTooLarge, fileEntry, MAX_FILE_BYTES } from '../../../modules/repository/read-files.ts'
import { readRepository, shaOf } from '../../../modules/repository/read-repository.ts'
import { notFound } from '../kit/rest-errors.ts'

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

/** The same with its content, which is in memory. */
export async function withContent(context: Context, project: Project, file: FoundFile): Promise<RepositoryFile> {
  assertNotTooLarge(file.size)
  const read = (repository: string) => readBlob(repository, file.entry.id, MAX_FILE_BYTES)
  const content = await readRepository(context, project, read)
  if (!content) throw notFound('File')
  return { ...file, content, contentSha256: createHash('sha256').update(content).digest('hex') }
}

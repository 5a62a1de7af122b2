// Folders and files of a repository.
import { LRUCache } from 'lru-cache'
import type { Context } from '../../context/context.ts'
import { AppError } from '../../foundation/errors.ts'
import type { Project } from '../../generated/prisma/client.ts'
import { readBlob } from '../../git/blobs.ts'
import { findEntry, listEntries, type TreeEntry } from '../../git/tree-entries.ts'
import { readRepository, shaOf } from './read-repository.ts'

/** Whether a file can have the path. Git takes other paths for folders, or for files of the server. */
export const isFilePath = (path: string): boolean =>
  path.split('/').every((segment) => segment !== '' && segment !== '.')

const rank = { tree: 0, blob: 1, commit: 2 }

type Folder = { sha: string; path: string; recursive: boolean }

/** What is in a folder, folders first. The root has the path ''. Null without such a folder. */
export async function entriesOf(
  context: Context,
  project: Project,
  { sha, path, recursive }: Folder,
): Promise<TreeEntry[] | null> {
  const tooMany = () =>
    new AppError('TOO_LARGE', 'The folder has too many entries: ask for one below it, or fetch them')
  return readRepository(context, project, async (repository) => {
    const folder = path === '' ? null : await findEntry(repository, sha, path)
    if (path !== '' && folder?.type !== 'tree') return null
    const entries = await listEntries(repository, folder?.id ?? sha, { path, recursive })
    if (!entries) throw tooMany()
    return entries.sort((a, b) => rank[a.type] - rank[b.type])
  })
}

/** In memory, and in JSON a third larger. */
export const MAX_FILE_BYTES = 10 * 1024 ** 2

export function assertNotTooLarge(size: number): void {
  if (size <= MAX_FILE_BYTES) return
  throw new AppError(
    'TOO_LARGE',
    'A file above 10 MiB is not served here: fetch it, or download an archive of its path',
  )
}

/** A file or a link; null without one. A folder and a submodule are no files. */
export async function fileEntry(repository: string, sha: string, path: string): Promise<TreeEntry | null> {
  const entry = isFilePath(path) ? await findEntry(repository, sha, path) : null
  return entry?.type === 'blob' ? entry : null
}

type Asked = { path: string; ref: string }

/** What is read of a file: its entry, and `content` unless it has more than `most` bytes. It is in memory. */
export type FoundFile = Asked & { id: string; size: number; content: Buffer | null }

async function readEntry(repository: string, { id, size: known }: TreeEntry, asked: Asked, most: number) {
  const size = known ?? 0
  return { ...asked, id, size, content: size <= most ? await readBlob(repository, id, most) : null }
}

/** A file. Null without such a file. */
export async function readFile(
  context: Context,
  project: Project,
  asked: Asked & { most: number },
): Promise<FoundFile | null> {
  const { path, ref, most } = asked
  const commitId = await shaOf(context, project, ref)
  if (commitId === null) return null
  return readRepository(context, project, async (repository) => {
    const entry = await fileEntry(repository, commitId, path)
    return entry && readEntry(repository, entry, { path, ref }, most)
  })
}

const README = /^readme(?:\.(?:md|markdown|txt))?$/i
const LINK_MODE = '120000'

/** Preferably one in Markdown. */
const readmeIn = async (repository: string, sha: string): Promise<TreeEntry | null> => {
  const entries = (await listEntries(repository, sha, { path: '', recursive: false })) ?? []
  const files = entries.filter(({ type, mode, path }) => type === 'blob' && mode !== LINK_MODE && README.test(path))
  return files.find(({ path }) => /\.m/i.test(path)) ?? files[0] ?? null
}

/** The README in the root of a branch. Null without one. */
export async function readReadme(
  context: Context,
  project: Project,
  { branch, most }: { branch: string; most: number },
): Promise<FoundFile | null> {
  const sha = await shaOf(context, project, `refs/heads/${branch}`)
  if (sha === null) return null
  return readRepository(context, project, async (repository) => {
    const entry = await readmeIn(repository, sha)
    return entry ? readEntry(repository, entry, { path: entry.path, ref: branch }, most) : null
  })
}

/** The paths of READMEs by repository and commit; '' for none. A commit never changes, so git looks once after a push. */
const known = new LRUCache<string, string>({ max: 10_000 })

/** The path of that file, without reading it. Null as well when the repository cannot be read now. */
export async function findReadme(context: Context, project: Project, branch: string): Promise<Asked | null> {
  const find = async () => {
    const sha = await shaOf(context, project, `refs/heads/${branch}`)
    if (sha === null) return ''
    const key = `${context.repositories.directory(project.id)} ${sha}`
    const path = known.get(key) ?? (await readRepository(context, project, (dir) => readmeIn(dir, sha)))?.path ?? ''
    known.set(key, path)
    return path
  }
  const path = await find().catch((error) => {
    if (error instanceof AppError) return ''
    throw error
  })
  return path === '' ? null : { path, ref: branch }
}

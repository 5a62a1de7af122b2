import { readBegun } from './begun-output.ts'
import { READER_MEMORY, runGit } from './git.ts'

export type TreeEntry = {
  /** Six digits. */
  mode: string
  type: 'tree' | 'blob' | 'commit'
  id: string
  /** The bytes of a blob; null for a folder and for a submodule. */
  size: number | null
  path: string
}

const ENTRY = /^(\d{6}) (tree|blob|commit) ([0-9a-f]{40,64}) +(\d+|-)\t(.*)$/s

function parseEntry(line: string): TreeEntry | null {
  const [, mode = '', type, id = '', size, path = ''] = ENTRY.exec(line) ?? []
  if (type !== 'tree' && type !== 'blob' && type !== 'commit') return null
  return { mode, type, id, size: size === '-' ? null : Number(size), path }
}

/** A path of git ends before a NUL. Bytes that are not UTF-8 become U+FFFD. */
const parseEntries = (text: string) => text.split('\0').flatMap((line) => parseEntry(line) ?? [])

/** The entry of a commit at the path; null without one. The path is literal, and has no empty segments. */
export async function findEntry(repository: string, sha: string, path: string): Promise<TreeEntry | null> {
  const args = ['ls-tree', '-z', '-l', '--full-tree', sha, '--', path]
  const options = { env: { GIT_LITERAL_PATHSPECS: '1' }, maxMemory: READER_MEMORY, yields: true }
  return parseEntries(await runGit(repository, args, options)).find((entry) => entry.path === path) ?? null
}

/** About 100,000 entries. */
const MAX_LIST_BYTES = 16 * 1024 ** 2
const MAX_LIST_MILLISECONDS = 10_000

type Listing = {
  /** The folder; '' for the root. */
  path: string
  recursive: boolean
}

/** The entries of a tree in git's order; null when there are too many. `tree` is the ID of the tree at the path. */
export async function listEntries(
  repository: string,
  tree: string,
  { path, recursive }: Listing,
): Promise<TreeEntry[] | null> {
  const args = ['ls-tree', '-z', '-l', '--full-tree', ...(recursive ? ['-r', '-t'] : []), tree]
  const { bytes, isCut } = await readBegun(repository, args, {
    maxBytes: MAX_LIST_BYTES,
    milliseconds: MAX_LIST_MILLISECONDS,
  })
  if (isCut) return null
  const entries = parseEntries(bytes.toString('utf8'))
  return path === '' ? entries : entries.map((entry) => ({ ...entry, path: `${path}/${entry.path}` }))
}

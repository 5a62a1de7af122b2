import { readBegun } from './begun-output.ts'
import { type Author, identityLine } from './create-tag.ts'
import { GitError, runGit } from './git.ts'
import type { RefChange } from './pushed-refs.ts'
import { writeRef } from './write-ref.ts'

/** Bytes of the list of one folder: some 100,000 entries. */
const MAX_FOLDER_BYTES = 16 * 1024 ** 2
const FOLDER_MILLISECONDS = 10_000

/** Characters that file systems ignore in a name. */
const IGNORED = /\p{Cf}/gu

/** What some file system takes for the folder `.git`. Git refuses to check out a tree with such a name. */
const isGitFolder = (segment: string) =>
  /^(?:\.git|git~\d+)[ .]*$/i.test(segment.normalize('NFKC').replace(IGNORED, ''))

/** Whether a file may be written at the path. */
export const isWritablePath = (path: string): boolean =>
  path
    .split('/')
    .every((segment) => !['', '.', '..'].includes(segment) && !isGitFolder(segment) && !/[\\:\p{Cc}]/u.test(segment))

/** Lines of `ls-tree`, one character a byte, because names may hold any bytes. */
async function entriesOf(repository: string, tree: string | null): Promise<string[]> {
  if (tree === null) return []
  const bounds = { maxBytes: MAX_FOLDER_BYTES, milliseconds: FOLDER_MILLISECONDS }
  const { bytes, isCut } = await readBegun(repository, ['ls-tree', '-z', tree], bounds)
  if (isCut) throw new Error('the folder has too many entries')
  return bytes.toString('latin1').split('\0').filter(Boolean)
}

const ENTRY = /^(\d{6}) (\w+) ([0-9a-f]+)\t(.*)$/s

/** Writes the folders of the path anew, with the file in them. Null when a file or a submodule is in the place of a folder. */
async function writeTree(
  repository: string,
  { tree, path, blob }: { tree: string | null; path: readonly string[]; blob: string },
): Promise<string | null> {
  const [first = '', ...rest] = path
  const name = Buffer.from(first).toString('latin1')
  const entries = await entriesOf(repository, tree)
  const there = entries.find((entry) => entry.endsWith(`\t${name}`) && ENTRY.exec(entry)?.[4] === name)
  const [, mode, type, id = ''] = (there && ENTRY.exec(there)) ?? []
  let written = `${mode === '100755' ? mode : '100644'} blob ${blob}\t${name}`
  if (rest.length > 0) {
    if (there && type !== 'tree') return null
    const below = await writeTree(repository, { tree: there ? id : null, path: rest, blob })
    if (below === null) return null
    written = `040000 tree ${below}\t${name}`
  } else if (there && type !== 'blob') return null
  const lines = [...entries.filter((entry) => entry !== there), written]
  const input = Buffer.from(lines.map((line) => `${line}\0`).join(''), 'latin1')
  return (await runGit(repository, ['mktree', '-z', '--missing'], { input })).trim()
}

export type FileCommit = { path: string; content: Buffer; message: string; author: Author }

/** Writes a commit of one file, on top of the commit `parent`. Null when something else is in the place of the file. */
export async function writeCommit(
  repository: string,
  parent: string,
  { path, content, message, author }: FileCommit,
  now = new Date(),
): Promise<string | null> {
  const store = async (type: string, input: string | Buffer) =>
    (await runGit(repository, ['hash-object', '-t', type, '-w', '--stdin'], { input })).trim()
  const blob = await store('blob', content)
  const tree = await writeTree(repository, { tree: `${parent}^{tree}`, path: path.split('/'), blob })
  if (tree === null) return null
  const identity = identityLine(author, now)
  const headers = [`tree ${tree}`, `parent ${parent}`, `author ${identity}`, `committer ${identity}`]
  return store('commit', `${headers.join('\n')}\n\n${message.trimEnd()}\n`)
}

/** Git checks under the lock of the ref that it still names the object `before`. Otherwise the ref has moved. */
export async function moveRef(repository: string, { ref, before, after }: RefChange): Promise<'done' | 'moved'> {
  try {
    await writeRef(repository, ['--end-of-options', ref, after, before])
    return 'done'
  } catch (error) {
    const hasMoved = error instanceof GitError && /but expected|unable to resolve reference/.test(error.stderr)
    if (hasMoved) return 'moved'
    throw error
  }
}

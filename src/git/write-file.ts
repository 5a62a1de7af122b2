import { readBegun } from './begun-output.ts'
import { type Author, identityLine } from './create-tag.ts'
import { configVariables, DURABLE, GitError, runGit } from './git.ts'
import type { RefChange } from './pushed-refs.ts'
import { writeRef } from './write-ref.ts'

/** Bytes of the list of one folder: some 100,000 entries. */
const MAX_FOLDER_BYTES = 16 * 1024 ** 2
const FOLDER_MILLISECONDS = 10_000

const durable = configVariables(DURABLE)

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

const storeObject = async (repository: string, type: string, input: string | Buffer) =>
  (await runGit(repository, ['hash-object', '-t', type, '-w', '--stdin'], { input, env: durable })).trim()

/** Writes a tree as git stores it, because `git mktree` does not read the setting. Git sorts a folder as if its name ended with a slash. */
function storeTree(repository: string, lines: readonly string[]): Promise<string> {
  const entries = lines.map((line) => {
    const [, mode = '', type, id = '', name = ''] = ENTRY.exec(line) ?? []
    const content = `${mode.replace(/^0/, '')} ${name}\0${Buffer.from(id, 'hex').toString('latin1')}`
    return { sortedAs: type === 'tree' ? `${name}/` : name, content }
  })
  entries.sort((one, other) => (one.sortedAs < other.sortedAs ? -1 : 1))
  return storeObject(repository, 'tree', Buffer.from(entries.map(({ content }) => content).join(''), 'latin1'))
}

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
  return storeTree(repository, [...entries.filter((entry) => entry !== there), written])
}

export type FileCommit = { path: string; content: Buffer; message: string; author: Author }

/** Writes a commit of one file, on top of the commit `parent`. Null when something else is in the place of the file. */
export async function writeCommit(
  repository: string,
  parent: string,
  { path, content, message, author }: FileCommit,
  now = new Date(),
): Promise<string | null> {
  const blob = await storeObject(repository, 'blob', content)
  const tree = await writeTree(repository, { tree: `${parent}^{tree}`, path: path.split('/'), blob })
  if (tree === null) return null
  const identity = identityLine(author, now)
  const headers = [`tree ${tree}`, `parent ${parent}`, `author ${identity}`, `committer ${identity}`]
  return storeObject(repository, 'commit', `${headers.join('\n')}\n\n${message.trimEnd()}\n`)
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

import { decodeLeniently } from '../foundation/text-decoding.ts'
import { readBegun } from './begun-output.ts'

export type FileDiff = {
  oldPath: string
  newPath: string
  /** In octal digits; `0` where the file is not there. */
  oldMode: string
  newMode: string
  isNew: boolean
  isRenamed: boolean
  isDeleted: boolean
  /** The changed lines with their `@@` lines; '' when the diff is left out. */
  diff: string
  /** The lines `---` and `+++` that stand before them. */
  header: string
  isTooLarge: boolean
}

export type Diffs = {
  files: FileDiff[]
  /** Git would have shown more. */
  isCut: boolean
}

const MAX_BYTES = 5 * 1024 ** 2
const MAX_MILLISECONDS = 10_000
const MAX_FILES = 1_000
/** Bytes of one file's diff. */
const MAX_FILE_BYTES = 200 * 1024
/** Git compares larger files as binary files. */
const LARGE_FILE = '8m'
/** Git looks for renames among this many files at most. */
const MAX_RENAMES = 1_000

const RAW = /^:(\d{6}) (\d{6}) [0-9a-f]+ [0-9a-f]+ ([A-Z])\d*$/

type Change = Omit<FileDiff, 'diff' | 'header' | 'isTooLarge'> & {
  /** How many patches git writes: two when a file becomes a link or a submodule. */
  patches: number
}

const modeOf = (mode: string) => (mode === '000000' ? '0' : mode)

/** Reads the list of changes that stands before the patches. Both end with a NUL. */
function parseChanges(fields: readonly string[]): Change[] {
  const changes: Change[] = []
  for (let at = 0; at < fields.length; ) {
    const [, before = '', after = '', status = ''] = RAW.exec(fields[at] ?? '') ?? []
    if (status === '') break
    const isRenamed = status === 'R' || status === 'C'
    const oldPath = fields[at + 1] ?? ''
    const newPath = (isRenamed ? fields[at + 2] : oldPath) ?? ''
    changes.push({
      ...{ oldPath, newPath, oldMode: modeOf(before), newMode: modeOf(after), isRenamed },
      ...{ isNew: status === 'A', isDeleted: status === 'D', patches: status === 'T' ? 2 : 1 },
    })
    at += isRenamed ? 3 : 2
  }
  return changes
}

/** The positions at which a patch begins. No line of a patch's content begins so. */
function patchStarts(bytes: Buffer, from: number): number[] {
  const starts: number[] = []
  const mark = Buffer.from('diff --git ')
  for (let at = bytes.indexOf(mark, from); at !== -1; at = bytes.indexOf(mark, at + 1)) {
    if (at === from || bytes[at - 1] === 0x0a) starts.push(at)
  }
  return starts
}

function parsePatch(text: string): { header: string; diff: string } {
  const content = text.search(/^(?:@@ |Binary files )/m)
  if (content < 0) return { header: '', diff: '' }
  const header = /^--- .*\n\+\+\+ .*\n/m.exec(text.slice(0, content))?.[0] ?? ''
  return { header, diff: text.slice(content) }
}

function toDiff({ patches: _, ...change }: Change, patches: readonly Buffer[], isWhole: boolean): FileDiff {
  const size = patches.reduce((sum, { length }) => sum + length, 0)
  if (!isWhole || size > MAX_FILE_BYTES) return { ...change, header: '', diff: '', isTooLarge: true }
  const parsed = patches.map((patch) => parsePatch(decodeLeniently(patch, undefined)))
  const [{ header } = { header: '' }] = parsed
  return { ...change, header, diff: parsed.map(({ diff }) => diff).join(''), isTooLarge: false }
}

/** Git knows this tree in every repository. Its ID depends on the length of the repository's IDs. */
export const emptyTree = (sha: string): string =>
  sha.length === 40
    ? '4b825dc642cb6eb9a060e54bf8d69288fbee4904'
    : '6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321'

/** What changes between two commits or trees. Bounded in time, files and bytes. */
export async function readDiffs(repository: string, from: string, to: string): Promise<Diffs> {
  const formats = ['--raw', '-p', '-z', '--no-abbrev', '--no-color', '--no-ext-diff', '--no-textconv']
  const settings = ['-c', `core.bigFileThreshold=${LARGE_FILE}`, '-c', 'core.quotePath=false']
  const args = [...settings, 'diff-tree', '-r', '-M', `-l${MAX_RENAMES}`, ...formats, from, to]
  const bounds = { maxBytes: MAX_BYTES, milliseconds: MAX_MILLISECONDS }
  const { bytes, isCut } = await readBegun(repository, args, bounds)
  // The list of changes ends with an empty field.
  const end = bytes.indexOf('\0\0')
  const list = end < 0 ? bytes : bytes.subarray(0, end)
  const changes = parseChanges(list.toString('utf8').split('\0'))
  const starts = end < 0 ? [] : patchStarts(bytes, end + 2)
  let next = 0
  const files = changes.slice(0, MAX_FILES).map((change) => {
    const patches = starts
      .slice(next, next + change.patches)
      .map((start, at) => bytes.subarray(start, starts[next + at + 1] ?? bytes.length))
    next += change.patches
    // The last patch may have lost its end.
    const isWhole = patches.length === change.patches && (!isCut || next < starts.length)
    return toDiff(change, patches, isWhole)
  })
  return { files, isCut: isCut || changes.length > MAX_FILES }
}

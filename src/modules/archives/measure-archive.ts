import { AppError, invalid } from '../../foundation/errors.ts'
import { couldBePointer } from '../lfs/lfs-pointer.ts'
import type { Archive, RawFile } from './archive.ts'
import type { ArchiveBounds } from './archive-bounds.ts'
import { findContents, type LfsContent } from './archive-contents.ts'
import { runGit } from './run-git.ts'

/** The limit of file systems. Deeper trees would also make git use more memory. */
const MAX_PATH_BYTES = 4096

// The block and the record of a tar, in bytes.
const BLOCK = 512
const RECORD = 20 * BLOCK
/** A longer name has blocks of its own. */
const SHORT_NAME = 100

/** A compressor makes data a little longer if it cannot make them shorter. */
const OVERHEAD = 1.02

/** An entry of `git ls-tree --long` up to its name. */
const ENTRY = /^\d+ (\w+) ([0-9a-f]+) +(\d+|-)\t/

const tooLarge = (bound: string) =>
  new AppError(
    'TOO_LARGE',
    `These sources are too large for an archive, which may have at most ${bound}: fetch them with git`,
  )

/** Whether a name is one of the places, or lies in one of them. */
function isWithin(name: string, places: ReadonlySet<string>): boolean {
  for (let end = name.indexOf('/'); end >= 0; end = name.indexOf('/', end + 1)) {
    if (places.has(name.slice(0, end))) return true
  }
  return places.has(name)
}

const blocks = (bytes: number) => Math.ceil(bytes / BLOCK) * BLOCK

/** Adds up what an archive will hold, and throws as soon as that is too much. */
function createMeter({ maxBytes, maxFiles }: ArchiveBounds, prefix: number, excluded: ReadonlySet<string>) {
  let files = 0
  let isEmpty = true
  let bytes = 2 * BLOCK
  /** How often each small file stands in the archive. */
  const perhapsPointers = new Map<string, number>()
  const size = () => Math.ceil(Math.ceil(bytes / RECORD) * RECORD * OVERHEAD)

  function assertFits(): void {
    if (size() > maxBytes) throw tooLarge(`${maxBytes} bytes`)
  }

  function add(entry: string): void {
    const [head, kind, id = '', content] = ENTRY.exec(entry) ?? []
    if (head === undefined) throw new Error(`git ls-tree wrote ${JSON.stringify(entry.slice(0, BLOCK))}`)
    const name = entry.length - head.length + prefix
    // Counts excluded files too, because git walks them all the same.
    files += 1
    const isLeftOut = excluded.size > 0 && isWithin(entry.slice(head.length), excluded)
    if (!isLeftOut && kind !== 'tree') isEmpty = false
    if (!isLeftOut) bytes += BLOCK + (name > SHORT_NAME ? 2 * (BLOCK + blocks(name)) : 0) + blocks(Number(content) || 0)
    if (!isLeftOut && couldBePointer(Number(content))) perhapsPointers.set(id, (perhapsPointers.get(id) ?? 0) + 1)
    if (files > maxFiles) throw tooLarge(`${maxFiles} files and folders`)
    if (name > MAX_PATH_BYTES) throw tooLarge(`${MAX_PATH_BYTES} bytes in a path`)
    assertFits()
  }

  /** The content stands in each place of its pointer. */
  function addContent({ blob, size }: LfsContent): void {
    bytes += (perhapsPointers.get(blob) ?? 0) * blocks(size)
    assertFits()
  }

  /** Git makes no archive of folders alone. */
  function assertSomethingLeft(): void {
    if (isEmpty && excluded.size > 0) throw invalid('exclude_paths leaves nothing of these sources')
  }
  return { add, addContent, size, assertSomethingLeft, perhapsPointers }
}

type Measured = { bytes: number; contents: readonly LfsContent[] }

function measureFile({ size }: RawFile, { maxBytes }: ArchiveBounds): Measured {
  if (size > maxBytes) throw tooLarge(`${maxBytes} bytes`)
  return { bytes: size, contents: [] }
}

/**
 * Finds out how many bytes an archive has at most, before it is made. Git is ended at the first entry above a bound. It lists
 * folders too, because otherwise it would walk trees of nothing but trees, each twice in the next, and write nothing.
 */
export async function measureArchive(
  archive: Archive | RawFile,
  bounds: ArchiveBounds,
  signal: AbortSignal,
): Promise<Measured> {
  if ('blob' in archive) return measureFile(archive, bounds)
  const { repository, sha, name, path, excluded = [] } = archive
  const leftOut = excluded.map((place) => Buffer.from(place).toString('latin1'))
  const meter = createMeter(bounds, Buffer.byteLength(name) + 1, new Set(leftOut))
  let rest = ''
  const args = ['ls-tree', '-r', '-t', '-z', '--long', sha, '--', ...(path === undefined ? [] : [path])]
  const env = { GIT_LITERAL_PATHSPECS: '1' }
  await runGit({ repository, args, env, maxMemory: bounds.maxMemory, signal }, (piece) => {
    // In Latin-1 a character is a byte, and bytes are counted.
    const entries = (rest + piece.toString('latin1')).split('\0')
    rest = entries.pop() ?? ''
    for (const entry of entries) meter.add(entry)
    if (rest.length > 2 * MAX_PATH_BYTES) throw tooLarge(`${MAX_PATH_BYTES} bytes in a path`)
  })
  meter.assertSomethingLeft()
  const contents = await findContents(archive, [...meter.perhapsPointers.keys()])
  for (const content of contents) meter.addContent(content)
  return { bytes: meter.size(), contents }
}

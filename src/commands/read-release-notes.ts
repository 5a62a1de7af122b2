import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { invalid } from '../foundation/errors.ts'
import { decodeDocument, MalformedText } from '../foundation/text-decoding.ts'
import { lengthProblem, maxCharacters } from '../foundation/text-limits.ts'

/** A character takes at most four bytes in UTF-8. */
const MAX_BYTES = maxCharacters.description * 4
/** Standard input is not opened by its name, because it may be a socket. */
const STANDARD_INPUT = ['-', '/dev/stdin', '/dev/fd/0', '/proc/self/fd/0']
/** A shell writes such a path for `<(...)`. It is never the text of notes, even if it is already closed. */
const OF_A_SHELL = /^\/(?:dev\/fd|proc\/self\/fd)\/\d+$/

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'permission denied',
  EISDIR: 'it is a folder',
}

const unreadable = (file: string, error: NodeJS.ErrnoException) =>
  invalid(`Cannot read the release notes from ${file}: ${reasons[error.code ?? ''] ?? error.message}`)

/** Reads to the end, or a little past the bound, because some inputs never end. */
async function readBytes(source: AsyncIterable<Buffer>): Promise<Buffer> {
  const pieces: Buffer[] = []
  let size = 0
  for await (const piece of source) {
    pieces.push(piece)
    size += piece.length
    if (size > MAX_BYTES) break
  }
  return Buffer.concat(pieces)
}

function decodeNotes(bytes: Buffer, file: string): string {
  try {
    return decodeDocument(bytes)
  } catch (error) {
    if (!(error instanceof MalformedText)) throw error
    throw invalid(`The release notes in ${file} are not UTF-8 (at byte ${error.offset}): save them as UTF-8`)
  }
}

/** Reads the notes from a file. Throws an error that names the file when it is unreadable, not UTF-8 or too long. */
export async function readNotes(file: string): Promise<string> {
  const source = STANDARD_INPUT.includes(file) ? process.stdin : createReadStream(file)
  const bytes = await readBytes(source).catch((error) => {
    throw unreadable(file, error)
  })
  // Not decoded when it is too long, because the cut text may end within a character.
  const text = bytes.length > MAX_BYTES ? null : decodeNotes(bytes, file)
  if (text === null || lengthProblem(maxCharacters.description, text) !== null) {
    throw invalid(`The release notes in ${file} are too long (maximum is ${maxCharacters.description} characters)`)
  }
  return text
}

/** Whether the text is the name of a file or pipe. Folders and sockets hold no text, and a file's name has no line break. */
async function canBeRead(text: string): Promise<boolean> {
  if (STANDARD_INPUT.includes(text) || OF_A_SHELL.test(text)) return true
  if (text.includes('\n')) return false
  const found = await stat(text).catch((error: NodeJS.ErrnoException) => {
    // The file may exist in a folder that is closed to us, so its name must not become the text of the notes.
    if (error.code === 'EACCES') throw unreadable(text, error)
    return null
  })
  return found !== null && (found.isFile() || found.isFIFO() || found.isCharacterDevice())
}

/** Like GitLab's release tool, reads a file that exists and is readable. Otherwise the text itself is the description. */
export const readDescription = async (text: string): Promise<string> =>
  (await canBeRead(text)) ? readNotes(text) : text

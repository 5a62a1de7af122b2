import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { invalid } from '../foundation/errors.ts'
import { lengthProblem, maxCharacters } from '../foundation/text-limits.ts'
import { decodeStrictly } from './strict-text.ts'

/** No character of UTF-8 takes more bytes. */
const MAX_BYTES = maxCharacters.description * 4
/** Not opened by its name, as it may be a socket. */
const STANDARD_INPUT = ['-', '/dev/stdin', '/dev/fd/0', '/proc/self/fd/0']
/** What a shell writes for `<(...)`: never the words of notes, though it may be closed by now. */
const OF_A_SHELL = /^\/(?:dev\/fd|proc\/self\/fd)\/\d+$/

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'permission denied',
  EISDIR: 'it is a folder',
}

const unreadable = (file: string, error: NodeJS.ErrnoException) =>
  invalid(`Cannot read the release notes from ${file}: ${reasons[error.code ?? ''] ?? error.message}`)

/** To its end, or a little past the bound: some never end. */
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

/** Fails when they cannot be read, are not UTF-8 or too long, and says which file it was. */
export async function readNotes(file: string): Promise<string> {
  const source = STANDARD_INPUT.includes(file) ? process.stdin : createReadStream(file)
  const bytes = await readBytes(source).catch((error) => {
    throw unreadable(file, error)
  })
  // What is cut off may end within a character.
  const { text, wrongByte } = bytes.length > MAX_BYTES ? { text: null, wrongByte: null } : decodeStrictly(bytes)
  if (wrongByte !== null) {
    throw invalid(`The release notes in ${file} are not UTF-8 (at byte ${wrongByte}): save them as UTF-8`)
  }
  if (text === null || lengthProblem(maxCharacters.description, text) !== null) {
    throw invalid(`The release notes in ${file} are too long (maximum is ${maxCharacters.description} characters)`)
  }
  return text
}

/** Folders and sockets hold no text; a name that is too long for one, or holds a line break, is none. */
async function canBeRead(text: string): Promise<boolean> {
  if (STANDARD_INPUT.includes(text) || OF_A_SHELL.test(text)) return true
  if (text.includes('\n')) return false
  const found = await stat(text).catch((error: NodeJS.ErrnoException) => {
    // It may be there, in a folder that is closed to us: as words it would surprise.
    if (error.code === 'EACCES') throw unreadable(text, error)
    return null
  })
  return found !== null && (found.isFile() || found.isFIFO() || found.isCharacterDevice())
}

/** As the release tool of GitLab has it: what exists and can be read is read, else the text itself is meant. */
export const readDescription = async (text: string): Promise<string> =>
  (await canBeRead(text)) ? readNotes(text) : text

// Decodes bytes from outside as text. Malformed bytes are refused and not replaced, because nobody can recover the original text
// from a U+FFFD in a tag or in notes.
import { isUtf8 } from 'node:buffer'

const UTF_8 = 'utf-8'

/** The bytes are not valid in their declared encoding. */
export class MalformedText extends Error {
  override readonly name = 'MalformedText'
  /** The position of the first malformed byte, counted from 0. */
  readonly offset: number
  /** The end of a sentence that begins with the text's name: `is not UTF-8: byte 0xE9 at offset 17`. */
  readonly problem: string

  constructor(bytes: Uint8Array, offset: number, encoding: string) {
    const hex = (bytes[offset] ?? 0).toString(16).toUpperCase().padStart(2, '0')
    const problem = `is not ${encoding.toUpperCase()}: byte 0x${hex} at offset ${offset}`
    super(`The text ${problem}`)
    this.offset = offset
    this.problem = problem
  }
}

const REPLACEMENT = '\uFFFD'
const REPLACEMENT_BYTES = Buffer.from(REPLACEMENT)

/** The offset of the first replacement character that the decoder made. The bytes may also contain the character itself. */
function malformedUtf8In(bytes: Buffer): number {
  const text = bytes.toString('utf8')
  let offset = 0
  for (let from = 0, at = text.indexOf(REPLACEMENT); at !== -1; from = at, at = text.indexOf(REPLACEMENT, at + 1)) {
    offset += Buffer.byteLength(text.slice(from, at))
    if (!bytes.subarray(offset, offset + REPLACEMENT_BYTES.length).equals(REPLACEMENT_BYTES)) return offset
  }
  return offset
}

/** Only the first malformed block is searched by character, because a body may contain millions of replacement characters. */
const BLOCK_BYTES = 4096

/** The end of the character at the position. At most three bytes follow its first byte. */
function endOfCharacter(bytes: Buffer, position: number): number {
  let end = position
  while (end < position + 3 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end += 1
  return Math.min(end, bytes.length)
}

/** The position of the first malformed byte; the length when there is none. */
export function malformedUtf8At(bytes: Buffer): number {
  for (let start = 0; start < bytes.length; ) {
    const end = endOfCharacter(bytes, start + BLOCK_BYTES)
    const block = bytes.subarray(start, end)
    if (!isUtf8(block)) return start + malformedUtf8In(block)
    start = end
  }
  return bytes.length
}

const decoderOf = (encoding: string) => new TextDecoder(encoding, { fatal: true, ignoreBOM: true })

/** Decodes step by step up to the first malformed step. Counts the good bytes and their characters. */
function goodBytes(decoder: TextDecoder, bytes: Buffer, step: number): { good: number; characters: number } {
  let [good, characters] = [0, 0]
  try {
    while (good < bytes.length) {
      characters += decoder.decode(bytes.subarray(good, good + step), { stream: true }).length
      good = Math.min(good + step, bytes.length)
    }
  } catch {
    // The counts end at the step that failed.
  }
  return { good, characters }
}

function malformedAt(bytes: Buffer, encoding: string): number {
  if (encoding === UTF_8) return malformedUtf8At(bytes)
  const { good: start } = goodBytes(decoderOf(encoding), bytes, BLOCK_BYTES)
  // Every byte was good so far, so the text ends within a character.
  const last = start === bytes.length ? Math.max(start - BLOCK_BYTES, 0) : start
  const decoder = decoderOf(encoding)
  const before = decoder.decode(bytes.subarray(0, last), { stream: true }).length
  const { good, characters } = goodBytes(decoder, bytes.subarray(last, last + BLOCK_BYTES), 1)
  const at = Math.min(last + good, bytes.length - 1)
  // The decoder notices a lone first half of a surrogate pair only after the two bytes that follow it.
  return encoding.startsWith('utf-16') ? 2 * (before + characters) : at
}

/** The Web's encoding with the label; null for an unknown label. */
export function encodingOf(label: string): string | null {
  try {
    return new TextDecoder(label).encoding
  } catch {
    return null
  }
}

/** `utf-16` is little-endian unless the byte order mark says otherwise. */
const isBigEndian = (bytes: Uint8Array, label: string) =>
  label.toLowerCase() === 'utf-16' && bytes[0] === 0xfe && bytes[1] === 0xff

/** Every byte is valid in windows-1252. `stream: true` avoids a fault of Node 20, which otherwise decodes it as Latin-1. */
const decodeWindows1252 = (bytes: Uint8Array) => new TextDecoder('windows-1252').decode(bytes, { stream: true })

/** Throws MalformedText. `encodingOf` must know the label. A byte order mark stays in the text. */
export function decodeText(content: Uint8Array, label: string = UTF_8): string {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength)
  const encoding = isBigEndian(bytes, label) ? 'utf-16be' : (encodingOf(label) ?? UTF_8)
  if (encoding === UTF_8 && isUtf8(bytes)) return bytes.toString('utf8')
  if (encoding === 'windows-1252') return decodeWindows1252(bytes)
  try {
    return new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw new MalformedText(bytes, malformedAt(bytes, encoding), encoding)
  }
}

/** Decodes a whole body or file, and drops the byte order mark at its beginning. */
export const decodeDocument = (bytes: Uint8Array, label?: string): string =>
  decodeText(bytes, label).replace(/^\uFEFF/, '')

/** Decodes stored text, which cannot be refused any more: replaces malformed bytes, and reads an unknown encoding as UTF-8. */
export function decodeLeniently(bytes: Uint8Array, label: string | undefined): string {
  const encoding = encodingOf(label ?? UTF_8) ?? UTF_8
  return encoding === 'windows-1252' ? decodeWindows1252(bytes) : new TextDecoder(encoding).decode(bytes)
}

/** The label in a `Content-Type`; null without one. */
export const charsetIn = (contentType: string): string | null => {
  const [, quoted, plain] = /;\s*charset\s*=\s*(?:"([^"]*)"|([^\s";,]+))/i.exec(contentType) ?? []
  return quoted ?? plain ?? null
}

/** The bytes of a percent-encoded text whose other characters are one byte each. A malformed escape stays as it is. */
export const percentDecoded = (text: string): Buffer =>
  Buffer.from(
    text.replace(/%([0-9a-f]{2})/gi, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  )

// Bytes that came from outside, as text. What is no text is refused, never replaced: U+FFFD in a tag or in notes cannot be taken back.
import { isUtf8 } from 'node:buffer'

const UTF_8 = 'utf-8'

/** Bytes that are no text in the encoding that they are said to have. */
export class MalformedText extends Error {
  override readonly name = 'MalformedText'
  /** Of the first byte that does not fit, from 0. */
  readonly offset: number
  /** What is wrong, in words that follow a name: `is not UTF-8: byte 0xE9 at offset 17`. */
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

/** The first replacement character in the decoded text that the bytes themselves do not hold. */
function malformedUtf8In(bytes: Buffer): number {
  const text = bytes.toString('utf8')
  let offset = 0
  for (let from = 0, at = text.indexOf(REPLACEMENT); at !== -1; from = at, at = text.indexOf(REPLACEMENT, at + 1)) {
    offset += Buffer.byteLength(text.slice(from, at))
    if (!bytes.subarray(offset, offset + REPLACEMENT_BYTES.length).equals(REPLACEMENT_BYTES)) return offset
  }
  return offset
}

/** A body may have millions of characters, and each may be a replacement: only where it is wrong they are looked at one by one. */
const BLOCK_BYTES = 4096

/** Where the character ends that the position is in: at most three bytes may follow the first. */
function endOfCharacter(bytes: Buffer, position: number): number {
  let end = position
  while (end < position + 3 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end += 1
  return Math.min(end, bytes.length)
}

function malformedUtf8At(bytes: Buffer): number {
  for (let start = 0; start < bytes.length; ) {
    const end = endOfCharacter(bytes, start + BLOCK_BYTES)
    const block = bytes.subarray(start, end)
    if (!isUtf8(block)) return start + malformedUtf8In(block)
    start = end
  }
  return bytes.length
}

const decoderOf = (encoding: string) => new TextDecoder(encoding, { fatal: true, ignoreBOM: true })

/** Goes on until it is no text any more: how many bytes were, and characters of them. */
function goodBytes(decoder: TextDecoder, bytes: Buffer, step: number): { good: number; characters: number } {
  let [good, characters] = [0, 0]
  try {
    while (good < bytes.length) {
      characters += decoder.decode(bytes.subarray(good, good + step), { stream: true }).length
      good = Math.min(good + step, bytes.length)
    }
  } catch {
    // So far.
  }
  return { good, characters }
}

function malformedAt(bytes: Buffer, encoding: string): number {
  if (encoding === UTF_8) return malformedUtf8At(bytes)
  const { good: start } = goodBytes(decoderOf(encoding), bytes, BLOCK_BYTES)
  // All of it is a beginning: the end is missing.
  const last = start === bytes.length ? Math.max(start - BLOCK_BYTES, 0) : start
  const decoder = decoderOf(encoding)
  const before = decoder.decode(bytes.subarray(0, last), { stream: true }).length
  const { good, characters } = goodBytes(decoder, bytes.subarray(last, last + BLOCK_BYTES), 1)
  const at = Math.min(last + good, bytes.length - 1)
  // That the first half of a pair stands alone shows behind it.
  return encoding.startsWith('utf-16') ? 2 * (before + characters) : at
}

/** The encoding of the Web that the label stands for; null: nobody knows it. */
export function encodingOf(label: string): string | null {
  try {
    return new TextDecoder(label).encoding
  } catch {
    return null
  }
}

/** Without a mark in the other order `utf-16` is little-endian. */
const isBigEndian = (bytes: Uint8Array, label: string) =>
  label.toLowerCase() === 'utf-16' && bytes[0] === 0xfe && bytes[1] === 0xff

/** Every byte means something in it. Node 20 reads it as Latin-1, which has no euro sign, unless more may follow. */
const decodeWindows1252 = (bytes: Uint8Array) => new TextDecoder('windows-1252').decode(bytes, { stream: true })

/** Throws MalformedText. The label is one that `encodingOf` knows. A byte order mark stays. */
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

/** Of a whole body or file, where the mark at the beginning is no part of the text. */
export const decodeDocument = (bytes: Uint8Array, label?: string): string =>
  decodeText(bytes, label).replace(/^\uFEFF/, '')

/** Of what is there already and cannot be refused: what is no text in the encoding is replaced, an unknown one counts as UTF-8. */
export function decodeLeniently(bytes: Uint8Array, label: string | undefined): string {
  const encoding = encodingOf(label ?? UTF_8) ?? UTF_8
  return encoding === 'windows-1252' ? decodeWindows1252(bytes) : new TextDecoder(encoding).decode(bytes)
}

/** The label in a `Content-Type`; null without one. */
export const charsetIn = (contentType: string): string | null => {
  const [, quoted, plain] = /;\s*charset\s*=\s*(?:"([^"]*)"|([^\s";,]+))/i.exec(contentType) ?? []
  return quoted ?? plain ?? null
}

/** The bytes that a percent-encoded text of one character for each byte stands for; what is no encoding stays. */
export const percentDecoded = (text: string): Buffer =>
  Buffer.from(
    text.replace(/%([0-9a-f]{2})/gi, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  )

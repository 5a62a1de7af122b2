// Reads checksum files, which list the digests of other files, in every common name and format.
import { groupBy } from '../foundation/group-by.ts'
import { decodeText, MalformedText } from '../foundation/text-decoding.ts'

/** The digest of a file in lower-case hex. A list may name several files alike, and then any of the values will do. */
export type Digest = { algorithm: Algorithm; values: readonly string[] }

export type Algorithm = 'sha256' | 'sha384' | 'sha512'

const ALGORITHMS: Readonly<Record<number, Algorithm>> = { 64: 'sha256', 96: 'sha384', 128: 'sha512' }

const SIGNATURE = /\.(?:asc|sig|sign|gpg|pgp|minisig|pem|crt|cert|p7s|sigstore|bundle|att|prov|intoto|jsonl?|sbom)$/i
/** Algorithms that prove nothing any more, or whose digests look like SHA-2. */
const OTHER_ALGORITHM = /md5|sha-?1(?!\d)|sha-?3(?!84)|blake|b2sum|b3sum/i
const LIST =
  /(?:^|[-_. (])(?:sha-?(?:2|256|384|512)?-?sums?(?:256|384|512)?|sha-?(?:256|384|512)|checksums?|hash(?:es|sums?)|digests?)(?=[-_. )]|$)/i
const BESIDE = /^(.+)\.(?:sha-?(?:256|384|512)(?:sum)?|checksum|digest)(?:\.txt)?$/i

export const isChecksumsFile = (fileName: string): boolean =>
  LIST.test(fileName) && !SIGNATURE.test(fileName) && !OTHER_ALGORITHM.test(fileName)

/** `app.tar.gz` for `app.tar.gz.sha256`; null when the list is not about one file. */
export const describedFile = (fileName: string): string | null =>
  isChecksumsFile(fileName) ? (BESIDE.exec(fileName)?.[1] ?? null) : null

const HEX = '(?<hex>[0-9a-f]{64}|[0-9a-f]{96}|[0-9a-f]{128})'
const LINES = [
  // The format of `sha256sum`, with or without the algorithm's name before the digest.
  `^\\\\?(?:sha-?(?:256|384|512)[:=-] ?)?${HEX}(?:[ \\t]+[*?]?|[*])(?<file>\\S.*)$`,
  // The format of BSD's `sha256` and of openssl.
  `^SHA-?(?:2-)?(?:256|384|512) ?\\((?<file>.+)\\) ?= ?${HEX}$`,
  // The format of PowerShell's `Get-FileHash`.
  `^SHA-?(?:256|384|512)[ \\t]+${HEX}[ \\t]+(?<file>\\S.*)$`,
].map((pattern) => new RegExp(pattern, 'i'))
const BARE = new RegExp(`^(?:sha-?(?:256|384|512)[:=-] ?)?${HEX}(?:[ \\t]+[*]?-)?$`, 'i')

/** The digest at the end of a line that begins with the file's name. */
const ENDS = [`sha-?(?:256|384|512)[:=-] ?${HEX}$`, `${HEX}$`].map((pattern) => new RegExp(pattern, 'i'))
const LONGEST_END = 150

type Entry = { file: string | null; hex: string }

const isBlank = (character: string | undefined) => character === ' ' || character === '\t'

/** The name before the digest, without the separator; null when the separator or the name is missing. */
function nameBefore(text: string): string | null {
  let end = text.length
  while (isBlank(text[end - 1])) end -= 1
  const file = text.slice(0, text[end - 1] === ':' && end > 1 ? end - 1 : end)
  return file === '' || file.length === text.length ? null : file
}

/** Reads a line that begins with the name. Reads from the end, because a pattern would backtrack over many blanks. */
function readNameFirst(line: string): { file: string; hex: string } | null {
  if (line.startsWith('(')) return null
  const end = line.slice(-LONGEST_END)
  for (const pattern of ENDS) {
    const match = pattern.exec(end)
    const file = match && nameBefore(line.slice(0, line.length - end.length + match.index))
    if (file && match.groups?.hex) return { file, hex: match.groups.hex }
  }
  return null
}

function readLine(line: string): Entry | null {
  const [, bare] = BARE.exec(line) ?? []
  if (bare) return { file: null, hex: bare.toLowerCase() }
  const { hex, file } = LINES.map((pattern) => pattern.exec(line)).find(Boolean)?.groups ?? readNameFirst(line) ?? {}
  return hex && file
    ? { file: file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1), hex: hex.toLowerCase() }
    : null
}

/** Old tools and PowerShell do not write UTF-8. The digests are readable all the same. */
function textOf(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return Buffer.from(bytes).toString('utf16le')
  try {
    return decodeText(bytes)
  } catch (error) {
    if (error instanceof MalformedText) return decodeText(bytes, 'windows-1252')
    throw error
  }
}

export type Checksums = {
  /** The digests by the name of the file without folders, one for each algorithm. */
  named: ReadonlyMap<string, readonly Digest[]>
  /** The only digest of the list, whatever file it names; null when there are more. */
  single: Digest | null
}

function digestsOf(entries: readonly Entry[]): Digest[] {
  const byLength = groupBy(new Set(entries.map(({ hex }) => hex)), ({ length }) => length)
  return [...byLength].flatMap(([length, values]) => {
    const algorithm = ALGORITHMS[length]
    return algorithm ? [{ algorithm, values }] : []
  })
}

/** Parses a checksum file. Ignores lines in other formats. */
export function parseChecksums(bytes: Uint8Array): Checksums {
  const lines = textOf(bytes)
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
  const entries = lines.map((line) => readLine(line.trim())).filter((entry) => entry !== null)
  const named = groupBy(
    entries.filter(({ file }) => file !== null),
    ({ file }) => file ?? '',
  )
  const [only = null] = entries.length === 1 ? digestsOf(entries) : []
  return { named: new Map([...named].map(([name, own]) => [name, digestsOf(own)])), single: only }
}

const DIGEST = /(?:^|,)\s*sha-256=:?([A-Za-z0-9+/]{43}=):?\s*(?:,|;|$)/i
const ETAG = /^"([0-9a-f]{64})"$/
const HEX_SHA256 = /^[0-9a-f]{64}$/i

/**
 * The digests of the body in the server's headers. An ETag counts only from our own server, because elsewhere it can be anything.
 */
export function digestsInHeaders(headers: Headers, { ownServer }: { ownServer: boolean }): Map<string, Digest> {
  const digests = new Map<string, Digest>()
  // The digest in a header is of the encoded body, and `fetch` has already decoded it.
  if (headers.has('content-encoding')) return digests
  const add = (name: string, hex: string) => digests.set(`the header ${name}`, { algorithm: 'sha256', values: [hex] })
  for (const name of ['Repr-Digest', 'Content-Digest', 'Digest']) {
    const [, base64] = DIGEST.exec(headers.get(name) ?? '') ?? []
    if (base64) add(name, Buffer.from(base64, 'base64').toString('hex'))
  }
  const checksum = headers.get('X-Checksum-SHA256') ?? ''
  if (HEX_SHA256.test(checksum)) add('X-Checksum-SHA256', checksum.toLowerCase())
  const [, sha] = ETAG.exec(headers.get('etag') ?? '') ?? []
  if (ownServer && sha) add('ETag', sha)
  return digests
}

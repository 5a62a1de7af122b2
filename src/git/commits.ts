import { decodeLeniently } from '../foundation/text-decoding.ts'
import { declaredEncoding } from './declared-encoding.ts'
import { type Identity, parseIdentity } from './identity.ts'
import type { ObjectPool } from './object-reader.ts'
import { parseTrailers } from './trailers.ts'

export type Commit = {
  sha: string
  shortId: string
  parentIds: string[]
  /** The first line of the message. */
  title: string
  fullTitle: string
  message: string
  /** The message without its title. */
  description: string
  authorName: string
  authorEmail: string
  authoredDate: Date
  /** The author's offset from UTC, such as `+02:00`. */
  authoredOffset: string
  committerName: string
  committerEmail: string
  committedDate: Date
  committedOffset: string
  /** A key that occurs more than once has its last value. */
  trailers: Record<string, string>
  extendedTrailers: Record<string, string[]>
}

const HEADER_END = '\n\n'

/** Nearly all commits are UTF-8. The others name their encoding, which is sometimes unknown. */
function decode(raw: Buffer): { headers: string[]; message: string } {
  const end = raw.indexOf(HEADER_END)
  const head = end < 0 ? raw : raw.subarray(0, end)
  const encoding = declaredEncoding(head)
  const message = end < 0 ? '' : decodeLeniently(raw.subarray(end + HEADER_END.length), encoding)
  return { headers: decodeLeniently(head, encoding).split('\n'), message }
}

/** Continuation lines (of signatures and merged tags) begin with a space, so they never look like a header. */
function valuesOf(headers: readonly string[], key: string): string[] {
  return headers.filter((line) => line.startsWith(`${key} `)).map((line) => line.slice(key.length + 1))
}

const identityOf = (headers: readonly string[], key: string): Identity => parseIdentity(valuesOf(headers, key)[0] ?? '')

function describe(message: string) {
  const [title = '', ...rest] = message.trimStart().split(/\r?\n/)
  const trailers = parseTrailers(message)
  const extended = new Map<string, string[]>()
  for (const [key, value] of trailers) extended.set(key, [...(extended.get(key) ?? []), value])
  return {
    title: title.trimEnd(),
    fullTitle: title.trimEnd(),
    message,
    description: rest.join('\n').trim(),
    trailers: Object.fromEntries(trailers),
    extendedTrailers: Object.fromEntries(extended),
  }
}

export function parseCommit(sha: string, raw: Buffer): Commit {
  const { headers, message } = decode(raw)
  const author = identityOf(headers, 'author')
  const committer = identityOf(headers, 'committer')
  return {
    sha,
    shortId: sha.slice(0, 8),
    parentIds: valuesOf(headers, 'parent'),
    ...describe(message),
    authorName: author.name,
    authorEmail: author.email,
    authoredDate: author.date,
    authoredOffset: author.offset,
    committerName: committer.name,
    committerEmail: committer.email,
    committedDate: committer.date,
    committedOffset: committer.offset,
  }
}

/** The commits by sha, read in one batch. An object that is missing or is not a commit is left out. */
export async function readCommits(
  pool: ObjectPool,
  repository: string,
  shas: readonly string[],
): Promise<Map<string, Commit>> {
  const commits = new Map<string, Commit>()
  for (const object of await pool.read(repository, [...new Set(shas)])) {
    if (object?.type === 'commit') commits.set(object.sha, parseCommit(object.sha, object.content))
  }
  return commits
}

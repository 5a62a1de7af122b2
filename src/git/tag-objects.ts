import { decodeLeniently } from '../foundation/text-decoding.ts'
import { declaredEncoding } from './declared-encoding.ts'
import { type GitError, gitFailure } from './git.ts'
import { type Identity, parseIdentity } from './identity.ts'
import { readBeginnings } from './object-beginnings.ts'
import type { GitObject } from './object-parser.ts'

export type TagText = {
  /** The message without the signature. */
  message: string
  /** Null for a tag of an old tool. */
  tagger: Identity | null
}

const HEADER_END = '\n\n'
const SIGNATURE = /^-----BEGIN (?:PGP SIGNATURE|PGP MESSAGE|SSH SIGNATURE|SIGNED MESSAGE)-----/gm

/** Git's rule: the signature begins at the last line that looks like the beginning of a signature. */
function withoutSignature(contents: string): string {
  const start = [...contents.matchAll(SIGNATURE)].at(-1)?.index
  return start === undefined ? contents : contents.slice(0, start)
}

function parseTag({ content }: GitObject, maxCharacters: number): TagText {
  const end = content.indexOf(HEADER_END)
  const head = end < 0 ? content : content.subarray(0, end)
  const encoding = declaredEncoding(head)
  const [, tagger] = /^tagger (.*)$/m.exec(decodeLeniently(head, encoding)) ?? []
  const contents = end < 0 ? '' : decodeLeniently(content.subarray(end + HEADER_END.length), encoding)
  const message = withoutSignature(contents).trim()
  return {
    // A copy, because a substring would keep the whole text in memory.
    message: message.length > maxCharacters ? Buffer.from(message.slice(0, maxCharacters)).toString('utf8') : message,
    tagger: tagger === undefined ? null : parseIdentity(tagger),
  }
}

export type TextBounds = {
  /** A tag object of more bytes is not read at all. */
  skipAbove: number
  /** Only the beginning is read of a tag object of more bytes. */
  maxBytes: number
  maxCharacters: number
  /** The most characters of all messages together. */
  maxTotal: number
}

const tooMuch = ({ maxTotal }: TextBounds): GitError =>
  gitFailure('cat-file', {
    exitCode: null,
    stderr: '',
    otherwise: `the messages of the tags have more than ${maxTotal} characters`,
  })

/** The texts of tag objects by their full IDs. Beside the texts, only one object is in memory at a time. */
export async function readTagTexts(
  repository: string,
  ids: readonly string[],
  bounds: TextBounds,
): Promise<Map<string, TagText>> {
  const texts = new Map<string, TagText>()
  let total = 0
  const take = (object: GitObject | null) => {
    if (object?.type !== 'tag') return undefined
    const text = parseTag(object, bounds.maxCharacters)
    total += text.message.length
    if (total > bounds.maxTotal) return 'enough'
    texts.set(object.sha, text)
    return undefined
  }
  await readBeginnings(repository, ids, bounds.maxBytes, take)
  if (total > bounds.maxTotal) throw tooMuch(bounds)
  return texts
}

import type { Identity } from './identity.ts'
import { isValidTagName } from './ref-names.ts'
import { readTagTexts, type TextBounds } from './tag-objects.ts'
import { readTagRefs, type TagRef } from './tag-refs.ts'

export type Tag = {
  name: string
  /** The commit that the tag leads to. */
  sha: string
  annotated: boolean
  /** The message without the signature; null for a lightweight tag and for a tag that is too large to read. */
  message: string | null
  /** Null for a lightweight tag and for an annotated tag of an old tool. */
  tagger: Identity | null
}

export type { TagRef }

/** All tags that lead to a commit, ordered by the bytes of their names. */
export const listTagRefs = (repository: string): Promise<TagRef[]> => readTagRefs(repository, ['refs/tags/'])

const MAX_MESSAGE_CHARACTERS = 1_000_000

/** The bounds for reading all tags, as imports do. A message of a million characters may have four million bytes. */
const ALL: TextBounds = {
  skipAbove: Number.POSITIVE_INFINITY,
  maxBytes: 4 * MAX_MESSAGE_CHARACTERS + 64 * 1024,
  // Two more than the limit in UTF-16 units, so that the caller, which cuts the message, sees that it was longer.
  maxCharacters: 2 * MAX_MESSAGE_CHARACTERS + 2,
  maxTotal: 256 * 1024 ** 2,
}

export async function readTags(repository: string, refs: readonly TagRef[], bounds: TextBounds = ALL): Promise<Tag[]> {
  const ids = refs.flatMap(({ object }) => (object && object.size <= bounds.skipAbove ? [object.id] : []))
  const texts = await readTagTexts(repository, [...new Set(ids)], bounds)
  return refs.map(({ name, sha, object }) => {
    if (!object) return { name, sha, annotated: false, message: null, tagger: null }
    return { name, sha, annotated: true, ...(texts.get(object.id) ?? { message: null, tagger: null }) }
  })
}

export const listTags = async (repository: string): Promise<Tag[]> =>
  readTags(repository, await listTagRefs(repository))

export async function findTag(repository: string, name: string, bounds: TextBounds = ALL): Promise<Tag | null> {
  if (!isValidTagName(name)) return null
  // The pattern `refs/tags/a` also matches `refs/tags/a/b`, but git has no such ref when `a` exists.
  const [ref] = await readTagRefs(repository, ['--count=1', '--end-of-options', `refs/tags/${name}`])
  if (ref?.name !== name) return null
  const [tag] = await readTags(repository, [ref], bounds)
  return tag ?? null
}

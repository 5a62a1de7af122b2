import type { Identity } from './identity.ts'
import { isValidTagName } from './ref-names.ts'
import { readTagTexts, type TextBounds } from './tag-objects.ts'
import { readTagRefs, type TagRef } from './tag-refs.ts'

export type Tag = {
  name: string
  /** The commit, also behind an annotated tag. */
  sha: string
  annotated: boolean
  /** Without its signature; null for a lightweight tag, and for one that is too large to be read. */
  message: string | null
  /** Null for a lightweight tag, and for an annotated one that an old tool made. */
  tagger: Identity | null
}

export type { TagRef }

/** All tags that point to a commit, by name in the order of its bytes. */
export const listTagRefs = (repository: string): Promise<TagRef[]> => readTagRefs(repository, ['refs/tags/'])

const MAX_MESSAGE_CHARACTERS = 1_000_000

/** Of a list that is read as a whole, as imports do: a message of a million characters may have four million bytes. */
const ALL: TextBounds = {
  skipAbove: Number.POSITIVE_INFINITY,
  maxBytes: 4 * MAX_MESSAGE_CHARACTERS + 64 * 1024,
  // One of a pair may be the last of what is counted: who cuts must see that there was more.
  maxCharacters: 2 * MAX_MESSAGE_CHARACTERS + 2,
  maxTotal: 256 * 1024 ** 2,
}

/** The tags with their texts. */
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
  // The pattern `refs/tags/a` also finds `refs/tags/a/b`; where `a` exists it is the only one.
  const [ref] = await readTagRefs(repository, ['--count=1', '--end-of-options', `refs/tags/${name}`])
  if (ref?.name !== name) return null
  const [tag] = await readTags(repository, [ref], bounds)
  return tag ?? null
}

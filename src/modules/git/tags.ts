import { READER_MEMORY, runGit } from './git.ts'
import type { Identity } from './identity.ts'
import { isValidTagName } from './ref-names.ts'
import { readTagTexts, type TextBounds } from './tag-objects.ts'

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

/** A tag without its texts, which may be of any length. */
export type TagRef = {
  name: string
  /** The commit, also behind an annotated tag. */
  sha: string
  /** The tag object and its bytes; null for a lightweight tag. */
  object: { id: string; size: number } | null
}

const FIELDS = [
  '%(refname:lstrip=2)',
  '%(objecttype)',
  '%(objectname)',
  '%(objectsize)',
  '%(*objecttype)',
  '%(*objectname)',
]

/** Bytes: above any real list of tags, below what would exhaust the process. */
const MAX_LIST_BYTES = 32 * 1024 ** 2

type Found = { tag: TagRef; type: string }

function parseLine(line: string): Found {
  const [name = '', type = '', id = '', size = '', innerType = '', innerId = ''] = line.split('\0')
  if (type !== 'tag') return { type, tag: { name, sha: id, object: null } }
  return { type: innerType, tag: { name, sha: innerId, object: { id, size: Number(size) } } }
}

/** Git before 2.45 looks behind one tag only: ask for the commits behind tags of tags. */
async function lookThroughTags(repository: string, found: readonly Found[]): Promise<void> {
  const nested = found.filter(({ type }) => type === 'tag')
  if (nested.length === 0) return
  const input = nested.map(({ tag }) => `${tag.sha}^{commit}\n`).join('')
  const answers = (
    await runGit(repository, ['cat-file', '--batch-check=%(objecttype) %(objectname)'], {
      input,
      maxMemory: READER_MEMORY,
    })
  ).split('\n')
  for (const [at, entry] of nested.entries()) {
    const [type = '', sha = ''] = answers[at]?.split(' ') ?? []
    entry.type = type
    entry.tag.sha = sha
  }
}

async function readRefs(repository: string, args: readonly string[]): Promise<TagRef[]> {
  const format = `--format=${FIELDS.join('%00')}`
  const options = { maxBuffer: MAX_LIST_BYTES, maxMemory: READER_MEMORY, yields: true }
  const output = await runGit(repository, ['for-each-ref', format, ...args], options)
  const found = output.split('\n').filter(Boolean).map(parseLine)
  await lookThroughTags(repository, found)
  return found.filter(({ type }) => type === 'commit').map(({ tag }) => tag)
}

/** By name in the order of its bytes, by the time of the tagger or else of the commit, by the version in the name. */
export type TagOrder = 'refname' | 'creatordate' | 'version:refname'

type Order = { order?: TagOrder; descending?: boolean }

/** All tags that point to a commit, by name without `order`. */
export function listTagRefs(
  repository: string,
  { order = 'refname', descending = false }: Order = {},
): Promise<TagRef[]> {
  return readRefs(repository, [`--sort=${descending ? '-' : ''}${order}`, 'refs/tags/'])
}

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

export const listTags = async (repository: string, order: Order = {}): Promise<Tag[]> =>
  readTags(repository, await listTagRefs(repository, order))

export async function findTag(repository: string, name: string, bounds: TextBounds = ALL): Promise<Tag | null> {
  if (!isValidTagName(name)) return null
  // The pattern `refs/tags/a` also finds `refs/tags/a/b`; where `a` exists it is the only one.
  const [ref] = await readRefs(repository, ['--count=1', '--end-of-options', `refs/tags/${name}`])
  if (ref?.name !== name) return null
  const [tag] = await readTags(repository, [ref], bounds)
  return tag ?? null
}

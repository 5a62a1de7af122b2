import { GitError, runGit } from './git.ts'
import { type Identity, parseIdentity } from './identity.ts'
import { isValidTagName } from './ref-names.ts'

export type Tag = {
  name: string
  /** The commit, also behind an annotated tag. */
  sha: string
  annotated: boolean
  /** Without its signature; null for a lightweight tag. */
  message: string | null
  /** How long the message is, where it was too long to be read with the others. */
  messageBytes?: number
  /** Null for a lightweight tag, and for an annotated one that an old tool made. */
  tagger: Identity | null
}

const ifAnnotated = (field: string) => `%(if:equals=tag)%(objecttype)%(then)${field}%(end)`

const FIELDS = [
  '%(refname:lstrip=2)',
  '%(objecttype)',
  '%(objectname)',
  '%(*objecttype)',
  '%(*objectname)',
  ifAnnotated('%(tagger)'),
  // Of a lightweight tag these would be the commit's.
  ifAnnotated('%(contents)'),
  ifAnnotated('%(contents:signature)'),
]

/** The same with the size in place of the message. */
const FIELDS_WITHOUT_MESSAGE = [...FIELDS.slice(0, 6), ifAnnotated('%(contents:size)'), '']

/** Bytes: above any real list of tags, below what would exhaust the process. */
const MAX_LIST_BYTES = 256 * 1024 ** 2

type Found = { tag: Tag; type: string }

function parseFields(fields: readonly string[]): Found {
  const [line = '', type = '', sha = '', innerType = '', innerSha = '', tagger = '', contents = '', signature = ''] =
    fields
  // Every record but the first begins with the line feed that ends the one before.
  const name = line.startsWith('\n') ? line.slice(1) : line
  if (type !== 'tag') return { type, tag: { name, sha, annotated: false, message: null, tagger: null } }
  const message = contents.slice(0, contents.length - signature.length).trim()
  return {
    type: innerType,
    tag: { name, sha: innerSha, annotated: true, message, tagger: tagger ? parseIdentity(tagger) : null },
  }
}

/** Git before 2.45 looks behind one tag only: ask for the commits behind tags of tags. */
async function lookThroughTags(repository: string, found: readonly Found[]): Promise<void> {
  const nested = found.filter(({ type }) => type === 'tag')
  if (nested.length === 0) return
  const input = nested.map(({ tag }) => `${tag.sha}^{commit}\n`).join('')
  const answers = (
    await runGit(repository, ['cat-file', '--batch-check=%(objecttype) %(objectname)'], { input })
  ).split('\n')
  for (const [at, entry] of nested.entries()) {
    const [type = '', sha = ''] = answers[at]?.split(' ') ?? []
    entry.type = type
    entry.tag.sha = sha
  }
}

type Reading = { fields?: readonly string[]; maxBytes?: number }

async function readTags(
  repository: string,
  args: readonly string[],
  { fields: wanted = FIELDS, maxBytes = MAX_LIST_BYTES }: Reading = {},
): Promise<Tag[]> {
  const format = `--format=${wanted.map((field) => `${field}%00`).join('')}`
  const output = await runGit(repository, ['for-each-ref', format, ...args], { maxBuffer: maxBytes })
  const fields = output.split('\0')
  const found: Found[] = []
  for (let at = 0; at + FIELDS.length < fields.length; at += FIELDS.length) {
    found.push(parseFields(fields.slice(at, at + FIELDS.length)))
  }
  await lookThroughTags(repository, found)
  return found.filter(({ type }) => type === 'commit').map(({ tag }) => tag)
}

/** By name in the order of its bytes, by the time of the tagger or else of the commit, by the version in the name. */
export type TagOrder = 'refname' | 'creatordate' | 'version:refname'

/** All tags that point to a commit, by name without `order`. */
export function listTags(
  repository: string,
  { order = 'refname', descending = false }: { order?: TagOrder; descending?: boolean } = {},
  reading: Reading = {},
): Promise<Tag[]> {
  return readTags(repository, [`--sort=${descending ? '-' : ''}${order}`, 'refs/tags/'], reading)
}

export const isTooLong = (error: unknown): boolean =>
  error instanceof GitError && error.message.includes('ERR_CHILD_PROCESS_STDIO_MAXBUFFER')

/** The same, but where the messages of all tags together are longer than so many bytes, tags have their sizes in place of them. */
export async function listTagsWithin(
  maxBytes: number,
  repository: string,
  order: { order: TagOrder; descending: boolean },
): Promise<Tag[]> {
  try {
    return await listTags(repository, order, { maxBytes })
  } catch (error) {
    if (!isTooLong(error)) throw error
    const tags = await listTags(repository, order, { fields: FIELDS_WITHOUT_MESSAGE })
    return tags.map((tag) => (tag.annotated ? { ...tag, message: null, messageBytes: Number(tag.message) } : tag))
  }
}

/** The messages of annotated tags that `listTagsWithin` gave. */
export async function messagesOfTags(repository: string, names: readonly string[]): Promise<Map<string, string>> {
  const tags = await readTags(
    repository,
    names.map((name) => `refs/tags/${name}`),
  )
  return new Map(tags.map(({ name, message }) => [name, message ?? '']))
}

/** Fails, as `isTooLong` tells, where its message has more than so many bytes. */
export async function findTag(repository: string, name: string, maxBytes = MAX_LIST_BYTES): Promise<Tag | null> {
  if (!isValidTagName(name)) return null
  // The pattern `refs/tags/a` also finds `refs/tags/a/b`; where `a` exists it is the only one.
  const [tag] = await readTags(repository, ['--count=1', '--end-of-options', `refs/tags/${name}`], { maxBytes })
  return tag?.name === name ? tag : null
}

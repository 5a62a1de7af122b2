import { GitError, READER_MEMORY, runGit } from './git.ts'
import { readOddTagRefs } from './odd-tag-refs.ts'

/** A tag without its texts, which may have any length. */
export type TagRef = {
  name: string
  /** The commit that the tag leads to. */
  sha: string
  /** The ID and size in bytes of the tag object; null for a lightweight tag. */
  object: { id: string; size: number } | null
  /** The tagger's time, or else the committer's, in seconds; 0 for a malformed time. */
  createdAt: number
}

const FIELDS = [
  '%(refname:lstrip=2)',
  '%(objecttype)',
  '%(objectname)',
  '%(objectsize)',
  '%(*objecttype)',
  '%(*objectname)',
  // As a number, because git fails when it formats a time that is out of range for a date.
  '%(creatordate:unix)',
]

/** Bytes. More than any real list of tags, and less than would exhaust the process. */
const MAX_LIST_BYTES = 32 * 1024 ** 2

type Found = { tag: TagRef; type: string }

function parseLine(line: string): Found {
  const [name = '', type = '', id = '', size = '', innerType = '', innerId = '', date = ''] = line.split('\0')
  const createdAt = Number(date)
  if (type !== 'tag') return { type, tag: { name, sha: id, object: null, createdAt } }
  return { type: innerType, tag: { name, sha: innerId, object: { id, size: Number(size) }, createdAt } }
}

/** Asks git for the commits behind tags of tags, because git before 2.45 follows only one tag. */
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

async function readAll(repository: string, args: readonly string[]): Promise<TagRef[]> {
  const format = `--format=${FIELDS.join('%00')}`
  const options = { maxBuffer: MAX_LIST_BYTES, maxMemory: READER_MEMORY, yields: true }
  const output = await runGit(repository, ['for-each-ref', format, ...args], options)
  const found = output.split('\n').filter(Boolean).map(parseLine)
  await lookThroughTags(repository, found)
  return found.filter(({ type }) => type === 'commit').map(({ tag }) => tag)
}

/**
 * The tags that lead to a commit, ordered by the bytes of their names. `args` narrow the list. Git fails at the first object that
 * is missing, damaged or larger than its memory. The objects are then examined one by one.
 */
export async function readTagRefs(repository: string, args: readonly string[]): Promise<TagRef[]> {
  try {
    return await readAll(repository, args)
  } catch (error) {
    if (!(error instanceof GitError)) throw error
    const { refs, isLost } = await readOddTagRefs(repository, args)
    // Nobody can push a tag of a missing object, so the repository is damaged.
    if (refs.length === 0 && isLost) throw error
    return refs
  }
}

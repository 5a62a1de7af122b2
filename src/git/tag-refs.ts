import { GitError, READER_MEMORY, runGit } from './git.ts'
import { readOddTagRefs } from './odd-tag-refs.ts'

/** A tag without its texts, which may be of any length. */
export type TagRef = {
  name: string
  /** The commit, also behind an annotated tag. */
  sha: string
  /** The tag object and its bytes; null for a lightweight tag. */
  object: { id: string; size: number } | null
  /** Of the tagger, or else of the committer, in seconds; 0 where that is no time. */
  createdAt: number
}

const FIELDS = [
  '%(refname:lstrip=2)',
  '%(objecttype)',
  '%(objectname)',
  '%(objectsize)',
  '%(*objecttype)',
  '%(*objectname)',
  // As a number: a time that is too far off to be written as a date would end git.
  '%(creatordate:unix)',
]

/** Bytes: above any real list of tags, below what would exhaust the process. */
const MAX_LIST_BYTES = 32 * 1024 ** 2

type Found = { tag: TagRef; type: string }

function parseLine(line: string): Found {
  const [name = '', type = '', id = '', size = '', innerType = '', innerId = '', date = ''] = line.split('\0')
  const createdAt = Number(date)
  if (type !== 'tag') return { type, tag: { name, sha: id, object: null, createdAt } }
  return { type: innerType, tag: { name, sha: innerId, object: { id, size: Number(size) }, createdAt } }
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

async function readAll(repository: string, args: readonly string[]): Promise<TagRef[]> {
  const format = `--format=${FIELDS.join('%00')}`
  const options = { maxBuffer: MAX_LIST_BYTES, maxMemory: READER_MEMORY, yields: true }
  const output = await runGit(repository, ['for-each-ref', format, ...args], options)
  const found = output.split('\n').filter(Boolean).map(parseLine)
  await lookThroughTags(repository, found)
  return found.filter(({ type }) => type === 'commit').map(({ tag }) => tag)
}

/**
 * The tags that point to a commit, by name in the order of its bytes; `args` narrow it. Git gives up the whole list at one object
 * that is missing, damaged or larger than its memory: then the objects are looked at one by one.
 */
export async function readTagRefs(repository: string, args: readonly string[]): Promise<TagRef[]> {
  try {
    return await readAll(repository, args)
  } catch (error) {
    if (!(error instanceof GitError)) throw error
    const { refs, isLost } = await readOddTagRefs(repository, args)
    // Nobody can push a tag of something that is not there.
    if (refs.length === 0 && isLost) throw error
    return refs
  }
}

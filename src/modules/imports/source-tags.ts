import { runGit } from '../../git/git.ts'
import { isValidTagName } from '../../git/ref-names.ts'
import { listTags, type Tag } from '../../git/tags.ts'

const MAX_TAG_BYTES = 1024
/** More bytes than any real list of tags has, and less than would exhaust the process. */
const MAX_LIST_BYTES = 256 * 1024 ** 2

/** What a tag says about the release that it becomes. */
export type SourceTag = { tag: string; sha: string; description: string | null; releasedAt: Date }
export type SkippedTag = { tag: string; reason: string }

/** The date of each commit, by sha. */
async function commitDates(repository: string, shas: readonly string[]): Promise<Map<string, Date>> {
  if (shas.length === 0) return new Map()
  const input = shas.map((sha) => `${sha}\n`).join('')
  const args = ['log', '--no-walk=unsorted', '--stdin', '--format=%H %ct']
  const lines = (await runGit(repository, args, { input, maxBuffer: MAX_LIST_BYTES })).split('\n').slice(0, -1)
  return new Map(
    lines.map((line) => line.split(' ')).map(([sha = '', seconds]) => [sha, new Date(Number(seconds) * 1000)]),
  )
}

/** Other years come from a faulty tool, and not every column, driver and format can hold them. */
const isUsualDate = (date: Date) => date.getUTCFullYear() >= 1 && date.getUTCFullYear() <= 9999

function problemOf({ name }: Tag, releasedAt: Date): string | null {
  if (!isValidTagName(name)) return 'is no valid name of a tag'
  // Git's output is decoded as UTF-8. What is not UTF-8 becomes this character, and the real name is lost.
  if (name.includes('\uFFFD')) return 'has a name that is not UTF-8'
  if (Buffer.byteLength(name) > MAX_TAG_BYTES) return `has a name longer than ${MAX_TAG_BYTES} bytes`
  return isUsualDate(releasedAt) ? null : 'has a date outside the years 1 to 9999'
}

/** Reads the tags with these names. The oldest come first. */
export async function readSourceTags(
  repository: string,
  names: readonly string[],
): Promise<{ tags: SourceTag[]; skipped: SkippedTag[] }> {
  const byName = new Map((await listTags(repository)).map((tag) => [tag.name, tag]))
  const found = names.map((name) => byName.get(name)).filter((tag) => tag !== undefined)
  const withoutDate = found.filter(({ tagger }) => tagger === null).map(({ sha }) => sha)
  const dates = await commitDates(repository, withoutDate)

  const tags: SourceTag[] = []
  const skipped = names.filter((name) => !byName.has(name)).map((tag) => ({ tag, reason: 'points to no commit' }))
  for (const tag of found) {
    const releasedAt = tag.tagger?.date ?? dates.get(tag.sha) ?? new Date(0)
    const reason = problemOf(tag, releasedAt)
    if (reason) skipped.push({ tag: tag.name, reason })
    else tags.push({ tag: tag.name, sha: tag.sha, description: tag.message || null, releasedAt })
  }
  tags.sort((a, b) => a.releasedAt.getTime() - b.releasedAt.getTime())
  return { tags, skipped }
}

import { type Commit, parseCommit } from './commits.ts'
import { readBeginnings } from './object-beginnings.ts'
import type { Repositories } from './reader.ts'

/** The most characters of each text, so that a page of 100 commits fits into one answer. */
export const MAX_LISTED_CHARACTERS = 65_536

/** Only the beginning is read of a commit that is too large to read whole. */
const BEGINNING_BYTES = 2 * MAX_LISTED_CHARACTERS

/** The number of whole commits in memory at a time, each of up to a million characters. */
const AT_A_TIME = 20

/** Returns a copy, because a substring would keep the whole text in memory. Does not split a surrogate pair. */
function cut(text: string): string {
  if (text.length <= MAX_LISTED_CHARACTERS) return text
  const part = text.slice(0, MAX_LISTED_CHARACTERS)
  return Buffer.from(/[\ud800-\udbff]$/.test(part) ? part.slice(0, -1) : part).toString()
}

/** A shortened commit has no trailers, because its message lacks the last paragraph. */
function shortened(commit: Commit): Commit {
  if (commit.message.length <= MAX_LISTED_CHARACTERS) return commit
  const title = cut(commit.title)
  const texts = { title, fullTitle: title, message: cut(commit.message), description: '' }
  return { ...commit, ...texts, trailers: {}, extendedTrailers: {} }
}

async function readAsWhole(repositories: Repositories, id: number, shas: readonly string[]) {
  const found = new Map<string, Commit>()
  for (let from = 0; from < shas.length; from += AT_A_TIME) {
    const some = await repositories.commits(id, shas.slice(from, from + AT_A_TIME))
    for (const [sha, commit] of some) found.set(sha, shortened(commit))
  }
  return found
}

/** The commits in the order of the IDs. A damaged or unreadable commit is left out. */
export async function readListedCommits(
  repositories: Repositories,
  id: number,
  shas: readonly string[],
): Promise<Commit[]> {
  const found = await readAsWhole(repositories, id, shas)
  const missing = shas.filter((sha) => !found.has(sha))
  await readBeginnings(repositories.directory(id), missing, BEGINNING_BYTES, (object) => {
    if (object?.type === 'commit') found.set(object.sha, shortened(parseCommit(object.sha, object.content)))
    return undefined
  })
  return shas.flatMap((sha) => found.get(sha) ?? [])
}

import { type Commit, parseCommit } from './commits.ts'
import { readBeginnings } from './object-beginnings.ts'
import type { Repositories } from './reader.ts'

/** Of each text: a page of 100 holds what an answer may hold. */
export const MAX_LISTED_CHARACTERS = 65_536

/** Of a commit that is too large to be read as a whole. */
const BEGINNING_BYTES = 2 * MAX_LISTED_CHARACTERS

/** Of a million characters each at most: so many are in memory at a time. */
const AT_A_TIME = 20

/** A copy: a part would keep the whole in memory. Half of a pair is no character. */
function cut(text: string): string {
  if (text.length <= MAX_LISTED_CHARACTERS) return text
  const part = text.slice(0, MAX_LISTED_CHARACTERS)
  return Buffer.from(/[\ud800-\udbff]$/.test(part) ? part.slice(0, -1) : part).toString()
}

/** Of a longer message there are no trailers: its last paragraph is not shown. */
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

/** In the order of the ids. One that cannot be read, or is damaged, is left out. */
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

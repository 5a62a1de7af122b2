import { assertRepository } from './assert-repository.ts'
import type { ObjectPool } from './object-reader.ts'
import { FULL_ID, isValidRefName, MAX_REF_BYTES } from './ref-names.ts'

async function firstCommit(pool: ObjectPool, repository: string, names: readonly string[]): Promise<string | null> {
  const objects = await pool.ask(
    repository,
    names.map((name) => `${name}^{commit}`),
  )
  const found = objects.find((object) => object?.type === 'commit')
  // A running process reports a missing name but not a missing repository, so we check the repository here.
  if (!found) await assertRepository(repository)
  return found?.sha ?? null
}

/** The commit that a tag leads to; null without the tag. Fails with a GitError when the repository is broken. */
export const resolveTag = (pool: ObjectPool, repository: string, tag: string): Promise<string | null> =>
  firstCommit(pool, repository, [`refs/tags/${tag}`])

/**
 * The commit of a full ID, full ref name, tag, branch or short ID. The order is git's, so a branch that is called like a tag or a
 * commit does not take its place. Fails with a GitError like `resolveTag`.
 */
export async function resolveCommit(pool: ObjectPool, repository: string, ref: string): Promise<string | null> {
  if (Buffer.byteLength(ref) > MAX_REF_BYTES) return null
  const names = [ref, `refs/tags/${ref}`, `refs/heads/${ref}`].filter(isValidRefName)
  if (FULL_ID.test(ref.toLowerCase())) names.unshift(ref)
  else if (/^[0-9a-f]{4,63}$/i.test(ref)) names.push(ref)
  return firstCommit(pool, repository, names)
}

/** Git answers with whole commits, so it is asked for so many at a time. */
const AT_A_TIME = 100

/** The commits whose IDs begin with these texts. What names no commit, or more than one, is left out. */
export async function findCommitIds(
  pool: ObjectPool,
  repository: string,
  beginnings: readonly string[],
): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  for (let from = 0; from < beginnings.length; from += AT_A_TIME) {
    const some = beginnings.slice(from, from + AT_A_TIME)
    const objects = await pool.read(
      repository,
      some.map((beginning) => `${beginning}^{commit}`),
    )
    for (const [at, beginning] of some.entries()) {
      const object = objects[at]
      // A tag or a branch may be called like the beginning of an ID.
      if (object?.type === 'commit' && object.sha.startsWith(beginning)) found.set(beginning, object.sha)
    }
  }
  return found
}

import { assertRepository } from './assert-repository.ts'
import type { ObjectPool } from './object-reader.ts'
import { isValidRefName, MAX_REF_BYTES } from './ref-names.ts'

async function firstCommit(pool: ObjectPool, repository: string, names: readonly string[]): Promise<string | null> {
  const objects = await pool.ask(
    repository,
    names.map((name) => `${name}^{commit}`),
  )
  const found = objects.find((object) => object?.type === 'commit')
  // A process that runs already only says that nothing of that name is there.
  if (!found) await assertRepository(repository)
  return found?.sha ?? null
}

/** The commit that a tag stands for; null without the tag. Fails with a GitError where the repository is broken. */
export const resolveTag = (pool: ObjectPool, repository: string, tag: string): Promise<string | null> =>
  firstCommit(pool, repository, [`refs/tags/${tag}`])

/** The commit that a branch, a tag, a full ref name or an object name stands for, tried in this order; fails likewise. */
export async function resolveCommit(pool: ObjectPool, repository: string, ref: string): Promise<string | null> {
  if (Buffer.byteLength(ref) > MAX_REF_BYTES) return null
  const names = [`refs/heads/${ref}`, `refs/tags/${ref}`, ref].filter(isValidRefName)
  if (/^[0-9a-f]{4,64}$/i.test(ref)) names.push(ref)
  return firstCommit(pool, repository, names)
}

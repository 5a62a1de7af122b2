import { findDefaultBranch, listBranches } from './branches.ts'
import { runGit } from './git.ts'

/** A ref that a push changes, and the objects that it names before and after; zeros: none. */
export type RefChange = { ref: string; before: string; after: string }

export const isNone = (object: string) => /^0+$/.test(object)

/** Those that were made: git may refuse some. */
export async function madeChanges(repository: string, changes: readonly RefChange[]): Promise<RefChange[]> {
  const input = changes.map(({ ref }) => `${ref}\n`).join('')
  const answers = (await runGit(repository, ['cat-file', '--batch-check=%(objectname)'], { input })).split('\n')
  return changes.filter(({ ref, after }, at) => answers[at] === (isNone(after) ? `${ref} missing` : after))
}

/** HEAD of a repository that was empty names a branch that may never come: the first one that comes takes its place. */
export async function adoptDefaultBranch(repository: string): Promise<void> {
  const current = await findDefaultBranch(repository)
  const [first, ...others] = await listBranches(repository)
  if (!first || [first, ...others].some(({ name }) => name === current)) return
  await runGit(repository, ['symbolic-ref', 'HEAD', `refs/heads/${first.name}`])
}

import { findDefaultBranch, listBranches } from './branches.ts'
import { runGit } from './git.ts'

/** A ref that a push changes, and the objects that the ref names before and after. Zeros stand for no object. */
export type RefChange = { ref: string; before: string; after: string }

export const isNone = (object: string) => /^0+$/.test(object)

/** The changes that git has made. Git may refuse some changes of a push. */
export async function madeChanges(repository: string, changes: readonly RefChange[]): Promise<RefChange[]> {
  const input = changes.map(({ ref }) => `${ref}\n`).join('')
  const answers = (await runGit(repository, ['cat-file', '--batch-check=%(objectname)'], { input })).split('\n')
  return changes.filter(({ ref, after }, at) => answers[at] === (isNone(after) ? `${ref} missing` : after))
}

/** Points HEAD to the first pushed branch, because HEAD of an empty repository names a branch that may never be pushed. */
export async function adoptDefaultBranch(repository: string): Promise<void> {
  const current = await findDefaultBranch(repository)
  const [first, ...others] = await listBranches(repository)
  if (!first || [first, ...others].some(({ name }) => name === current)) return
  await runGit(repository, ['symbolic-ref', 'HEAD', `refs/heads/${first.name}`])
}

import { GitError } from './git.ts'
import { fitsIntoFiles, isValidRefName } from './ref-names.ts'
import { writeRef } from './write-ref.ts'

/** Whether `git branch` would accept the name for a new branch. */
export const isValidBranchName = (name: string): boolean =>
  name !== 'HEAD' && fitsIntoFiles(name) && !name.startsWith('-') && isValidRefName(`refs/heads/${name}`)

/** `inTheWay`: a branch that excludes the new one. Branches `a` and `a/b` exclude each other: git would need a file and a folder `a`. */
export type BranchOutcome = 'created' | 'exists' | { inTheWay: string }

const IN_THE_WAY = /'refs\/heads\/([^ :]+)' exists; cannot create /

/** Git checks under the lock of the ref that the branch is new, so only one of several requests succeeds. */
export async function createBranchRef(repository: string, name: string, sha: string): Promise<BranchOutcome> {
  try {
    // An old value of zeros means that the ref must not exist.
    await writeRef(repository, ['--end-of-options', `refs/heads/${name}`, sha, '0'.repeat(sha.length)])
    return 'created'
  } catch (error) {
    if (!(error instanceof GitError)) throw error
    const [, inTheWay] = IN_THE_WAY.exec(error.stderr) ?? []
    if (inTheWay !== undefined) return { inTheWay }
    if (/reference already exists/.test(error.stderr)) return 'exists'
    throw error
  }
}

/** Fails with a GitError when the branch now names another commit. */
export async function deleteBranchRef(repository: string, name: string, sha: string): Promise<void> {
  await writeRef(repository, ['-d', '--end-of-options', `refs/heads/${name}`, sha])
}

import { isValidBranchName } from './create-branch.ts'
import { GitError, runGit } from './git.ts'
import { removeLockInTheWay } from './stale-locks.ts'

async function hasBranch(repository: string, ref: string): Promise<boolean> {
  try {
    await runGit(repository, ['show-ref', '--verify', '--quiet', ref])
    return true
  } catch (error) {
    if (error instanceof GitError && error.exitCode === 1) return false
    throw error
  }
}

/** Makes HEAD name the branch, and removes a stale lock of a crash. False when there is no such branch. */
export async function setDefaultBranch(repository: string, name: string): Promise<boolean> {
  const ref = `refs/heads/${name}`
  if (!isValidBranchName(name) || !(await hasBranch(repository, ref))) return false
  const write = () => runGit(repository, ['symbolic-ref', 'HEAD', ref])
  await write().catch(async (error) => {
    if (!(await removeLockInTheWay(repository, error))) throw error
    await write()
  })
  return true
}

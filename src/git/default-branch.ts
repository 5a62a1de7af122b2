import { isValidBranchName } from './create-branch.ts'
import { runGit, runGitOrNull } from './git.ts'
import { writeDespiteStaleLock } from './stale-locks.ts'

/** Makes HEAD name the branch, and removes a stale lock of a crash. False when there is no such branch. */
export async function setDefaultBranch(repository: string, name: string): Promise<boolean> {
  const ref = `refs/heads/${name}`
  if (!isValidBranchName(name)) return false
  if ((await runGitOrNull(repository, ['show-ref', '--verify', '--quiet', ref])) === null) return false
  await writeDespiteStaleLock(repository, () => runGit(repository, ['symbolic-ref', 'HEAD', ref]))
  return true
}

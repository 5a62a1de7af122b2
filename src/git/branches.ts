import { GitError, runGit } from './git.ts'

export type Branch = { name: string; sha: string }

const HEADS = 'refs/heads/'

export async function listBranches(repository: string): Promise<Branch[]> {
  const output = await runGit(repository, ['for-each-ref', '--format=%(objectname) %(refname:lstrip=2)', HEADS])
  return output
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => ({ sha: line.slice(0, line.indexOf(' ')), name: line.slice(line.indexOf(' ') + 1) }))
}

/** The branch that HEAD names, which need not exist yet; null when HEAD names a commit. */
export async function findDefaultBranch(repository: string): Promise<string | null> {
  try {
    const ref = (await runGit(repository, ['symbolic-ref', '--quiet', 'HEAD'])).trimEnd()
    return ref.startsWith(HEADS) ? ref.slice(HEADS.length) : null
  } catch (error) {
    if (error instanceof GitError && error.exitCode === 1) return null
    throw error
  }
}

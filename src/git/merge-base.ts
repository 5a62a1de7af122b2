import { GitError, READER_MEMORY, runGit } from './git.ts'

/** The best common ancestor of the commits; null when their histories have nothing in common. */
export async function findMergeBase(
  repository: string,
  shas: readonly string[],
  signal: AbortSignal,
): Promise<string | null> {
  try {
    const options = { maxMemory: READER_MEMORY, yields: true, signal }
    return (await runGit(repository, ['merge-base', ...shas], options)).trim()
  } catch (error) {
    if (error instanceof GitError && error.exitCode === 1) return null
    throw error
  }
}

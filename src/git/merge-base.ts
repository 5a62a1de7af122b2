import { READER_MEMORY, runGitOrNull } from './git.ts'

/** The best common ancestor of the commits; null when their histories have nothing in common. */
export async function findMergeBase(
  repository: string,
  shas: readonly string[],
  signal: AbortSignal,
): Promise<string | null> {
  const options = { maxMemory: READER_MEMORY, yields: true, signal }
  return (await runGitOrNull(repository, ['merge-base', ...shas], options))?.trim() ?? null
}

import { runGit } from './git.ts'

/** Bytes. More than the answers about any real list of tags. */
const MAX_LIST_BYTES = 256 * 1024 ** 2

/** Which of the names, such as `refs/tags/v1^{commit}`, lead to an object. Reads no object, so it is fast for many names. */
export async function resolvable(repository: string, names: readonly string[]): Promise<boolean[]> {
  if (names.length === 0) return []
  const input = names.map((name) => `${name}\n`).join('')
  const args = ['cat-file', '--buffer', '--batch-check=%(objecttype)']
  const output = await runGit(repository, args, { input, maxBuffer: MAX_LIST_BYTES, yields: true })
  const answers = output.split('\n')
  return names.map((_name, at) => /^(?:commit|tag|tree|blob)$/.test(answers[at] ?? ''))
}

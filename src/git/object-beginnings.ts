import { endOf, gitFailure, READER_MEMORY, spawnGit } from './git.ts'
import { type GitObject, ObjectParser } from './object-parser.ts'

/**
 * Passes the beginning of each object to `take`, in the order of the IDs, which must be full IDs. A missing object is null. Only
 * one beginning is in memory at a time. Git is ended when `take` returns 'enough'.
 */
export async function readBeginnings(
  repository: string,
  ids: readonly string[],
  maxBytes: number,
  take: (object: GitObject | null) => 'enough' | undefined,
): Promise<void> {
  if (ids.length === 0) return
  let hasEnough = false
  const parser = new ObjectParser(
    (object) => {
      hasEnough ||= take(object) === 'enough'
    },
    { maxBytes, cut: true },
  )
  const git = spawnGit(repository, ['cat-file', '--batch', '--buffer'], { maxMemory: READER_MEMORY, yields: true })
  const ended = endOf(git)
  git.stdout?.on('data', (chunk: Buffer) => {
    parser.push(chunk)
    if (hasEnough) git.kill()
  })
  git.stdin?.on('error', () => {}).end(ids.map((id) => `${id}\n`).join(''))
  const end = await ended
  if (!hasEnough && end.exitCode !== 0) throw gitFailure('cat-file', end)
}

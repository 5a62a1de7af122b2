import { gitFailure, READER_MEMORY, spawnGit } from './git.ts'
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
  const ended = new Promise<{ exitCode: number | null; otherwise: string }>((resolve) => {
    git.once('error', ({ message }) => resolve({ exitCode: null, otherwise: message }))
    git.once('close', (exitCode, signal) => resolve({ exitCode, otherwise: signal ?? `exit code ${exitCode}` }))
  })
  let stderr = ''
  git.stderr?.setEncoding('utf8').on('data', (said: string) => {
    stderr = (stderr + said).slice(-4096)
  })
  git.stdout?.on('data', (chunk: Buffer) => {
    parser.push(chunk)
    if (hasEnough) git.kill()
  })
  git.stdin?.on('error', () => {}).end(ids.map((id) => `${id}\n`).join(''))
  const { exitCode, otherwise } = await ended
  if (!hasEnough && exitCode !== 0) throw gitFailure('cat-file', { exitCode, stderr, otherwise })
}

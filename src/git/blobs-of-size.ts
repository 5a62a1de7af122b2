import { createInterface } from 'node:readline'
import { endOf, gitFailure, spawnGit } from './git.ts'

/** Git holds the IDs of all objects at once. */
const MAX_MEMORY_BYTES = 2 * 1024 ** 3

type Wanted = { hasSize: (bytes: number) => boolean; most: number; signal?: AbortSignal | undefined }

/** The IDs of the blobs of such a size in the whole history, at most so many. */
export async function listBlobsOfSize(repository: string, { hasSize, most, signal }: Wanted): Promise<string[]> {
  const args = [
    'cat-file',
    '--batch-all-objects',
    '--batch-check=%(objecttype) %(objectsize) %(objectname)',
    '--buffer',
  ]
  const git = spawnGit(repository, args, { maxMemory: MAX_MEMORY_BYTES, yields: true })
  const ended = endOf(git)
  git.stdin.on('error', () => {}).end()
  const ids: string[] = []
  const end = () => void git.kill()
  signal?.addEventListener('abort', end)
  for await (const line of createInterface({ input: git.stdout })) {
    const [type, size, id = ''] = line.split(' ')
    if (type === 'blob' && hasSize(Number(size)) && ids.length < most) ids.push(id)
  }
  signal?.removeEventListener('abort', end)
  const done = await ended
  signal?.throwIfAborted()
  if (done.exitCode !== 0) throw gitFailure('cat-file', done)
  return ids
}

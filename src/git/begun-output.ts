import { endOf, gitFailure, READER_MEMORY, spawnGit } from './git.ts'

type Bounds = {
  maxBytes: number
  /** Git is ended after so long. */
  milliseconds: number
}

export type BegunOutput = {
  bytes: Buffer
  /** Git was ended before it had written everything. */
  isCut: boolean
}

/** The beginning of what git writes. Git is ended when it has written, or taken, too much. Fails with a GitError. */
export async function readBegun(
  repository: string,
  args: readonly string[],
  { maxBytes, milliseconds }: Bounds,
): Promise<BegunOutput> {
  const git = spawnGit(repository, args, { maxMemory: READER_MEMORY, yields: true })
  const parts: Buffer[] = []
  let size = 0
  let isCut = false
  const cut = () => {
    isCut = true
    git.kill()
  }
  const timer = setTimeout(cut, milliseconds)
  const ended = endOf(git)
  git.stdout.on('data', (chunk: Buffer) => {
    const part = chunk.subarray(0, maxBytes - size)
    if (part.length > 0) parts.push(part)
    size += part.length
    if (part.length < chunk.length) cut()
  })
  git.stdin.on('error', () => {}).end()
  const end = await ended
  clearTimeout(timer)
  if (!isCut && end.exitCode !== 0) throw gitFailure(args.find((arg) => /^[a-z]/.test(arg)) ?? '', end)
  return { bytes: Buffer.concat(parts), isCut }
}

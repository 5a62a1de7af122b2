import { once } from 'node:events'
import { AppError } from '../../foundation/errors.ts'
import { gitFailure, spawnGit } from '../../git/git.ts'

const MAX_SAID_CHARACTERS = 10_000
const OUT_OF_MEMORY = /out of memory|cannot allocate memory/i

type Command = {
  repository: string
  args: readonly string[]
  env: NodeJS.ProcessEnv
  maxMemory: number
  /** Ends git. */
  signal: AbortSignal
}

const tooMuchMemory = (bytes: number) =>
  new AppError('TOO_LARGE', `An archive of these sources needs more than ${bytes} bytes of memory: fetch them with git`)

/** Gives git's output to `take` piece by piece, and waits until each piece is taken. Fails unless git succeeds. */
export async function runGit(command: Command, take: (piece: Buffer) => Promise<void> | void): Promise<void> {
  const { repository, args, env, maxMemory, signal } = command
  signal.throwIfAborted()
  const git = spawnGit(repository, args, { env, maxMemory, yields: true })
  const end = () => void git.kill()
  signal.addEventListener('abort', end, { once: true })
  const ended = once(git, 'close') as Promise<[number | null]>
  ended.catch(() => {})
  let stderr = ''
  git.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-MAX_SAID_CHARACTERS)
  })
  git.stdin.on('error', () => {}).end()
  try {
    for await (const piece of git.stdout as AsyncIterable<Buffer>) {
      signal.throwIfAborted()
      await take(piece)
    }
    const [exitCode] = await ended
    signal.throwIfAborted()
    if (exitCode === 0) return
    if (OUT_OF_MEMORY.test(stderr)) throw tooMuchMemory(maxMemory)
    throw gitFailure(args.find((arg) => /^(?:archive|cat-file|ls-tree)$/.test(arg)) ?? '', {
      exitCode,
      stderr,
      otherwise: `exit code ${exitCode}`,
    })
  } finally {
    signal.removeEventListener('abort', end)
    end()
  }
}

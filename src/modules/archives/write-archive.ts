import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { promisify } from 'node:util'
import { AppError } from '../../errors.ts'
import { gitFailure, spawnGit } from '../git/git.ts'
import type { Archive } from './archive.ts'

const BZIP2 = 'bzip2 -9'

/** Files that are larger pass through git in pieces, so that its memory has a bound, too. */
const LARGE_FILE = '32m'

const settings = [`core.bigFileThreshold=${LARGE_FILE}`, 'core.attributesFile=', `tar.tar.bz2.command=${BZIP2}`]

/** What the account's settings and the machine's time zone say must not change a byte. */
const REPRODUCIBLE = { TZ: 'UTC', GIT_CONFIG_GLOBAL: '/dev/null', GIT_ATTR_NOSYSTEM: '1' }

/** Neither Node nor git compresses bzip2 itself. */
async function assertBzip2(): Promise<void> {
  await promisify(execFile)('bzip2', ['--help']).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
    throw new AppError(
      'NOT_IMPLEMENTED',
      'This server cannot make tar.bz2: it has no bzip2 command. Ask for tar.gz, zip or tar',
    )
  })
}

function spawnArchive({ repository, sha, format, name }: Archive) {
  const options = settings.flatMap((setting) => ['-c', setting])
  const args = [...options, 'archive', `--format=${format}`, `--prefix=${name}/`, sha]
  return spawnGit(repository, args, { env: REPRODUCIBLE })
}

/** Hands over the archive piece by piece, at the pace of `write`. Fails unless it came whole; the signal ends git. */
export async function writeArchive(
  archive: Archive,
  write: (piece: Uint8Array) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  if (archive.format === 'tar.bz2') await assertBzip2()
  signal.throwIfAborted()
  const git = spawnArchive(archive)
  const end = () => void git.kill()
  signal.addEventListener('abort', end, { once: true })
  const ended = once(git, 'close') as Promise<[number | null]>
  ended.catch(() => {})
  let stderr = ''
  git.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-10_000)
  })
  git.stdin.on('error', () => {}).end()
  try {
    for await (const piece of git.stdout as AsyncIterable<Uint8Array>) {
      signal.throwIfAborted()
      await write(piece)
    }
    const [exitCode] = await ended
    signal.throwIfAborted()
    if (exitCode !== 0) throw gitFailure('archive', { exitCode, stderr, otherwise: `exit code ${exitCode}` })
  } finally {
    signal.removeEventListener('abort', end)
    end()
  }
}

import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { AppError } from '../../foundation/errors.ts'
import type { Archive, RawFile } from './archive.ts'
import type { ArchiveBounds } from './archive-bounds.ts'
import type { ArchiveSource } from './archive-contents.ts'
import { runGit } from './run-git.ts'

const BZIP2 = 'bzip2 -9'

/** Git streams larger files in pieces, which bounds its memory. */
const LARGE_FILE = '32m'

const settings = [`core.bigFileThreshold=${LARGE_FILE}`, 'core.attributesFile=', `tar.tar.bz2.command=${BZIP2}`]

/** Neither the settings of the account nor the time zone of the machine may change a byte. */
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

/** Literal paths, because the name of a file may look like a pattern. */
const pathsOf = ({ path, excluded = [] }: Archive) => [
  ...(path === undefined ? [] : [`:(literal)${path}`]),
  ...excluded.map((name) => `:(exclude,literal)${name}`),
]

function commandOf(archive: Archive | RawFile): string[] {
  if ('blob' in archive) return ['cat-file', 'blob', archive.blob]
  const { sha, format, name } = archive
  return ['archive', `--format=${format}`, `--prefix=${name}/`, sha, '--', ...pathsOf(archive)]
}

/** Gives the archive to `write` piece by piece. Fails unless the archive is complete. The signal ends git. */
export async function writeArchive(
  archive: Archive | RawFile,
  { repository, env }: ArchiveSource,
  { maxMemory }: ArchiveBounds,
  signal: AbortSignal,
  write: (piece: Uint8Array) => Promise<void>,
): Promise<void> {
  if ('format' in archive && archive.format === 'tar.bz2') await assertBzip2()
  const args = [...settings.flatMap((setting) => ['-c', setting]), ...commandOf(archive)]
  await runGit({ repository, args, env: { ...REPRODUCIBLE, ...env }, maxMemory, signal }, write)
}

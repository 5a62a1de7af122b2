import { decodeLeniently } from '../foundation/text-decoding.ts'
import { readBegun } from './begun-output.ts'

/** A commit as lists of changes need it. */
export type LoggedCommit = {
  sha: string
  parentIds: string[]
  authorName: string
  authorEmail: string
  message: string
}

/** The commits that are reachable from `to` and not from `from`. */
export type CommitRange = { from: string | null; to: string }

export const MAX_LOGGED_COMMITS = 15_000
const MAX_BYTES = 32 * 1024 ** 2
const MILLISECONDS = 10_000

const FIELDS = ['%H', '%P', '%an', '%ae', '%B']

/** A field never holds a NUL, because git ends each text there. */
function parseLog(text: string): LoggedCommit[] {
  const fields = text.split('\0')
  const commits: LoggedCommit[] = []
  for (let at = 0; at + FIELDS.length <= fields.length; at += FIELDS.length) {
    const [sha = '', parents = '', authorName = '', authorEmail = '', message = ''] = fields.slice(
      at,
      at + FIELDS.length,
    )
    commits.push({ sha, parentIds: parents.split(' ').filter(Boolean), authorName, authorEmail, message })
  }
  return commits
}

const rangeArguments = ({ from, to }: CommitRange) => [to, ...(from === null ? [] : [`^${from}`])]

const logArguments = (format: string) => ['log', '-s', '-z', '--no-show-signature', '--encoding=UTF-8', format]

/** The commits of the range, newest first. Null when there are too many, or when git needs too much time or memory for them. */
export async function readLog(repository: string, range: CommitRange): Promise<LoggedCommit[] | null> {
  const format = `--format=${FIELDS.join('%x00')}`
  const args = [...logArguments(format), `--max-count=${MAX_LOGGED_COMMITS + 1}`, ...rangeArguments(range)]
  const { bytes, isCut } = await readBegun(repository, args, { maxBytes: MAX_BYTES, milliseconds: MILLISECONDS })
  if (isCut) return null
  const commits = parseLog(decodeLeniently(bytes, undefined))
  return commits.length > MAX_LOGGED_COMMITS ? null : commits
}

/** The addresses of all authors in the history of a commit. Null when git needs too much time or memory for them. */
export async function readAuthors(repository: string, sha: string): Promise<Set<string> | null> {
  const bounds = { maxBytes: MAX_BYTES, milliseconds: MILLISECONDS }
  const { bytes, isCut } = await readBegun(repository, [...logArguments('--format=%ae'), sha], bounds)
  return isCut ? null : new Set(bytes.toString('utf8').toLowerCase().split('\0'))
}

/** The IDs of at most so many commits of the range, newest first. `isCut`: there are more, or git needs too long for them. */
export async function listRange(
  repository: string,
  range: CommitRange,
  limit: number,
): Promise<{ ids: string[]; isCut: boolean }> {
  const args = ['rev-list', `--max-count=${limit + 1}`, ...rangeArguments(range)]
  const { bytes, isCut } = await readBegun(repository, args, { maxBytes: MAX_BYTES, milliseconds: MILLISECONDS })
  // The last line may have lost its end.
  const ids = bytes.toString('latin1').split('\n').slice(0, -1)
  return { ids: ids.slice(0, limit), isCut: isCut || ids.length > limit }
}

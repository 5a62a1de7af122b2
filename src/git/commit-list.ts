import { invalid } from '../foundation/errors.ts'
import { GitError, READER_MEMORY, runGit } from './git.ts'
import { listTagRefs } from './tags.ts'

export type CommitFilter = {
  /** The list holds everything that is reachable from these commits or ranges of commits; null: from every branch and tag. */
  from: readonly string[] | null
  /** The list leaves out everything that is reachable from these commits. */
  without?: readonly string[]
  since?: Date | null | undefined
  until?: Date | null | undefined
  /** The file or folder that the commits change. A literal path, never a pattern. */
  path?: string | null | undefined
  /** A basic regular expression that matches `name <address>`. */
  author?: string | null | undefined
  firstParent?: boolean | null | undefined
  /** Lists a commit only after all of its children. */
  topological?: boolean | null | undefined
}

export type Slice = { limit: number; skip: number }

/** The largest number of commits or seconds that git accepts. */
const MAX_NUMBER = 2 ** 31 - 1

const seconds = (time: Date) => Math.min(Math.max(Math.floor(time.getTime() / 1000), 0), MAX_NUMBER)

/** Null for a path that leads out of the repository, because no commit changes it. */
function pathArguments(path: string): string[] | null {
  const segments = path.split('/').filter((segment) => segment !== '' && segment !== '.')
  if (segments.includes('..')) return null
  return segments.length === 0 ? [] : ['--', segments.join('/')]
}

/** The starting points for git's standard input, one a line. We list the tags, because git itself fails at a damaged tag. */
async function startsOf(repository: string, { from, without = [] }: CommitFilter): Promise<string> {
  const tagged = from ? [] : (await listTagRefs(repository)).map(({ sha }) => sha)
  const lines = [...(from ?? []), ...new Set(tagged), ...without.map((id) => `^${id}`)]
  return lines.map((line) => `${line}\n`).join('')
}

function optionsOf({ since, until, author, firstParent, topological }: CommitFilter): string[] {
  return [
    ...(since ? [`--max-age=${seconds(since)}`] : []),
    ...(until ? [`--min-age=${seconds(until)}`] : []),
    ...(author ? [`--author=${author}`] : []),
    ...(firstParent ? ['--first-parent'] : []),
    ...(topological ? ['--topo-order'] : []),
  ]
}

/** Git's message about a wrong pattern for a header of commits. The only such pattern here is the author. */
const WRONG_PATTERN = /^fatal: header, '.*': (.*)$/ms

/** Blames a wrong pattern on the request and not on the repository. */
function onWrongPattern(error: unknown): never {
  const [, reason] = (error instanceof GitError && WRONG_PATTERN.exec(error.stderr)) || []
  throw reason === undefined ? error : invalid(`author is no regular expression that git can use: ${reason}`)
}

/** The IDs of commits, newest first. Git stops as soon as it has found enough for the slice. */
export async function listCommitIds(
  repository: string,
  filter: CommitFilter,
  { limit, skip }: Slice,
  signal: AbortSignal,
): Promise<string[]> {
  const path = pathArguments(filter.path ?? '')
  if (path === null || skip > MAX_NUMBER || filter.from?.length === 0) return []
  const slice = [`--max-count=${limit}`, `--skip=${skip}`]
  const input = await startsOf(repository, filter)
  const starts = ['--stdin', ...(filter.from ? [] : ['--branches'])]
  const output = await runGit(repository, ['rev-list', ...slice, ...optionsOf(filter), ...starts, ...path], {
    input,
    env: { GIT_LITERAL_PATHSPECS: '1' },
    maxMemory: READER_MEMORY,
    yields: true,
    signal,
  }).catch(onWrongPattern)
  return output.split('\n').filter(Boolean)
}

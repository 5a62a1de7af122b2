import { invalid } from '../foundation/errors.ts'
import { GitError, READER_MEMORY, runGit } from './git.ts'
import { listTagRefs } from './tags.ts'

/** Which commits are listed. */
export type CommitFilter = {
  /** Ids of the commits from which others are reached, or ranges of them; null: every branch and tag. */
  from: readonly string[] | null
  /** What these reach is left out. */
  without?: readonly string[]
  since?: Date | null | undefined
  until?: Date | null | undefined
  /** File or folder that they change, as it is: never a pattern. */
  path?: string | null | undefined
  /** A basic regular expression, tried on `name <address>`. */
  author?: string | null | undefined
  firstParent?: boolean | null | undefined
  /** No commit before all that were made from it. */
  topological?: boolean | null | undefined
}

export type Slice = { limit: number; skip: number }

/** What git takes as a number of commits or of seconds. */
const MAX_NUMBER = 2 ** 31 - 1

const seconds = (time: Date) => Math.min(Math.max(Math.floor(time.getTime() / 1000), 0), MAX_NUMBER)

/** Null: one that leads out of the repository, where there is no commit. */
function pathArguments(path: string): string[] | null {
  const segments = path.split('/').filter((segment) => segment !== '' && segment !== '.')
  if (segments.includes('..')) return null
  return segments.length === 0 ? [] : ['--', segments.join('/')]
}

/** A line each, for git's standard input. The tags are looked at here: git would end at one that is damaged. */
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

/** What git says of a pattern for a line of commits' heads, which are their authors here. */
const WRONG_PATTERN = /^fatal: header, '.*': (.*)$/ms

/** It is what was asked that is wrong, and not the repository. */
function onWrongPattern(error: unknown): never {
  const [, reason] = (error instanceof GitError && WRONG_PATTERN.exec(error.stderr)) || []
  throw reason === undefined ? error : invalid(`author is no regular expression that git can use: ${reason}`)
}

/** Ids of commits, the newest first: git stops as soon as it has found so many. */
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

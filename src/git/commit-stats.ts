import { READER_MEMORY, runGit } from './git.ts'

/** The number of lines that a commit changes, compared with its first parent. */
export type CommitStats = { additions: number; deletions: number; total: number }

const NOTHING: CommitStats = { additions: 0, deletions: 0, total: 0 }

/** Git compares larger files as binary files, and counts no lines. */
const LARGE_FILE = '8m'

function parseStats(line: string): CommitStats {
  const count = (word: string) => Number(new RegExp(`(\\d+) ${word}`).exec(line)?.[1] ?? 0)
  const additions = count('insertion')
  const deletions = count('deletion')
  return { additions, deletions, total: additions + deletions }
}

/** The statistics of all commits, from one git process. */
export async function readCommitStats(
  repository: string,
  commits: readonly { sha: string; parentIds: readonly string[] }[],
  signal: AbortSignal,
): Promise<Map<string, CommitStats>> {
  const stats = new Map<string, CommitStats>()
  // Each line names a commit and the parent to compare it with.
  const input = commits.map(({ sha, parentIds }) => `${[sha, ...parentIds.slice(0, 1)].join(' ')}\n`).join('')
  const args = [
    '-c',
    `core.bigFileThreshold=${LARGE_FILE}`,
    'diff-tree',
    '--stdin',
    '--root',
    '-r',
    '-M',
    '--shortstat',
  ]
  const output = await runGit(repository, args, { input, maxMemory: READER_MEMORY, yields: true, signal })
  let sha = ''
  for (const line of output.split('\n')) {
    if (/^[0-9a-f]{40,64}$/.test(line)) sha = line
    else if (line !== '') stats.set(sha, parseStats(line))
  }
  for (const commit of commits) if (!stats.has(commit.sha)) stats.set(commit.sha, NOTHING)
  return stats
}

// What a push brought, for those who are told of it. Everything is read by the IDs of objects, because the refs may have moved since.
import { type Commit, parseCommit } from './commits.ts'
import { READER_MEMORY, runGit } from './git.ts'
import { readBeginnings } from './object-beginnings.ts'

export type PushedCommit = { commit: Commit; added: string[]; modified: string[]; removed: string[] }

/** Only the beginning is read of a larger commit. */
const MAX_COMMIT_BYTES = 1_000_000
/** Of each commit, and of each kind. */
const MAX_PATHS = 1_000
/** The list of paths of all commits. A push that changes more tells no paths. */
const MAX_OUTPUT_BYTES = 16 * 1024 ** 2

/** The commits that can be read, in this order. */
async function readCommits(repository: string, ids: readonly string[]): Promise<Commit[]> {
  const commits: Commit[] = []
  await readBeginnings(repository, ids, MAX_COMMIT_BYTES, (object) => {
    if (object?.type === 'commit') commits.push(parseCommit(object.sha, object.content))
    return undefined
  })
  return commits
}

const kinds = { A: 'added', M: 'modified', T: 'modified', D: 'removed' } as const

/** Adds the paths that git names to their commits. */
function addPaths(output: string, commits: ReadonlyMap<string, PushedCommit>): void {
  const fields = output.split('\0')
  let current: PushedCommit | undefined
  for (let at = 0; at < fields.length; at++) {
    const field = fields[at] ?? ''
    if (/^[0-9a-f]{40,64}$/.test(field)) {
      current = commits.get(field)
      continue
    }
    const kind = kinds[field as keyof typeof kinds]
    const paths = kind && current?.[kind]
    if (kind) at += 1
    if (paths && paths.length < MAX_PATHS) paths.push(fields[at] ?? '')
  }
}

/** The commits with the paths that each changes, compared with its first parent. A commit that is gone is left out. */
export async function readPushedCommits(
  repository: string,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<PushedCommit[]> {
  const commits = (await readCommits(repository, ids)).map((commit) => ({
    ...{ commit, added: [], modified: [], removed: [] },
  }))
  if (commits.length === 0) return commits
  const input = commits.map(({ commit }) => `${[commit.sha, ...commit.parentIds.slice(0, 1)].join(' ')}\n`).join('')
  const args = ['diff-tree', '--stdin', '--root', '-r', '--no-renames', '--name-status', '-z']
  const options = { input, maxMemory: READER_MEMORY, maxBuffer: MAX_OUTPUT_BYTES, yields: true, signal }
  const output = await runGit(repository, args, options).catch(() => '')
  addPaths(output, new Map(commits.map((one) => [one.commit.sha, one])))
  return commits
}

/** The commit that an object leads to; null when it leads to none, or is gone. */
export async function peeledCommit(repository: string, object: string): Promise<string | null> {
  const input = `${object}^{commit}\n`
  const [found = ''] = (
    await runGit(repository, ['cat-file', '--batch-check=%(objectname) %(objecttype)'], { input })
  ).split('\n')
  const [sha = '', type] = found.split(' ')
  return type === 'commit' ? sha : null
}

import { READER_MEMORY, runGit } from './git.ts'

export type RefKind = 'branch' | 'tag'

const FOLDERS = { branch: 'refs/heads/', tag: 'refs/tags/' } as const

/** The branches and then the tags whose history contains the commit, each ordered by the bytes of the names. */
export async function refsWithCommit(
  repository: string,
  sha: string,
  { kinds, signal }: { kinds: readonly RefKind[]; signal: AbortSignal },
): Promise<{ type: RefKind; name: string }[]> {
  const args = ['for-each-ref', `--contains=${sha}`, '--format=%(refname)', ...kinds.map((kind) => FOLDERS[kind])]
  const output = await runGit(repository, args, { maxMemory: READER_MEMORY, yields: true, signal })
  return output
    .split('\n')
    .filter(Boolean)
    .map((ref) => {
      const type = ref.startsWith(FOLDERS.branch) ? 'branch' : 'tag'
      return { type, name: ref.slice(FOLDERS[type].length) }
    })
}

/** How many commits the history of the commit has, itself included. */
export async function countHistory(
  repository: string,
  sha: string,
  { firstParent, signal }: { firstParent: boolean; signal: AbortSignal },
): Promise<number> {
  const args = ['rev-list', '--count', ...(firstParent ? ['--first-parent'] : []), sha]
  return Number(await runGit(repository, args, { maxMemory: READER_MEMORY, yields: true, signal }))
}

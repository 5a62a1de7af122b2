import { READER_MEMORY, runGit } from './git.ts'

/** Whether the commit contains the file or folder. */
export async function hasPath(repository: string, sha: string, path: string): Promise<boolean> {
  const found = await runGit(repository, ['ls-tree', '-z', '--name-only', sha, '--', path], {
    env: { GIT_LITERAL_PATHSPECS: '1' },
    maxMemory: READER_MEMORY,
  })
  return found !== ''
}

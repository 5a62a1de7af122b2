import { access, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gitFailure } from './git.ts'

/** Makes the same check as git itself, without the cost of a git process. Fails with a GitError as git does. */
export async function assertRepository(repository: string): Promise<void> {
  const fail = (error?: NodeJS.ErrnoException) => {
    const stderr = `fatal: not a git repository: '${repository}' (${error?.code ?? 'no HEAD of one'})`
    throw gitFailure('cat-file', { exitCode: 128, stderr, otherwise: stderr })
  }
  const head = await readFile(join(repository, 'HEAD'), 'utf8').catch(fail)
  if (!/^(?:ref: refs\/|[0-9a-f]{40})/.test(head)) fail()
  await Promise.all(['objects', 'refs'].map((folder) => access(join(repository, folder)))).catch(fail)
}

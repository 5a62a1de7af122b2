import { runGit } from './git.ts'
import { removeLockInTheWay } from './stale-locks.ts'

/** Others who write the same ref hold its lock for milliseconds. */
const WAIT_FOR_LOCK = {
  GIT_CONFIG_COUNT: '2',
  GIT_CONFIG_KEY_1: 'core.filesRefLockTimeout',
  GIT_CONFIG_VALUE_1: '2000',
}

/** `git update-ref` with these arguments. A lock that a crash left behind is removed. */
export async function writeRef(repository: string, args: readonly string[]): Promise<void> {
  const write = () => runGit(repository, ['update-ref', ...args], { env: WAIT_FOR_LOCK })
  await write().catch(async (error) => {
    if (!(await removeLockInTheWay(repository, error))) throw error
    await write()
  })
}

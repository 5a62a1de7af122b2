import { runGit } from './git.ts'
import { writeDespiteStaleLock } from './stale-locks.ts'

/** Git waits for the lock of a ref, because another write of the same ref takes only milliseconds. */
const WAIT_FOR_LOCK = {
  GIT_CONFIG_COUNT: '2',
  GIT_CONFIG_KEY_1: 'core.filesRefLockTimeout',
  GIT_CONFIG_VALUE_1: '2000',
}

/** Runs `git update-ref` with the arguments. Removes a stale lock of a crash and tries again. */
export async function writeRef(repository: string, args: readonly string[]): Promise<void> {
  await writeDespiteStaleLock(repository, () => runGit(repository, ['update-ref', ...args], { env: WAIT_FOR_LOCK }))
}

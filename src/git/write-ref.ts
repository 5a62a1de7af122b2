import { configVariables, DURABLE, runGit } from './git.ts'
import { writeDespiteStaleLock } from './stale-locks.ts'

/** Git waits for the lock of a ref, because another write of the same ref takes only milliseconds. */
const SETTINGS = configVariables({ 'core.filesRefLockTimeout': '2000', ...DURABLE })

/** Runs `git update-ref` with the arguments. Removes a stale lock of a crash and tries again. */
export async function writeRef(repository: string, args: readonly string[]): Promise<void> {
  await writeDespiteStaleLock(repository, () => runGit(repository, ['update-ref', ...args], { env: SETTINGS }))
}

import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { StartError } from '../foundation/start-error.ts'

/** Older versions of git ignore GIT_CONFIG_COUNT, and with it the settings that bound a push. */
const OLDEST = [2, 31] as const

const needed = `Waybill needs git ${OLDEST.join('.')} or later`

/** Returns the version of git. Throws when git is missing or too old. */
export async function assertGit(): Promise<string> {
  const { stdout } = await promisify(execFile)('git', ['--version']).catch((error: NodeJS.ErrnoException) => {
    const reason = error.code === 'ENOENT' ? 'there is none in PATH' : `the one in PATH does not run (${error.code})`
    throw new StartError(`${needed}, and ${reason}: install git`)
  })
  const [, version = '', major = '', minor = ''] = /^git version ((\d+)\.(\d+)\S*)/.exec(stdout) ?? []
  const isOld = Number(major) < OLDEST[0] || (Number(major) === OLDEST[0] && Number(minor) < OLDEST[1])
  if (version === '' || isOld) throw new StartError(`${needed}, and this is ${stdout.trim()}: install a newer git`)
  return version
}

import { assertGit } from './assert-git.ts'
import { GitError } from './git.ts'

/** As large as a push. */
const MAX_PACK_BYTES = 4 * 1024 ** 3
/** The memory of each process, as of a push. */
const MAX_MEMORY_BYTES = 2 * 1024 ** 3
/** Older versions of git would ask the name server themselves, and so could reach an address that nobody has checked. */
const OLDEST = [2, 37] as const

export type RemoteRepository = {
  url: URL
  /** The addresses of its host, which were checked. Git asks no others. */
  addresses: readonly string[]
  token: string | null
  signal?: AbortSignal | undefined
}

/** From where git fetches, and with which settings and bounds. */
export type GitSource = {
  location: string
  env: NodeJS.ProcessEnv
  signal?: AbortSignal
  maxMemory?: number
  maxFile?: number
}

const portOf = ({ port, protocol }: URL) => port || (protocol === 'https:' ? '443' : '80')

/** Any name will do, because all servers look at the token alone. Nobody else sees the environment of the process. */
const authorization = (token: string) => `Authorization: Basic ${Buffer.from(`oauth2:${token}`).toString('base64')}`

function settingsOf({ url, addresses, token }: RemoteRepository): Record<string, string> {
  return {
    'safe.directory': '*',
    'http.curloptResolve': `${url.hostname}:${portOf(url)}:${addresses.join(',')}`,
    // Also ends that a repository leads to objects on another server.
    'http.followRedirects': 'false',
    'http.proxy': '',
    'http.lowSpeedLimit': '1000',
    'http.lowSpeedTime': '60',
    // The passwords that this machine keeps are for nobody else's repositories.
    'credential.helper': '',
    ...(token === null ? {} : { 'http.extraHeader': authorization(token) }),
  }
}

/** A repository of another server that a client has named. The account's own settings of git do not count. */
export async function remoteSource(repository: RemoteRepository): Promise<GitSource> {
  const [major = 0, minor = 0] = (await assertGit()).split('.').map(Number)
  if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
    const message = `git ${OLDEST.join('.')} or later is needed to import from another server`
    throw new GitError(message, { exitCode: null, stderr: '' })
  }
  const settings = Object.entries(settingsOf(repository))
  const { url, signal } = repository
  return {
    location: url.href,
    env: {
      ...Object.fromEntries(
        settings.flatMap(([key, value], at) => [
          [`GIT_CONFIG_KEY_${at}`, key],
          [`GIT_CONFIG_VALUE_${at}`, value],
        ]),
      ),
      GIT_CONFIG_COUNT: String(settings.length),
      GIT_CONFIG_GLOBAL: '/dev/null',
      HOME: '/nonexistent',
      GIT_ALLOW_PROTOCOL: 'http:https',
    },
    ...(signal ? { signal } : {}),
    maxMemory: MAX_MEMORY_BYTES,
    maxFile: MAX_PACK_BYTES,
  }
}

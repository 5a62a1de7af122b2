import { RuleViolation } from '../../../foundation/errors.ts'
import { parseUrl } from '../../../foundation/parse-url.ts'
import { assertNoProblems, lengthProblems } from '../../../foundation/rules.ts'
import { maxCharacters } from '../../../foundation/text-limits.ts'
import type { Reachable } from '../../../outgoing/reachable.ts'
import { RemoteRefusal, remoteServer } from '../../../outgoing/remote-server.ts'
import { giteaSource } from './gitea-source.ts'
import { githubSource } from './github-source.ts'
import { gitlabSource } from './gitlab-source.ts'
import type { ImportSource, Leave, SourceKind } from './source.ts'

export type SourceAddress = {
  /** The URL of the server. */
  url: string
  path: string
  /** Null: guessed. */
  kind: SourceKind | null
  token: string | null
}

type Parts = { mayReach: Reachable; leave: Leave; signal?: AbortSignal | undefined }

export type OpenedSource = ImportSource & { readFile: ReturnType<typeof remoteServer>['file'] }

/** Segments that could not be taken for another part of an address. */
const PATH = /^[A-Za-z0-9_][\w.-]*(?:\/[A-Za-z0-9_][\w.-]*)+$/

const invalid = (message: string) => new RuleViolation('INVALID', message)

/** The URL of the server. Refuses what is not one, before anything is asked. */
export function parseSourceAddress({ url, path, token }: SourceAddress): URL {
  assertNoProblems(lengthProblems('Url', maxCharacters.url, url))
  const parsed = parseUrl(url)
  if (!parsed || !['http:', 'https:'].includes(parsed.protocol)) throw invalid('The source is not an http(s) URL')
  if (parsed.username || parsed.password) throw invalid('The URL of the source has a name or a password: give a token')
  if (parsed.search || parsed.hash) throw invalid('The URL of the source ends with a query')
  if (!PATH.test(path)) throw invalid(`'${path.slice(0, 100)}' is not the full path of a project`)
  if (token !== null && !/^[\x21-\x7e]+$/.test(token))
    throw invalid('The token is empty, or has other characters than ASCII')
  return parsed
}

const adapters = { gitlab: gitlabSource, github: githubSource, gitea: giteaSource }

/** GitHub by its host, Gitea by what only Gitea answers, and GitLab otherwise. */
async function guessKind(from: URL, answersAsGitea: () => Promise<unknown>): Promise<SourceKind> {
  if (from.hostname === 'github.com') return 'github'
  const answer = await answersAsGitea().catch((error) => {
    // A server of another kind answers with an error, or with a page.
    if (error instanceof RemoteRefusal) return null
    throw error
  })
  return answer === null ? 'gitlab' : 'gitea'
}

export async function openSource(address: SourceAddress, parts: Parts): Promise<OpenedSource> {
  const from = parseSourceAddress(address)
  const { path, token } = address
  const isGithub = from.hostname === 'github.com'
  const base = isGithub ? new URL('https://api.github.com') : from
  const server = remoteServer({ ...parts, base, token })
  const kind = address.kind ?? (await guessKind(from, () => server.json('api/v1/version')))
  return { ...adapters[kind]({ server, from, path, leave: parts.leave }), readFile: server.file }
}

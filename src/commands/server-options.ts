import type { Command } from 'commander'
import type { Credential, Server } from '../client/server-connection.ts'
import { parseUrl } from '../foundation/parse-url.ts'
import { jsonOption } from './shared-options.ts'
import { UsageError } from './usage-error.ts'

export type ServerOptions = { server?: string; token?: string; json?: true }

/** The options of every command that asks a server. In a pipeline its variables take their place. */
export const withServer = (command: Command): Command =>
  command
    .option('--server <url>', 'base URL of the server (WAYBILL_URL, or CI_SERVER_URL)')
    .option('--token <token>', 'token to ask with; others can read it here, not in WAYBILL_TOKEN (or CI_JOB_TOKEN)')
    .addOption(jsonOption())

/** An empty variable counts as absent, as in a shell. */
export const environment = (name: string): string | undefined => process.env[name] || undefined

/** Also accepts the address of GraphiQL, because people paste it. Errors do not repeat the text, which may hold a password. */
function parseServer(text: string): string {
  const url = parseUrl(text)
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new UsageError('The server must be an http or https URL, such as https://releases.example.com')
  }
  if (url.username || url.password)
    throw new UsageError('The URL of the server must not hold a user or password: use --token')
  return url.origin + url.pathname.replace(/\/((api\/)?graphql\/?)?$/, '')
}

const sameOrigin = (url: string, other: string | undefined) =>
  other !== undefined && parseUrl(other)?.origin === new URL(url).origin

function findCredential(server: string, token: string | undefined): Credential | null {
  const given = token || environment('WAYBILL_TOKEN')
  const source = token ? '--token' : 'WAYBILL_TOKEN'
  if (given) return { header: 'authorization', value: `Bearer ${given.trim()}`, source }
  const jobToken = environment('CI_JOB_TOKEN')
  // The job token is sent only to the server that runs the pipeline.
  if (!jobToken || !sameOrigin(server, environment('CI_SERVER_URL'))) return null
  return { header: 'job-token', value: jobToken.trim(), source: 'CI_JOB_TOKEN' }
}

function assertWellFormed(credential: Credential): void {
  const token = credential.value.replace(/^Bearer /, '')
  // Checked here, because the library that sends headers would print the token.
  if (!/^[\x21-\x7e]+$/.test(token)) throw new UsageError(`${credential.source} holds characters that no token has`)
}

/** The server and credential. Flags take precedence over variables, and our variables over the pipeline's. */
export function serverOf({ server, token }: ServerOptions): Server {
  const text = server || environment('WAYBILL_URL') || environment('CI_SERVER_URL')
  if (!text) throw new UsageError('Which server? Give --server, or set WAYBILL_URL')
  const url = parseServer(text)
  const credential = findCredential(url, token)
  if (credential) assertWellFormed(credential)
  return { url, credential }
}

import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import path from 'node:path'
import { Readable, type Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Log } from '../../log.ts'
import { spawnGitProgram } from '../../modules/git/git.ts'
import { readCgiAnswer } from './cgi-answer.ts'

const MAX_PUSH_BYTES = 4 * 1024 ** 3
const MAX_LOGGED_CHARACTERS = 2000

const config = {
  // Who may push has been decided.
  'http.receivepack': 'true',
  'receive.maxInputSize': String(MAX_PUSH_BYTES),
  // No repository brings programs that run here.
  'core.hooksPath': '/dev/null',
  // The commit of a release stays when its tag is moved or deleted.
  'gc.pruneExpire': 'never',
  'uploadpack.allowFilter': 'true',
}

export type BackendRequest = {
  request: IncomingMessage
  response: ServerResponse
  /** The request's body, uncompressed. */
  body: Readable
  /** Of the repository. */
  directory: string
  /** Below the repository. */
  file: string
  query: string
  log: Log
}

function environmentOf({ request, directory, file, query }: BackendRequest): NodeJS.ProcessEnv {
  const { 'git-protocol': protocol, 'content-type': contentType } = request.headers
  const isVersion = typeof protocol === 'string' && /^version=[0-2]$/.test(protocol)
  return {
    GIT_PROJECT_ROOT: path.dirname(directory),
    PATH_INFO: `/${path.basename(directory)}/${file}`,
    GIT_HTTP_EXPORT_ALL: '1',
    REQUEST_METHOD: request.method,
    QUERY_STRING: query,
    CONTENT_TYPE: contentType ?? '',
    REMOTE_ADDR: request.socket.remoteAddress ?? '',
    ...(isVersion ? { GIT_PROTOCOL: protocol } : {}),
  }
}

/** All of the body is read, also when git ends before it has: a client that still sends reads no answer. */
async function feed(body: Readable, input: Writable): Promise<void> {
  // When git ends early; its exit code tells why.
  input.on('error', () => {})
  const gone = once(input, 'close').catch(() => {})
  try {
    for await (const chunk of body) {
      if (!input.writable || input.write(chunk)) continue
      await Promise.race([once(input, 'drain').catch(() => {}), gone])
    }
  } finally {
    input.end()
  }
}

/** Git's own answer, as it comes. The response is left open; resolves when git has ended, also when the client has gone. */
export async function runHttpBackend(job: BackendRequest): Promise<void> {
  const { request, response, body, log } = job
  const git = spawnGitProgram('http-backend', { config, env: environmentOf(job) })
  // Null: it could not be started, or a signal ended it.
  const ended = once(git, 'close').then(
    ([exitCode]) => exitCode as number | null,
    () => null,
  )
  let said = ''
  git.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-MAX_LOGGED_CHARACTERS)
  })
  // Breaks off with the client.
  const sent = feed(body, git.stdin).catch(() => {})
  try {
    const answer = await readCgiAnswer(git.stdout)
    if (!answer) throw new Error('git http-backend gave no answer')
    response.writeHead(answer.status, answer.headers)
    await pipeline(Readable.from(answer.body, { objectMode: false }), response, { end: false })
  } catch (error) {
    // Of one who has gone nothing more is sent; a push that has come in as a whole is finished all the same.
    if (!response.destroyed) throw error
    git.stdout.resume()
    if (!request.complete || job.file === 'git-upload-pack') git.kill()
  } finally {
    const exitCode = await ended
    await sent
    if (exitCode !== 0 && !response.destroyed) log.warn({ exitCode, stderr: said }, 'git http-backend failed')
  }
}

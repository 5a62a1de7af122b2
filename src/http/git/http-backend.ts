import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import path from 'node:path'
import type { Readable, Writable } from 'node:stream'
import type { Log } from '../../foundation/log.ts'
import { DURABLE, spawnGitProgram } from '../../git/git.ts'
import { type CgiAnswer, readCgiAnswer } from './cgi-answer.ts'
import type { ClientPace } from './client-pace.ts'
import { withNotice } from './moved-notice.ts'

const MAX_PUSH_BYTES = 4 * 1024 ** 3
/** The memory of each process. Packing a repository of some 10 GB takes less. */
const MAX_MEMORY_BYTES = 2 * 1024 ** 3
/** The time that git has to end by itself, together with its own processes. */
const KILL_AFTER_MS = 2000
const MAX_LOGGED_CHARACTERS = 2000

const config = {
  ...DURABLE,
  // Git accepts every push, because this server has decided who may push.
  'http.receivepack': 'true',
  'receive.advertisePushOptions': 'true',
  'receive.maxInputSize': String(MAX_PUSH_BYTES),
  // No repository has hooks, which would be programs that run here.
  'core.hooksPath': '/dev/null',
  // The commit of a release stays even if its tag is moved or deleted.
  'gc.pruneExpire': 'never',
  'uploadpack.allowFilter': 'true',
}

export type BackendRequest = {
  request: IncomingMessage
  response: ServerResponse
  /** The request's body, uncompressed. */
  body: Readable
  /** The folder of the repository. */
  directory: string
  /** The path below the repository. */
  file: string
  query: string
  /** Told to the client on standard error, where the protocol has a place for it; null: nothing. */
  notice: string | null
  log: Log
  pace: ClientPace
  /** Aborts when we do not wait for the client any more. */
  signal: AbortSignal
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

/** Reads all of the body, even if git ends before, because a client that still sends reads no answer. */
async function feed({ body, pace }: BackendRequest, input: Writable): Promise<void> {
  // Git may end early. Its exit code says why.
  input.on('error', () => {})
  const gone = once(input, 'close').catch(() => {})
  const chunks: AsyncIterator<Buffer> = body[Symbol.asyncIterator]()
  try {
    for (let part = await pace.wait(chunks.next()); !part.done; part = await pace.wait(chunks.next())) {
      if (!input.writable || input.write(part.value)) continue
      await Promise.race([once(input, 'drain').catch(() => {}), gone])
    }
  } finally {
    input.end()
  }
}

/**
 * Sends the answer at the pace of the client. If the client has gone, the rest is read and dropped, because git ends only when it
 * has written everything. Headers are sent with the first bytes of the body, because git writes the type before it has read the
 * request.
 */
async function send({ response, notice, pace, signal }: BackendRequest, answer: CgiAnswer): Promise<void> {
  for await (const chunk of notice === null ? answer.body : withNotice(answer.body, notice)) {
    if (chunk.length === 0 || signal.aborted) continue
    if (!response.headersSent) response.writeHead(answer.status, answer.headers)
    if (!response.write(chunk)) await pace.wait(once(response, 'drain', { signal })).catch(() => {})
    pace.moved(chunk.length)
  }
  signal.throwIfAborted()
  if (!response.headersSent) response.writeHead(answer.status, answer.headers)
}

/** Sends git's own answer as it comes, and leaves the response open. Resolves when git has ended, even if the client has gone. */
export async function runHttpBackend(job: BackendRequest): Promise<void> {
  const { request, log, signal } = job
  signal.throwIfAborted()
  const git = spawnGitProgram('http-backend', {
    config,
    env: environmentOf(job),
    maxMemory: MAX_MEMORY_BYTES,
    yields: true,
  })
  let killing: NodeJS.Timeout | undefined
  // Ends git when the client has gone. A push that has come in completely is finished all the same.
  const end = () => {
    if (request.complete && job.file === 'git-receive-pack') return
    git.kill()
    killing = setTimeout(() => git.kill('SIGKILL'), KILL_AFTER_MS)
  }
  signal.addEventListener('abort', end, { once: true })
  // Null when git could not be started, or when a signal ended it.
  const ended = once(git, 'close').then(
    ([exitCode]) => exitCode as number | null,
    () => null,
  )
  let said = ''
  git.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-MAX_LOGGED_CHARACTERS)
  })
  // This fails when the client breaks off.
  const sent = feed(job, git.stdin).catch(() => {})
  try {
    const answer = await readCgiAnswer(git.stdout)
    if (!answer) throw new Error('git http-backend gave no answer')
    await send(job, answer)
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    const exitCode = await ended
    signal.removeEventListener('abort', end)
    clearTimeout(killing)
    await sent
    if (exitCode !== 0 && !signal.aborted) log.warn({ exitCode, stderr: said }, 'git http-backend failed')
  }
}

import type { IncomingMessage, ServerResponse } from 'node:http'
import { PassThrough, type Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { callerOf } from '../../access/caller.ts'
import type { Context } from '../../context/context.ts'
import type { Project } from '../../generated/prisma/client.ts'
import { ClientPace } from './client-pace.ts'
import { Refusal } from './git-refusal.ts'
import { runHttpBackend } from './http-backend.ts'
import { movedNotice } from './moved-notice.ts'

type Service = 'git-upload-pack' | 'git-receive-pack'

/** What a request of a git client asks for. Without a service the client is older than git 1.6.6. */
export type GitRequest = { projectPath: string; file: string; query: string; service: Service | null }

type Request = { request: IncomingMessage; response: ServerResponse; context: Context; asked: GitRequest }

export type Exchange = Request & {
  pace: ClientPace
  /** Aborts when the client has gone, and when we do not wait for it any more. */
  signal: AbortSignal
}

const IDLE_MS = 60_000

/** From now on the client has to keep up, because a client that neither sends nor reads would keep git from others. */
export function openExchange(parts: Request, idleMs = IDLE_MS): Exchange {
  const { response } = parts
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  const pace = new ClientPace(idleMs, () => {
    // An answer that has begun cannot become an error any more, so it breaks off.
    if (response.headersSent) response.destroy()
    else gone.abort(new Refusal(408, 'Nothing came from you for too long.', { connection: 'close' }))
  })
  return { ...parts, pace, signal: gone.signal }
}

/**
 * The body of the request, uncompressed. An error does not end the connection, as `pipeline` would do, so that the client can
 * read what is wrong. What the client still sends is dropped.
 */
export function bodyOf({ request, pace, signal }: Exchange): Readable {
  const encoding = request.headers['content-encoding'] ?? 'identity'
  if (!/^(?:identity|x-gzip|gzip)$/i.test(encoding)) throw new Refusal(415, `Content-Encoding ${encoding} is not known`)
  const body = /gzip$/i.test(encoding) ? createGunzip() : new PassThrough()
  const breakOff = () => body.destroy(new Error('the client broke off'))
  request.once('close', () => {
    if (!request.complete) breakOff()
  })
  signal.addEventListener('abort', () => {
    if (!request.complete) breakOff()
  })
  // The reader of the body gets the error too, so it is handled there.
  body.once('error', () => {})
  body.once('close', () => {
    request.unpipe(body)
    request.resume()
  })
  request.on('data', (chunk: Buffer) => pace.moved(chunk.length))
  return request.pipe(body)
}

/** Runs git when the viewer's turn comes. */
export async function runInTurn(exchange: Exchange, project: Project, body: Readable): Promise<void> {
  const { request, response, context, asked, pace, signal } = exchange
  const { repositories, log } = context
  const directory = repositories.directory(project.id)
  // A list of refs has no place for words, so the client is told by the request that follows.
  const notice = asked.file === 'info/refs' ? null : movedNotice(context, project, asked.projectPath)
  const work = () => runHttpBackend({ request, response, body, directory, ...asked, notice, log, pace, signal })
  await repositories.inTurn(callerOf(context), work, signal)
  if (signal.aborted) throw signal.reason
}

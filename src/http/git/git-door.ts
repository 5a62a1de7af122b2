import type { IncomingMessage, ServerResponse } from 'node:http'
import { PassThrough, type Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import type { Context } from '../../context.ts'
import { AppError, failureHeaders, httpStatus } from '../../errors.ts'
import type { Project } from '../../generated/prisma/client.ts'
import { can } from '../../modules/access/abilities.ts'
import { assertMayWrite } from '../../modules/access/assert-may-write.ts'
import { findProject } from '../../modules/projects/find-project.ts'
import { checkPush } from '../../modules/pushes/check-push.ts'
import { recordPush } from '../../modules/pushes/record-push.ts'
import { points } from '../rate-limits/rate-limits.ts'
import { admit, type ContextParts } from '../request-context.ts'
import { type RequestScope, scopeOf } from '../request-scope.ts'
import { gitCredentials } from './basic-credentials.ts'
import { runHttpBackend } from './http-backend.ts'
import { readPush } from './push-commands.ts'
import { pushRefusal } from './push-refusal.ts'

const GIT_PATH = /^\/(.+)\.git\/(info\/refs|git-upload-pack|git-receive-pack)$/

/** A repository as git clients address it: `/<project>.git/...`. */
export const isGitPath = (path: string): boolean => GIT_PATH.test(path)

type Service = 'git-upload-pack' | 'git-receive-pack'

type Asked = { projectPath: string; file: string; query: string; service: Service }

/** An answer in words, which git shows. */
class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly status: number
  readonly headers: Record<string, string>

  constructor(status: number, message: string, headers: Record<string, string> = {}) {
    super(message)
    this.status = status
    this.headers = headers
  }
}

const notFound = () => new Refusal(404, 'The project you were looking for could not be found.')

function decodePath(text: string): string {
  try {
    const path = decodeURIComponent(text)
    if (!path.includes('\0')) return path
  } catch {
    // Told as what it is: a path of nothing.
  }
  throw notFound()
}

function parseRequest({ method, url = '' }: IncomingMessage): Asked {
  const [path = '', query = ''] = url.split('?', 2)
  const [, projectPath = '', file = ''] = GIT_PATH.exec(path) ?? []
  const isList = file === 'info/refs'
  if (method !== (isList ? 'GET' : 'POST')) throw new Refusal(405, `${file} does not take ${method}`)
  const service = isList ? new URLSearchParams(query).get('service') : file
  if (service !== 'git-upload-pack' && service !== 'git-receive-pack') {
    throw new Refusal(403, 'Only the smart protocol of git is spoken here: use git 1.6.6 or later')
  }
  return { projectPath: decodePath(projectPath), file, query: isList ? `service=${service}` : '', service }
}

/** Who has not signed in is asked to, whether the project exists or not. */
async function authorise(context: Context, { projectPath, service }: Asked): Promise<Project> {
  const { viewer } = context
  const isAnonymous = viewer.user === null && viewer.scopes.size === 0
  const project = await findProject(context, projectPath)
  const reads = project !== null && can(viewer, 'code:read', project)
  const writes = reads && can(viewer, 'code:write', project)
  const isPush = service === 'git-receive-pack'
  if (isAnonymous && !(isPush ? writes : reads)) throw new Refusal(401, 'Sign in with a token as the password.')
  if (!reads) throw notFound()
  if (isPush && !writes) throw new Refusal(403, 'You are not allowed to push code to this project.')
  if (isPush) assertMayWrite(viewer)
  return project
}

/** Never ends the connection by itself, as a pipeline would: the client is told what is wrong, and what it still sends is dropped. */
function bodyOf(request: IncomingMessage): Readable {
  const encoding = request.headers['content-encoding'] ?? 'identity'
  if (!/^(?:identity|x-gzip|gzip)$/i.test(encoding)) throw new Refusal(415, `Content-Encoding ${encoding} is not known`)
  const body = /gzip$/i.test(encoding) ? createGunzip() : new PassThrough()
  request.once('close', () => {
    if (!request.complete) body.destroy(new Error('the client broke off'))
  })
  // Whoever reads it is told as well.
  body.once('error', () => {})
  body.once('close', () => {
    request.unpipe(body)
    request.resume()
  })
  return request.pipe(body)
}

type Exchange = { request: IncomingMessage; response: ServerResponse; context: Context; asked: Asked }

async function receivePush({ request, response, context, asked }: Exchange, project: Project): Promise<void> {
  const push = await readPush(bodyOf(request))
  const refusals = await checkPush(context, project, push.changes)
  if (refusals.length > 0) {
    // Read to its end: a client that still sends reads no answer.
    for await (const _chunk of push.body);
    response.writeHead(200, { 'content-type': `application/x-${asked.service}-result`, 'cache-control': 'no-cache' })
    response.write(pushRefusal(push, refusals))
    return
  }
  const directory = context.repositories.directory(project.id)
  try {
    await runHttpBackend({ request, response, body: push.body, directory, ...asked, log: context.log })
  } finally {
    if (push.changes.length > 0) await recordPush(context, project, push.changes)
  }
}

async function answer({ request, response, context, asked }: Exchange): Promise<void> {
  const project = await authorise(context, asked)
  if (asked.file === 'git-receive-pack') {
    await receivePush({ request, response, context, asked }, project)
  } else {
    const directory = context.repositories.directory(project.id)
    await runHttpBackend({ request, response, body: bodyOf(request), directory, ...asked, log: context.log })
  }
  response.end()
}

function toRefusal(error: unknown, { id, log }: RequestScope): Refusal {
  if (error instanceof Refusal) return error
  if (error instanceof AppError) return new Refusal(httpStatus[error.code], error.message, failureHeaders(error))
  log.error({ err: error }, 'request failed')
  return new Refusal(500, `Internal server error; request ${id}`)
}

function refuse(request: IncomingMessage, response: ServerResponse, { status, message, headers }: Refusal): void {
  // What has begun cannot become an error any more: it breaks off.
  if (response.headersSent) return void response.destroy()
  request.resume()
  const challenge = status === 401 ? { 'www-authenticate': 'Basic realm="Waybill", charset="UTF-8"' } : {}
  const type = { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' }
  response.writeHead(status, { ...type, ...headers, ...challenge })
  response.end(`${message}\n`)
}

/** Git over HTTP: fetch and push with any git client, a token as the password. Not through Hono, as both ways stream. */
export function createGitDoor(parts: ContextParts) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const scope = scopeOf(request)
    scope.streams = true
    try {
      const asked = parseRequest(request)
      const headers = gitCredentials(request.headers)
      const context = await admit(parts, scope, headers, points.git)
      await answer({ request, response, context, asked })
    } catch (error) {
      refuse(request, response, toRefusal(error, scope))
    }
  }
}

import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { finished } from 'node:stream/promises'
import { can } from '../../access/abilities.ts'
import { assertMayWrite } from '../../access/assert-may-write.ts'
import { isNobody } from '../../access/viewer.ts'
import type { Context } from '../../context/context.ts'
import { outageFailure } from '../../database/outage.ts'
import { AppError, failureHeaders, httpStatus } from '../../foundation/errors.ts'
import type { Project } from '../../generated/prisma/client.ts'
import { removeStaleLocks } from '../../git/stale-locks.ts'
import { findProject } from '../../modules/projects/find-project.ts'
import { checkPush } from '../../modules/pushes/check-push.ts'
import { pushRefs } from '../../modules/pushes/record-push.ts'
import { points } from '../../request/rate-limits/rate-limits.ts'
import { admit, type ContextParts } from '../../request/request-context.ts'
import { type RequestScope, scopeOf } from '../../request/request-scope.ts'
import { gitCredentials } from '../basic-credentials.ts'
import { bodyOf, type Exchange, type GitRequest, openExchange, runInTurn } from './git-exchange.ts'
import { Refusal } from './git-refusal.ts'
import { movedNotice } from './moved-notice.ts'
import { readPush } from './push-commands.ts'
import { pushRefusal } from './push-refusal.ts'

const GIT_PATH = /^\/(.+)\.git\/(info\/refs|git-upload-pack|git-receive-pack)$/

/** Whether git clients ask for this path: `/<project>.git/...`. */
export const isGitPath = (path: string): boolean => GIT_PATH.test(path)

/** Their pattern, without the project. */
export const gitRoute = (path: string): string => `/:project.git/${GIT_PATH.exec(path)?.[2]}`

export type GitParts = ContextParts & {
  /** How long a client may let git wait. */
  gitIdleMs?: number
}

const askForToken = () => new Refusal(401, 'Sign in with a token as the password.')
const onlySmart = () => new Refusal(403, 'Only the smart protocol of git is spoken here: use git 1.6.6 or later')
const notFound = () => new Refusal(404, 'The project you were looking for could not be found.')

export function decodePath(text: string): string {
  try {
    const path = decodeURIComponent(text)
    if (!path.includes('\0')) return path
  } catch {
    // Such a path names nothing.
  }
  throw notFound()
}

function parseRequest({ method, url = '' }: IncomingMessage): GitRequest {
  const [path = '', query = ''] = url.split('?', 2)
  const [, projectPath = '', file = ''] = GIT_PATH.exec(path) ?? []
  const isList = file === 'info/refs'
  if (isList && method === 'HEAD') throw new Refusal(403, 'A list of refs has to be read')
  if (method !== (isList ? 'GET' : 'POST')) throw new Refusal(405, `${file} does not take ${method}`)
  const named = isList ? new URLSearchParams(query).get('service') : file
  const service = named === 'git-upload-pack' || named === 'git-receive-pack' ? named : null
  return { projectPath: decodePath(projectPath), file, query: isList ? `service=${service}` : '', service }
}

/** An anonymous client is asked to sign in, whether the project exists or not. */
export async function authorise(
  context: Context,
  { projectPath, service }: Pick<GitRequest, 'projectPath' | 'service'>,
): Promise<Project> {
  const { viewer } = context
  const isAnonymous = isNobody(viewer)
  if (service === null) throw isAnonymous ? askForToken() : onlySmart()
  const project = await findProject(context, projectPath)
  const reads = project !== null && can(viewer, 'code:read', project)
  const writes = reads && can(viewer, 'code:write', project)
  const isPush = service === 'git-receive-pack'
  if (isAnonymous && !(isPush ? writes : reads)) throw askForToken()
  if (project === null) throw notFound()
  if (!reads && !isPush) throw new Refusal(403, 'You are not allowed to download code from this project.')
  if (isPush && !writes) throw new Refusal(403, 'You are not allowed to push code to this project.')
  if (isPush) assertMayWrite(viewer)
  return project
}

async function receivePush(exchange: Exchange, project: Project): Promise<void> {
  const { response, context, asked, pace } = exchange
  const push = await pace.wait(readPush(bodyOf(exchange)))
  const refusals = await checkPush(context, project, push.changes)
  if (refusals.length > 0) {
    // Reads the body to its end, because a client that still sends reads no answer.
    await pace.wait(finished(push.body.resume()))
    response.writeHead(200, { 'content-type': `application/x-${asked.service}-result`, 'cache-control': 'no-cache' })
    response.write(pushRefusal(push, refusals, movedNotice(context, project, asked.projectPath)))
    return
  }
  await removeStaleLocks(context.repositories.directory(project.id), push.changes)
  const work = () => runInTurn(exchange, project, push.body)
  await (push.changes.length > 0 ? pushRefs(context, project, push.changes, work) : work())
}

async function answer(exchange: Exchange): Promise<void> {
  const { asked, context, pace, signal } = exchange
  const project = await authorise(context, asked)
  if (asked.file === 'git-receive-pack') return receivePush(exchange, project)
  const body = bodyOf(exchange)
  // Waits for the first byte, so that a client that sends nothing takes no turn from others.
  await pace.wait(once(body, 'readable', { signal })).catch((error) => {
    throw signal.aborted ? error : new Refusal(400, 'This is no request that git would send')
  })
  await runInTurn(exchange, project, body)
}

export function toRefusal(thrown: unknown, { id, log }: RequestScope): Refusal {
  const error = outageFailure(thrown)
  if (error instanceof Refusal) return error
  if (error instanceof AppError) return new Refusal(httpStatus[error.code], error.message, failureHeaders(error))
  log.error({ err: error }, 'request failed')
  return new Refusal(500, `Internal server error; request ${id}`)
}

/** The headers that make a git client ask for a password. */
export const challengeOf = (status: number): Record<string, string> =>
  status === 401 ? { 'www-authenticate': 'Basic realm="Waybill", charset="UTF-8"' } : {}

function refuse(request: IncomingMessage, response: ServerResponse, { status, message, headers }: Refusal): void {
  // An answer that has begun cannot become an error any more, so it breaks off.
  if (response.headersSent) return void response.destroy()
  request.resume()
  const type = { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' }
  response.writeHead(status, { ...type, ...headers, ...challengeOf(status) })
  response.end(`${message}\n`)
}

/**
 * Git over HTTP: fetch and push with any git client, with a token as the password. Not by Hono, because both directions stream.
 */
export function createGitDoor(parts: GitParts) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const scope = scopeOf(request)
    scope.streams = true
    try {
      const asked = parseRequest(request)
      const headers = gitCredentials(request.headers)
      const context = await admit(parts, scope, headers, points.git)
      const exchange = openExchange({ request, response, context, asked }, parts.gitIdleMs)
      await answer(exchange).catch((error) => {
        throw exchange.signal.aborted ? exchange.signal.reason : error
      })
      response.end()
    } catch (error) {
      // If the client has gone, nobody reads an answer.
      if (!response.destroyed) refuse(request, response, toRefusal(error, scope))
    }
  }
}

import type { Plugin } from 'graphql-yoga'
import { AppError, httpStatus } from '../errors.ts'
import type { CredentialHeaders } from '../modules/access/authenticate.ts'
import { anonymous, type Viewer } from '../modules/access/viewer.ts'
import { maskError } from './masked-errors.ts'
import { type RequestScope, type ServerContext, scopeOf } from './request-scope.ts'

export type Authenticate = (headers: CredentialHeaders) => Promise<Viewer>

const viewers = new WeakMap<Request, Viewer>()

/** Who sent the request; the same for every operation of a batch. */
export const viewerOf = (request: Request): Viewer => viewers.get(request) ?? anonymous()

function refusal(error: unknown, scope: RequestScope): Response {
  const body = { errors: [maskError(error, scope).toJSON()] }
  const status = error instanceof AppError ? httpStatus[error.code] : 500
  return Response.json(body, { status, headers: status === 401 ? { 'www-authenticate': 'Bearer' } : {} })
}

/** A wrong credential ends the request before anything of it is read. */
export function useAuthentication(authenticate: Authenticate): Plugin<object, ServerContext> {
  return {
    async onRequest({ request, endResponse, serverContext }) {
      if (request.method === 'OPTIONS') return
      try {
        viewers.set(request, await authenticate(request.headers))
      } catch (error) {
        endResponse(refusal(error, scopeOf(serverContext.req)))
      }
    },
  }
}

import type { MiddlewareHandler } from 'hono'
import { couldBeProject } from '../../../foundation/project-path.ts'
import { decodedSegments } from '../kit/decoded-segments.ts'

const GIT_REQUEST = /^\/(.+)\/(info\/refs|git-upload-pack|git-receive-pack)$/

/** The queries with which git clients ask for a list of refs. */
const LIST_QUERIES: ReadonlySet<string> = new Set(['', '?service=git-upload-pack', '?service=git-receive-pack'])

/** Null when git would not send such a request. With 308 a client sends its body again. */
function statusOf(method: string, file: string, query: string): 301 | 308 | null {
  if (file === 'info/refs') return method !== 'POST' && LIST_QUERIES.has(query) ? 301 : null
  return method === 'POST' && query === '' ? 308 : null
}

/**
 * Sends a git client that was given the URL of a project's page to the project's repository, `<project>.git`. It does not look
 * the project up, so existing, hidden and missing projects answer alike. It leaves out the host, because the client knows best
 * how it got here.
 */
export function redirectToRepository(baseUrl: string): MiddlewareHandler {
  const base = new URL(baseUrl).pathname.replace(/\/$/, '')
  return (c, next) => {
    const [, path, file] = GIT_REQUEST.exec(c.req.path) ?? []
    if (path === undefined || file === undefined) return next()
    const { search } = new URL(c.req.url)
    const status = statusOf(c.req.method, file, search)
    const segments = decodedSegments(path)
    if (status === null || !couldBeProject(segments)) return next()
    return Promise.resolve(c.redirect(`${base}/${segments.join('/')}.git/${file}${search}`, status))
  }
}

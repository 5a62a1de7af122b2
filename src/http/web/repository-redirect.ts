import type { MiddlewareHandler } from 'hono'
import { couldBeProject } from '../../modules/projects/project-path.ts'
import { decodedSegments } from './decoded-segments.ts'

const LIST_OF_REFS = /^\/(.+)\/info\/refs$/

/** What git clients ask, and nothing else. */
const QUERIES: ReadonlySet<string> = new Set(['', '?service=git-upload-pack', '?service=git-receive-pack'])

/**
 * Sends a git client that was given the address of a project's page to its repository, `<project>.git`. The project is not looked
 * up: existing, hidden and missing ones are answered alike. The host is left out, as the client knows best how it got here.
 */
export function redirectToRepository(baseUrl: string): MiddlewareHandler {
  const base = new URL(baseUrl).pathname.replace(/\/$/, '')
  return (c, next) => {
    const { pathname, search } = new URL(c.req.url)
    const [, path = ''] = LIST_OF_REFS.exec(pathname) ?? []
    const segments = QUERIES.has(search) ? decodedSegments(path) : []
    if (!couldBeProject(segments)) return next()
    return Promise.resolve(c.redirect(`${base}/${segments.join('/')}.git/info/refs${search}`, 301))
  }
}

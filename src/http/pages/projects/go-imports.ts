import type { HttpBindings } from '@hono/node-server'
import type { Context as HonoContext, MiddlewareHandler } from 'hono'
import { html } from 'hono/html'
import type { Context } from '../../../context/context.ts'
import { couldBeNames, couldBeProject } from '../../../foundation/project-path.ts'
import type { Project } from '../../../generated/prisma/client.ts'
import { findProject } from '../../../modules/projects/find-project.ts'
import { points } from '../../../request/rate-limits/rate-limits.ts'
import { admit, type ContextParts } from '../../../request/request-context.ts'
import { gitCredentials } from '../../basic-credentials.ts'
import { PRIVATE } from '../../entity-tag.ts'
import { scopeIn } from '../../hono-context.ts'
import { decodedSegments } from '../kit/decoded-segments.ts'
import { pageHeaders } from '../kit/html-page.ts'

/** The path of a project has at most so many segments, because GitLab has at most 20 groups below each other. */
const MAX_SEGMENTS = 22
const MIN_SEGMENTS = 2

const refuse = (c: HonoContext, reason: string) => c.text(`${reason}\n`, 404, PRIVATE)

/** The paths of the projects that a Go package may be a folder of. The longest comes first. */
function projectPathsIn(segments: readonly string[]): string[] {
  const lengths = Array.from({ length: MAX_SEGMENTS - MIN_SEGMENTS + 1 }, (_, at) => MAX_SEGMENTS - at)
  return lengths
    .filter((length) => length <= segments.length)
    .map((length) => segments.slice(0, length))
    .filter(couldBeProject)
    .map((path) => path.join('/'))
}

type Found = { project: Project; path: string }

/** Finds at most one project, because no project is below another project. One statement asks for all paths. */
async function findAmong(context: Context, paths: readonly string[]): Promise<Found | null> {
  const found = await Promise.all(paths.map((path) => findProject(context, path)))
  const at = found.findIndex((project) => project !== null)
  const [project, path] = [found[at], paths[at]]
  return project && path !== undefined ? { project, path } : null
}

/** `path` is a part of the path that was asked for, because Go refuses any other. The project may have another path by now. */
function answerImport(c: HonoContext, baseUrl: string, path: string, project = path) {
  const prefix = `${baseUrl}/${path}`.replace(/^https?:\/\//, '')
  const url = `${baseUrl}/${project}`
  const page = html`<!doctype html>
<html><head><meta name="go-import" content="${prefix} git ${url}.git"></head><body>go get ${prefix}</body></html>
`
  return c.html(page, 200, { ...PRIVATE, ...pageHeaders })
}

/**
 * Tells `go get` where the repository of a package is, for any path with `?go-get=1` except the server's own paths. A client that
 * has not signed in gets an answer for a hidden and for a missing project too: the first two segments, as if they were a project.
 */
export const goImports =
  (parts: ContextParts): MiddlewareHandler =>
  async (c, next) => {
    if (c.req.query('go-get') !== '1') return next()
    const [, ...segments] = decodedSegments(new URL(c.req.url).pathname.replace(/\/+$/, ''))
    if (segments.length > 0 && !couldBeNames(segments.slice(0, 1))) return next()
    const paths = projectPathsIn(segments)
    const { incoming } = c.env as HttpBindings
    const context = await admit(parts, scopeIn(c), gitCredentials(incoming.headers), points.read)
    const shortest = paths.at(-1)
    if (shortest === undefined) return refuse(c, 'The path of a project has two segments at least.')
    const found = await findAmong(context, paths)
    if (found?.project.repositoryLevel === 'disabled') return refuse(c, 'The project has no repository.')
    if (found) return answerImport(c, parts.baseUrl, found.path, found.project.fullPath)
    if (context.viewer.credential !== null) {
      return refuse(c, 'No such project, or your token in ~/.netrc may not read it.')
    }
    return answerImport(c, parts.baseUrl, shortest)
  }

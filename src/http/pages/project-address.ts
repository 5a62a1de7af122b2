import type { Context as HonoContext } from 'hono'
import { getPath } from 'hono/utils/url'

type ProjectAddress = {
  /** The project's path, percent-encoded as in the request, except characters that never need it. */
  project: string
  /** What follows the `/-`. */
  rest: string
}

/** Splits `/<project>/-/<rest>` at the first `/-/`, because no path of a project holds `/-/`. */
export function splitAddress(path: string): ProjectAddress | null {
  const end = path.indexOf('/-/')
  if (end <= 1 || path.startsWith('/api/')) return null
  return { project: path.slice(1, end), rest: path.slice(end + 2).replace(/\/$/, '') }
}

/** The path behind the project, so that the router need not find the end of the project's path. */
export const pathBehindProject = (request: Request): string => splitAddress(getPath(request))?.rest ?? ''

/** The full path of the project that the address names. It may be any text. */
export function projectPathIn(c: HonoContext): string {
  const project = splitAddress(getPath(c.req.raw))?.project ?? ''
  try {
    return decodeURIComponent(project)
  } catch {
    return project
  }
}

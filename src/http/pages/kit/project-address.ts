import type { Context as HonoContext } from 'hono'
import { getPath } from 'hono/utils/url'

type ProjectAddress = {
  /** The path of the project, encoded as it came, except for characters that a path never needs to encode. */
  project: string
  /** What follows `/-`. */
  rest: string
}

/** Splits `/<project>/-/<rest>`. The first `/-/` ends the path of the project, because no such path contains `/-/`. */
export function splitAddress(path: string): ProjectAddress | null {
  const end = path.indexOf('/-/')
  if (end <= 1 || path.startsWith('/api/')) return null
  return { project: path.slice(1, end), rest: path.slice(end + 2).replace(/\/$/, '') }
}

/** The path after the project, so that the router need not look for the end of the project's path. */
export const pathBehindProject = (request: Request): string => splitAddress(getPath(request))?.rest ?? ''

/** The full path of the project in the URL. It may be any text. */
export function projectPathIn(c: HonoContext): string {
  const project = splitAddress(getPath(c.req.raw))?.project ?? ''
  try {
    return decodeURIComponent(project)
  } catch {
    return project
  }
}

import type { Context as HonoContext } from 'hono'
import { getPath } from 'hono/utils/url'

type ProjectAddress = {
  /** Encoded as it came, but for what a path never needs to encode. */
  project: string
  /** What stands behind the `/-`. */
  rest: string
}

/** Splits `/<project>/-/<rest>`. No path of a project holds `/-/`, so the first one ends it: that is found in one go. */
export function splitAddress(path: string): ProjectAddress | null {
  const end = path.indexOf('/-/')
  if (end <= 1 || path.startsWith('/api/')) return null
  return { project: path.slice(1, end), rest: path.slice(end + 2).replace(/\/$/, '') }
}

/** Behind the project, for a router that need not look for its end. */
export const pathBehindProject = (request: Request): string => splitAddress(getPath(request))?.rest ?? ''

/** The full path of the project that the address names, which may be any text. */
export function projectPathIn(c: HonoContext): string {
  const project = splitAddress(getPath(c.req.raw))?.project ?? ''
  try {
    return decodeURIComponent(project)
  } catch {
    return project
  }
}

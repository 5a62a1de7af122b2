// A project that the path of a request names by a path that it had before (docs/contract/groups.md#old-paths).
import type { Project } from '../../../generated/prisma/client.ts'
import { findProjectByIdOrPath, isOldPath } from '../../../modules/projects/find-project.ts'
import type { Call, Endpoint } from './endpoint.ts'
import { shownUrl } from './pagination.ts'
import { RestError } from './rest-errors.ts'

/** Whether the path of an endpoint begins with a project, which may have moved. */
export const isOfProject = ({ path }: Pick<Endpoint, 'path'>): boolean => /^\/projects\/:id(?:\/|$)/.test(path)

/** Null when the path names no project that the viewer may read, or names it by its number or its present path. */
export async function findMoved(endpoint: Pick<Endpoint, 'path'>, call: Call): Promise<Project | null> {
  const { id } = call.parameters
  if (typeof id !== 'string' || !isOfProject(endpoint)) return null
  const project = await findProjectByIdOrPath(call.context, id)
  return project && isOldPath(project, id) ? project : null
}

/** Leads to the same route and query with the project's number, which stays. */
export function answerMoved({ context, url }: Call, { id }: Project): Response {
  const pathname = url.pathname.replace(/^(\/api\/v4\/projects\/)[^/]+/, `$1${id}`)
  const location = shownUrl(context, { origin: url.origin, pathname, search: '' })
  // The query as it came, because a client may have sent its credential there.
  location.search = url.search
  const headers = { location: location.href, 'content-type': 'text/plain; charset=utf-8' }
  return new Response(`This project has moved: ask for ${location.pathname}\n`, { status: 301, headers })
}

export const movedForWrites = () =>
  new RestError(405, { message: 'Non GET methods are not allowed for moved projects' }, { allow: 'GET, HEAD' })

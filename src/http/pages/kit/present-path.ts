import type { Context as HonoContext, MiddlewareHandler } from 'hono'
import { findGroup } from '../../../modules/groups/find-group.ts'
import { findProject } from '../../../modules/projects/find-project.ts'
import { projectUrl } from '../../../modules/projects/project-url.ts'
import { PRIVATE } from '../../entity-tag.ts'
import { type ContextEnv, contextOf } from '../../hono-context.ts'
import { projectPathIn } from './project-address.ts'
import { redirectTo } from './web-request.ts'

/**
 * The same page under the present path of the project, when the client used an old path or another letter case; otherwise null.
 * A browser asks again each time, because somebody else may take the old path. `rest` is where the project's path ends in the URL.
 */
export async function presentPage(
  c: HonoContext<ContextEnv>,
  { asked, rest }: { asked: string; rest: RegExp },
): Promise<Response | null> {
  const context = contextOf(c)
  const project = await findProject(context, asked)
  if (!project || project.fullPath === asked) return null
  const { pathname, search } = new URL(c.req.raw.url)
  const page = `${projectUrl(context, project)}${pathname.slice(pathname.search(rest))}${search}`
  return redirectTo(page, PRIVATE, 301)
}

/** For everything below `/<project>/-/`, after the viewer is known. */
export const toPresentPath: MiddlewareHandler<ContextEnv> = async (c, next) =>
  (await presentPage(c, { asked: projectPathIn(c), rest: /\/(?:-|%2d)\//i })) ?? next()

/** The same page of a group in the letter case of its path; null when it is that already, and without such a group. */
export async function presentGroupPage(c: HonoContext<ContextEnv>, asked: string): Promise<Response | null> {
  const context = contextOf(c)
  const group = await findGroup(context, asked)
  if (!group || group.fullPath === asked) return null
  const { pathname, search } = new URL(c.req.raw.url)
  const rest = pathname.slice('/groups/'.length + group.fullPath.length)
  return redirectTo(`${context.baseUrl}/groups/${group.fullPath}${rest}${search}`, PRIVATE, 301)
}

// Pages at the addresses that groups, projects and accounts have themselves. These paths can be any text, so these routes come last.
import { Hono, type Context as HonoContext, type MiddlewareHandler } from 'hono'
import { mayWrite } from '../../../access/assert-may-write.ts'
import { couldBeNames } from '../../../foundation/project-path.ts'
import { maxCharacters } from '../../../foundation/text-limits.ts'
import { findGroup } from '../../../modules/groups/find-group.ts'
import { findProject } from '../../../modules/projects/find-project.ts'
import type { ContextParts } from '../../../request/request-context.ts'
import { PRIVATE } from '../../entity-tag.ts'
import { type ContextEnv, contextOf } from '../../hono-context.ts'
import { accountNav } from '../account/account-nav.ts'
import { profile } from '../account/profile-documents.ts'
import { profilePage } from '../account/profile-page.ts'
import { readme } from '../files/file-page.ts'
import { groupHomePage } from '../groups/group-routes.ts'
import { windowIn } from '../kit/cursor-pages.ts'
import { decodedSegments } from '../kit/decoded-segments.ts'
import { wantsPage } from '../kit/error-page.ts'
import { groupNav } from '../kit/group-nav.ts'
import { answerHtml } from '../kit/html-page.ts'
import { presentGroupPage, presentPage } from '../kit/present-path.ts'
import { projectNav } from '../kit/project-nav.ts'
import { redirectTo, withWebContext } from '../kit/web-request.ts'
import { projectHome } from './home-documents.ts'
import { homePage } from './home-page.ts'

type Answer = Promise<Response | null>

/** Programs get no page here. */
const BY_CLIENT = { vary: `${PRIVATE.vary}, accept` }
const GROUPS = 'groups'

const segmentsIn = (c: HonoContext) => decodedSegments(new URL(c.req.url).pathname.replace(/\/+$/, '')).slice(1)

const couldBePath = (segments: readonly string[]) =>
  segments.length > 0 &&
  segments.join('/').length <= `${GROUPS}/`.length + maxCharacters.fullPath &&
  couldBeNames(segments)

/** Nothing is looked up for programs, and for what nobody can be called. */
const onlyPaths: MiddlewareHandler = (c, next) =>
  wantsPage(c) && couldBePath(segmentsIn(c)) ? next() : Promise.resolve(c.notFound())

async function showProject(c: HonoContext<ContextEnv>, path: string): Answer {
  const context = contextOf(c)
  const moved = await presentPage(c, { asked: path, rest: /$/ })
  if (moved) return moved
  const found = await findProject(context, path)
  if (!found) return null
  const { project } = await projectHome(context, { project: found.id })
  if (!project) return null
  const file = project.repository?.readme
  const about = file ? await readme(context, found, file) : ''
  const body = homePage(project, { readme: about, writes: mayWrite(context.viewer) })
  const page = { title: project.name, nav: projectNav(context, found), body }
  return answerHtml(c, page, BY_CLIENT)
}

async function showGroup(c: HonoContext<ContextEnv>, path: string): Answer {
  const context = contextOf(c)
  const moved = await presentGroupPage(c, path)
  if (moved) return moved
  const group = await findGroup(context, path)
  const page = group && (await groupHomePage({ c, context, group }))
  return page && answerHtml(c, { nav: groupNav(context, group, ''), ...page }, BY_CLIENT)
}

async function showAccount(c: HonoContext<ContextEnv>, username: string): Answer {
  const context = contextOf(c)
  const { user } = await profile(context, { username, ...windowIn(c.req.query()) })
  if (!user) return null
  const isOwn = context.viewer.user?.username === user.username
  const page = { title: user.name, ...(isOwn ? { nav: accountNav(context) } : {}), body: profilePage(user) }
  return answerHtml(c, page, BY_CLIENT)
}

/** People leave out "groups". */
async function toGroup(c: HonoContext<ContextEnv>, path: string): Answer {
  const context = contextOf(c)
  const group = await findGroup(context, path)
  return group && redirectTo(`${context.baseUrl}/${GROUPS}/${group.fullPath}`, { ...PRIVATE, ...BY_CLIENT })
}

async function show(c: HonoContext<ContextEnv>, segments: readonly string[]): Answer {
  const [first = '', ...rest] = segments
  const path = segments.join('/')
  const group = first === GROUPS && rest.length > 0 ? await showGroup(c, rest.join('/')) : null
  if (group) return group
  return (await (segments.length > 1 ? showProject(c, path) : showAccount(c, first))) ?? toGroup(c, path)
}

/** Hidden and missing ones answer alike. */
export const pathRoutes = (parts: ContextParts) =>
  new Hono<ContextEnv>().get('/:path{.+}', onlyPaths, withWebContext(parts), async (c) => {
    return (await show(c, segmentsIn(c))) ?? c.notFound()
  })

// Pages for people. Each asks for what it shows by a GraphQL document, so what is hidden is hidden by the schema. Null, as for what is
// missing, is the page "not found, or not for you".
import { Hono, type Context as HonoContext, type MiddlewareHandler, type Next } from 'hono'
import { type Ability, can } from '../../../access/abilities.ts'
import type { Context } from '../../../context/context.ts'
import type { Group, Project } from '../../../generated/prisma/client.ts'
import { findGroup } from '../../../modules/groups/find-group.ts'
import { findProject, isOldPath } from '../../../modules/projects/find-project.ts'
import type { Namespace } from '../../../modules/projects/namespace.ts'
import type { ContextParts } from '../../../request/request-context.ts'
import { type ContextEnv, contextOf } from '../../hono-context.ts'
import { answerForm, type FormPage, receiveForm } from './form-page.ts'
import { groupNav } from './group-nav.ts'
import { answerHtml } from './html-page.ts'
import type { Page } from './layout.ts'
import { refuseOtherMethods } from './other-methods.ts'
import { presentGroupPage, toPresentPath } from './present-path.ts'
import { projectPathIn } from './project-address.ts'
import { projectNav } from './project-nav.ts'
import { withWebContext } from './web-request.ts'

/** Who asks, and for pages of a project or of a group what they belong to. */
export type Asked = { c: HonoContext<ContextEnv>; context: Context }
export type AskedOfProject = Asked & { project: Project }
export type AskedOfGroup = Asked & { group: Group }
export type AskedOfNamespace = Asked & { namespace: Namespace }

type Answer = Response | Promise<Response>

type Subject<A extends Asked> = {
  /** What stands before the path of each page. */
  prefix?: string
  /** May send the browser elsewhere before anything is shown. */
  lead: MiddlewareHandler<ContextEnv>
  find: (c: HonoContext<ContextEnv>) => Promise<A | null>
  /** What answers when there is no subject. Absent: the page "not found". */
  missing?: (c: HonoContext<ContextEnv>, next: Next) => Answer | Promise<void>
  /** Whether the path of the URL is one that the subject had before. */
  hasMoved?: (asked: A) => boolean
  /** Adds what stands around every page of the subject. */
  frame: (asked: A, page: Page) => Page
}

function pagesOf<A extends Asked>(parts: ContextParts, subject: Subject<A>) {
  const { prefix = '', lead, find, missing = (c) => c.notFound(), hasMoved = () => false, frame } = subject
  const routes = new Hono<ContextEnv>()
  const get = (path: string, answer: (asked: A) => Answer) => {
    routes.get(prefix + path, withWebContext(parts), lead, async (c, next) => {
      const asked = await find(c)
      return asked ? answer(asked) : missing(c, next)
    })
  }
  return {
    routes,
    page(path: string, show: (asked: A) => Promise<Page | null>) {
      get(path, async (asked) => {
        const page = await show(asked)
        return page ? answerHtml(asked.c, frame(asked, page)) : asked.c.notFound()
      })
      refuseOtherMethods(routes, prefix + path)
    },
    /** A page with a form that writes, and what receives the form. */
    form(path: string, form: FormPage<A>) {
      get(path, (asked) => answerForm(asked.c, { parts, asked, form, frame }))
      routes.post(prefix + path, async (c) => receiveForm(c, { parts, find, hasMoved, form, frame }))
      refuseOtherMethods(routes, prefix + path, 'GET, HEAD, POST')
    },
  }
}

const pathOf = (c: HonoContext) => new URL(c.req.url).pathname

/**
 * Pages below `/<project>/-`: the path of each follows that, as in `/tags/:name`. Without the ability that they need, they are not
 * found.
 */
export const projectPages = (parts: ContextParts, needs: Ability = 'project:read') =>
  pagesOf<AskedOfProject>(parts, {
    lead: toPresentPath,
    find: async (c) => {
      const context = contextOf(c)
      const project = await findProject(context, projectPathIn(c))
      return project && can(context.viewer, needs, project) ? { c, context, project } : null
    },
    hasMoved: ({ c, project }) => isOldPath(project, projectPathIn(c)),
    frame: ({ c, context, project }, page) => ({ nav: projectNav(context, project, pathOf(c)), ...page }),
  })

/** Pages below `/groups/<group>/-`. Without such a group the path may be that of a project, because a group may be called "groups". */
export const groupPages = (parts: ContextParts) =>
  pagesOf<AskedOfGroup>(parts, {
    prefix: '/groups/:group{.+}/-',
    lead: async (c, next) => (await presentGroupPage(c, c.req.param('group') ?? '')) ?? next(),
    find: async (c) => {
      const context = contextOf(c)
      const group = await findGroup(context, c.req.param('group') ?? '')
      return group && { c, context, group }
    },
    missing: (_c, next) => next(),
    frame: ({ c, context, group }, page) => ({ nav: groupNav(context, group, pathOf(c)), ...page }),
  })

const GROUPS = 'groups/'

async function findNamespace(context: Context, path: string): Promise<Namespace | null> {
  const project = await findProject(context, path)
  if (project) return { project }
  const group = path.startsWith(GROUPS) ? await findGroup(context, path.slice(GROUPS.length)) : null
  return group && { group }
}

/** Pages that both projects and groups have, below `/<project>/-` and `/groups/<group>/-`. */
export const namespacePages = (parts: ContextParts) =>
  pagesOf<AskedOfNamespace>(parts, {
    lead: toPresentPath,
    find: async (c) => {
      const context = contextOf(c)
      const namespace = await findNamespace(context, projectPathIn(c))
      return namespace && { c, context, namespace }
    },
    hasMoved: ({ c, namespace }) => 'project' in namespace && isOldPath(namespace.project, projectPathIn(c)),
    frame: ({ c, context, namespace }, page) => {
      const nav =
        'project' in namespace
          ? projectNav(context, namespace.project, pathOf(c))
          : groupNav(context, namespace.group, pathOf(c))
      return { nav, ...page }
    },
  })

/** Pages of the whole server, such as `/-/explore`. */
export const sitePages = (parts: ContextParts) =>
  pagesOf<Asked>(parts, {
    lead: (_c, next) => next(),
    find: async (c) => ({ c, context: contextOf(c) }),
    frame: (_asked, page) => page,
  })

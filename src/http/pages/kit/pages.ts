// Pages for people. Each asks for what it shows by a GraphQL document, so what is hidden is hidden by the schema. Null, as for what is
// missing, is the page "not found, or not for you".
import { Hono, type Context as HonoContext, type MiddlewareHandler } from 'hono'
import { type Ability, can } from '../../../access/abilities.ts'
import type { Context } from '../../../context/context.ts'
import type { Project } from '../../../generated/prisma/client.ts'
import { findGroup } from '../../../modules/groups/find-group.ts'
import { findProject } from '../../../modules/projects/find-project.ts'
import type { Namespace } from '../../../modules/projects/namespace.ts'
import type { ContextParts } from '../../../request/request-context.ts'
import { type ContextEnv, contextOf } from '../../hono-context.ts'
import { answerForm, type FormPage, receiveForm } from './form-page.ts'
import { answerHtml } from './html-page.ts'
import type { Page } from './layout.ts'
import { toPresentPath } from './present-path.ts'
import { projectPathIn } from './project-address.ts'
import { projectNav } from './project-nav.ts'
import { withWebContext } from './web-request.ts'

/** Who asks, and for pages of a project the project. */
export type Asked = { c: HonoContext<ContextEnv>; context: Context }
export type AskedOfProject = Asked & { project: Project }
export type AskedOfNamespace = Asked & { namespace: Namespace }

type Subject<A extends Asked> = {
  /** May send the browser elsewhere before anything is shown. */
  lead: MiddlewareHandler<ContextEnv>
  find: (c: HonoContext<ContextEnv>) => Promise<A | null>
  /** Adds what stands around every page of the subject. */
  frame: (asked: A, page: Page) => Page
}

function pagesOf<A extends Asked>(parts: ContextParts, { lead, find, frame }: Subject<A>) {
  const routes = new Hono<ContextEnv>()
  return {
    routes,
    page(path: string, show: (asked: A) => Promise<Page | null>) {
      routes.get(path, withWebContext(parts), lead, async (c) => {
        const asked = await find(c)
        const page = asked && (await show(asked))
        return asked && page ? answerHtml(c, frame(asked, page)) : c.notFound()
      })
    },
    /** A page with a form that writes, and what receives the form. */
    form(path: string, form: FormPage<A>) {
      routes.get(path, withWebContext(parts), lead, async (c) => {
        const asked = await find(c)
        return asked ? answerForm(c, { parts, asked, form, frame }) : c.notFound()
      })
      routes.post(path, async (c) => receiveForm(c, { parts, find, form, frame }))
    },
  }
}

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
    frame: ({ context, project }, page) => ({ nav: projectNav(context, project), ...page }),
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
    frame: ({ context, namespace }, page) =>
      'project' in namespace ? { nav: projectNav(context, namespace.project), ...page } : page,
  })

/** Pages of the whole server, such as `/-/explore`. */
export const sitePages = (parts: ContextParts) =>
  pagesOf<Asked>(parts, {
    lead: (_c, next) => next(),
    find: async (c) => ({ c, context: contextOf(c) }),
    frame: (_asked, page) => page,
  })

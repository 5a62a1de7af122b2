import { Hono, type Context as HonoContext } from 'hono'
import { mayWrite } from '../../../access/assert-may-write.ts'
import type { ShownWithNeighboursFragment } from '../../../generated/documents.ts'
import type { Project } from '../../../generated/prisma/client.ts'
import { findLinkByPath } from '../../../modules/assets/asset-loaders.ts'
import { findNewestEvidence } from '../../../modules/evidence/find-evidence.ts'
import { projectUrl } from '../../../modules/projects/project-url.ts'
import type { ReleaseNode } from '../../../modules/releases/release-loaders.ts'
import { NEWEST_EVIDENCE, segment } from '../../../modules/releases/release-urls.ts'
import { PRIVATE } from '../../entity-tag.ts'
import { sendEvidence } from '../../files/send-evidence.ts'
import { sendLinkedFile } from '../../files/send-linked-file.ts'
import { type ContextEnv, contextOf } from '../../hono-context.ts'
import type { RestParts } from '../../rest/rest-routes.ts'
import { findReadableProject, findReadableRelease } from '../kit/find-readable.ts'
import { answerHtml } from '../kit/html-page.ts'
import { refuseOtherMethods } from '../kit/other-methods.ts'
import { toPresentPath } from '../kit/present-path.ts'
import { projectPathIn } from '../kit/project-address.ts'
import { projectNav } from '../kit/project-nav.ts'
import { queryFlag } from '../kit/query-values.ts'
import { redirectTo, segmentsBehind, withWebContext } from '../kit/web-request.ts'
import { latestReleaseUrl, numberedRelease, shownRelease } from './page-documents.ts'
import { leavingPage, type Neighbours, releasePage, toShown } from './release-pages.ts'
import { parseReleasePath } from './release-path.ts'

/** The answer depends on the viewer, and here on the kind of client too. */
const BY_CLIENT = { vary: `${PRIVATE.vary}, accept` }

const defaultPorts: Record<string, string> = { 'http:': '80', 'https:': '443', 'ftp:': '21' }

const placeOf = (url: string) => {
  const { protocol, hostname, port } = new URL(url)
  return `${hostname}:${port || defaultPorts[protocol]}`
}

const isBrowser = (c: HonoContext) => c.req.header('accept')?.includes('text/html') ?? false

type Download = { parts: RestParts; release: ReleaseNode; path: string }

async function download(c: HonoContext<ContextEnv>, { parts, release, path }: Download): Promise<Response> {
  const context = contextOf(c)
  const link = await findLinkByPath(context, release, `/${path}`)
  if (!link) return c.notFound()
  const own = await sendLinkedFile(context, link, c.req.raw, parts.storage)
  if (own !== undefined) return own ?? c.notFound()
  const leaves = placeOf(link.url) !== placeOf(context.baseUrl)
  if (leaves && isBrowser(c)) return answerHtml(c, { title: link.name, body: leavingPage(link) }, BY_CLIENT)
  return redirectTo(link.url, { ...PRIVATE, ...BY_CLIENT })
}

/** Keeps the rest of the path and the query, except for the parameters that chose the release. */
function latestUrl(page: string, suffix: readonly string[], url: URL): string {
  const query = new URLSearchParams(url.search)
  query.delete('order_by')
  query.delete('stable')
  const part = suffix.join('/') === 'evidence' ? [NEWEST_EVIDENCE] : suffix
  const path = [page, ...part.map(encodeURIComponent)].join('/')
  return query.size > 0 ? `${path}?${query}` : path
}

type Named = { id: number } | { tag: string }

/** Null without the right to know tags, as the neighbours are. */
function neighboursOf(project: string, { previous, next, tag_name: tag }: ShownWithNeighboursFragment): Neighbours {
  const shown = (found: typeof next) => found && { name: found.name ?? '', url: found.links?.selfUrl ?? '' }
  const since = previous?.tagName && tag ? `${segment(previous.tagName)}...${segment(tag)}` : null
  return { previous: shown(previous), next: shown(next), compareUrl: since && `${project}/-/compare/${since}` }
}

async function show(c: HonoContext<ContextEnv>, found: Project, named: Named): Promise<Response> {
  const context = contextOf(c)
  const { id, name } = found
  const { project } =
    'id' in named
      ? await numberedRelease(context, { project: id, number: named.id })
      : await shownRelease(context, { project: id, tag: named.tag })
  if (!project?.release) return c.notFound()
  const shown = toShown(project.release, { baseUrl: context.baseUrl, writes: mayWrite(context.viewer), project })
  return answerHtml(c, {
    title: `${shown.name} of ${name}`,
    nav: projectNav(context, found, new URL(c.req.url).pathname),
    body: releasePage(shown, neighboursOf(projectUrl(context, found), project.release)),
  })
}

async function answer(c: HonoContext<ContextEnv>, parts: RestParts): Promise<Response> {
  const named = parseReleasePath(segmentsBehind(c, 'releases'))
  const context = contextOf(c)
  const project = await findReadableProject(context, projectPathIn(c))
  if (!project) return c.notFound()
  if ('latest' in named) {
    const stable = queryFlag(c, 'stable') ?? project.permalinkIsStable
    const latest = (await latestReleaseUrl(context, { project: project.id, stable })).project?.release?.links?.selfUrl
    return latest ? redirectTo(latestUrl(latest, named.suffix, new URL(c.req.url)), PRIVATE) : c.notFound()
  }
  const { download: path } = named
  if (path === null && !named.evidence) return show(c, project, named)
  const release = await findReadableRelease(context, project, named)
  if (!release) return c.notFound()
  if (path !== null) return download(c, { parts, release, path })
  const evidence = await findNewestEvidence(context, release)
  return evidence ? sendEvidence(c.req.raw, evidence) : c.notFound()
}

/** Pages and permanent links of releases: by tag, by number (for viewers who may not see tags), and of the latest release. */
export function releaseRoutes(parts: RestParts) {
  const path = '/releases/:rest{.+}'
  const routes = new Hono<ContextEnv>().get(path, withWebContext(parts), toPresentPath, (c) => answer(c, parts))
  refuseOtherMethods(routes, path)
  return routes
}

import { Hono, type Context as HonoContext } from 'hono'
import type { Context } from '../../context/context.ts'
import { findLinkByPath } from '../../modules/assets/asset-loaders.ts'
import { findNewestEvidence } from '../../modules/evidence/find-evidence.ts'
import { latestRelease } from '../../modules/releases/latest-release.ts'
import type { ReleaseNode } from '../../modules/releases/release-loaders.ts'
import { NEWEST_EVIDENCE } from '../../modules/releases/release-urls.ts'
import { PRIVATE } from '../entity-tag.ts'
import { sendEvidence } from '../files/send-evidence.ts'
import { sendLinkedFile } from '../files/send-linked-file.ts'
import { type ContextEnv, contextOf } from '../hono-context.ts'
import { presentRelease } from '../rest/releases/present-release.ts'
import type { RestParts } from '../rest/rest-routes.ts'
import { findReadableProject, findReadableRelease, shownReleaseUrl } from './find-readable.ts'
import { answerHtml } from './html-page.ts'
import { projectPathIn } from './project-address.ts'
import { leavingPage, releasePage } from './release-pages.ts'
import { parseReleasePath } from './release-path.ts'
import { redirectTo, segmentsBehind, withWebContext } from './web-request.ts'

/** What it leads to depends on who asks, and here also on the client. */
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

/** The rest of the path and the query stay, but for what chose the release. */
function latestUrl(context: Context, release: ReleaseNode, suffix: readonly string[], url: URL): string {
  const query = new URLSearchParams(url.search)
  query.delete('order_by')
  const part = suffix.join('/') === 'evidence' ? [NEWEST_EVIDENCE] : suffix
  const path = [shownReleaseUrl(context, release), ...part.map(encodeURIComponent)].join('/')
  return query.size > 0 ? `${path}?${query}` : path
}

async function show(c: HonoContext<ContextEnv>, release: ReleaseNode): Promise<Response> {
  const shown = await presentRelease(contextOf(c), release, { html: true })
  return answerHtml(c, { title: `${shown.name} of ${release.project.name}`, body: releasePage(shown) })
}

/** Pages and permanent links of single releases: by tag, by number for who may not learn tags, and of the latest. */
export const releaseRoutes = (parts: RestParts) =>
  new Hono<ContextEnv>().get('/releases/:rest{.+}', withWebContext(parts), async (c) => {
    const named = parseReleasePath(segmentsBehind(c, 'releases'))
    const context = contextOf(c)
    const project = await findReadableProject(context, projectPathIn(c))
    if (!project) return c.notFound()
    if ('latest' in named) {
      const latest = await latestRelease(context, project, {})
      return latest ? redirectTo(latestUrl(context, latest, named.suffix, new URL(c.req.url)), PRIVATE) : c.notFound()
    }
    const release = await findReadableRelease(context, project, named)
    if (!release) return c.notFound()
    if (named.evidence) {
      const evidence = await findNewestEvidence(context, release)
      return evidence ? sendEvidence(c.req.raw, evidence) : c.notFound()
    }
    const { download: path } = named
    return path === null ? show(c, release) : download(c, { parts, release, path })
  })

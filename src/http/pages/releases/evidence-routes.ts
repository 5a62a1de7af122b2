import { Hono } from 'hono'
import { html } from 'hono/html'
import { toGlobalId } from '../../../foundation/global-id.ts'
import type { EvidencePageQuery } from '../../../generated/documents.ts'
import { findEvidence, findEvidenceBySha } from '../../../modules/evidence/find-evidence.ts'
import type { ContextParts } from '../../../request/request-context.ts'
import { sendEvidence } from '../../files/send-evidence.ts'
import { type ContextEnv, contextOf } from '../../hono-context.ts'
import type { Markup, Page } from '../kit/layout.ts'
import { type AskedOfProject, projectPages } from '../kit/pages.ts'
import { toPresentPath } from '../kit/present-path.ts'
import { projectPathIn } from '../kit/project-address.ts'
import { dateOf } from '../kit/shown-time.ts'
import { withWebContext } from '../kit/web-request.ts'
import { askEvidence } from './evidence-documents.ts'

/** The tag is one segment, so its slashes are encoded. */
const EVIDENCE = '/releases/:tag/evidences/:file{[0-9]+\\.json}'

/** A snapshot by its number. The newest snapshot is in `release-page-routes.ts`. Hidden and missing evidence answer alike. */
export const evidenceRoutes = (parts: ContextParts) =>
  new Hono<ContextEnv>().get(EVIDENCE, withWebContext(parts), toPresentPath, async (c) => {
    const { tag, file } = c.req.param()
    const evidence = await findEvidence(contextOf(c), {
      projectPath: projectPathIn(c),
      tag,
      id: Number.parseInt(file, 10),
    })
    return evidence ? sendEvidence(c.req.raw, evidence) : c.notFound()
  })

type Shown = Extract<EvidencePageQuery['node'], { __typename: 'ReleaseEvidence' }>

const evidencePage = (id: number, { sha, collectedAt, summary }: Shown): Markup => html`
<h1>Evidence ${id}</h1>
<p><small>${collectedAt ? dateOf(collectedAt) : ''}, SHA-256 <code>${sha}</code></small></p>
<p><a href="${id}.json" download="evidence-${id}.json">Download</a>, byte for byte as it was signed.</p>
<pre dir="auto">${JSON.stringify(summary, null, 2)}</pre>`

async function show({ c, context, project }: AskedOfProject): Promise<Page | null> {
  const [tag = '', number] = [c.req.param('tag'), Number(c.req.param('number'))]
  const evidence = await findEvidence(context, { projectPath: project.fullPath, tag, id: number })
  if (!evidence) return null
  const { node } = await askEvidence(context, { id: toGlobalId('ReleaseEvidence', evidence.id) })
  if (node?.__typename !== 'ReleaseEvidence') return null
  return { title: `Evidence of ${project.name}`, body: evidencePage(evidence.id, node) }
}

/** A snapshot as people read it. */
export function evidencePageRoutes(parts: ContextParts) {
  const pages = projectPages(parts)
  pages.page('/releases/:tag/evidences/:number{[0-9]+}', show)
  return pages.routes
}

/** The same document, also of a project that is deleted and not yet removed. */
export const evidenceByDigest = (parts: ContextParts) =>
  new Hono<ContextEnv>().get('/-/evidence/:file{[0-9a-f]{64}\\.json}', withWebContext(parts), async (c) => {
    const evidence = await findEvidenceBySha(contextOf(c), c.req.param('file').slice(0, 64))
    return evidence ? sendEvidence(c.req.raw, evidence) : c.notFound()
  })

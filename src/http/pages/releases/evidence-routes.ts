import { Hono } from 'hono'
import { findEvidence, findEvidenceBySha } from '../../../modules/evidence/find-evidence.ts'
import type { ContextParts } from '../../../request/request-context.ts'
import { sendEvidence } from '../../files/send-evidence.ts'
import { type ContextEnv, contextOf } from '../../hono-context.ts'
import { toPresentPath } from '../kit/present-path.ts'
import { projectPathIn } from '../kit/project-address.ts'
import { withWebContext } from '../kit/web-request.ts'

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

/** The same document, also of a project that is deleted and not yet removed. */
export const evidenceByDigest = (parts: ContextParts) =>
  new Hono<ContextEnv>().get('/-/evidence/:file{[0-9a-f]{64}\\.json}', withWebContext(parts), async (c) => {
    const evidence = await findEvidenceBySha(contextOf(c), c.req.param('file').slice(0, 64))
    return evidence ? sendEvidence(c.req.raw, evidence) : c.notFound()
  })

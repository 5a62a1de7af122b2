import { Hono } from 'hono'
import { canonicalJson, type Json } from '../../modules/evidence/evidence-snapshot.ts'
import { findEvidence } from '../../modules/evidence/find-evidence.ts'
import { isUnchanged, PRIVATE } from '../entity-tag.ts'
import { type ContextEnv, contextOf, withContext } from '../hono-context.ts'
import type { ContextParts } from '../request-context.ts'
import { projectPathIn } from './project-address.ts'

/** The detached JWS over the body. */
const SIGNATURE_HEADER = 'x-waybill-signature'

/** The tag is one segment, its slashes encoded. */
const EVIDENCE = '/releases/:tag/evidences/:file{[0-9]+\\.json}'

/** The snapshot, byte for byte what its digest and signature cover. Whatever is hidden is answered as what is missing. */
export const evidenceRoutes = (parts: ContextParts) =>
  new Hono<ContextEnv>().get(EVIDENCE, withContext(parts), async (c) => {
    const { tag, file } = c.req.param()
    const evidence = await findEvidence(contextOf(c), {
      projectPath: projectPathIn(c),
      tag,
      id: Number.parseInt(file, 10),
    })
    if (!evidence) return c.notFound()
    const etag = `"${evidence.sha}"`
    const signature = evidence.signature === null ? {} : { [SIGNATURE_HEADER]: evidence.signature }
    const headers = { etag, ...PRIVATE, ...signature }
    if (isUnchanged(c.req.header('if-none-match'), etag)) return c.body(null, 304, headers)
    const text = canonicalJson(evidence.summary as Json)
    const length = { 'content-length': String(Buffer.byteLength(text)) }
    return c.body(text, 200, { ...headers, ...length, 'content-type': 'application/json; charset=utf-8' })
  })

import type { Evidence } from '../../generated/prisma/client.ts'
import { canonicalJson, type Json } from '../../modules/evidence/evidence-snapshot.ts'
import { isUnchanged, PRIVATE } from '../entity-tag.ts'

/** The detached JWS of the body. */
const SIGNATURE_HEADER = 'x-waybill-signature'

/** Answers with the snapshot, byte for byte what its digest and its signature cover. */
export function sendEvidence({ headers: sent }: Request, { sha, signature, summary }: Evidence): Response {
  const etag = `"${sha}"`
  const headers = { etag, ...PRIVATE, ...(signature === null ? {} : { [SIGNATURE_HEADER]: signature }) }
  if (isUnchanged(sent.get('if-none-match') ?? undefined, etag)) return new Response(null, { status: 304, headers })
  const text = canonicalJson(summary as Json)
  const body = { 'content-length': String(Buffer.byteLength(text)), 'content-type': 'application/json; charset=utf-8' }
  return new Response(text, { headers: { ...headers, ...body } })
}

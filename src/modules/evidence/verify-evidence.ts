import type { JSONWebKeySet } from 'jose'
import { type DetachedJws, isSignedBy, parseDetached, SIGNING_ALGORITHM } from '../../signing/detached-jws.ts'
import { EvidenceBundle } from './evidence-bundle.ts'
import { canonicalJson, digestOf, EVIDENCE_TYPE, type Json } from './evidence-snapshot.ts'

/** The result of one check. The evidence is what was signed if every check is ok. */
export type Check = { subject: 'document' | 'digest' | 'signature'; ok: boolean; finding: string }

export type EvidenceToVerify = {
  /** A snapshot, or a bundle of a snapshot with its digest and its signature. */
  bytes: Uint8Array
  jwks: JSONWebKeySet
  /** Needed unless the bytes are a bundle. If both are there, both are checked. */
  signature?: string
  /** The digest that was published. It may be missing. */
  sha?: string
}

const failed = (subject: Check['subject'], finding: string): Check => ({ subject, ok: false, finding })
const passed = (subject: Check['subject'], finding: string): Check => ({ subject, ok: true, finding })

/** Throws when the bytes are not UTF-8. */
const decode = (bytes: Uint8Array) => new TextDecoder('utf-8', { fatal: true }).decode(bytes)

type Read = { document: Json; canonical: string; form: string; shas: string[]; signatures: string[] }

const isBundle = (value: Json) => value !== null && typeof value === 'object' && Object.hasOwn(value, 'document')

function formOf(text: string, canonical: string): string {
  return text.trimEnd() === canonical ? 'canonical JSON' : 'JSON, not in canonical form; only its content counts'
}

/** Throws when something is wrong with the bytes; `reasonOf` words the error. */
function read({ bytes, sha, signature }: EvidenceToVerify): Read {
  const text = decode(bytes)
  const value = JSON.parse(text) as Json
  const bundle = isBundle(value) ? EvidenceBundle.parse(value) : null
  const document = bundle ? bundle.document : value
  const canonical = canonicalJson(document)
  return {
    document,
    canonical,
    form: bundle ? 'JSON, in a bundle' : formOf(text, canonical),
    shas: [bundle?.sha, sha].filter((given) => given !== undefined),
    signatures: [bundle?.signature, signature].filter((given) => given !== undefined),
  }
}

function checkDigests(document: Json, shas: readonly string[]): Check[] {
  const digest = digestOf(document)
  if (shas.length === 0) return [passed('digest', `${digest}; none was given to compare it with`)]
  return shas.map((sha) =>
    sha.trim().toLowerCase() === digest
      ? passed('digest', `${digest}, as published`)
      : failed('digest', `differs: the document has ${digest}, published was ${sha.trim()}`),
  )
}

function problemOf({ header }: DetachedJws): string | null {
  if (header.alg !== SIGNING_ALGORITHM) return `is made with ${header.alg}, not with ${SIGNING_ALGORITHM}`
  return header.typ === EVIDENCE_TYPE ? null : `is of the type ${header.typ ?? 'none'}, so it signs no evidence`
}

async function checkSignature(signature: string, { canonical }: Read, { keys }: JSONWebKeySet): Promise<Check> {
  const jws = parseDetached(signature)
  if (!jws) return failed('signature', 'is no detached JWS (header..signature)')
  const problem = problemOf(jws)
  if (problem) return failed('signature', problem)
  const { kid } = jws.header
  const key = keys.find((candidate) => candidate.kid === kid)
  if (!key) return failed('signature', `is by the key ${kid}, which is not among the ${keys.length} keys given`)
  if (await isSignedBy(key, jws, canonical)) return passed('signature', `by the key ${kid}`)
  return failed('signature', `does not fit: the key ${kid} did not sign this document`)
}

const reasonOf = (error: unknown) => {
  if (error instanceof SyntaxError) return `is no JSON: ${error.message}`
  if (error instanceof TypeError) return 'is not UTF-8 text'
  if (error instanceof RangeError) return `is no snapshot: ${error.message}`
  return 'is no bundle: it must have a document, a sha and a signature, and nothing else'
}

/** Needs neither the server that made the evidence nor a network. */
export async function verifyEvidence(evidence: EvidenceToVerify): Promise<Check[]> {
  let found: Read
  try {
    found = read(evidence)
  } catch (error) {
    return [failed('document', reasonOf(error))]
  }
  const signatures = await Promise.all(found.signatures.map((jws) => checkSignature(jws, found, evidence.jwks)))
  return [
    passed('document', found.form),
    ...checkDigests(found.document, found.shas),
    ...(signatures.length > 0 ? signatures : [failed('signature', 'was not given')]),
  ]
}

import { readFile } from 'node:fs/promises'
import { Command } from 'commander'
import type { JSONWebKeySet } from 'jose'
import { z } from 'zod'
import { invalid } from '../foundation/errors.ts'
import { decodeDocument, MalformedText } from '../foundation/text-decoding.ts'
import { type Check, verifyEvidence } from '../modules/evidence/verify-evidence.ts'

const FETCH_TIMEOUT_MS = 10_000

const Jwks = z.object({ keys: z.array(z.looseObject({ kty: z.string(), kid: z.string().optional() })) })

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error))

async function readInput(file: string): Promise<Uint8Array> {
  return readFile(file).catch((error) => {
    throw invalid(`Cannot read ${file}: ${messageOf(error)}`)
  })
}

async function readText(file: string): Promise<string> {
  const bytes = await readInput(file)
  try {
    return decodeDocument(bytes)
  } catch (error) {
    throw error instanceof MalformedText ? invalid(`${file} ${error.problem}`) : error
  }
}

async function download(url: string): Promise<string> {
  const response = await fetch(url, { signal: AbortSignal.timeout(FETCH_TIMEOUT_MS) }).catch((error) => {
    throw invalid(`Cannot reach ${url}: ${messageOf(error.cause ?? error)}`)
  })
  if (!response.ok) throw invalid(`${url} answers ${response.status}`)
  return response.text()
}

async function readJwks(place: string): Promise<JSONWebKeySet> {
  const text = await (/^https?:\/\//i.test(place) ? download(place) : readText(place))
  try {
    return Jwks.parse(JSON.parse(text)) as JSONWebKeySet
  } catch {
    throw invalid(`${place} is no JWK Set: {"keys": [...]} is expected`)
  }
}

/** A detached JWS contains two dots in a row. Any other text is the name of a file with the signature. */
const readSignature = async (jws: string) => (/^[\w-]+\.\.[\w-]+$/.test(jws) ? jws : (await readText(jws)).trim())

function report(checks: readonly Check[]): string {
  const lines = checks.map(
    ({ ok, subject, finding }) => `${ok ? 'ok     ' : 'FAILED '} ${subject.padEnd(9)} ${finding}`,
  )
  const all = checks.every(({ ok }) => ok)
  return [...lines, all ? 'The evidence is what was signed.' : 'The evidence is NOT proven.', ''].join('\n')
}

type Options = { jwks: string; signature?: string; sha?: string }

async function verify(file: string, { jwks, signature, sha }: Options): Promise<void> {
  const checks = await verifyEvidence({
    bytes: await readInput(file),
    jwks: await readJwks(jwks),
    ...(signature === undefined ? {} : { signature: await readSignature(signature) }),
    ...(sha === undefined ? {} : { sha }),
  })
  process.stdout.write(report(checks))
  if (!checks.every(({ ok }) => ok)) process.exitCode = 1
}

export const verifyCommand = () =>
  new Command('verify')
    .description(
      'Check the digest and the signature of evidence. Needs no server, and no network unless the keys are at a URL. ' +
        'Exits with 1 when anything is wrong.',
    )
    .argument('<file>', 'a bundle of `evidence export`, or the JSON that is served at the URL of the evidence')
    .requiredOption('--jwks <url-or-file>', 'the trusted keys: a copy of /.well-known/jwks.json, or its URL')
    .option('--signature <jws-or-file>', 'the signature: the header X-Waybill-Signature; a bundle has its own')
    .option('--sha <hex>', 'the digest that was published; a bundle has its own')
    .action(verify)

// Sends one request to a receiver that somebody names: to an address that was checked, within bounds of time and size, without
// following redirects.
import { type IncomingMessage, request as requestByHttp } from 'node:http'
import { request as requestByHttps } from 'node:https'
import { addressesOf, checkedLookup, isAddress, type Reachable } from './reachable.ts'

const MAX_ANSWER_BYTES = 64 * 1024

export type Posting = {
  url: URL
  headers: Readonly<Record<string, string>>
  body: string
  mayReach: Reachable
  /** Whether the certificate must be valid. */
  verifies: boolean
  /** Ends the request. */
  signal: AbortSignal
}

export type PostAnswer = {
  status: number
  headers: [string, string][]
  /** The beginning of the body; what arrives after it is not read. */
  body: string
  /** Whether there was more. */
  isCut: boolean
}

async function beginningOf(answer: IncomingMessage): Promise<Pick<PostAnswer, 'body' | 'isCut'>> {
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      chunks.push(chunk)
      size += chunk.length
      if (size >= MAX_ANSWER_BYTES) break
    }
  } catch {
    // The status has arrived, which is the answer.
  }
  answer.destroy()
  // PostgreSQL stores no NUL.
  const body = Buffer.concat(chunks).subarray(0, MAX_ANSWER_BYTES).toString('utf8').replaceAll('\0', '')
  return { body, isCut: size >= MAX_ANSWER_BYTES }
}

function headersOf({ rawHeaders }: IncomingMessage): [string, string][] {
  const pairs: [string, string][] = []
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) pairs.push([rawHeaders[at] ?? '', rawHeaders[at + 1] ?? ''])
  return pairs
}

export async function post({ url, headers, body, mayReach, verifies, signal }: Posting): Promise<PostAnswer> {
  // Node resolves no name that is an address.
  if (isAddress(url)) await addressesOf(url, mayReach)
  const request = url.protocol === 'https:' ? requestByHttps : requestByHttp
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const sent = request(url, {
      method: 'POST',
      // A connection for each request, so that none is left over.
      agent: false,
      lookup: checkedLookup(mayReach),
      rejectUnauthorized: verifies,
      headers: { ...headers, 'Content-Length': String(Buffer.byteLength(body)) },
      signal,
    })
    sent.on('response', resolve)
    sent.on('error', reject)
    sent.end(body)
  })
  return { status: answer.statusCode ?? 0, headers: headersOf(answer), ...(await beginningOf(answer)) }
}

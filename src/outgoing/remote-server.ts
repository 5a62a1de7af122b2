// Asks another server by HTTP, at an address that was checked, within bounds of time and size.
import { type ClientRequest, type IncomingMessage, request as requestByHttp } from 'node:http'
import { request as requestByHttps } from 'node:https'
import { setTimeout } from 'node:timers/promises'
import { AppError } from '../foundation/errors.ts'
import { parseUrl } from '../foundation/parse-url.ts'
import { addressesOf, checkedLookup, isAddress, type Reachable } from './reachable.ts'

/** An answer that takes longer is given up; a download, when nothing arrives for this long. */
const PATIENCE_MS = 60_000
const LONGEST_FILE_MS = 60 * 60_000
const MAX_JSON_BYTES = 64 * 1024 ** 2
const ATTEMPTS = 4
/** Each further pause is three times as long. */
const FIRST_PAUSE_MS = 300
/** A server that asks for a longer pause is asked again by the next import. */
const LONGEST_PAUSE_MS = 15 * 60_000
const MAX_REDIRECTS = 3

/** The other server cannot be asked on now. */
export class RemoteFailure extends AppError {
  override readonly name = 'RemoteFailure'

  constructor(message: string) {
    super('UNAVAILABLE', message)
  }
}

/** The other server has answered, but not with what was asked for. */
export class RemoteRefusal extends AppError {
  override readonly name = 'RemoteRefusal'
  readonly status: number

  constructor(status: number, message: string) {
    super('INVALID', message)
    this.status = status
  }
}

export type RemoteOptions = {
  /** All that is asked for begins with this URL. */
  base: URL
  /** Sent to no other origin, and neither logged nor part of an error. */
  token: string | null
  mayReach: Reachable
  signal?: AbortSignal | undefined
}

export type RemoteServer = {
  json: (path: string) => Promise<unknown>
  /** The body of a file as a stream. A stream that nobody reads on is cut off after a minute. */
  file: (path: string) => Promise<IncomingMessage>
}

type Asked = RemoteOptions & { url: URL }

/** The status and the headers have arrived. */
function answerOf(sent: ClientRequest): Promise<IncomingMessage> {
  const giveUp = () => void sent.destroy(new Error('no answer in time'))
  const timer = globalThis.setTimeout(giveUp, PATIENCE_MS)
  return new Promise<IncomingMessage>((resolve, reject) => {
    sent.on('response', resolve)
    sent.on('error', reject)
    sent.on('timeout', giveUp)
    sent.end()
  }).finally(() => clearTimeout(timer))
}

async function send({ url, token, mayReach, signal }: Asked): Promise<IncomingMessage> {
  if (isAddress(url)) await addressesOf(url, mayReach)
  const request = url.protocol === 'https:' ? requestByHttps : requestByHttp
  return answerOf(
    request(url, {
      // A connection for each request, so that none is left over.
      agent: false,
      lookup: checkedLookup(mayReach),
      timeout: PATIENCE_MS,
      signal,
      headers: {
        'user-agent': 'Waybill',
        accept: 'application/json',
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      },
    }),
  )
}

/** Milliseconds; null when the answer does not ask for a pause. GitHub answers 403 when the limit of an hour is used up. */
function pauseOf({ statusCode, headers }: IncomingMessage): number | null {
  const isUsedUp = statusCode === 403 && headers['x-ratelimit-remaining'] === '0'
  const after = headers['retry-after']
  if (isUsedUp && after === undefined) return Number(headers['x-ratelimit-reset'] ?? 0) * 1000 - Date.now()
  if (statusCode !== 429 && statusCode !== 503 && !(statusCode === 403 && after !== undefined)) return null
  if (after === undefined) return FIRST_PAUSE_MS
  return /^\d+$/.test(after) ? Number(after) * 1000 : Date.parse(after) - Date.now()
}

const isPassing = (status = 0) => status === 500 || status === 502 || status === 504

/** Follows a renamed project, and no redirect to another origin, because the request carries the token. */
function redirected({ url }: Asked, { headers }: IncomingMessage): URL {
  const location = headers.location ?? ''
  const target = parseUrl(location, url) ?? url
  if (target.origin === url.origin) return target
  throw new AppError('INVALID', `${url.origin} leads to ${target.origin}, which is not followed: import from there`)
}

const shown = ({ origin, pathname }: URL) => `${origin}${pathname}`

async function wait(asked: Asked, milliseconds: number): Promise<void> {
  if (milliseconds > LONGEST_PAUSE_MS) {
    throw new RemoteFailure(`${asked.url.origin} allows no more requests for now: import again later`)
  }
  // A time that makes no sense is no time.
  await setTimeout(Math.max(milliseconds || 0, FIRST_PAUSE_MS), undefined, { signal: asked.signal })
}

const pauseAfter = (tries: number) => FIRST_PAUSE_MS * 3 ** (tries - 1)

/** Null when it may succeed later. */
async function attempt(asked: Asked): Promise<{ answer: IncomingMessage | null; pause: number | null }> {
  const answer = await send(asked).catch((error: NodeJS.ErrnoException) => {
    if (error instanceof AppError || asked.signal?.aborted) throw error
    return null
  })
  const pause = answer && pauseOf(answer)
  if (answer && pause === null && !isPassing(answer.statusCode)) return { answer, pause }
  answer?.destroy()
  return { answer: null, pause }
}

async function persist(asked: Asked, tries = 1): Promise<IncomingMessage> {
  const { answer, pause } = await attempt(asked)
  if (answer) return answer
  if (tries === ATTEMPTS) throw new RemoteFailure(`${shown(asked.url)} does not answer: import again later`)
  await wait(asked, pause ?? pauseAfter(tries))
  return persist(asked, tries + 1)
}

async function getAnswer(asked: Asked, redirects = 0): Promise<IncomingMessage> {
  const answer = await persist(asked)
  const status = answer.statusCode ?? 0
  if (status >= 200 && status < 300) return answer
  answer.destroy()
  if (status < 300 || status >= 400) throw new RemoteRefusal(status, `${shown(asked.url)} answers ${status}`)
  if (redirects === MAX_REDIRECTS) throw new AppError('INVALID', `${shown(asked.url)} leads in a circle`)
  return getAnswer({ ...asked, url: redirected(asked, answer) }, redirects + 1)
}

async function readText(answer: IncomingMessage, url: URL): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  const deadline = Date.now() + PATIENCE_MS
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > MAX_JSON_BYTES) throw new AppError('INVALID', `${shown(url)} answers more than ${MAX_JSON_BYTES} bytes`)
    if (Date.now() > deadline) throw new RemoteFailure(`${shown(url)} answers too slowly`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** A body that breaks off is asked for again, as an answer that does not come is. */
async function readJson(asked: Asked, tries = 1): Promise<unknown> {
  const answer = await getAnswer(asked)
  const text = await readText(answer, asked.url).catch((error) => {
    if (error instanceof AppError || asked.signal?.aborted) throw error
    if (tries === ATTEMPTS) throw new RemoteFailure(`${shown(asked.url)} breaks off: import again later`)
    return null
  })
  if (text === null) {
    await wait(asked, pauseAfter(tries))
    return readJson(asked, tries + 1)
  }
  try {
    return JSON.parse(text)
  } catch {
    throw new RemoteRefusal(200, `${shown(asked.url)} does not answer with JSON`)
  }
}

export function remoteServer(options: RemoteOptions): RemoteServer {
  const at = (path: string): Asked => ({ ...options, url: new URL(`${options.base.href.replace(/\/$/, '')}/${path}`) })
  const within = (milliseconds: number) => {
    const end = AbortSignal.timeout(milliseconds)
    return options.signal ? AbortSignal.any([options.signal, end]) : end
  }
  return {
    json: (path) => readJson(at(path)),
    file: (path) => getAnswer({ ...at(path), signal: within(LONGEST_FILE_MS) }),
  }
}

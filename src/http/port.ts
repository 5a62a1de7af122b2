// The port of a server. The server takes it when it can answer requests, and gives it up when no request waits.
import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http'
import { type AddressInfo, createServer, type Server as NetServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { StartError } from '../foundation/start-error.ts'
import { refuseReads } from './refused-reads.ts'
import { inTurn } from './requests-in-turn.ts'

/** `setting` is what the operator sets to have another port. */
export type Address = { host: string; port: number; setting?: string }

const listenErrors = (setting: string): Record<string, string> => ({
  EADDRINUSE: `(the port is in use): set ${setting} to a free one`,
  EACCES: `(permission denied): set ${setting} to one above 1023`,
})

/** `alone` means that other processes of this command do not share the port. */
function listen(server: NetServer, { host, port, setting = 'PORT' }: Address, alone: boolean): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', ({ code = '', message }: NodeJS.ErrnoException) => {
      const cause = listenErrors(setting)[code] ?? `(${message}): set HOST to an address of this machine`
      reject(new StartError(`Cannot listen on ${host}:${port} ${cause}`))
    })
    server.listen({ host, port, exclusive: alone }, () => resolve(server.address() as AddressInfo))
  })
}

const closed = (server: NetServer) => new Promise<void>((resolve) => server.close(() => resolve()))

export type ReservedPort = { address: string; port: number; release: () => Promise<void> }

/**
 * Throws a StartError when the port is not available, before the server does anything else. A port that the operator named is
 * free again afterwards, because a proxy must not send requests to a server that cannot answer yet. A port that was found for
 * port 0 is held until it is released.
 */
export async function reservePort(place: Address): Promise<ReservedPort> {
  const holder = createServer((socket) => socket.destroy())
  const { address, port } = await listen(holder, place, true)
  if (place.port !== 0) await closed(holder)
  const release = () => (holder.listening ? closed(holder) : Promise.resolve())
  return { address, port, release }
}

/** An upload or a push over a slow line may take this long. */
const LONGEST_REQUEST_MS = 24 * 60 * 60 * 1000
/** The headers of a request are a few packets over any line. */
const LONGEST_HEAD_MS = 30 * 1000
const HEADS_CHECK_MS = 2_000
/** A connection on which nothing comes or goes is closed after this time. */
const LONGEST_SILENCE_MS = 5 * 60 * 1000
/**
 * The longest pause between two requests. Proxies keep connections for at most 60 s. We must not close first, because a request
 * may be on its way.
 */
const LONGEST_PAUSE_MS = 65 * 1000

/** Connections on which no request has come yet. Some clients open connections in advance. */
function watchUnused(server: Server): ReadonlySet<Socket> {
  const unused = new Set<Socket>()
  server.on('connection', (socket) => {
    unused.add(socket)
    socket.once('close', () => unused.delete(socket))
  })
  server.on('request', ({ socket }) => unused.delete(socket))
  return unused
}

/** Less than the shortest `fail_timeout` that nginx can be given, which is a second. */
const REFUSING_MS = 500

export type Listening = {
  /** Lets reads fail for a moment, so that proxies without checks of their own go elsewhere before the port is closed. */
  sendAway: () => Promise<void>
  /** Closes the port. Requests in flight are finished first. */
  close: () => Promise<void>
}

export async function serveOn(place: Address, answer: RequestListener): Promise<Listening> {
  const server = createHttpServer({
    requestTimeout: LONGEST_REQUEST_MS,
    headersTimeout: LONGEST_HEAD_MS,
    connectionsCheckingInterval: HEADS_CHECK_MS,
    keepAliveTimeout: LONGEST_PAUSE_MS,
  })
  server.timeout = LONGEST_SILENCE_MS
  const unused = watchUnused(server)
  const reads = refuseReads(answer)
  server.on('request', inTurn(reads.answer))
  await listen(server, place, false)
  const sendAway = async () => {
    reads.begin()
    await sleep(REFUSING_MS)
  }
  return { sendAway, close: () => closeServer(server, unused) }
}

/** A turn of the event loop in which nothing happened takes less time. */
const QUIET_MS = 0.1
/** How long a server that is never quiet waits. Proxies that were sent away come back after a second or two. */
const LONGEST_WAIT_MS = 250

/**
 * Waits until the kernel has no connection that we have not accepted, because it resets such connections when the port is closed.
 * Each turn of the event loop accepts all of them. After a turn that took no time, only connections of the last microseconds can
 * be left.
 */
function nothingWaits(): Promise<void> {
  return new Promise((resolve) => {
    const began = performance.now()
    let before = began
    const look = () => {
      const now = performance.now()
      if (now - before < QUIET_MS || now - began > LONGEST_WAIT_MS) return resolve()
      before = now
      setImmediate(look)
    }
    setImmediate(look)
  })
}

const IDLE_CHECK_MS = 50
/** How long an unused connection waits for a request that may be on its way. */
const UNUSED_MS = 1_000

/** Closes the server. Idle connections are closed too, also when they have just had their answer. */
async function closeServer(server: Server, unused: ReadonlySet<Socket>): Promise<void> {
  await nothingWaits()
  const idle = setInterval(() => server.closeIdleConnections(), IDLE_CHECK_MS)
  const giveUp = setTimeout(() => unused.forEach((socket) => void socket.destroy()), UNUSED_MS)
  await closed(server)
  clearInterval(idle)
  clearTimeout(giveUp)
}

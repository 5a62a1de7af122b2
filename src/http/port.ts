// The port of a server: taken when requests can be answered, given up when none waits for it.
import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http'
import { type AddressInfo, createServer, type Server as NetServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { StartError } from '../foundation/start-error.ts'
import { refuseReads } from './refused-reads.ts'
import { inTurn } from './requests-in-turn.ts'

export type Place = { host: string; port: number }

const LISTEN_ERRORS: Record<string, string> = {
  EADDRINUSE: '(the port is in use): set PORT to a free one',
  EACCES: '(permission denied): set PORT to one above 1023',
}

/** `alone`: not shared with other processes of this command. */
function listen(server: NetServer, { host, port }: Place, alone: boolean): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', ({ code = '', message }: NodeJS.ErrnoException) => {
      const cause = LISTEN_ERRORS[code] ?? `(${message}): set HOST to an address of this machine`
      reject(new StartError(`Cannot listen on ${host}:${port} ${cause}`))
    })
    server.listen({ host, port, exclusive: alone }, () => resolve(server.address() as AddressInfo))
  })
}

const closed = (server: NetServer) => new Promise<void>((resolve) => server.close(() => resolve()))

export type ReservedPort = {
  /** As a URL names it. */
  address: string
  port: number
  release: () => Promise<void>
}

/**
 * Throws a StartError where the port cannot be had, before anything is made. A port that was named is free again afterwards: a
 * proxy must not send requests to a server that cannot answer them. One that was found, for port 0, is held until it is released.
 */
export async function reservePort(place: Place): Promise<ReservedPort> {
  const holder = createServer((socket) => socket.destroy())
  const { address, port } = await listen(holder, place, true)
  if (place.port !== 0) await closed(holder)
  const release = () => (holder.listening ? closed(holder) : Promise.resolve())
  return { address, port, release }
}

/** An upload or a push over a slow line. */
const LONGEST_REQUEST_MS = 24 * 60 * 60 * 1000
/** Of a head, which is a few packets over any line. */
const LONGEST_HEAD_MS = 30 * 1000
const HEADS_CHECK_MS = 2_000
/** Of a connection on which nothing comes or goes. */
const LONGEST_SILENCE_MS = 5 * 60 * 1000
/** Between two requests. Proxies keep connections for 60 s at most: who closes first must not be we, as a request may be on its way. */
const LONGEST_PAUSE_MS = 65 * 1000

/** Connections on which no request has come yet: some clients open them in advance. */
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
  /** Fails reads for a moment, so that proxies without checks of their own go elsewhere before the port is closed. */
  sendAway: () => Promise<void>
  /** Requests in flight are finished. */
  close: () => Promise<void>
}

export async function serveOn(place: Place, answer: RequestListener): Promise<Listening> {
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

/** A turn of the event loop in which nothing happened. */
const QUIET_MS = 0.1
/** Of a server that is never quiet. Proxies that were sent away come back after a second or two. */
const LONGEST_WAIT_MS = 250

/**
 * The kernel sets connections up by itself, and resets those that nobody has accepted when the port is closed. Each turn accepts
 * them all: right after one that took no time there are none, but for some microseconds' worth.
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
/** For a request that is on its way. */
const UNUSED_MS = 1_000

/** A connection that idles is closed, also one that has just had its answer. */
async function closeServer(server: Server, unused: ReadonlySet<Socket>): Promise<void> {
  await nothingWaits()
  const idle = setInterval(() => server.closeIdleConnections(), IDLE_CHECK_MS)
  const giveUp = setTimeout(() => unused.forEach((socket) => void socket.destroy()), UNUSED_MS)
  await closed(server)
  clearInterval(idle)
  clearTimeout(giveUp)
}

// The means of the attacks: ordinary requests, and bytes on a socket that no client would send.
import { once } from 'node:events'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { connect, type Socket } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import type { Demo } from '../../src/demo/demo-file.ts'
import { type Answer, CUT_OFF, type Send, STILL_OPEN, type Target } from './attack.ts'

const KEPT_CHARACTERS = 200_000

export type Message = {
  method?: string
  path?: string
  headers?: Record<string, string | string[]>
  body?: string | Buffer
  as?: keyof Demo['tokens']
}

async function readAnswer(response: IncomingMessage, started: number): Promise<Answer> {
  let body = ''
  let bytes = 0
  response.setEncoding('latin1')
  try {
    for await (const piece of response as AsyncIterable<string>) {
      bytes += piece.length
      if (body.length < KEPT_CHARACTERS) body += piece
    }
  } catch {
    // The answer was cut off in the middle; the part that came counts.
  }
  const headers = Object.fromEntries(Object.entries(response.headers).map(([name, value]) => [name, String(value)]))
  return { status: response.statusCode ?? CUT_OFF, headers, body, bytes, ms: performance.now() - started }
}

const cutOff = (started: number): Answer => ({
  status: CUT_OFF,
  headers: {},
  body: '',
  bytes: 0,
  ms: performance.now() - started,
})

const quiet = new WeakSet<Socket>()

/** The socket may still fail when no request uses it any more. */
function quieten(socket: Socket): void {
  if (quiet.has(socket)) return
  quiet.add(socket)
  socket.on('error', () => {})
}

/** Sends one request and reads its answer to the end. */
export async function ask(target: Target, message: Message): Promise<Answer> {
  const { method = 'GET', path = '/', headers = {}, body, as } = message
  const started = performance.now()
  const { host, port, agent, signal } = target
  const credential = as ? { 'private-token': target.tokens[as] } : {}
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }
  const request = httpRequest({ host, port, agent, method, path, headers: { ...length, ...credential, ...headers } })
  const end = () => void request.destroy()
  // A request that has failed may fail again, because a server that answers early closes the connection.
  request.on('error', () => {}).once('socket', quieten)
  signal.addEventListener('abort', end, { once: true })
  try {
    request.end(body)
    const [response] = (await once(request, 'response')) as [IncomingMessage]
    return await readAnswer(response, started)
  } catch {
    return cutOff(started)
  } finally {
    signal.removeEventListener('abort', end)
  }
}

export const send =
  (...messages: Message[]): Send =>
  (target) =>
    Promise.all(messages.map((message) => ask(target, message)))

/** Sends many requests, each made from its number, `width` of them at a time. */
export const flood =
  (count: number, message: (n: number) => Message, width = 32): Send =>
  async (target) => {
    const answers: Answer[] = []
    let sent = 0
    const next = async (): Promise<void> => {
      if (sent >= count || target.signal.aborted) return
      answers.push(await ask(target, message(sent++)))
      await next()
    }
    await Promise.all(Array.from({ length: width }, next))
    return answers
  }

/** Sends the requests one after the other, each when the one before is answered. */
export const inTurn =
  (...messages: Message[]): Send =>
  (target) =>
    flood(messages.length, (n) => messages[n] ?? {}, 1)(target)

/** Opens a connection, which is closed when the attack is over. */
export async function dial(target: Target): Promise<Socket> {
  const { host, port, address, signal } = target
  const socket = connect({ host, port, localAddress: address })
  socket.on('error', () => {})
  signal.addEventListener('abort', () => socket.destroy(), { once: true })
  await Promise.race([once(socket, 'connect'), once(socket, 'close')]).catch(() => {})
  return socket
}

export type Piece = string | Buffer

/** Puts the pieces on a socket, slowly if there is a pause, for as long as the other side listens. */
async function write(socket: Socket, pieces: Iterable<Piece>, pauseMs = 0): Promise<void> {
  for (const piece of pieces) {
    if (socket.destroyed || !socket.writable) return
    if (!socket.write(piece, 'latin1'))
      await Promise.race([once(socket, 'drain'), once(socket, 'close')]).catch(() => {})
    if (pauseMs > 0) await setTimeout(pauseMs)
  }
}

const STATUS_LINES = /^HTTP\/1\.[01] (\d{3})/gm

/** The statuses in what a socket got, without `100 Continue`. */
function answersIn(text: string, ms: number, isOpen: boolean): Answer[] {
  const found = [...text.matchAll(STATUS_LINES)].map(([, status]) => Number(status)).filter((status) => status >= 200)
  const statuses = found.length > 0 ? found : [isOpen ? STILL_OPEN : CUT_OFF]
  return statuses.map((status) => ({ status, headers: {}, body: text, bytes: text.length, ms }))
}

export type Wire = {
  pauseMs?: number
  /** How long to listen on for what comes when the connection stays open. */
  listenMs?: number
}

/** Sends the bytes as they are, and collects what comes back until the server closes or stays silent for a while. */
export const bytes =
  (pieces: (target: Target) => Iterable<Piece>, { pauseMs = 0, listenMs = 1_000 }: Wire = {}): Send =>
  async (target) => {
    const started = performance.now()
    const socket = await dial(target)
    let text = ''
    let lastMs = 0
    socket.setEncoding('latin1').on('data', (piece: string) => {
      text += piece
      lastMs = performance.now() - started
    })
    const closed = once(socket, 'close').catch(() => {})
    await Promise.race([write(socket, pieces(target), pauseMs), closed])
    await Promise.race([closed, setTimeout(listenMs)])
    const ms = lastMs || performance.now() - started
    const isOpen = !socket.destroyed
    socket.destroy()
    return answersIn(text, ms, isOpen)
  }

/** A request's head as text. */
export const head = (line: string, ...headers: string[]): string =>
  `${[line, 'Host: localhost', ...headers].join('\r\n')}\r\n\r\n`

const LISTEN_MS = 500

/** What has arrived by now, or arrives in a moment. */
async function endOf(socket: Socket, started: number): Promise<Answer[]> {
  const text = { begins: '' }
  socket.setEncoding('latin1').on('data', (piece: string) => {
    if (text.begins.length < KEPT_CHARACTERS) text.begins += piece
  })
  socket.resume()
  await Promise.race([once(socket, 'data'), once(socket, 'close'), setTimeout(LISTEN_MS)]).catch(() => {})
  const isOpen = !socket.destroyed
  socket.destroy()
  return answersIn(text.begins, performance.now() - started, isOpen)
}

/** Connections that send requests and do not read the answers until, after a while, they look how it ended. */
export const unread =
  (count: number, request: (target: Target, n: number) => string, holdMs: number): Send =>
  async (target) => {
    const started = performance.now()
    const sockets = await Promise.all(
      Array.from({ length: count }, async (_, n) => {
        const socket = (await dial(target)).pause()
        socket.write(request(target, n))
        return socket
      }),
    )
    await setTimeout(holdMs)
    return (await Promise.all(sockets.map((socket) => endOf(socket, started)))).flat()
  }

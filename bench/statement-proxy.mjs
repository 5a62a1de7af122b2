// A proxy in front of the database that reads what clients send: messages of PostgreSQL's protocol.
import { once } from 'node:events'
import { connect, createServer } from 'node:net'

/** Calls back for each message of a client with its kind and body, except for the first, which has no kind. */
function reader(onMessage) {
  let rest = Buffer.alloc(0)
  let started = false
  return (chunk) => {
    rest = Buffer.concat([rest, chunk])
    for (;;) {
      const head = started ? 1 : 0
      if (rest.length < head + 4) return
      const size = head + rest.readInt32BE(head)
      if (rest.length < size) return
      if (started) onMessage(String.fromCharCode(rest[0]), rest.subarray(head + 4, size))
      started = true
      rest = rest.subarray(size)
    }
  }
}

/** `url` names the same database by way of the proxy. `onConnection` makes what hears the messages of one connection. */
export async function openProxy(url, onConnection) {
  const target = new URL(url)
  const sockets = new Set()
  const server = createServer((client) => {
    const database = connect(Number(target.port || 5432), target.hostname)
    const close = () => {
      client.destroy()
      database.destroy()
    }
    for (const socket of [client, database]) {
      sockets.add(socket)
      socket
        .setNoDelay(true)
        .on('error', () => {})
        .on('close', close)
    }
    client.on('data', reader(onConnection()))
    client.pipe(database).pipe(client)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const proxied = new URL(url)
  proxied.hostname = '127.0.0.1'
  proxied.port = String(server.address().port)
  proxied.searchParams.set('sslmode', 'disable')
  return {
    url: proxied.href,
    close() {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}

const SIMPLE_QUERY = 'Q'
const EXECUTE = 'E'
const PARSE = 'P'
const BIND = 'B'

/** Counts the statements of all clients. */
export async function openCounter(url) {
  let count = 0
  const proxy = await openProxy(url, () => (kind) => {
    if (kind === SIMPLE_QUERY || kind === EXECUTE) count += 1
  })
  return { ...proxy, count: () => count }
}

function textAt(body, from) {
  const end = body.indexOf(0, from)
  return [body.toString('utf8', from, end), end + 1]
}

/** The statement and the values, as text, that a Bind message names. */
function readBind(body) {
  const [, afterPortal] = textAt(body, 0)
  const [statement, afterName] = textAt(body, afterPortal)
  let at = afterName + 2 + 2 * body.readInt16BE(afterName)
  const values = Array.from({ length: body.readInt16BE(at) })
  at += 2
  for (const index of values.keys()) {
    const length = body.readInt32BE(at)
    values[index] = length === -1 ? null : body.toString('utf8', at + 4, at + 4 + length)
    at += 4 + Math.max(length, 0)
  }
  return { statement, values }
}

/** Records the text and the values of each prepared statement that is run. */
export async function openRecorder(url) {
  let statements = []
  const proxy = await openProxy(url, () => {
    const texts = new Map()
    return (kind, body) => {
      if (kind === PARSE) {
        const [name, next] = textAt(body, 0)
        texts.set(name, textAt(body, next)[0])
      }
      if (kind !== BIND) return
      const { statement, values } = readBind(body)
      statements.push({ text: texts.get(statement), values })
    }
  })
  const take = () => {
    const taken = statements
    statements = []
    return taken
  }
  return { ...proxy, take }
}

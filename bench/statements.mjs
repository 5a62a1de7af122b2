// Counts the SQL statements of a request: a proxy in front of the database that reads the messages of its protocol.

import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { creation, requestOf } from './queries.mjs'
import { ask, start } from './subjects.mjs'

const QUERY = 'Q'.charCodeAt(0)
const EXECUTE = 'E'.charCodeAt(0)

/** Calls back for each message of a client: a kind and a length, except for the first, which has a length alone. */
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
      if (started) onMessage(rest[0])
      started = true
      rest = rest.subarray(size)
    }
  }
}

/** The URL of the same database through a counter. */
async function openCounter(url) {
  const target = new URL(url)
  let count = 0
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
    const read = reader((kind) => {
      if (kind === QUERY || kind === EXECUTE) count += 1
    })
    client.on('data', read)
    client.pipe(database).pipe(client)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const proxied = new URL(url)
  proxied.hostname = '127.0.0.1'
  proxied.port = String(server.address().port)
  proxied.searchParams.set('sslmode', 'disable')
  return {
    url: proxied.href,
    count: () => count,
    close() {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}

const ASKED = 5

/** The median of some requests, one after the other: the first may have prepared something. */
async function countOf(query, { subject, request }, running, { counter, tokens, cleanUp }) {
  const counts = []
  for (let n = 1; n <= ASKED; n++) {
    const before = counter.count()
    await ask(running, query.writes ? requestOf(creation(query, n), subject, tokens) : request)
    counts.push(counter.count() - before)
  }
  if (query.writes) await cleanUp(null)
  return counts.sort((a, b) => a - b)[Math.floor(ASKED / 2)]
}

/** `<query> <subject>` -> statements per request. In processes of their own, which are not timed and run no jobs. */
export async function countAll(subjects, checked, parts, bench) {
  const counts = {}
  const counter = await openCounter(parts.url)
  for (const { name, ...subject } of subjects) {
    const command = subject.jobs ? [...subject.command, '--no-worker'] : subject.command
    const mine = [...checked].flatMap(([query, all]) =>
      all.filter((one) => one.subject.name === name).map((one) => [query, one]),
    )
    const running = await start({ ...subject, name, command }, { ...parts, url: counter.url })
    for (const [query, one] of mine) {
      counts[`${query.name} ${name}`] = await countOf(query, one, running, { ...bench, counter })
    }
    await running.stop()
  }
  counter.close()
  return counts
}

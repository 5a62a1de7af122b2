// A proxy in front of the database that reads the messages of PostgreSQL's protocol in both directions.
import { once } from 'node:events'
import { connect, createServer } from 'node:net'

/** Calls back for each message with its kind and body. A client's first message has no kind and is skipped. */
function reader(onMessage, started) {
  let rest = Buffer.alloc(0)
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

const ignore = () => {}

/** `url` leads to the database through the proxy. Calls back for each message with its kind and body. */
async function openProxy(url, { onRequest = ignore, onAnswer = ignore }) {
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
      socket.setNoDelay(true).on('error', ignore).on('close', close)
    }
    client.on('data', reader(onRequest, false))
    database.on('data', reader(onAnswer, true))
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
const NOTICE = 'N'

/** Counts the statements of all clients. */
export async function openCounter(url) {
  let count = 0
  const onRequest = (kind) => {
    if (kind === SIMPLE_QUERY || kind === EXECUTE) count += 1
  }
  const proxy = await openProxy(url, { onRequest })
  return { ...proxy, count: () => count }
}

/** Settings that make PostgreSQL send the plan of each statement to the client. The first replaces a setting of Waybill. */
const EXPLAINED = [
  'plan_cache_mode=force_generic_plan',
  'session_preload_libraries=auto_explain',
  'auto_explain.log_level=notice',
  'auto_explain.log_min_duration=0',
  'auto_explain.log_nested_statements=on',
  'auto_explain.log_analyze=on',
  'auto_explain.log_timing=off',
  'auto_explain.log_format=json',
]

function explained(url) {
  const target = new URL(url)
  target.searchParams.set('options', EXPLAINED.map((setting) => `-c ${setting}`).join(' '))
  return target.href
}

/** A notice consists of fields that end with a zero byte. The field M is the message for people. */
function planIn(notice) {
  const fields = notice.toString('utf8').split('\0')
  const text = fields.find((field) => field.startsWith('M') && field.includes('"Query Text"'))
  return text && JSON.parse(text.slice(text.indexOf('{')))
}

/** Records the plan of every statement, also of statements in triggers and foreign keys. */
export async function openRecorder(url) {
  let plans = []
  const onAnswer = (kind, body) => {
    const plan = kind === NOTICE && planIn(body)
    if (plan) plans.push(plan)
  }
  const proxy = await openProxy(explained(url), { onAnswer })
  const take = () => {
    const taken = plans
    plans = []
    return taken
  }
  return { ...proxy, take }
}

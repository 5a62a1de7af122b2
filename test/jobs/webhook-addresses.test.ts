import dns from 'node:dns'
import { syncBuiltinESMExports } from 'node:module'
import { expect, onTestFinished, test } from 'vitest'
import { useApp } from '../support/app.ts'
import { startReceiver } from '../support/receiver.ts'
import { work } from './job-world.ts'
import { useWebhooks } from './webhook-world.ts'

/** Stands for the public addresses. */
const PUBLIC = '127.0.0.2'
const PRIVATE = '127.0.0.1'
const app = useApp({ allowedPrivateAddresses: [PUBLIC] })
const { send, hook, hooks, publish, until } = useWebhooks(app)

/** Answers for one name with these addresses, one list after the other, and with the last one from then on. */
function resolve(name: string, ...answers: [string[], ...string[][]]) {
  const system = dns.lookup
  const rest = [...answers]
  const asked: string[][] = []
  const lookup = (host: string, options: dns.LookupAllOptions, callback: (...found: unknown[]) => void) => {
    if (host !== name) return system(host, options, callback as never)
    const answer = (rest.length > 1 ? rest.shift() : rest[0]) ?? []
    asked.push(answer)
    process.nextTick(
      callback,
      null,
      answer.map((address) => ({ address, family: 4 })),
    )
  }
  const use = (one: typeof dns.lookup) => {
    dns.lookup = one
    syncBuiltinESMExports()
  }
  use(lookup as never)
  onTestFinished(() => use(system))
  return asked
}

/** Two receivers with one port, at the two addresses. */
async function startReceivers() {
  const open = await startReceiver(undefined, { host: PUBLIC })
  const { port } = new URL(open.url)
  return { open, inner: await startReceiver(undefined, { host: PRIVATE, port: Number(port) }), port }
}

test('an address that is not allowed any more is not asked, whether the URL has it or a name', async () => {
  await work(app, { allowed: [] })
  const { open, port } = await startReceivers()
  resolve('open.example', [PUBLIC])
  const byName = await hook(`http://open.example:${port}/`, { releases_events: true })
  const byAddress = await hook(open.url, { releases_events: true })
  await publish()
  for (const made of [byName, byAddress]) {
    const kept = await until(made, ({ attempts }) => attempts === 1)
    expect([kept.responseStatus, kept.error]).toEqual([null, expect.stringContaining('is at a private address')])
  }
  expect(open.received).toEqual([])
})

test('a name is looked up once for each delivery, which goes to the address that was checked', async () => {
  await work(app, { allowed: [PUBLIC] })
  const { open, inner, port } = await startReceivers()
  const asked = resolve('moves.example', [PUBLIC], [PUBLIC], [PRIVATE])
  const made = await hook(`http://moves.example:${port}/`, { releases_events: true })
  expect(asked).toHaveLength(1)
  await publish()
  await until(made, ({ attempts }) => attempts === 1)
  expect([asked.length, open.received.length, inner.received.length]).toEqual([2, 1, 0])
  expect(open.received[0]?.headers.host).toBe(`moves.example:${port}`)
  const first = await until(made, ({ responseStatus }) => responseStatus === 200)
  await publish()
  const second = await until(made, ({ id, attempts }) => id > first.id && attempts === 1)
  expect([second.responseStatus, second.error]).toEqual([null, expect.stringContaining('is at a private address')])
  expect([asked.length, open.received.length, inner.received.length]).toEqual([3, 1, 0])
  const tested = await send('POST', `${hooks()}/${made.id}/test/releases_events`)
  expect([tested.status, inner.received.length]).toEqual([422, 0])
})

test('a name with a public and a private address is neither saved nor asked', async () => {
  await work(app, { allowed: [PUBLIC] })
  const { open, inner, port } = await startReceivers()
  const url = `http://both.example:${port}/`
  resolve('both.example', [PUBLIC, PRIVATE], [PUBLIC], [PUBLIC, PRIVATE])
  const refused = await send('POST', hooks(), { url })
  expect([refused.status, refused.body]).toEqual([422, { error: 'Invalid url given' }])
  const made = await hook(url, { releases_events: true })
  await publish()
  expect(await until(made, ({ attempts }) => attempts === 1)).toMatchObject({ responseStatus: null })
  expect([open.received, inner.received]).toEqual([[], []])
})

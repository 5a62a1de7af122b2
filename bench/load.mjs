// Generates load in a process of its own, over a number of connections with one request at a time each.
import { Client } from 'undici'

/** Sends a request by undici's lowest interface, because the generator takes CPU from the subjects. Returns the bytes. */
function send(client, request) {
  return new Promise((resolve) => {
    let bytes = 0
    let status = 0
    client.dispatch(request, {
      onRequestStart() {},
      onResponseStart(_controller, code) {
        status = code
      },
      onResponseData(_controller, chunk) {
        bytes += chunk.length
      },
      onResponseEnd: () => resolve(status === 200 ? bytes : -1),
      onResponseError: () => resolve(-1),
    })
  })
}

const percentile = (sorted, share) =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN

const ready = (request) => ({ ...request, body: request.body === undefined ? null : Buffer.from(request.body) })

/** Repeats the requests. Every few requests takes the next creation, and ends when there are no more creations. */
function sequence({ requests, creations, every }) {
  const [pages, created] = [requests.map(ready), creations.map(ready)]
  let [sent, asked, made] = [0, 0, 0]
  return () => {
    sent += 1
    return every && sent % every === 0 ? created[made++] : pages[asked++ % pages.length]
  }
}

/** An answer must have `bytes` bytes if known. While other requests write, it must only be no refusal. */
const isRight = (got, { bytes }, changing) =>
  got >= 0 && (bytes === undefined || got === bytes || (changing && got > bytes / 2))

async function run({ origin, connections, seconds, ...asked }) {
  const next = sequence(asked)
  const changing = asked.creations.length > 0
  const latencies = []
  let [failures, created] = [0, 0]
  const began = performance.now()
  const deadline = began + seconds * 1000
  const worker = async () => {
    const client = new Client(origin, { pipelining: 1 })
    while (performance.now() < deadline) {
      const request = next()
      if (!request) break
      const sent = performance.now()
      const got = await send(client, request)
      if (isRight(got, request, changing)) latencies.push(performance.now() - sent)
      else failures += 1
      if (got >= 0 && request.bytes === undefined) created += 1
    }
    await client.close()
  }
  await Promise.all(Array.from({ length: connections }, worker))
  const elapsed = (performance.now() - began) / 1000
  const sorted = Float64Array.from(latencies).sort()
  const [p50, p99] = [percentile(sorted, 0.5), percentile(sorted, 0.99)]
  return { requests: latencies.length, created, failures, elapsed, p50, p99 }
}

process.on('message', async (task) => process.send(await run(task)))
process.once('disconnect', () => process.exit())

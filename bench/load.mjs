// The generator of load, in a process of its own: so many connections, each with one request at a time.
import { Client } from 'undici'

/** A request by the lowest of undici's interfaces: what the generator costs is taken from the subjects. */
function send(client, options, wanted) {
  return new Promise((resolve) => {
    let bytes = 0
    let status = 0
    client.dispatch(options, {
      onRequestStart() {},
      onResponseStart(_controller, code) {
        status = code
      },
      onResponseData(_controller, chunk) {
        bytes += chunk.length
      },
      onResponseEnd: () => resolve(status === 200 && (wanted === null || bytes === wanted)),
      onResponseError: () => resolve(false),
    })
  })
}

const percentile = (sorted, share) =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN

/** `bodies`: the body of each request when they differ, and the end when there are no more; else all have `body`. */
async function run({ origin, path, headers, body, bodies, bytes, connections, seconds }) {
  const latencies = []
  let [next, failures] = [0, 0]
  const began = performance.now()
  const deadline = began + seconds * 1000
  const worker = async () => {
    const client = new Client(origin, { pipelining: 1 })
    while (performance.now() < deadline && !(bodies && next >= bodies.length)) {
      const options = { path, method: 'POST', headers, body: bodies ? bodies[next++] : body }
      const sent = performance.now()
      if (await send(client, options, bytes ?? null)) latencies.push(performance.now() - sent)
      else failures += 1
    }
    await client.close()
  }
  await Promise.all(Array.from({ length: connections }, worker))
  const elapsed = (performance.now() - began) / 1000
  const sorted = Float64Array.from(latencies).sort()
  const [p50, p99] = [percentile(sorted, 0.5), percentile(sorted, 0.99)]
  return { requests: latencies.length, failures, elapsed, p50, p99 }
}

process.on('message', async (task) => process.send(await run(task)))
process.once('disconnect', () => process.exit())

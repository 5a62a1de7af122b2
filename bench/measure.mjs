// Measures in interleaved rounds: each subject in turn while the others are stopped, until every subject has had its rounds.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { cpuOfTree, forgetPeak, memoryOf } from './accounting.mjs'
import { creationsOf, requestOf } from './queries.mjs'

/** The process that generates the load. */
export function startLoad() {
  const child = fork(fileURLToPath(new URL('load.mjs', import.meta.url)))
  return {
    async run(task) {
      child.send(task)
      const [result] = await once(child, 'message')
      return result
    },
    stop: () => child.disconnect(),
  }
}

/** One request in ten creates a release. In a query of creations every request does. */
function writing(query, subject, { world, tokens }) {
  const creating = query.tenth ?? (query.creations && query)
  if (!creating) return { creations: [], every: 0 }
  const creations = creationsOf(creating, world).map((one) => requestOf(one, subject, tokens))
  return { creations, every: query.tenth ? 10 : 1 }
}

async function round({ query, subject, requests }, { connections, seconds }, bench) {
  const { load, postmaster, cleanUp } = bench
  const cpu = () => ({ node: cpuOfTree(subject.pid), database: postmaster ? cpuOfTree(postmaster) : Number.NaN })
  const written = writing(query, subject, bench)
  subject.resume()
  forgetPeak(subject.pid)
  const before = cpu()
  const opened = connections > 1 ? connections * (subject.processes ?? 1) : 1
  const result = await load.run({ requests, ...written, origin: subject.origin, connections: opened, seconds })
  // The cost of a request includes the jobs that it has caused.
  if (written.every) await bench.drain(subject)
  const after = cpu()
  const nodeMs = (after.node - before.node) / result.requests
  const databaseMs = (after.database - before.database) / result.requests
  const peakMb = memoryOf(subject.pid).peak
  if (written.every) {
    const created = await cleanUp(subject)
    if (created < result.created)
      throw new Error(`${subject.name} answered ${result.created} creations and made ${created}`)
  }
  subject.pause()
  return {
    query: query.name,
    subject: subject.name,
    connections,
    failures: result.failures,
    rps: result.requests / result.elapsed,
    p50: result.p50,
    p99: result.p99,
    nodeMs,
    databaseMs,
    cpuMs: nodeMs + databaseMs,
    peakMb,
  }
}

/** All measurements for one query. */
export async function measure(query, checked, options, bench) {
  const rounds = []
  for (const one of checked) {
    // The warm-up is longer for a subject with more processes, because they share the cores.
    const seconds = options.warmup * (one.subject.processes ?? 1)
    await round({ query, ...one }, { connections: options.connections[0], seconds }, bench)
  }
  for (let turn = 0; turn < options.rounds; turn++) {
    for (const one of checked) {
      for (const connections of options.connections) {
        rounds.push(await round({ query, ...one }, { connections, seconds: options.seconds }, bench))
      }
    }
  }
  return rounds
}

// Counts the SQL statements of a request.
import { creationsOf, requestOf } from './queries.mjs'
import { openCounter } from './statement-proxy.mjs'
import { ask, start } from './subjects.mjs'

const ASKED = 5

/** The median over several requests in sequence, because the first request may prepare something. */
async function countOf(query, { subject, requests }, running, { counter, world, tokens, cleanUp }) {
  const counts = []
  const creations = query.creations && creationsOf(query, world).slice(0, ASKED)
  const asked = creations?.map((one) => requestOf(one, subject, tokens)) ?? Array(ASKED).fill(requests[0])
  for (const request of asked) {
    const before = counter.count()
    await ask(running, request)
    counts.push(counter.count() - before)
  }
  if (creations) await cleanUp(null)
  return counts.sort((a, b) => a - b)[Math.floor(ASKED / 2)]
}

/** `<query> <subject>` -> statements per request. Counted in separate processes, which are not timed and run no jobs. */
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

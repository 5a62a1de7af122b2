import { setTimeout } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { findLosses, findOrphans } from '../kills/losses.ts'
import { kinds, startWriters } from '../kills/writers.ts'
import { killVictim, startFleet } from './fleet.ts'
import { compare, measure, type Sample } from './measures.ts'
import { startReaders } from './readers.ts'

/** `npm run soak -- --minutes 60 --kill-every 5`. */
const MINUTES = Number(process.env.SOAK_MINUTES ?? 0.75)
const KILL_EVERY_MS = Number(process.env.SOAK_KILL_EVERY ?? 1 / 4) * 60_000
const MEASURES = 120

const say = (line: string) => void process.stdout.write(`${line}\n`)

test(`two servers work for ${MINUTES} minutes, one is killed again and again, nothing is lost and nothing grows`, {
  // What was written is read again at the end.
  timeout: 2 * MINUTES * 60_000 + 300_000,
  retry: 0,
}, async () => {
  const fleet = await startFleet()
  const writers = await startWriters(fleet.target, { pauseMs: MINUTES < 20 ? 100 : 500 })
  const { acknowledged } = writers
  const readers = startReaders(fleet, acknowledged.releases)
  const written = () => kinds.reduce((sum, kind) => sum + acknowledged[kind].length, 0)
  const samples: Sample[] = []
  const end = Date.now() + MINUTES * 60_000
  let [killed, nextKill] = [0, Date.now() + KILL_EVERY_MS]
  while (Date.now() < end) {
    await setTimeout((MINUTES * 60_000) / MEASURES)
    samples.push(await measure(fleet, written()))
    if (Date.now() < nextKill || end - Date.now() < KILL_EVERY_MS / 4) continue
    await killVictim(fleet)
    killed += 1
    nextKill = Date.now() + KILL_EVERY_MS
  }
  await writers.end()
  // What was published last may still be on its way to who listens.
  await setTimeout(2_000)
  await readers.end()
  const { lines, grown } = compare(samples, MINUTES)
  say(`killed: ${killed} times; ${JSON.stringify(readers.counts)}; ${writers.repeated()} writes repeated`)
  say(`acknowledged: ${kinds.map((kind) => `${acknowledged[kind].length} ${kind}`).join(', ')}`)
  for (const line of lines) say(line)
  const lost = await findLosses(fleet.target, acknowledged)
  const orphans = await findOrphans(fleet.target, await fleet.bucket.keys())
  const examined = await fleet.examine()
  const unheard = acknowledged.releases.filter((tag) => !readers.heard.has(tag))
  for (const { server } of [fleet.steady, fleet.victim]) {
    server().kill('SIGTERM')
    expect(await server().ended).toEqual({ code: 0, signal: null })
  }
  say(examined.said.trim())
  say(`lost: ${lost.length}, orphans: ${orphans.length}, grown: ${grown.length}`)
  const { refused } = writers
  const found = { lost, orphans, unheard, refused, failures: readers.failures.slice(0, 20), grown }
  expect(found).toEqual({ lost: [], orphans: [], unheard: [], refused: [], failures: [], grown: [] })
  expect(killed).toBeGreaterThan(0)
  expect(examined.code).toBe(0)
})

import path from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { withConnection } from '../../../src/database/connections/connection.ts'
import { embeddedUrl } from '../../process/serve-world.ts'
import { killFirstStart, timeOfFirstStart } from './first-starts.ts'
import { findLosses } from './losses.ts'
import { createStand, inTime, type Stand, type Victim } from './stand.ts'
import { kinds, startWriters, type Target } from './writers.ts'

/** `npm run test:kills -- --times 300`. */
const TIMES = Number(process.env.KILLS ?? 10)
const FIRST_STARTS = Math.ceil(TIMES / 10)
/** The longest pause between two kills, from before the server has recovered to well into its work. */
const LONGEST_PAUSE_MS = 2_500

const say = (line: string) => void process.stdout.write(`${line}\n`)

const victimOf = (n: number): Victim => {
  if (n % 3 === 0) return n % 2 === 0 ? 'PostgreSQL' : 'a process of PostgreSQL'
  return n % 3 === 1 ? 'server' : Math.random() < 0.5 ? 'worker' : 'server'
}

async function targetOf({ url, demo, dataDir }: Stand): Promise<Target> {
  const sql = "SELECT id FROM projects WHERE full_path = 'demo/secret'"
  const { rows } = await withConnection(await embeddedUrl(dataDir), (client) => client.query<{ id: number }>(sql))
  const projectId = rows[0]?.id ?? 0
  const place = { projectId, path: 'demo/secret', repository: path.join(dataDir, 'repositories', `${projectId}.git`) }
  return { ...place, url: () => url, token: demo.tokens.owner, databaseUrl: () => embeddedUrl(dataDir) }
}

test(`${FIRST_STARTS} kills during first starts damage nothing`, {
  timeout: FIRST_STARTS * 200_000,
  retry: 0,
}, async () => {
  const ms = await timeOfFirstStart()
  const bricked: string[] = []
  for (let n = 0; n < FIRST_STARTS; n++) {
    const problem = await killFirstStart(n % 3 === 0 ? 'PostgreSQL' : 'server', Math.random() * ms)
    if (problem) bricked.push(problem)
  }
  say(`${FIRST_STARTS} kills during first starts of ${Math.round(ms)} ms: ${bricked.length} bricked`)
  expect(bricked).toEqual([])
})

test('kills while clients write lose nothing and break nothing', {
  timeout: 120_000 + TIMES * 100_000,
  retry: 0,
}, async () => {
  const stand = await createStand()
  expect(await inTime('the server does not start', stand.answers)).toBeNull()
  const target = await targetOf(stand)
  const writers = await startWriters(target)
  const bricked: string[] = []
  const killed: Partial<Record<Victim, number>> = {}
  for (let n = 0; n < TIMES - FIRST_STARTS && bricked.length === 0; n++) {
    await setTimeout(Math.random() * LONGEST_PAUSE_MS)
    const victim = victimOf(n)
    await stand.kill(victim)
    killed[victim] = (killed[victim] ?? 0) + 1
    const problem = await inTime(`after kill ${n} of ${victim} the server does not answer`, stand.answers)
    if (problem) bricked.push(`${problem}: ${stand.said()}`)
  }
  await writers.end()
  const lost = await findLosses(target, writers.acknowledged)
  await stand.stop()
  const counts = kinds.map((kind) => `${writers.acknowledged[kind].length} ${kind}`)
  say(`killed: ${JSON.stringify(killed)}`)
  say(`acknowledged: ${counts.join(', ')}; ${writers.repeated()} repetitions`)
  say(`refused to who repeated: ${writers.refused.length} ${JSON.stringify(writers.refused.slice(0, 5))}`)
  say(`lost: ${lost.length}, bricked: ${bricked.length}`)
  expect({ lost, bricked, refused: writers.refused }).toEqual({ lost: [], bricked: [], refused: [] })
})

import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { Agent } from 'node:http'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Demo } from '../../src/demo/demo-file.ts'
import { newDataDir, readDemo } from '../process/serve-world.ts'
import { type ServerProcess, spawnServer } from '../support/server-process.ts'
import { type Answer, type Attack, DEFAULT_MS, type Target } from './attack.ts'
import { publishRepositories } from './repositories.ts'

const watcher = fileURLToPath(new URL('watcher.mjs', import.meta.url))

/** What the watcher saw during an attack. */
type Watched = { asked: number; slowestMs: number; refused: number; why: string; megabytes: number; programs: number }

/** The result of an attack. */
export type Outcome = Watched & {
  /** Null when the attack did not end in its time. */
  answers: readonly Answer[] | null
  ms: number
  /** The memory above an idle server's. */
  megabytes: number
  /** Why the attack itself stopped. */
  failure: string | null
  target: Target
}

/** The only proxy that the server trusts. All attacks but the one that plays the proxy come from other addresses. */
export const PROXY = '127.0.0.1'

/** Settings that an operator might use. The limits are the defaults, except for the bound of archives on this disk. */
const SETTINGS = {
  PORT: '0',
  TRUST_PROXY: PROXY,
  LOG_LEVEL: 'warn',
  ARCHIVE_MAX_BYTES: String(512 * 1024 ** 2),
  ARCHIVES_MAX_BYTES: String(1024 ** 3),
}

/** A server that holds this much more than an idle one is replaced before the next attack. */
const USED_MEGABYTES = 60
/** A server that still runs this many programs of the last attack is replaced as well. */
const MANY_PROGRAMS = 4
const GRACE_MS = 3_000

const MOST_CONNECTIONS = 64

type Running = { server: ServerProcess; url: string; watch: ChildProcess; idleMegabytes: number }

/** Runs the attack for its time and a little longer, so that a late one shows by how much it is late. */
async function carryOut(
  { send, ms = DEFAULT_MS }: Attack,
  target: Target,
): Promise<Pick<Outcome, 'answers' | 'failure' | 'ms'>> {
  const started = performance.now()
  let failure: string | null = null
  const sent = send(target).catch((error: Error) => {
    failure = error.message
    return null
  })
  const answers = await Promise.race([sent, setTimeout(ms + GRACE_MS, null)])
  return { answers, failure, ms: Math.round(performance.now() - started) }
}

/**
 * A built server with the demo, in a process of its own, watched by another process and replaced when an attack has left
 * traces.
 */
export class Stand {
  #dataDir = ''
  #demo: Demo | null = null
  #running: Running | null = null
  #attacks = 0

  async open(): Promise<void> {
    this.#dataDir = await newDataDir()
    const { url } = await this.#start()
    this.#demo = await readDemo(this.#dataDir)
    await publishRepositories({ url, tokens: this.#demo.tokens, dataDir: this.#dataDir }, await newDataDir())
    await this.close()
  }

  async #start(): Promise<Running> {
    const env = { ...SETTINGS, DATA_DIR: this.#dataDir }
    const server = spawnServer(env)
    const url = await server.listening()
    const watch = fork(watcher, [url, String(server.pid)])
    await once(watch, 'message')
    // One request of each kind, so that the server has loaded everything before the attack.
    await fetch(`${url}/graphql?query={currentUser{name}}`).then((answer) => answer.text())
    await fetch(`${url}/api/v4/projects/demo%2Fwaybill/releases`).then((answer) => answer.text())
    await fetch(`${url}/api/v4/openapi.json`).then((answer) => answer.text())
    await setTimeout(300)
    this.#running = { server, url, watch, idleMegabytes: 0 }
    watch.send('begin')
    await setTimeout(200)
    this.#running.idleMegabytes = (await this.#watched(watch)).megabytes
    return this.#running
  }

  async #watched(watch: ChildProcess): Promise<Watched> {
    watch.send('end')
    const [seen] = (await once(watch, 'message')) as [Watched]
    return seen
  }

  async close(): Promise<void> {
    const running = this.#running
    this.#running = null
    running?.watch.disconnect()
    running?.server.kill('SIGKILL')
    await running?.server.ended
  }

  /** A server without traces of an attack. */
  async #ready(): Promise<Running> {
    const running = this.#running
    if (running) {
      running.watch.send('begin')
      await setTimeout(150)
      const { megabytes, refused, slowestMs, programs } = await this.#watched(running.watch)
      const isFree = refused === 0 && slowestMs < 500 && programs < MANY_PROGRAMS
      if (isFree && megabytes - running.idleMegabytes < USED_MEGABYTES) return running
      await this.close()
    }
    return this.#start()
  }

  /** A target whose requests come from an address that no other attack uses. */
  #target({ server, url }: Running, signal: AbortSignal): Target {
    if (!this.#demo) throw new Error('the stand is not open')
    const { hostname: host, port } = new URL(url)
    const n = ++this.#attacks
    const address = `127.1.${n >> 8}.${n & 255 || 255}`
    const agent = new Agent({ keepAlive: true, maxSockets: MOST_CONNECTIONS, localAddress: address })
    const { tokens } = this.#demo
    return { host, port: Number(port), url, pid: server.pid, dataDir: this.#dataDir, tokens, address, agent, signal }
  }

  attack(attack: Attack): Promise<Outcome> {
    return this.attackTogether([attack]).then(([outcome]) => outcome as Outcome)
  }

  /** Runs all attacks at the same time on one server, and measures them together. */
  async attackTogether(attacks: readonly Attack[]): Promise<Outcome[]> {
    const running = await this.#ready()
    const over = new AbortController()
    const targets = attacks.map(() => this.#target(running, over.signal))
    running.watch.send('begin')
    const ends = await Promise.all(attacks.map((attack, at) => carryOut(attack, targets[at] as Target)))
    const seen = await this.#watched(running.watch)
    over.abort()
    for (const { agent } of targets) agent.destroy()
    if (ends.some(({ answers }) => answers === null)) await this.close()
    const megabytes = seen.megabytes - running.idleMegabytes
    return ends.map((end, at) => ({ ...seen, ...end, megabytes, target: targets[at] as Target }))
  }
}

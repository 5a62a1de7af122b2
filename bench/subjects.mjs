// The servers that the benchmark measures, and their processes.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, openSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { memoryOf } from './accounting.mjs'
import { named, requestOf } from './queries.mjs'
import { mapData, translate } from './subjects/postgraphile-queries.mjs'

const here = (file) => fileURLToPath(new URL(file, import.meta.url))
const bin = 'bin/waybill.js'

/** The arguments of `node` in `npm start`. */
const { scripts } = JSON.parse(readFileSync(here('../package.json'), 'utf8'))
const waybill = scripts.start
  .split(' node ')[1]
  .split(' ')
  .map((word) => (word === bin ? here(`../${bin}`) : word))
const script = (name) => [here(`subjects/${name}.mjs`)]

/** This subject needs Node 22, which is installed with the benchmark. */
function newerNode() {
  if (Number(process.versions.node.split('.')[0]) >= 22) return process.execPath
  const installed = here(`node_modules/node-linux-${process.arch}/bin/node`)
  return existsSync(installed) ? installed : null
}

/**
 * `commits`: reads commits from git. `rest`: also answers REST. `viewers`: checks who may see what. `jobs`: runs jobs in its
 * process. `own`: its queries and answers have another shape. `processes`: the number of serving processes, each with a full
 * load.
 */
export const subjects = [
  { name: 'limit', command: script('limit'), viewers: true },
  { name: 'waybill', command: waybill, commits: true, rest: true, viewers: true, jobs: true },
  {
    name: 'waybill-uncached',
    command: waybill,
    env: { RESPONSE_CACHE: 'off' },
    commits: true,
    rest: true,
    viewers: true,
    jobs: true,
  },
  {
    name: 'waybill-workers',
    command: waybill,
    env: { RESPONSE_CACHE: 'off', WORKERS: '2' },
    processes: 2,
    commits: true,
    rest: true,
    viewers: true,
    jobs: true,
  },
  { name: 'mercurius-ours', command: script('mercurius-ours'), commits: true, viewers: true },
  { name: 'postgraphile', command: script('postgraphile'), node: newerNode(), translate, mapData },
  { name: 'mercurius', command: script('mercurius') },
  { name: 'apollo', command: script('apollo') },
]

export const BASE_URL = 'http://bench.example.com'
const START_TIMEOUT_MS = 60_000
const POLL_MS = 5

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  await once(server, 'close')
  return port
}

const signal = (child, name) => {
  if (child.exitCode === null && child.signalCode === null) child.kill(name)
}

const children = new Set()

/** Kills the processes at once, because a paused process receives no other signal. */
export function killAll() {
  for (const child of children) signal(child, 'SIGKILL')
}
process.once('exit', killAll)

/** Starts the subject and waits until it has answered a first request. */
export async function start(subject, { url, directory, repositories }) {
  const request = requestOf(named('Q1'), subject, {})
  const port = await freePort()
  const env = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    NODE_ENV: 'production',
    BASE_URL,
    PORT: String(port),
    DATABASE_URL: url,
    DATA_DIR: directory,
    REPOSITORIES_DIR: repositories,
    // Rate limits are on, but with more points than the load can spend.
    RATE_LIMIT_ACCOUNT: '1000000000',
    RATE_LIMIT_ADDRESS: '1000000000',
    ...subject.env,
  }
  const log = openSync(path.join(directory, `${subject.name}.log`), 'w')
  const began = performance.now()
  const child = spawn(subject.node ?? process.execPath, subject.command, { env, stdio: ['ignore', log, log] })
  children.add(child)
  const origin = `http://127.0.0.1:${port}`
  const running = {
    ...subject,
    origin,
    pid: child.pid,
    pause: () => signal(child, 'SIGSTOP'),
    resume: () => signal(child, 'SIGCONT'),
    async stop() {
      const ended = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : null
      signal(child, 'SIGCONT')
      signal(child, 'SIGTERM')
      const late = setTimeout(() => signal(child, 'SIGKILL'), 10_000)
      await ended
      clearTimeout(late)
    },
  }
  while (!(await answers(origin, request))) {
    const late = performance.now() - began > START_TIMEOUT_MS
    if (child.exitCode !== null || late) {
      await running.stop()
      throw new Error(`${subject.name} ${late ? 'does not answer' : 'ended'}: see ${directory}/${subject.name}.log`)
    }
    await delay(POLL_MS)
  }
  running.startMs = Math.round(performance.now() - began)
  running.restMb = memoryOf(child.pid).now
  return running
}

async function answers(origin, { path: target, ...request }) {
  try {
    const response = await fetch(origin + target, request)
    await response.arrayBuffer()
    return response.status === 200
  } catch {
    return false
  }
}

/** An answer of REST is the data itself. */
function dataOf(response, text, { method }) {
  const answer = response.status === 200 ? JSON.parse(text) : {}
  if (method === 'GET') return response.status === 200 ? answer : null
  return answer.errors ? null : answer.data
}

export async function ask({ origin, name }, { path: target, ...request }) {
  const response = await fetch(origin + target, request)
  const text = await response.text()
  const data = dataOf(response, text, request)
  if (!data) throw new Error(`${name} answered ${response.status}: ${text.slice(0, 1000)}`)
  return { data, bytes: Buffer.byteLength(text) }
}

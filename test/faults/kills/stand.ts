// A server on a database of its own, and a worker beside it. Any of their processes may be killed at any time.
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { withConnection } from '../../../src/database/connections/connection.ts'
import type { Demo } from '../../../src/demo/demo-file.ts'
import { embeddedUrl, newDataDir, readDemo, takePort, until } from '../../process/serve-world.ts'
import { ask, type ServerProcess, spawnServer } from '../../support/server-process.ts'

/** A server that does not answer after this time needs repair by hand. */
export const BRICKED_MS = 90_000

export type Victim = 'server' | 'worker' | 'PostgreSQL' | 'a process of PostgreSQL'

export async function postmasterOf(dataDir: string): Promise<number | null> {
  const text = await readFile(path.join(dataDir, 'postgres/data/postmaster.pid'), 'utf8').catch(() => '')
  return Number.parseInt(text, 10) || null
}

/** Null when there is no such process now. */
async function backendOf(dataDir: string): Promise<number | null> {
  const sql = `
    SELECT pid FROM pg_stat_activity
    WHERE pid <> pg_backend_pid() AND backend_type <> 'standalone backend' ORDER BY random() LIMIT 1`
  const asked = embeddedUrl(dataDir).then((url) => withConnection(url, (client) => client.query<{ pid: number }>(sql)))
  return asked.then(
    ({ rows }) => rows[0]?.pid ?? null,
    () => null,
  )
}

/** Null when the condition has become true, or else what it waited for in vain. */
export async function inTime(what: string, condition: () => Promise<boolean>): Promise<string | null> {
  let late = false
  const timer = setTimeout(() => (late = true), BRICKED_MS)
  await until(async () => late || (await condition()), (2 * BRICKED_MS) / 1000)
  clearTimeout(timer)
  return late ? what : null
}

export function killNow(pid: number | null): boolean {
  try {
    return pid !== null && process.kill(pid, 'SIGKILL')
  } catch {
    return false
  }
}

export async function createStand() {
  const dataDir = await newDataDir()
  const { port, release } = await takePort()
  await release()
  const url = `http://127.0.0.1:${port}`
  const env = { DATA_DIR: dataDir, PORT: String(port), RATE_LIMITS: 'off', LOG_LEVEL: 'warn' }
  const processes: { server?: ServerProcess; worker?: ServerProcess } = {}
  const start = (name: 'server' | 'worker') => {
    const args = name === 'server' ? ['serve', '--no-worker'] : ['worker']
    const started = spawnServer(env, args)
    processes[name] = started
    return started
  }
  /** The work of a supervisor: it also restarts a process that has ended by itself. */
  const supervise = (name: 'server' | 'worker') => {
    const started = start(name)
    void started.ended.then(() => {
      if (!stopping) setTimeout(() => stopping || supervise(name), 200)
    })
  }
  let stopping = false
  await start('server').listening()
  const demo: Demo = await readDemo(dataDir)
  processes.server?.kill('SIGTERM')
  await processes.server?.ended
  for (const name of ['server', 'worker'] as const) supervise(name)
  const answers = async () => {
    const query = '{ project(fullPath: "demo/secret") { id } }'
    return ask<{ project: unknown }>(url, query, demo.tokens.owner).then(
      ({ data, errors }) => errors === undefined && data.project !== null,
      () => false,
    )
  }
  return {
    ...{ dataDir, url, demo, answers },
    said: () => processes.server?.stderr().slice(-2000) ?? '',
    async kill(victim: Victim): Promise<void> {
      if (victim === 'server' || victim === 'worker') processes[victim]?.kill('SIGKILL')
      else killNow(victim === 'PostgreSQL' ? await postmasterOf(dataDir) : await backendOf(dataDir))
    },
    async stop(): Promise<void> {
      stopping = true
      for (const one of [processes.worker, processes.server]) {
        one?.kill('SIGTERM')
        await one?.ended
      }
    },
  }
}

export type Stand = Awaited<ReturnType<typeof createStand>>

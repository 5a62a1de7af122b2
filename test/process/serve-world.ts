import { existsSync } from 'node:fs'
import { chmod, mkdtemp, readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import path from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { inject, onTestFinished } from 'vitest'
import type { Demo } from '../../src/demo/demo-file.ts'
import { type ServerProcess, spawnServer } from '../support/server-process.ts'

/** An empty folder for DATA_DIR. Everything that runs in it is stopped at the end of the run. */
export async function newDataDir(): Promise<string> {
  const dir = await mkdtemp(path.join(inject('scratch'), 'process-'))
  // Root runs PostgreSQL as another user, who must be able to enter.
  await chmod(dir, 0o755)
  return dir
}

/** Starts a server on any free port, and kills it when the test has finished if it still runs. */
export function serve(env: Record<string, string>, args?: readonly string[]): ServerProcess {
  const server = spawnServer({ PORT: '0', ...env }, args)
  onTestFinished(async () => {
    server.kill('SIGKILL')
    await server.ended
  })
  return server
}

const POLL_MS = 10

/** Polls until the condition holds. Fails when it does not within so many seconds, and so tells it from a test that took long. */
export async function until(condition: () => boolean | Promise<boolean>, seconds = 30): Promise<void> {
  const late = setTimeout(seconds * 1000, 'late', { ref: false })
  for (;;) {
    const outcome = await Promise.race([late, condition()])
    if (outcome === true) return
    if (outcome === 'late') throw new Error(`This did not hold within ${seconds} s: ${condition}`)
    await setTimeout(POLL_MS)
  }
}

export async function takePort(): Promise<{ port: number; release: () => Promise<void> }> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return { port: address.port, release: () => new Promise((resolve) => server.close(() => resolve())) }
}

export async function readDemo(dataDir: string): Promise<Demo> {
  return JSON.parse(await readFile(path.join(dataDir, 'demo.json'), 'utf8')) as Demo
}

const pidFile = (dataDir: string) => path.join(dataDir, 'postgres', 'data', 'postmaster.pid')

/**
 * PostgreSQL removes this file when it stops in order. The process ID is no proof, because a container may list ended
 * processes.
 */
export const isPostgresRunning = (dataDir: string): boolean => existsSync(pidFile(dataDir))

/** The URL of the embedded PostgreSQL, to look into it directly. */
export async function embeddedUrl(dataDir: string): Promise<string> {
  const port = (await readFile(pidFile(dataDir), 'utf8')).split('\n')[3]
  const password = await readFile(path.join(dataDir, 'postgres', 'password'), 'utf8')
  return `postgresql://waybill:${password}@127.0.0.1:${port}/waybill?sslmode=disable`
}

import { chmod, mkdtemp, readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import path from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { inject, onTestFinished } from 'vitest'
import { type ServerProcess, spawnServer } from '../support/server-process.ts'

/** An empty folder for DATA_DIR; what runs in it is stopped at the end of the run. */
export async function newDataDir(): Promise<string> {
  const dir = await mkdtemp(path.join(inject('scratch'), 'process-'))
  // Root runs PostgreSQL as another user, who must be able to enter.
  await chmod(dir, 0o755)
  return dir
}

/** A server on any free port, killed when the test has finished, if it still runs. */
export function serve(env: Record<string, string>): ServerProcess {
  const server = spawnServer({ PORT: '0', ...env })
  onTestFinished(async () => {
    server.kill('SIGKILL')
    await server.ended
  })
  return server
}

const POLL_MS = 10

/** Polls until the condition holds; the time limit is the test's. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await setTimeout(POLL_MS)
}

export async function takePort(): Promise<{ port: number; release: () => Promise<void> }> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return { port: address.port, release: () => new Promise((resolve) => server.close(() => resolve())) }
}

/** The first lines of postmaster.pid: process, folder, start time, port. */
export async function readPostmaster(dataDir: string): Promise<{ pid: number; url: string }> {
  const folder = path.join(dataDir, 'postgres')
  const [pid, , , port] = (await readFile(path.join(folder, 'data', 'postmaster.pid'), 'utf8')).split('\n')
  const password = await readFile(path.join(folder, 'password'), 'utf8')
  return { pid: Number(pid), url: `postgresql://waybill:${password}@127.0.0.1:${port}/waybill?sslmode=disable` }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

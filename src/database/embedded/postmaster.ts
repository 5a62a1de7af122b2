import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, rmSync } from 'node:fs'
import { open, readFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import path from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { promisify } from 'node:util'
import { StartError } from '../../foundation/start-error.ts'
import { type Cluster, postgresEnvironment, reason } from './postgres-cluster.ts'

/** Settings by name, as in postgresql.conf. */
export type PostgresSettings = Readonly<Record<string, string>>

const ALWAYS: PostgresSettings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  timezone: 'UTC',
  // Logs only starts, stops and crashes, because the file is never rotated. Waybill's own log has the failed statements.
  log_min_messages: 'log',
  log_checkpoints: 'off',
}

const POLL_MS = 10
const RETRY_MS = 50

export type Postmaster = { pid: number; port: number; ready: boolean }

/** Reads postmaster.pid; null when no server of this cluster is running. */
export async function findPostmaster(cluster: Cluster): Promise<Postmaster | null> {
  const file = path.join(cluster.dir, 'postmaster.pid')
  const text = await readFile(file, 'utf8').catch(() => null)
  if (text === null) return null
  const lines = text.split('\n')
  const pid = Number(lines[0])
  if (await isPostmaster(pid, cluster.dir)) return { pid, port: Number(lines[3]), ready: lines[7]?.trim() === 'ready' }
  // The file is empty while it is being written. The process number 0 would mean our own group.
  if (pid > 0 && isAlive(pid)) removeStale(file, text)
  return null
}

/**
 * Removes the file of a crashed server, because PostgreSQL would take another program with the same process number for a server.
 * Reads the file again right before, because a server that has started meanwhile must keep its file.
 */
function removeStale(file: string, text: string): void {
  try {
    if (readFileSync(file, 'utf8') === text) rmSync(file)
  } catch {
    // The file is already gone.
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

async function isPostmaster(pid: number, dir: string): Promise<boolean> {
  return (await commandLine(pid)).includes(` -D ${dir} `)
}

async function commandLine(pid: number): Promise<string> {
  if (process.platform === 'linux') {
    const text = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
    return text.replaceAll('\0', ' ')
  }
  const { stdout } = await promisify(execFile)('ps', ['-ww', '-o', 'args=', '-p', String(pid)]).catch(() => ({
    stdout: '',
  }))
  return stdout
}

/**
 * Starts a server that outlives this process. Resolves when the server serves or has ended. PostgreSQL's own lock file decides
 * between two processes that start at once. We do not use `pg_ctl start`, because it passes the path through a shell unescaped
 * and checks only every 0.1 s.
 */
export async function startPostmaster(cluster: Cluster, settings: PostgresSettings): Promise<void> {
  const log = await open(cluster.logFile, 'a')
  try {
    if (cluster.account) await log.chown(cluster.account.uid, cluster.account.gid)
    const { size } = await log.stat()
    const options = Object.entries({ ...settings, ...ALWAYS }).map(([name, value]) => `--${name}=${value}`)
    const child = spawn(
      cluster.binaries.postgres,
      ['-D', cluster.dir, '-p', String(await choosePort(cluster)), ...options],
      {
        ...{ cwd: '/', env: postgresEnvironment(), detached: true, stdio: ['ignore', log.fd, log.fd] },
        ...cluster.account,
      },
    )
    if (await settled(cluster, child)) return
    throwUnlessTransient((await readFile(cluster.logFile)).subarray(size).toString(), cluster)
    await setTimeout(RETRY_MS)
  } finally {
    await log.close()
  }
}

/** Waits until the child serves or ends. Returns whether it serves. */
async function settled(cluster: Cluster, child: ChildProcess): Promise<boolean> {
  let gone = false
  child.once('exit', () => {
    gone = true
  })
  await once(child, 'spawn').catch((error: NodeJS.ErrnoException) => {
    throw new StartError(`The embedded PostgreSQL does not run on this machine (${error.code}): set DATABASE_URL`)
  })
  child.unref()
  while (!gone) {
    const running = await findPostmaster(cluster)
    if (running?.ready) return true
    await setTimeout(POLL_MS)
  }
  return false
}

/** Try again: another process was faster, a program took the port, or processes of a killed server still run. */
const TRANSIENT = /lock file ".*" already exists|could not create any TCP\/IP sockets|still in use/

function throwUnlessTransient(output: string, cluster: Cluster): void {
  if (TRANSIENT.test(output)) return
  throw new StartError(`The embedded PostgreSQL does not start: ${reason(output) ?? `see ${cluster.logFile}`}`)
}

/** The port itself if it is free, or any free port for 0; null when the port is taken. */
async function freePort(port: number): Promise<number | null> {
  const server = createServer().listen(port, '127.0.0.1')
  try {
    await once(server, 'listening')
    const { port: found } = server.address() as AddressInfo
    server.close()
    await once(server, 'close')
    return found
  } catch {
    return null
  }
}

/** Prefers the port of the last run, so that clients that know the port find the server again. */
async function choosePort(cluster: Cluster): Promise<number> {
  const options = await readFile(path.join(cluster.dir, 'postmaster.opts'), 'utf8').catch(() => '')
  const before = Number(/"-p" "(\d+)"/.exec(options)?.[1] ?? 0)
  const port = (await freePort(before)) ?? (await freePort(0))
  if (port === null) throw new StartError('The embedded PostgreSQL finds no free port on 127.0.0.1')
  return port
}

/** Stops the server. Other connections lose their open transactions and keep what they have committed. */
export async function stopPostmaster(cluster: Cluster): Promise<void> {
  const running = await findPostmaster(cluster)
  if (!running) return
  process.kill(running.pid, 'SIGINT')
  // We do not use `pg_ctl stop`, because it would wait for a new server that another process starts at once.
  while ((await findPostmaster(cluster))?.pid === running.pid) await setTimeout(POLL_MS)
}

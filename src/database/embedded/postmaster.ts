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
  // The file is never rotated: keep it to starts, stops and crashes. Failed statements are in the log of Waybill.
  log_min_messages: 'log',
  log_checkpoints: 'off',
}

const POLL_MS = 10
const RETRY_MS = 50

export type Postmaster = { pid: number; port: number; ready: boolean }

/** What postmaster.pid says of a server that lives; null: no server of this cluster lives. */
export async function findPostmaster(cluster: Cluster): Promise<Postmaster | null> {
  const file = path.join(cluster.dir, 'postmaster.pid')
  const text = await readFile(file, 'utf8').catch(() => null)
  if (text === null) return null
  const lines = text.split('\n')
  const pid = Number(lines[0])
  if (await isPostmaster(pid, cluster.dir)) return { pid, port: Number(lines[3]), ready: lines[7]?.trim() === 'ready' }
  // While the file is being written it is empty, and the process number 0 stands for our own group.
  if (pid > 0 && isAlive(pid)) removeStale(file, text)
  return null
}

/**
 * After a crash another program may have got the number of the old server, and PostgreSQL would take it for a server.
 * Read again in the same breath: a server started meanwhile must keep its file.
 */
function removeStale(file: string, text: string): void {
  try {
    if (readFileSync(file, 'utf8') === text) rmSync(file)
  } catch {
    // Gone already.
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
 * Starts a server that outlives this process; resolves when it serves or is gone. PostgreSQL's own lock file decides
 * between two processes that start at once. Not by `pg_ctl start`: that passes the path through a shell unescaped and
 * looks only every 0.1 s.
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

/** Whether the child came to serve. */
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

/** Another process was faster, somebody took the port, or processes of a killed server are still going: try again. */
const TRANSIENT = /lock file ".*" already exists|could not create any TCP\/IP sockets|still in use/

function throwUnlessTransient(output: string, cluster: Cluster): void {
  if (TRANSIENT.test(output)) return
  throw new StartError(`The embedded PostgreSQL does not start: ${reason(output) ?? `see ${cluster.logFile}`}`)
}

/** A port of this machine that nobody listens on: the one that is asked for, or any for 0; null where that one is taken. */
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

/** The same as before, if it can be had: who knows the server by its port finds it again. */
async function choosePort(cluster: Cluster): Promise<number> {
  const options = await readFile(path.join(cluster.dir, 'postmaster.opts'), 'utf8').catch(() => '')
  const before = Number(/"-p" "(\d+)"/.exec(options)?.[1] ?? 0)
  const port = (await freePort(before)) ?? (await freePort(0))
  if (port === null) throw new StartError('The embedded PostgreSQL finds no free port on 127.0.0.1')
  return port
}

/** Breaks off what other connections do, and keeps what they committed. */
export async function stopPostmaster(cluster: Cluster): Promise<void> {
  const running = await findPostmaster(cluster)
  if (!running) return
  process.kill(running.pid, 'SIGINT')
  // Not by `pg_ctl stop`: when somebody starts the server anew at once, that waits for the new one to stop.
  while ((await findPostmaster(cluster))?.pid === running.pid) await setTimeout(POLL_MS)
}

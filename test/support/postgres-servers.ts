import { type ChildProcess, execFile, type SpawnOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFile, chmod, chown, cp, mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { promisify } from 'node:util'
import { inject, onTestFinished } from 'vitest'
import { withConnection } from '../../src/database/connections/connection.ts'
import { postgresAccount } from '../../src/database/embedded/postgres-account.ts'
import { findPostgresBinaries } from '../../src/database/embedded/postgres-binaries.ts'
import { takePort } from '../process/serve-world.ts'
import type { NetworkHost } from './network.ts'

export type PostgresServer = {
  host: string
  /** The URL of the database that every server has. */
  url: string
  dir: string
  /** Ends the server as if somebody pulled its plug. */
  kill: () => Promise<void>
}

const USER = 'waybill'
const OPTIONS = ['-c', 'unix_socket_directories=', '-c', 'max_connections=100']

async function newFolder(name: string): Promise<string> {
  const folder = await mkdtemp(path.join(inject('scratch'), `${name}-`))
  const account = await postgresAccount(folder)
  if (account) await chown(folder, account.uid, account.gid)
  await chmod(folder, 0o755)
  return folder
}

async function run(dir: string, address: string, port: number, host?: NetworkHost): Promise<ChildProcess> {
  const { postgres } = await findPostgresBinaries()
  const account = await postgresAccount(dir)
  const args = ['-D', dir, '-p', String(port), '-c', `listen_addresses=${address}`, ...OPTIONS]
  const options: SpawnOptions = { cwd: '/', env: { PATH: process.env.PATH, LC_ALL: 'C' }, stdio: 'ignore' }
  if (!host) return spawn(postgres, args, { ...options, ...account })
  return spawn(...host.command(postgres, args, account), options)
}

const STARTS = 3

/** Starts the server. Another program may take the port just before, so it tries others. */
async function start(dir: string, place: Place): Promise<PostgresServer> {
  for (let attempt = 1; attempt <= STARTS; attempt++) {
    const server = await startOnFreePort(dir, place)
    if (server) return server
  }
  throw new Error(`PostgreSQL does not start in ${dir}`)
}

/** Null: the server has ended. */
async function startOnFreePort(dir: string, { host, atEnd = onTestFinished }: Place): Promise<PostgresServer | null> {
  const { port, release } = await takePort()
  await release()
  const address = host?.address ?? '127.0.0.1'
  const child = await run(dir, address, port, host)
  const kill = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGQUIT')
    await once(child, 'exit')
  }
  atEnd(kill)
  const url = `postgresql://${USER}@${address}:${port}/postgres?sslmode=disable`
  while (!(await isUp(url))) {
    if (child.exitCode !== null) return null
    await setTimeout(50)
  }
  return { host: `${address}:${port}`, url, dir, kill }
}

const isUp = (url: string) =>
  withConnection(url, (client) => client.query('SELECT')).then(
    () => true,
    () => false,
  )

type Place = {
  /** The folder for the files of the server. Without it: a new folder. */
  parent?: string
  /** The host of the server. Without it: this machine. */
  host?: NetworkHost
  /** Takes the function that ends the server. Without it: the server ends with its test. */
  atEnd?: (kill: () => Promise<void>) => void
}

/** For the hosts of the tests' networks. */
const TRUST = ['all', 'replication'].map((what) => `host ${what} all 10.0.0.0/8 trust\n`).join('')

/** Starts a PostgreSQL of its own. */
export async function startPostgres({ parent, ...place }: Place = {}): Promise<PostgresServer> {
  const { initdb } = await findPostgresBinaries()
  const folder = parent ?? (await newFolder('primary'))
  const dir = path.join(folder, 'data')
  const account = await postgresAccount(folder)
  const options = [
    `--pgdata=${dir}`,
    `--username=${USER}`,
    '--auth=trust',
    '--encoding=UTF8',
    '--locale=C',
    '--no-sync',
  ]
  await promisify(execFile)(initdb, options, { cwd: '/', env: { PATH: process.env.PATH, LC_ALL: 'C' }, ...account })
  if (place.host) await appendFile(path.join(dir, 'pg_hba.conf'), TRUST)
  return start(dir, place)
}

const COPIES = 10

/** Copies the files of a server that runs. It may remove one meanwhile, and its log says so to whoever replays it. */
async function copyInUse(from: string, to: string): Promise<void> {
  for (let copy = 1; ; copy++) {
    try {
      await cp(from, to, { recursive: true, filter: (file) => !file.endsWith('postmaster.pid') })
      return
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || copy === COPIES) throw error
    }
  }
}

/** Starts a standby that follows the primary, from a copy of its files. */
export async function startStandby(primary: PostgresServer, place: Place = {}): Promise<PostgresServer> {
  const dir = path.join(await newFolder('standby'), 'data')
  await mkdir(dir, { mode: 0o700 })
  await withConnection(primary.url, async (client) => {
    await client.query(`SELECT pg_backup_start('standby', true)`)
    await copyInUse(primary.dir, dir)
    const { rows } = await client.query<{ labelfile: string }>('SELECT labelfile FROM pg_backup_stop(false)')
    await writeFile(path.join(dir, 'backup_label'), rows[0]?.labelfile ?? '')
  })
  await writeFile(path.join(dir, 'standby.signal'), '')
  const { hostname, port } = new URL(primary.url)
  const follow = `primary_conninfo = 'host=${hostname} port=${port} user=${USER} sslmode=disable'\n`
  await appendFile(path.join(dir, 'postgresql.auto.conf'), follow)
  const account = await postgresAccount(path.dirname(dir))
  if (account) await promisify(execFile)('chown', ['-R', `${account.uid}:${account.gid}`, dir])
  await chmod(dir, 0o700)
  return start(dir, place)
}

export const promote = (standby: PostgresServer): Promise<unknown> =>
  withConnection(standby.url, (client) => client.query('SELECT pg_promote()'))

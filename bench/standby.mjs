// A streaming standby of the benchmark's own PostgreSQL, made from a copy of its files.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, chmodSync, cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { postgresAccount } from '../dist/database/embedded/postgres-account.js'
import { findPostgresBinaries } from '../dist/database/embedded/postgres-binaries.js'
import { withClient } from './database.mjs'

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  await once(server, 'close')
  return port
}

/** Copies the files of the primary while it runs, with what a standby needs to follow it. */
async function copy(url, dir) {
  rmSync(dir, { recursive: true, force: true })
  mkdirSync(dir, { mode: 0o700 })
  await withClient(url, async (client) => {
    const { rows } = await client.query(`SELECT current_setting('data_directory') AS dir`)
    await client.query(`SELECT pg_backup_start('standby', true)`)
    cpSync(rows[0].dir, dir, { recursive: true, filter: (file) => !file.endsWith('postmaster.pid') })
    const { rows: label } = await client.query('SELECT labelfile FROM pg_backup_stop(false)')
    writeFileSync(path.join(dir, 'backup_label'), label[0].labelfile)
  })
  const { hostname, port, username, password } = new URL(url)
  const follow = `host=${hostname} port=${port} user=${username} password=${password} sslmode=disable`
  appendFileSync(path.join(dir, 'postgresql.auto.conf'), `primary_conninfo = '${follow}'\n`)
  writeFileSync(path.join(dir, 'standby.signal'), '')
}

async function untilUp(url, child) {
  for (;;) {
    const isUp = await withClient(url, (client) => client.query('SELECT')).catch(() => null)
    if (isUp) return
    if (child.exitCode !== null) throw new Error('the standby does not start')
    await delay(50)
  }
}

/** Starts the standby in a folder of its own. `stop` ends it and removes the folder. */
export async function startStandby(url, directory, settings) {
  const dir = path.join(directory, 'standby')
  await copy(url, dir)
  const account = await postgresAccount(directory)
  if (account) spawnSync('chown', ['-R', `${account.uid}:${account.gid}`, dir])
  chmodSync(dir, 0o700)
  const { postgres } = await findPostgresBinaries()
  const port = await freePort()
  const all = { ...settings, listen_addresses: '127.0.0.1', unix_socket_directories: '', hot_standby_feedback: 'on' }
  const options = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const args = ['-D', dir, '-p', String(port), ...options]
  const child = spawn(postgres, args, {
    cwd: '/',
    stdio: 'ignore',
    env: { PATH: process.env.PATH, LC_ALL: 'C' },
    ...account,
  })
  const own = new URL(url)
  own.port = String(port)
  await untilUp(own.href, child)
  return {
    url: own.href,
    pid: child.pid,
    async stop() {
      child.kill('SIGINT')
      await once(child, 'exit')
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

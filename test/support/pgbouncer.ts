import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chmod, mkdtemp, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import path from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { inject, onTestFinished } from 'vitest'
import { takePort } from '../process/serve-world.ts'

type Settings = { pool_mode: 'session' | 'transaction' } & Record<string, string>

const accepts = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('close', () => socket.destroy())
    socket.unref()
  })

type Command = readonly [string, ...string[]]

const INSTALLED: Command = ['/usr/sbin/pgbouncer']
const NEWER = '/opt/pgbouncer-trixie/usr'
const LIBRARIES = `${NEWER}/lib/x86_64-linux-gnu`

/** The pgbouncer of Debian 13, which keeps prepared statements in transaction mode, with the libraries that it needs. */
export function newerPgbouncer(): Command {
  if (!existsSync(`${NEWER}/sbin/pgbouncer`)) {
    throw new Error('pgbouncer 1.21 or newer is missing: run test/support/install-newer-pgbouncer.sh as root')
  }
  return [`${LIBRARIES}/ld-linux-x86-64.so.2`, '--library-path', LIBRARIES, `${NEWER}/sbin/pgbouncer`]
}

/** The URL of the same database through Debian's pgbouncer, with only the settings that its manual asks for. */
export async function startPgbouncer(
  databaseUrl: string,
  settings: Settings,
  [program, ...first]: Command = INSTALLED,
): Promise<string> {
  const { hostname, port, username, password, pathname } = new URL(databaseUrl)
  const { port: own, release } = await takePort()
  const folder = await mkdtemp(path.join(inject('scratch'), 'pgbouncer-'))
  const users = path.join(folder, 'users.txt')
  await writeFile(users, `"${username}" "${decodeURIComponent(password)}"\n`)
  const lines = {
    ...{
      listen_addr: '127.0.0.1',
      listen_port: String(own),
      unix_socket_dir: '',
      auth_type: 'plain',
      auth_file: users,
    },
    ...{ max_client_conn: '200', default_pool_size: '40' },
    ...settings,
  }
  const file = path.join(folder, 'pgbouncer.ini')
  const database = `[databases]\n${pathname.slice(1)} = host=${hostname} port=${port}\n[pgbouncer]\n`
  await writeFile(
    file,
    database +
      Object.entries(lines)
        .map((line) => line.join(' = '))
        .join('\n'),
  )
  await chmod(folder, 0o755)
  await release()
  // pgbouncer refuses to run as root.
  const account = process.getuid?.() === 0 ? ['-u', 'postgres'] : []
  const child = spawn(program, [...first, ...account, file], { stdio: 'ignore' })
  onTestFinished(async () => {
    if (child.exitCode !== null || !child.kill('SIGKILL')) return
    await once(child, 'exit')
  })
  while (!(await accepts(own))) await setTimeout(20)
  const url = new URL(databaseUrl)
  url.host = `127.0.0.1:${own}`
  return url.href
}

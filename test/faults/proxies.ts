// HAProxy and nginx as docs/operate configures them, each a process of its own in front of servers of this machine.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import { newDataDir, takePort, until } from '../process/serve-world.ts'

export const proxies = ['haproxy', 'nginx'] as const
export type ProxyName = (typeof proxies)[number]

const configurations = { haproxy: 'haproxy.cfg', nginx: 'nginx.conf' }

const operate = fileURLToPath(new URL('../../docs/operate', import.meta.url))

/** The documented configuration with other addresses. It must contain every address that is replaced. */
async function configuration(name: ProxyName, port: number, servers: readonly number[]): Promise<string> {
  let text = await readFile(path.join(operate, configurations[name]), 'utf8')
  const places = [
    ['0.0.0.0:80', `127.0.0.1:${port}`],
    ...servers.map((at, n) => [`10.0.0.1${n + 1}:4000`, `127.0.0.1:${at}`]),
  ]
  for (const [documented = '', ours = ''] of places) {
    if (!text.includes(documented)) throw new Error(`${configurations[name]} names no ${documented}`)
    text = text.replaceAll(documented, ours)
  }
  return text
}

const NGINX = `daemon off;
worker_processes 2;
pid nginx.pid;
error_log stderr;
events {}
http {
  access_log off;
  include waybill.conf;
}
`

async function commandOf(name: ProxyName, folder: string, text: string): Promise<[string, string[]]> {
  if (name === 'haproxy') {
    const file = path.join(folder, 'haproxy.cfg')
    await writeFile(file, text)
    return ['haproxy', ['-db', '-f', file]]
  }
  await writeFile(path.join(folder, 'waybill.conf'), text)
  await writeFile(path.join(folder, 'nginx.conf'), NGINX)
  await mkdir(path.join(folder, 'logs'))
  return ['nginx', ['-e', 'stderr', '-p', folder, '-c', 'nginx.conf']]
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGTERM')
  await once(child, 'exit')
}

/** Debian installs the programs where only root's PATH leads. */
const PATH = `${process.env.PATH}:/usr/sbin`

export type ProxyProcess = { url: string; said: () => string }

/** Starts the proxy in front of the servers on these ports, until the test has finished. */
export async function startProxy(name: ProxyName, servers: readonly number[]): Promise<ProxyProcess> {
  const { port, release } = await takePort()
  const folder = await newDataDir()
  const [command, options] = await commandOf(name, folder, await configuration(name, port, servers))
  await release()
  let said = ''
  const child = spawn(command, options, { env: { ...process.env, PATH }, stdio: ['ignore', 'pipe', 'pipe'] })
  for (const output of [child.stdout, child.stderr]) output.on('data', (text) => (said += text))
  onTestFinished(() => end(child))
  const url = `http://127.0.0.1:${port}`
  await until(async () => {
    if (child.exitCode !== null) throw new Error(`${name} does not start: ${said}`)
    return fetch(`${url}/ready`).then(
      ({ status }) => status === 200,
      () => false,
    )
  })
  return { url, said: () => said }
}

// Machines with an empty Debian that systemd runs: each lies upon the same Debian, writes into memory, and has a network of its own.
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { onTestFinished } from 'vitest'
import { newDataDir, until } from '../process/serve-world.ts'
import { createHosts, type NetworkHost } from '../support/network.ts'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../..', import.meta.url))

/** The folder of the Debian, which is made when it is missing. */
async function debian(): Promise<string> {
  const { stdout } = await run(path.join(root, 'test/operating/make-debian.sh'), { maxBuffer: 10 ** 7 })
  return stdout.trim()
}

/** Boots systemd in namespaces of its own. What is mounted in them goes with them. */
const BOOT = `
set -e
mount -t tmpfs tmpfs "$PLACE"
mkdir "$PLACE/upper" "$PLACE/work" "$PLACE/root"
host="$PLACE/root"
mount -t overlay overlay -o "lowerdir=$DEBIAN,upperdir=$PLACE/upper,workdir=$PLACE/work" "$host"
cp "$NODE" "$host/usr/local/bin/node"
mkdir -p "$host/root/release" "$host/srv/shared"
mount --bind "$RELEASE" "$host/root/release"
mount --bind "$SHARED" "$host/srv/shared"
mount -t proc proc "$host/proc"
mount -t tmpfs tmpfs "$host/run"
mount -t tmpfs tmpfs "$host/dev/shm"
mount -t sysfs sysfs "$host/sys"
mount -t tmpfs tmpfs "$host/sys/fs/cgroup"
mount -t cgroup2 cgroup2 "$host/sys/fs/cgroup"
hostname "$NAME"
exec env -i container=waybill-test PATH=/usr/sbin:/usr/bin:/sbin:/bin chroot "$host" /lib/systemd/systemd`

export type DebianHost = {
  name: string
  address: string
  /** Runs the script as root, and returns what it printed. */
  shell: (script: string) => Promise<string>
}

/** The process that systemd is, as this machine sees it. */
async function childOf(parent: ChildProcess): Promise<number> {
  let child = 0
  await until(async () => {
    if (parent.exitCode !== null) throw new Error('a host does not boot: these tests need root and namespaces')
    const children = await readFile(`/proc/${parent.pid}/task/${parent.pid}/children`, 'utf8').catch(() => '')
    child = Number(children.split(' ')[0])
    return child > 0
  })
  return child
}

const ENVIRONMENT = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  HOME: '/root',
  LANG: 'C.UTF-8',
}

async function inside(pid: number, name: string, script: string): Promise<string> {
  const args = ['--target', String(pid), '--all', '--root', '--wdns=/root', 'bash', '-euo', 'pipefail', '-c', script]
  const child = spawn('nsenter', args, { env: { ...ENVIRONMENT }, stdio: ['ignore', 'pipe', 'pipe'] })
  const [[code], stdout, stderr] = await Promise.all([once(child, 'close'), text(child.stdout), text(child.stderr)])
  if (code === 0) return stdout
  const journal = script === JOURNAL ? '' : await inside(pid, name, JOURNAL)
  throw new Error(`On the host ${name} this failed (${code}):\n${script}\n${stdout}${stderr}${journal}`)
}

/** The last lines of what the programs of a host have said. */
const JOURNAL = 'journalctl --no-pager --lines 40 --output cat'

type Boot = { lower: string; release: string; shared: string }

async function boot(network: NetworkHost, name: string, { lower, release, shared }: Boot): Promise<DebianHost> {
  const place = await newDataDir()
  const kinds = ['--mount', '--pid', '--fork', '--uts', '--ipc', '--cgroup', '--propagation', 'private']
  const variables = {
    DEBIAN: lower,
    NAME: name,
    NODE: process.execPath,
    PLACE: place,
    RELEASE: release,
    SHARED: shared,
  }
  const [command, args] = network.command('unshare', [...kinds, 'sh', '-c', BOOT], undefined)
  const outer = spawn(command, args, { env: { ...process.env, ...variables }, stdio: ['ignore', 'ignore', 'inherit'] })
  const pid = await childOf(outer)
  onTestFinished(async () => {
    // Everything on the host ends with its first process.
    process.kill(pid, 'SIGKILL')
    if (outer.exitCode === null) await once(outer, 'exit')
  })
  const isUp = () =>
    run('nsenter', ['--target', String(pid), '--all', '--root', 'systemctl', 'is-system-running']).then(
      () => true,
      ({ stdout }) => stdout.trim() === 'degraded',
    )
  await until(async () => (await isUp()) || (await setTimeout(200, false)), 60)
  return { name, address: network.address, shell: (script) => inside(pid, name, script) }
}

/** Boots hosts of these names, with the release in /root/release and a disk that they share at /srv/shared. */
export async function createDebianHosts(names: readonly string[], release: string): Promise<DebianHost[]> {
  const lower = await debian()
  const shared = path.join(await newDataDir(), 'shared')
  await mkdir(shared, { mode: 0o755 })
  const networks = await createHosts(names.length)
  return Promise.all(networks.map((network, at) => boot(network, names[at] ?? '', { lower, release, shared })))
}

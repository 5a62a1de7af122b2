// Hosts of a network of their own. Each is a network namespace at the end of a cable. When a cable is pulled, all packets vanish.
import { execFile } from 'node:child_process'
import { randomBytes, randomInt } from 'node:crypto'
import { promisify } from 'node:util'
import { onTestFinished } from 'vitest'

const run = promisify(execFile)

async function ip(...args: string[]): Promise<string> {
  const { stdout } = await run('ip', args, { env: { PATH: `${process.env.PATH}:/usr/sbin:/sbin` } })
  return stdout
}

/** Fails where the tests may not make hosts, because a skipped test would look like a success. */
async function assertPossible(name: string): Promise<void> {
  await ip('netns', 'add', name).catch((error: Error) => {
    throw new Error(
      `Hosts are network namespaces, which this machine does not let be made: run the tests as root, with Debian's iproute2 (${error.message.trim()})`,
    )
  })
}

export type NetworkHost = {
  address: string
  /** The command that runs a program on the host, as this account if one is given. */
  command: (
    program: string,
    args: readonly string[],
    account: { uid: number; gid: number } | undefined,
  ) => [string, string[]]
  /** From now on all packets to and from the host vanish, without notice to anybody. */
  cut: () => Promise<void>
  mend: () => Promise<void>
}

async function plug(bridge: string, namespace: string, subnet: string, number: number): Promise<NetworkHost> {
  const [cable, address] = [`${bridge}p${number}`, `${subnet}.${number + 1}`]
  await ip('link', 'add', cable, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', namespace)
  await ip('link', 'set', cable, 'master', bridge, 'up')
  await ip('-n', namespace, 'addr', 'add', `${address}/24`, 'dev', 'eth0')
  for (const device of ['lo', 'eth0']) await ip('-n', namespace, 'link', 'set', device, 'up')
  const [link] = JSON.parse(await ip('-n', namespace, '-j', 'link', 'show', 'eth0')) as [{ address: string }]
  // As behind a router, which always knows where to send packets. Without this the machine would say that there is no way to
  // the host.
  await ip('neigh', 'replace', address, 'lladdr', link.address, 'dev', bridge, 'nud', 'permanent')
  return {
    address,
    command(program, args, account) {
      const ids = account ? [`--setuid=${account.uid}`, `--setgid=${account.gid}`] : []
      return ['nsenter', [`--net=/run/netns/${namespace}`, ...ids, program, ...args]]
    },
    cut: async () => void (await ip('link', 'set', cable, 'down')),
    mend: async () => void (await ip('link', 'set', cable, 'up')),
  }
}

/** Makes this many hosts, which reach each other and this machine until the test has finished. */
export async function createHosts(count: number): Promise<NetworkHost[]> {
  const bridge = `wb${randomBytes(3).toString('hex')}`
  const subnet = `10.${randomInt(200, 255)}.${randomInt(1, 255)}`
  const namespaces = Array.from({ length: count }, (_, n) => `${bridge}-${n + 1}`)
  onTestFinished(async () => {
    for (const name of namespaces) await ip('netns', 'del', name).catch(() => undefined)
    await ip('link', 'del', bridge).catch(() => undefined)
  })
  for (const name of namespaces) await assertPossible(name)
  await ip('link', 'add', bridge, 'type', 'bridge')
  await ip('addr', 'add', `${subnet}.1/24`, 'dev', bridge)
  await ip('link', 'set', bridge, 'up')
  const hosts: NetworkHost[] = []
  for (const [n, name] of namespaces.entries()) hosts.push(await plug(bridge, name, subnet, n + 1))
  return hosts
}

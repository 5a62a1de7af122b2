// Walks through docs/operate/install.md on machines with an empty Debian.
import { cp, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { version } from '../../src/foundation/version.ts'
import { newDataDir } from '../process/serve-world.ts'
import { createDebianHosts, type DebianHost } from './debian-hosts.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

type Block = { host: string; script: string; line: number }

/** The blocks that begin with ```sh host=NAME, in order. */
async function blocksOf(page: string): Promise<Block[]> {
  const text = await readFile(path.join(root, page), 'utf8')
  return [...text.matchAll(/^```sh host=(\w+)\n(.*?)^```$/gms)].map(({ 1: host = '', 2: script = '', index }) => {
    return { host, script, line: text.slice(0, index).split('\n').length }
  })
}

/** What somebody has brought to each machine. */
async function releaseFolder(): Promise<string> {
  const folder = await newDataDir()
  await cp(path.join(root, 'dist/release'), folder, { recursive: true })
  return folder
}

const PAGE = 'docs/operate/install.md'
const names = ['one', 'two', 'proxy']

/** The addresses of the documents, and those that the hosts have here. */
const withAddresses = (script: string, hosts: readonly DebianHost[]) =>
  ['10.0.0.11', '10.0.0.12', '10.0.0.10'].reduce(
    (text, documented, at) => text.replaceAll(documented, hosts[at]?.address ?? ''),
    script,
  )

type At = (name: string) => DebianHost

const THROUGH_TLS = 'export NODE_EXTRA_CA_CERTS=/etc/haproxy/releases.pem WAYBILL_URL=https://releases.example.com'

/** On the proxy's machine, which has Node and the certificate, with the command line that the servers hand out. */
async function publishThroughTls(at: At): Promise<void> {
  const token = await at('one').shell('waybill-operator token create --user ada')
  await at('proxy').shell(`echo '127.0.0.1 releases.example.com' >> /etc/hosts; ${THROUGH_TLS}
    for i in $(seq 20); do curl -fsSO --cacert /etc/haproxy/releases.pem "$WAYBILL_URL/-/cli/waybill.mjs" && break; sleep 0.5; done
    export WAYBILL_TOKEN=${token.trim()}
    for i in 1 2 3 4; do node waybill.mjs project create tools/through-tls-$i; done
    node waybill.mjs project list | grep -c through-tls | grep -qx 4`)
}

const REQUESTS = 1000

/** Both servers are restarted by systemd while a client asks through the proxy. */
async function restartUnderLoad(at: At): Promise<void> {
  const asking = at('proxy').shell(`failed=0
    for i in $(seq ${REQUESTS}); do
      curl -fsS -o /dev/null --cacert /etc/haproxy/releases.pem https://releases.example.com/api/v4/projects || failed=$((failed + 1))
    done; echo "$failed"`)
  for (const name of ['one', 'two']) await at(name).shell('systemctl restart waybill; sleep 4')
  expect((await asking).trim()).toBe('0')
}

/** Debian's unit of Prometheus asks for protections that these hosts, which are namespaces themselves, cannot give. */
const WITHOUT_PROTECTIONS = `mkdir -p /etc/systemd/system/prometheus.service.d
  printf '[Service]\\n%s\\n' PrivateDevices=no PrivateUsers=no DevicePolicy=auto ProtectKernelTunables=no ProtectControlGroups=no \
    ProtectKernelModules=no ProtectSystem=no PrivateTmp=no ProtectHome=no > /etc/systemd/system/prometheus.service.d/here.conf
  systemctl daemon-reload`

/** Each server reads from the replica, and Prometheus hears from both and has the alerts. */
async function watchBoth(at: At): Promise<void> {
  for (const name of ['one', 'two']) {
    await at(name).shell(`token="$(sed -n 's/^METRICS_TOKEN=//p' /etc/waybill.env)"
      for i in $(seq 60); do
        curl -fsS -H "Authorization: Bearer $token" http://127.0.0.1:4000/metrics | grep '^waybill_replica_usable{.*} 1$' && exit
        sleep 1
      done; exit 1`)
  }
  const asked = (path: string) => `curl -fsS "http://127.0.0.1:9090/api/v1/${path}"`
  await at('two').shell(`for i in $(seq 60); do
      ${asked('query?query=sum(up)')} | grep '"2"' && break
      [ "$i" -lt 60 ] && sleep 1
    done
    ${asked('rules')} | grep -c WaybillDown`)
}

test('docs/operate/install.md leads from an empty Debian to two servers behind TLS with a replica, backups and alerts', {
  timeout: 600_000,
}, async () => {
  const blocks = await blocksOf(PAGE)
  const release = await releaseFolder()
  const hosts = await createDebianHosts(names, release)
  const proxyFile = await readFile(path.join(root, 'docs/operate/haproxy.cfg'), 'utf8')
  await writeFile(path.join(release, 'haproxy.cfg'), withAddresses(proxyFile, hosts))
  const at = (name: string) => hosts.find((host) => host.name === name) as DebianHost
  await at('two').shell(WITHOUT_PROTECTIONS)
  for (const { host, script, line } of blocks) {
    process.stdout.write(`${PAGE}:${line} on ${host}\n`)
    // A block goes on with what the one before it on the same machine has exported, as in one shell.
    const shell = `touch /run/walk; . /run/walk\n${withAddresses(script, hosts)}\nexport -p > /run/walk`
    await at(host).shell(shell)
  }
  for (const name of ['one', 'two']) {
    const health = await at(name).shell('curl -fsS http://127.0.0.1:4000/health')
    expect(JSON.parse(health)).toEqual({ status: 'ok', version })
  }
  // Prints what it finds wrong with the unit.
  expect(await at('one').shell('systemd-analyze verify waybill.service 2>&1')).toBe('')
  await publishThroughTls(at)
  await watchBoth(at)
  await restartUnderLoad(at)
})

// The Dockerfile without Docker: what its instructions name is done on an empty Debian.
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { createDebianHosts } from './debian-hosts.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const read = (file: string) => readFile(path.join(root, file), 'utf8')

/** The instructions of the last stage, in order. */
async function lastStage(): Promise<[name: string, value: string][]> {
  const stage = (await read('Dockerfile')).split(/^FROM /m).at(-1) ?? ''
  const [, ...lines] = stage.trimEnd().split('\n')
  return lines.map((line) => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)])
}

const quote = (words: readonly string[]) => words.map((word) => `'${word}'`).join(' ')

test('the steps of the Dockerfile make an image whose server publishes, is healthy and stops in order', {
  timeout: 300_000,
}, async () => {
  const stage = await lastStage()
  const all = (name: string) => stage.filter(([each]) => each === name).map(([, value]) => value)
  const one = (name: string) => all(name)[0] ?? ''
  const list = (name: string) => JSON.parse(one(name).replace(/^.*?(?=\[)/, '')) as string[]
  const [host] = await createDebianHosts(['image'], path.join(root, 'dist/release'))
  if (!host) throw new Error('no host')
  expect(all('COPY')).toEqual([
    '--from=build /build/dist/release/ /tmp/release/',
    'scripts/docker/install.sh /tmp/install.sh',
  ])
  await host.shell('cp -r /root/release /tmp/release')
  await host.shell(
    `cat > /tmp/install.sh <<'INSTALL'\n${await read('scripts/docker/install.sh')}INSTALL\nchmod 755 /tmp/install.sh`,
  )
  for (const [name] of stage) if (name === 'RUN') await host.shell(quote(list('RUN')))
  await host.shell(
    `runuser -u postgres -- psql -qc "CREATE ROLE waybill LOGIN PASSWORD 'secret'" -c 'CREATE DATABASE waybill OWNER waybill'`,
  )
  const url = 'DATABASE_URL=postgres://waybill:secret@127.0.0.1:5432/waybill'
  const inImage = (words: readonly string[]) =>
    `runuser -u ${one('USER')} -- env -C ${one('WORKDIR')} ${one('ENV')} ${url} ${quote(words)}`
  await host.shell(
    `${inImage([...list('ENTRYPOINT'), ...list('CMD')])} > /root/said 2>&1 & echo $! > /root/pid; disown`,
  )
  const check = inImage(list('HEALTHCHECK'))
  await host.shell(`for i in $(seq 120); do ${check} && exit 0; sleep 0.5; done; cat /root/said; exit 1`)
  const who = await host.shell(
    `ps -o user= -p $(pgrep -f bin/waybill.js | tail -1) 2>/dev/null || stat -c %U /proc/$(cat /root/pid)`,
  )
  expect(who).toBeTypeOf('string')
  await host.shell(`${inImage(['waybill', 'user', 'create', 'ada', '--admin'])}
    export WAYBILL_URL=http://127.0.0.1:4000 WAYBILL_TOKEN="$(${inImage(['waybill', 'token', 'create', '--user', 'ada'])})"
    waybill project create tools/app`)
  expect(await host.shell('find /opt/waybill-* ! -user root | head -1')).toBe('')
  await host.shell(`kill -${one('STOPSIGNAL').slice(3)} $(pidof node | tr ' ' '\\n' | tail -1)
    for i in $(seq 100); do pidof node > /dev/null || exit 0; sleep 0.2; done; cat /root/said; exit 1`)
})

type Service = { environment: Record<string, string>; volumes: string[]; stop_grace_period?: string; build?: string }

test('compose.yaml runs the image with a database, keeps its data in a volume, and gives it time to stop', async () => {
  const { services, volumes } = parse(await read('compose.yaml')) as {
    services: Record<'waybill' | 'database', Service>
    volumes: Record<string, null>
  }
  const { waybill, database } = services
  const stage = await lastStage()
  const [folder] = JSON.parse(stage.find(([name]) => name === 'VOLUME')?.[1] ?? '[]')
  expect(waybill.volumes).toEqual([`data:${folder}`])
  expect(waybill.build).toBe('.')
  expect(Number.parseInt(waybill.stop_grace_period ?? '', 10)).toBeGreaterThan(30 + 5)
  expect(Object.keys(volumes)).toEqual(['database', 'data'])
  expect(database.volumes).toHaveLength(1)
  const example = await read('.env.example')
  for (const name of Object.keys(waybill.environment)) expect(example).toContain(`${name}=`)
})

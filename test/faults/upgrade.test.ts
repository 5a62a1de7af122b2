// A version and its successor side by side on one database, both from the release tarball, and back again.
import { execFile } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { version } from '../../src/foundation/version.ts'
import { createJobProject, type JobProject } from '../process/job-project.ts'
import { newDataDir, takePort, until } from '../process/serve-world.ts'
import { type ServerProcess, spawnServer } from '../support/server-process.ts'
import { startProxy } from './proxies.ts'
import { createTraffic } from './traffic.ts'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../..', import.meta.url))
const NEXT = '99.0.0'
const REQUESTS = 5000
/** HAProxy's time to see that a server is back. */
const PAUSE_MS = 3500

/** What the next version does to the database, as a migration with which this version can go on. */
const MIGRATION = `-- Oldest version: ${version}
ALTER TABLE "projects" ADD COLUMN "of_the_next_version" INTEGER NOT NULL DEFAULT 0;
`

async function unpack(): Promise<string> {
  const folder = await newDataDir()
  const tarball = path.join(root, 'dist/release', `waybill-${version}-without-postgres.tar.gz`)
  await run('tar', ['-xzf', tarball, '-C', folder, '--strip-components=1'])
  return folder
}

/** The next version: this one with another number and a further migration. */
async function unpackNext(): Promise<string> {
  const folder = await unpack()
  const file = path.join(folder, 'package.json')
  await writeFile(file, JSON.stringify({ ...JSON.parse(await readFile(file, 'utf8')), version: NEXT }))
  const migration = path.join(folder, 'prisma/migrations/99990101000000_next_version')
  await mkdir(migration)
  await writeFile(path.join(migration, 'migration.sql'), MIGRATION)
  return folder
}

class Node {
  server: ServerProcess | undefined
  readonly port: number
  readonly project: JobProject
  constructor(port: number, project: JobProject) {
    this.port = port
    this.project = project
  }

  async start(folder: string): Promise<void> {
    const settings = { PORT: String(this.port), STOP_DELAY_SECONDS: '5', RATE_LIMITS: 'off', TRUST_PROXY: '1' }
    const program = path.join(folder, 'bin/waybill.js')
    this.server = spawnServer({ ...this.project.env, ...settings }, ['serve'], { program })
    await this.server.listening()
  }

  async stop(): Promise<void> {
    this.server?.kill('SIGTERM')
    expect(await this.server?.ended).toEqual({ code: 0, signal: null })
  }

  version = async () =>
    ((await (await fetch(`http://127.0.0.1:${this.port}/health`)).json()) as { version: string }).version
}

async function createNodes(project: JobProject): Promise<Node[]> {
  const nodes = await Promise.all(
    [1, 2].map(async () => {
      const { port, release } = await takePort()
      await release()
      return new Node(port, project)
    }),
  )
  onTestFinished(() => nodes.forEach(({ server }) => void server?.kill('SIGKILL')))
  return nodes
}

test('an upgrade and the way back fail no request, while both versions serve one database', {
  timeout: 300_000,
}, async () => {
  const [old, next] = [await unpack(), await unpackNext()]
  const project = await createJobProject()
  const nodes = await createNodes(project)
  for (const node of nodes) await node.start(old)
  const proxy = await startProxy(
    'haproxy',
    nodes.map(({ port }) => port),
  )
  const traffic = createTraffic(proxy.url, project)
  const served: string[][] = []
  for (const folder of [next, old]) {
    for (const node of nodes) {
      await node.stop()
      await node.start(folder)
      await setTimeout(PAUSE_MS)
      served.push(await Promise.all(nodes.map((one) => one.version())))
    }
  }
  await until(() => traffic.sent() >= REQUESTS + 8, 200)
  const { answered, failures, created } = await traffic.end()
  process.stdout.write(`${answered} requests during an upgrade and the way back, ${failures.length} failed\n`)
  expect(failures).toEqual([])
  expect(answered).toBeGreaterThanOrEqual(REQUESTS)
  expect(served).toEqual([
    [NEXT, version],
    [NEXT, NEXT],
    [version, NEXT],
    [version, version],
  ])
  expect(await traffic.existing()).toEqual(expect.arrayContaining(created))
})

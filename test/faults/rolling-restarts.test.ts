import { setTimeout } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createJobProject, type JobProject } from '../process/job-project.ts'
import { serve, takePort, until } from '../process/serve-world.ts'
import type { ServerProcess } from '../support/server-process.ts'
import { type ProxyName, type ProxyProcess, proxies, startProxy } from './proxies.ts'
import { AT_ONCE, createTraffic } from './traffic.ts'

const REQUESTS = 5000
const ROUNDS = 2
/** The value in docs/operate. */
const STOP_DELAY_SECONDS = '5'
/** The time for HAProxy to see that a server is back, and for nginx to try it again. */
const PAUSE_MS = 3500

type Node = { port: number; server: ServerProcess; start: () => Promise<void> }

async function startNode(project: JobProject, settings: Record<string, string>): Promise<Node> {
  const { port, release } = await takePort()
  await release()
  const usual = { PORT: String(port), STOP_DELAY_SECONDS, RATE_LIMITS: 'off', TRUST_PROXY: '1' }
  const env = { ...project.env, ...usual, ...settings }
  const node: Node = {
    port,
    server: serve(env),
    async start() {
      node.server = serve(env)
      await node.server.listening()
    },
  }
  return node
}

async function startNodes(project: JobProject, settings: Record<string, string> = {}): Promise<Node[]> {
  const nodes = [await startNode(project, settings), await startNode(project, settings)]
  for (const { server } of nodes) await server.listening()
  return nodes
}

const portsOf = (nodes: readonly Node[]) => nodes.map(({ port }) => port)

async function restart(node: Node): Promise<void> {
  node.server.kill('SIGTERM')
  expect(await node.server.ended).toEqual({ code: 0, signal: null })
  await node.start()
  await setTimeout(PAUSE_MS)
}

const story = (failures: readonly unknown[], proxy: ProxyProcess) =>
  failures.length > 0 ? `${JSON.stringify(failures.slice(0, 20))}\n${proxy.said().slice(-20_000)}` : ''

const fleets: [ProxyName, string, Record<string, string>][] = [
  ['nginx', 'one process each', {}],
  ['haproxy', 'one process each', {}],
  ['nginx', 'two processes each', { WORKERS: '2' }],
]

test.for(fleets)('a rolling restart fails no request behind %s, with %s', { timeout: 300_000 }, async (fleet) => {
  const [name, , settings] = fleet
  const project = await createJobProject()
  const nodes = await startNodes(project, settings)
  const proxy = await startProxy(name, portsOf(nodes))
  const traffic = createTraffic(proxy.url, project)
  for (let round = 0; round < ROUNDS; round++) for (const node of nodes) await restart(node)
  await until(() => traffic.sent() >= REQUESTS + AT_ONCE, 200)
  const { answered, failures, created } = await traffic.end()
  process.stdout.write(`${answered} requests behind ${name}, ${failures.length} failed\n`)
  expect(story(failures, proxy)).toBe('')
  expect(answered).toBeGreaterThanOrEqual(REQUESTS)
  expect(await traffic.existing()).toEqual(expect.arrayContaining(created))
})

test.for(proxies)('a server that is killed behind %s fails only the requests that it held', async (name) => {
  const project = await createJobProject()
  const nodes = await startNodes(project)
  const proxy = await startProxy(name, portsOf(nodes))
  const traffic = createTraffic(proxy.url, project)
  const [killed] = nodes as [Node]
  await until(() => traffic.sent() >= 200)
  killed.server.kill('SIGKILL')
  await killed.server.ended
  const sent = traffic.sent()
  await until(() => traffic.sent() >= sent + 500)
  await killed.start()
  await until(() => traffic.sent() >= sent + 1000)
  const { failures, created } = await traffic.end()
  process.stdout.write(`${failures.length} requests failed behind ${name}\n`)
  expect(
    story(
      failures.filter(({ id }) => id >= sent),
      proxy,
    ),
  ).toBe('')
  expect(failures.length).toBeLessThanOrEqual(AT_ONCE)
  expect(await traffic.existing()).toEqual(expect.arrayContaining(created))
})

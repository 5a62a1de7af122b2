import { readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import type { Demo } from '../../src/demo/demo-file.ts'
import { exampleQuery } from '../../src/http/example-query.ts'
import { ask } from '../support/server-process.ts'
import { newDataDir, serve } from './serve-world.ts'

/** From the command to the first answered query. */
const FIRST_ANSWER_MS = 10_000

type Example = { currentUser: { username: string } | null; project: { releases: { nodes: { tagName: string }[] } } }
type Names = { project: { releases: { nodes: { name: string; tagName: string | null }[] } } }

const secretQuery = '{ project(fullPath: "demo/secret") { releases(first: 3) { nodes { name tagName } } } }'

async function readDemo(dataDir: string): Promise<Demo> {
  return JSON.parse(await readFile(path.join(dataDir, 'demo.json'), 'utf8')) as Demo
}

test('the first start on an empty folder answers the example query within 10 s and says where everything is', async () => {
  const dataDir = await newDataDir()
  const started = performance.now()
  const server = serve({ DATA_DIR: dataDir })
  const url = await server.listening()
  const { data, errors } = await ask<Example>(url, exampleQuery)
  const ms = Math.round(performance.now() - started)
  process.stdout.write(`First answer ${ms} ms after the first start\n`)
  expect(ms).toBeLessThan(FIRST_ANSWER_MS)
  expect(errors).toBeUndefined()
  expect(data.currentUser).toBeNull()
  expect(data.project.releases.nodes.map(({ tagName }) => tagName)).toContain('v1.0.0')
  expect(server.stdout()).toBe(
    [
      `Waybill is listening. GraphiQL: ${url}/graphql`,
      'Demo projects: demo/waybill (public) and demo/secret (private), in the group demo',
      `Demo tokens: ${path.join(dataDir, 'demo.json')}\n`,
    ].join('\n'),
  )
}, 30_000)

test('the demo tokens of the first start work, are readable by their owner only and are never logged', async () => {
  const dataDir = await newDataDir()
  const server = serve({ DATA_DIR: dataDir, LOG_LEVEL: 'trace' })
  const url = await server.listening()
  const demo = await readDemo(dataDir)
  expect((await stat(path.join(dataDir, 'demo.json'))).mode & 0o777).toBe(0o600)
  expect(demo).toEqual({
    baseUrl: url,
    projectPath: 'demo/waybill',
    privateProjectPath: 'demo/secret',
    groupPath: 'demo',
    tokens: expect.anything(),
  })
  expect(Object.keys(demo.tokens)).toEqual(['owner', 'maintainer', 'developer', 'reporter', 'guest'])
  for (const [role, token] of Object.entries(demo.tokens)) {
    const example = await ask<Example>(url, exampleQuery, token)
    expect([example.errors, example.data.currentUser?.username]).toEqual([undefined, role])
    const { nodes } = (await ask<Names>(url, secretQuery, token)).data.project.releases
    expect(nodes).toHaveLength(3)
    const seesTags = role !== 'guest'
    for (const { tagName } of nodes) expect(typeof tagName).toBe(seesTags ? 'string' : 'object')
    if (!seesTags) for (const { name } of nodes) expect(name).toMatch(/^Release-\d+$/)
  }
  const lines = server.stderr().trimEnd().split('\n')
  const requests = lines.map((line) => JSON.parse(line) as Record<string, unknown>).filter(({ path: at }) => at)
  expect(requests).toHaveLength(10)
  for (const request of requests) {
    expect(request).toMatchObject({ method: 'POST', path: '/graphql', status: 200, requestId: expect.any(String) })
  }
  for (const token of Object.values(demo.tokens)) expect(server.stdout() + server.stderr()).not.toContain(token)
}, 30_000)

test('after a kill -9 the next start has the same data and the same tokens', async () => {
  const dataDir = await newDataDir()
  const killed = serve({ DATA_DIR: dataDir })
  const everything = `{
    open: project(fullPath: "demo/waybill") { id releases { count nodes { id tagName evidences { nodes { sha } } } } }
    secret: project(fullPath: "demo/secret") { id releases { count nodes { id tagName evidences { nodes { sha } } } } }
  }`
  const { tokens } = await killed.listening().then(() => readDemo(dataDir))
  const before = await ask(await killed.listening(), everything, tokens.owner)
  killed.kill('SIGKILL')
  expect(await killed.ended).toEqual({ code: null, signal: 'SIGKILL' })

  const started = performance.now()
  const server = serve({ DATA_DIR: dataDir })
  const url = await server.listening()
  const after = await ask(url, everything, tokens.owner)
  process.stdout.write(`First answer ${Math.round(performance.now() - started)} ms after the second start\n`)
  expect(before.errors).toBeUndefined()
  expect(after).toEqual(before)
  expect(await readDemo(dataDir)).toMatchObject({ baseUrl: url, tokens })
  expect(server.stderr()).not.toContain('demo project created')
}, 30_000)

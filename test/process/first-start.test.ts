import { readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import type { Demo } from '../../src/demo/demo-file.ts'
import { version } from '../../src/foundation/version.ts'
import { exampleQuery } from '../../src/http/graphql/example-query.ts'
import { ask, type ServerProcess } from '../support/server-process.ts'
import { newDataDir, readDemo, serve, until } from './serve-world.ts'

/** The time from the command to the first answered query on an idle machine. The best of three starts counts. */
const FIRST_ANSWER_MS = 10_000
const RETRIES = 2

type Example = { currentUser: { username: string } | null; project: { releases: { nodes: { tagName: string }[] } } }
type Names = { project: { releases: { nodes: { name: string; tagName: string | null }[] } } }

const secretQuery = '{ project(fullPath: "demo/secret") { releases(first: 3) { nodes { name tagName } } } }'
const tag = expect.stringMatching(/^v\d/)
const masked = { name: expect.stringMatching(/^Release-\d+$/), tagName: null }

async function expectWorkingTokens(url: string, tokens: Demo['tokens']): Promise<void> {
  for (const [role, token] of Object.entries(tokens)) {
    const example = await ask<Example>(url, exampleQuery, token)
    expect([example.errors, example.data.currentUser?.username]).toEqual([undefined, role])
    const { nodes } = (await ask<Names>(url, secretQuery, token)).data.project.releases
    const node = role === 'guest' ? masked : { name: expect.any(String), tagName: tag }
    expect(nodes).toEqual([node, node, node])
  }
}

/** A request is logged a moment after its answer. */
async function requestsOf(server: ServerProcess, count: number): Promise<Record<string, unknown>[]> {
  const lines = () => server.stderr().trimEnd().split('\n')
  const requests = () =>
    lines()
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter(({ path: at }) => at)
  await until(() => requests().length === count)
  return requests()
}

test('the first start on an empty folder answers within 10 s and says where the projects and tokens are', {
  retry: RETRIES,
}, async () => {
  const dataDir = await newDataDir()
  const started = performance.now()
  const server = serve({ DATA_DIR: dataDir, LOG_LEVEL: 'trace' })
  const url = await server.listening()
  const { data, errors } = await ask<Example>(url, exampleQuery)
  const ms = Math.round(performance.now() - started)
  process.stdout.write(`First answer ${ms} ms after the first start\n`)
  expect(ms).toBeLessThan(FIRST_ANSWER_MS)
  expect(errors).toBeUndefined()
  expect(data.currentUser).toBeNull()
  expect(data.project.releases.nodes.map(({ tagName }) => tagName)).toContain('v1.0.0')

  const file = path.join(dataDir, 'demo.json')
  expect(server.stdout().split('\n')).toEqual([
    `Waybill is listening. GraphiQL: ${url}/graphql`,
    `Pages for a browser: ${url}/`,
    'Demo projects: demo/waybill (public) and demo/secret (private), in the group demo',
    `Demo tokens: ${file}`,
    `Demo mails: ${url}/-/demo/mailbox`,
    '',
  ])
  // The server announces slow steps before they begin, and the account under which it runs.
  const logged = server.stderr().split('\n').filter(Boolean)
  const told = logged.map((line) => JSON.parse(line) as Record<string, unknown>)
  expect(told.find(({ msg }) => msg === 'Waybill starts')).toMatchObject({ version, node: process.version })
  expect(told[0]?.msg).toMatch(/^making a database: .* takes some seconds/)
  expect(told.map(({ msg }) => msg)).toContain('making the demo world')

  const paths = { projectPath: 'demo/waybill', privateProjectPath: 'demo/secret', groupPath: 'demo' }
  const { tokens, ...rest } = await readDemo(dataDir)
  expect(rest).toEqual({ baseUrl: url, ...paths })
  expect(Object.keys(tokens)).toEqual(['owner', 'maintainer', 'developer', 'reporter', 'guest'])
  expect((await stat(file)).mode & 0o777).toBe(0o600)

  await expectWorkingTokens(url, tokens)
  for (const request of await requestsOf(server, 11)) {
    expect(request).toMatchObject({ method: 'POST', path: '/graphql', status: 200, requestId: expect.any(String) })
  }
  const printed =
    server.stdout() + server.stderr() + (await readFile(path.join(dataDir, 'postgres/server.log'), 'utf8'))
  for (const token of Object.values(tokens)) expect(printed).not.toContain(token)
})

import { expect, test } from 'vitest'
import { ask } from '../support/server-process.ts'
import { createJobProject } from './job-project.ts'
import { newDataDir, serve, until } from './serve-world.ts'

type Names = { project: { releases: { nodes: { name: string }[] } } }

/**
 * Each connection goes to one of the processes. `fetch` keeps several connections, so a few requests at once reach all
 * processes.
 */
const AT_ONCE = 8

test("two processes serve one port, show each other's writes, are replaced when they are killed, and end in order", async () => {
  const project = await createJobProject()
  const server = serve({ ...project.env, WORKERS: '2' })
  const url = await server.listening()
  const names = `{ project(fullPath: "${project.path}") { releases { nodes { name } } } }`
  const askAll = () => Promise.all(Array.from({ length: AT_ONCE }, () => ask<Names>(url, names, project.token)))
  const create = `{ projectPath: "${project.path}", tagName: "v0", ref: "main" }`
  await ask(url, `mutation { releaseCreate(input: ${create}) { errors } }`, project.token)

  const pids = () =>
    [...server.stderr().matchAll(/"workerPid":(\d+),"msg":"a worker serves"/g)].map(([, pid]) => Number(pid))
  await until(() => pids().length === 2)

  for (let n = 1; n <= 20; n += 1) {
    const input = `{ projectPath: "${project.path}", tagName: "v0", name: "name ${n}" }`
    const written = await ask<{ releaseUpdate: { errors: string[] } }>(
      url,
      `mutation { releaseUpdate(input: ${input}) { errors } }`,
      project.token,
    )
    expect(written.data.releaseUpdate.errors).toEqual([])
    const answers = await askAll()
    expect(new Set(answers.map(({ data }) => data.project.releases.nodes[0]?.name))).toEqual(new Set([`name ${n}`]))
  }
  process.kill(pids()[0] ?? 0, 'SIGKILL')
  await until(() => pids().length === 3)
  await askAll()
  server.kill('SIGTERM')
  expect(await server.ended).toEqual({ code: 0, signal: null })
}, 60_000)

test('the metrics of two processes add up, and what the database knows is told once', async () => {
  const project = await createJobProject()
  const server = serve({ ...project.env, WORKERS: '2' })
  const url = await server.listening()
  const pids = () => [...server.stderr().matchAll(/"a worker serves"/g)].length
  await until(() => pids() === 2)
  await ask(
    url,
    `mutation { releaseCreate(input: { projectPath: "${project.path}", tagName: "v0", ref: "main", releasedAt: "2099-01-01T00:00:00Z" }) { errors } }`,
    project.token,
  )
  const names = `{ project(fullPath: "${project.path}") { releases { nodes { name } } } }`
  for (let time = 0; time < 3; time += 1)
    await Promise.all(Array.from({ length: AT_ONCE }, () => ask<Names>(url, names, project.token)))
  // Each connection may lead to the other process.
  const read = async () => (await fetch(`${url}/metrics`, { headers: { connection: 'close' } })).text()
  const texts = [await read(), await read(), await read()]
  for (const text of texts) {
    expect(text).toContain('waybill_jobs{state="later"} 2\n')
    expect(text).toContain('waybill_ready 1\n')
    expect(text).toMatch(/^waybill_http_request_duration_seconds_count\{door="graphql",status="200"\} 25$/m)
    expect(text).toMatch(/^waybill_build_info\{.*\} 1$/m)
  }
  server.kill('SIGTERM')
  expect(await server.ended).toEqual({ code: 0, signal: null })
}, 60_000)

test('processes that cannot start end with one line that says why', async () => {
  const server = serve({
    WORKERS: '2',
    DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none',
    DATA_DIR: await newDataDir(),
  })
  expect(await server.ended).toEqual({ code: 1, signal: null })
  expect(server.stderr()).toMatch(/^Cannot reach the database at 127\.0\.0\.1:1 /)
})

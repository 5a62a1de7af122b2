import { expect, test } from 'vitest'
import { sendFrom } from '../support/proxy.ts'
import { createJobProject } from './job-project.ts'
import { serve, until } from './serve-world.ts'

const LIMIT = 1000
const READ = 10

test('two processes on one port share the points of an account within two seconds', async () => {
  const project = await createJobProject()
  const server = serve({ ...project.env, WORKERS: '2', RATE_LIMIT_ACCOUNT: String(LIMIT) })
  const url = await server.listening()
  await until(() => [...server.stderr().matchAll(/"msg":"a worker serves"/g)].length === 2)
  // Each request uses a connection of its own, because connections go to the processes in turn.
  const ask = () => sendFrom(`${url}/api/v4/user`, { headers: { 'private-token': project.token } })

  for (let n = 1; n <= LIMIT / READ; n++) expect((await ask()).status).toBe(200)
  const spentAt = Date.now()
  // A process that has not heard of the points yet still answers.
  let refusals = 0
  while (refusals < 4) refusals = (await ask()).status === 429 ? refusals + 1 : 0
  expect(Date.now() - spentAt).toBeLessThan(4000)
  expect((await sendFrom(`${url}/health`)).status).toBe(200)
  server.kill('SIGTERM')
  expect(await server.ended).toEqual({ code: 0, signal: null })
}, 60_000)

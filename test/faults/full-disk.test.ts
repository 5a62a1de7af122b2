import { execFile } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { Agent, type IncomingMessage, request } from 'node:http'
import path from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { createJobProject } from '../process/job-project.ts'
import { newDataDir, serve } from '../process/serve-world.ts'

const MIB = 1024 ** 2

/** A disk of so many MiB, which is gone when the test has finished. */
async function smallDisk(mebibytes: number): Promise<string> {
  const folder = path.join(await newDataDir(), 'disk')
  await mkdir(folder)
  await promisify(execFile)('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'tmpfs', folder])
  onTestFinished(async () => {
    await promisify(execFile)('umount', ['--lazy', folder])
  })
  return folder
}

type Answer = { status: number; retryAfter: string | undefined; connection: string | undefined; body: string }

/** On connections that are kept where the server keeps them. Fails when one is reset. */
function put(agent: Agent, url: string, token: string, bytes: number): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = { 'private-token': token, 'content-length': bytes }
    const sent = request(url, { agent, method: 'PUT', headers })
    sent.once('error', reject).once('response', async (response: IncomingMessage) => {
      const body = Buffer.concat(await response.toArray()).toString()
      const { 'retry-after': retryAfter, connection } = response.headers
      resolve({ status: response.statusCode ?? 0, retryAfter, connection, body })
    })
    for (let left = bytes; left > 0; left -= MIB) sent.write(Buffer.alloc(Math.min(left, MIB)))
    sent.end()
  })
}

const full = {
  status: 503,
  retryAfter: '60',
  connection: 'close',
  body: '{"message":"The server cannot store files now: try again later"}',
}

test('An upload that fills the disk is answered with 503, the connection is not reset, and what fits is taken afterwards', async () => {
  const project = await createJobProject()
  const server = serve({ ...project.env, DATA_DIR: await smallDisk(12) })
  const url = await server.listening()
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  onTestFinished(() => agent.destroy())
  const files = [
    (n: number) => `packages/generic/app/1.0.0/app-${n}.bin`,
    (n: number) => `report_artifacts/${'a'.repeat(40)}/report-${n}.xml`,
  ]
  for (const file of files) {
    for (const n of [1, 2]) {
      const at = `${url}/api/v4/projects/${project.projectId}/${file(n)}`
      expect(await put(agent, at, project.token, 40 * MIB)).toEqual(full)
      expect(await put(agent, at, project.token, 2 * MIB)).toMatchObject({ status: 201, connection: 'keep-alive' })
    }
  }
  expect(server.stderr()).toContain('ENOSPC')
  expect(server.stderr()).toContain('a file could not be stored')
})

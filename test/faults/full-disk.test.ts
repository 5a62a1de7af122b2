import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { Agent, type IncomingMessage, request } from 'node:http'
import path from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { db } from '../../src/database/db.ts'
import { createJobProject } from '../process/job-project.ts'
import { newDataDir, serve } from '../process/serve-world.ts'

const MIB = 1024 ** 2

/** A disk of this many MiB, which is removed when the test has finished. */
async function smallDisk(mebibytes: number): Promise<string> {
  const folder = path.join(await newDataDir(), 'disk')
  await mkdir(folder)
  await promisify(execFile)('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'tmpfs', folder])
  onTestFinished(async () => {
    await promisify(execFile)('umount', ['--lazy', folder])
  })
  return folder
}

/** Runs git with this input and returns its output. */
function gitWith(repository: string, args: readonly string[], input: Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile('git', ['-C', repository, ...args], (error, stdout) =>
      error ? reject(error) : resolve(stdout.trim()),
    )
    // Git may end before it has read everything. Its exit code says whether that is a failure.
    child.stdin?.on('error', () => {}).end(input)
  })
}

type Answer = { status: number; retryAfter: string | undefined; connection: string | undefined; body: string }

/** Sends the bytes on connections that stay open when the server keeps them open. Fails when a connection is reset. */
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

test('an upload that fills the disk is answered with 503, the connection is not reset, and what fits is taken afterwards', async () => {
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

/** A public project with a file whose archive does not fit on the disk beside others. */
async function startArchives() {
  const project = await createJobProject()
  await db.project.update({ where: { id: project.projectId }, data: { visibility: 'public' } })
  await commitFile(project.repository, 'small', randomBytes(1000))
  await commitFile(project.repository, 'large', randomBytes(40 * MIB))
  const disk = await smallDisk(12)
  const server = serve({ ...project.env, DATA_DIR: disk })
  const url = await server.listening()
  const get = (tag: string) => fetch(`${url}/${project.path}/-/archive/${tag}/${tag}.tar`)
  return { get, disk, archives: path.join(disk, 'archives') }
}

/** A tag of a commit with this file alone. */
async function commitFile(repository: string, tag: string, content: Buffer): Promise<void> {
  const blob = await gitWith(repository, ['hash-object', '-w', '--stdin'], content)
  const tree = await gitWith(repository, ['mktree'], Buffer.from(`100644 blob ${blob}\tfile\n`))
  const author = ['-c', 'user.name=A', '-c', 'user.email=a@example.com']
  const commit = await gitWith(repository, [...author, 'commit-tree', tree, '-m', tag], Buffer.alloc(0))
  await gitWith(repository, ['tag', tag, commit], Buffer.alloc(0))
}

test('an archive that the disk has no room for never looks whole, and is made when there is room', async () => {
  const { get, disk, archives } = await startArchives()
  // The answer breaks off when the disk is full, after much of it has been sent.
  const large = await get('large')
  if (large.status === 200) await expect(large.arrayBuffer()).rejects.toThrow()
  else expect([large.status, large.headers.get('retry-after')]).toEqual([503, '60'])
  expect((await readdir(archives)).filter((name) => name !== 'incoming')).toEqual([])

  const filling = path.join(disk, 'filling')
  await expect(writeFile(filling, Buffer.alloc(40 * MIB))).rejects.toThrow('ENOSPC')
  const refused = await get('small')
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '60'])
  expect(await refused.json()).toEqual({ message: 'The server cannot store files now: try again later' })
  await rm(filling)
  const made = await get('small')
  expect([made.status, (await made.arrayBuffer()).byteLength > 1000]).toEqual([200, true])
  // The archive is kept by now, so that a full disk does not affect it.
  await expect(writeFile(filling, Buffer.alloc(40 * MIB))).rejects.toThrow('ENOSPC')
  expect((await get('small')).status).toBe(200)
})

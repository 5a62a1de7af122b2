import { execFile } from 'node:child_process'
import { open, rm, statfs } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { connectDatabase } from '../../src/database/db.ts'
import { newDataDir, serve, until } from '../process/serve-world.ts'
import * as create from '../support/factories.ts'
import { startPostgres } from '../support/postgres-servers.ts'

const run = promisify(execFile)

/** A file system of its own for the database. */
async function mountSmall(): Promise<string> {
  const folder = await newDataDir()
  await run('mount', ['-t', 'tmpfs', '-o', 'size=160m,mode=0777', 'tmpfs', folder])
  onTestFinished(async () => {
    await run('umount', ['--lazy', folder])
  })
  return folder
}

/** Fills all the room that is left, and returns a function that frees it. */
async function fill(folder: string): Promise<() => Promise<void>> {
  const file = path.join(folder, 'filling')
  const handle = await open(file, 'w')
  const block = Buffer.alloc(64 * 1024)
  try {
    for (;;) await handle.write(block)
  } catch (error) {
    expect((error as NodeJS.ErrnoException).code).toBe('ENOSPC')
  } finally {
    await handle.close()
  }
  expect((await statfs(folder)).bavail).toBe(0)
  return () => rm(file)
}

test('a server whose database is full is unready, says 503 to writes, and gives their keys back', async () => {
  const folder = await mountSmall()
  const { url: databaseUrl } = await startPostgres({ parent: folder })
  const server = serve({ DATABASE_URL: databaseUrl, DATA_DIR: await newDataDir() })
  const url = await server.listening()
  const client = connectDatabase({ url: databaseUrl })
  onTestFinished(() => client.$disconnect())
  const project = await create.createProject()
  const maintainer = await create.createUser()
  await create.addMember({ project }, maintainer, 'maintainer')
  const token = await create.tokenFor(maintainer)
  // A text too long for the pages that the table already has.
  const description = Array.from({ length: 40_000 }, (_, n) => (n * 2_654_435_761).toString(36)).join(' ')
  const write = () =>
    fetch(`${url}/api/v4/projects/${project.id}/milestones`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'private-token': token, 'idempotency-key': 'one' },
      body: JSON.stringify({ title: 'One', description }),
    })

  // The first check makes its row, for which there is no room later.
  expect((await fetch(`${url}/ready`)).status).toBe(200)
  const empty = await fill(folder)
  const ready = await fetch(`${url}/ready`)
  expect([ready.status, await ready.json()]).toEqual([
    503,
    { status: 'unready', reason: 'the disk of the database is full' },
  ])
  const refused = await write()
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '2'])

  await empty()
  const started = performance.now()
  await until(async () => (await fetch(`${url}/ready`)).status === 200)
  const written = await write()
  expect([written.status, written.headers.get('idempotency-replayed')]).toEqual([201, null])
  expect(performance.now() - started).toBeLessThan(10_000)
})

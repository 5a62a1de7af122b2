import { readdir, readFile, rename } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { withConnection } from '../../src/database/connections/connection.ts'
import { embeddedUrl, isPostgresRunning, newDataDir, readDemo, serve, until } from '../process/serve-world.ts'
import { ask } from '../support/server-process.ts'

/** The longest time from the kill to an answer, recovery included, on a busy machine. */
const BACK_MS = 20_000
/** More than all attempts to start it again take. */
const GIVEN_UP_MS = 60_000

const postmaster = async (dataDir: string) =>
  Number.parseInt(await readFile(path.join(dataDir, 'postgres/data/postmaster.pid'), 'utf8'), 10)

/** The oldest first. The newest may be of a connection that has just been closed, and is not killed any more then. */
const backends = async (dataDir: string): Promise<number[]> => {
  const sql = `SELECT pid FROM pg_stat_activity WHERE datname = 'waybill' AND pid <> pg_backend_pid()
    AND backend_type = 'client backend' ORDER BY backend_start`
  return withConnection(await embeddedUrl(dataDir), async (client) =>
    (await client.query(sql)).rows.map(({ pid }) => pid),
  )
}

type Created = { releaseCreate: { errors: string[] } }
type Found = { project: { releases: { nodes: { tagName: string }[] } } }

const create = (tag: string) =>
  `mutation { releaseCreate(input: { projectPath: "demo/secret", tagName: "${tag}", ref: "main" }) { errors } }`
const list = '{ project(fullPath: "demo/secret") { releases(first: 100) { nodes { tagName } } } }'

const kills: [string, (dataDir: string) => Promise<number>][] = [
  ['PostgreSQL', postmaster],
  ['a process of PostgreSQL that serves a connection', async (dataDir) => (await backends(dataDir))[0] ?? 0],
]

test.for(kills)(
  'the server answers again by itself after a kill -9 of %s, with everything that was written',
  async ([, pid]) => {
    const dataDir = await newDataDir()
    const server = serve({ DATA_DIR: dataDir, RESPONSE_CACHE: 'off' })
    const url = await server.listening()
    const { tokens } = await readDemo(dataDir)
    const written: string[] = []
    for (let n = 0; n < 3; n++) {
      const tag = `v9.${n}.0`
      const { data, errors } = await ask<Created>(url, create(tag), tokens.owner)
      expect([errors, data.releaseCreate.errors]).toEqual([undefined, []])
      written.push(tag)
      const killed = performance.now()
      process.kill(await pid(dataDir), 'SIGKILL')
      await until(() => server.stderr().split('the embedded PostgreSQL serves again').length === n + 2)
      let found: Found | null = null
      await until(async () => {
        found = await ask<Found>(url, list, tokens.owner).then(
          (answer) => (answer.errors ? null : answer.data),
          () => null,
        )
        return found !== null
      })
      expect(performance.now() - killed).toBeLessThan(BACK_MS)
      const tags = (found as unknown as Found).project.releases.nodes.map(({ tagName }) => tagName)
      expect(tags).toEqual(expect.arrayContaining(written))
      await until(async () => (await fetch(`${url}/ready`)).status === 200)
    }
    server.kill('SIGTERM')
    expect(await server.ended).toEqual({ code: 0, signal: null })
    expect(isPostgresRunning(dataDir)).toBe(false)
  },
)

test('/ready says that the database cannot be reached while PostgreSQL is away, and the process ends where it does not come back', async () => {
  const dataDir = await newDataDir()
  const server = serve({ DATA_DIR: dataDir })
  const url = await server.listening()
  const control = path.join(dataDir, 'postgres/data/global/pg_control')
  await rename(control, `${control}.gone`)
  process.kill(await postmaster(dataDir), 'SIGKILL')
  await until(() => server.stderr().includes('the embedded PostgreSQL has ended'))
  const response = await fetch(`${url}/ready`)
  expect([response.status, await response.json()]).toEqual([
    503,
    { status: 'unready', reason: 'the database cannot be reached' },
  ])
  expect(await Promise.race([server.ended, setTimeout(GIVEN_UP_MS, 'lives on')])).toEqual({ code: 1, signal: null })
  expect(server.stderr()).toContain('The embedded PostgreSQL ended and does not come back. ')
  // The server has left the files of PostgreSQL as it found them, so it starts again when the missing file is back.
  await rename(`${control}.gone`, control)
  expect(await readdir(path.join(dataDir, 'postgres'))).toContain('data')
  const next = serve({ DATA_DIR: dataDir })
  await next.listening()
})

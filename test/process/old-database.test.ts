import { expect, test } from 'vitest'
import { withConnection } from '../../src/database/connections/connection.ts'
import { ask } from '../support/server-process.ts'
import { embeddedUrl, newDataDir, readDemo, serve } from './serve-world.ts'

/** The state that versions left behind that used their database as its superuser. */
const BEFORE = `
  REASSIGN OWNED BY waybill_server TO waybill;
  DROP OWNED BY waybill_server;
  DROP ROLE waybill_server`

const statement = (url: string, sql: string) => withConnection(url, async (client) => (await client.query(sql)).rows)

const names =
  '{ project(fullPath: "demo/secret") { id releases { nodes { id tagName evidences { nodes { sha } } } } } }'
const create = `mutation { releaseCreate(input: {projectPath: "demo/secret", tagName: "v9.0.0", ref: "main"}) {
  errors release { tagName } } }`

test('a data folder from before the everyday role existed is served as it was, and not by the superuser', async () => {
  const dataDir = await newDataDir()
  const first = serve({ DATA_DIR: dataDir })
  const url = await first.listening()
  const { tokens } = await readDemo(dataDir)
  const before = await ask(url, names, tokens.owner)
  expect(before.errors).toBeUndefined()
  // A connection keeps PostgreSQL running, and must not belong to the role that goes.
  const postgres = await embeddedUrl(dataDir)
  await withConnection(postgres, async (client) => {
    first.kill('SIGTERM')
    await first.ended
    await client.query(BEFORE)
  })

  const server = serve({ DATA_DIR: dataDir })
  const again = await server.listening()
  expect(await ask(again, names, tokens.owner)).toEqual(before)
  expect(await ask(again, create, tokens.owner)).toEqual({
    data: { releaseCreate: { errors: [], release: { tagName: 'v9.0.0' } } },
  })
  const roles = `SELECT DISTINCT usename FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()`
  expect(await statement(await embeddedUrl(dataDir), roles)).toEqual([{ usename: 'waybill_server' }])
  const foreign = `SELECT count(*)::int AS count FROM pg_tables
    WHERE schemaname IN ('public', 'graphile_worker') AND tableowner <> 'waybill_server'`
  expect(await statement(await embeddedUrl(dataDir), foreign)).toEqual([{ count: 0 }])
  server.kill('SIGTERM')
  expect(await server.ended).toEqual({ code: 0, signal: null })
}, 90_000)

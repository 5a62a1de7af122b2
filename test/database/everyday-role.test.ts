import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Client } from 'pg'
import { pino } from 'pino'
import { beforeAll, expect, inject, onTestFinished, test } from 'vitest'
import { withConnection } from '../../src/database/connections/connection.ts'
import { startEmbeddedPostgres } from '../../src/database/embedded/embedded-postgres.ts'
import { migrate, pendingMigrations } from '../../src/database/migrations/migrate.ts'
import { migrateJobs } from '../../src/jobs/migrate-jobs.ts'
import { migrationsDir } from '../../src/start/open-database.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const scratch = inject('scratch')
const fresh = path.join(scratch, 'role-new')
const old = path.join(scratch, 'role-old')
const compiled = path.join(scratch, 'role-compiled')
const run = promisify(execFile)

const start = (dataDir: string) => startEmbeddedPostgres({ dataDir, log: pino({ level: 'silent' }) })
const query = (url: string, sql: string) => withConnection(url, async (client) => (await client.query(sql)).rows)

/** The state that versions left behind that knew only the superuser. */
const BEFORE = `
  ALTER DATABASE waybill OWNER TO waybill;
  DROP OWNED BY waybill_server;
  DROP ROLE waybill_server`

beforeAll(async () => {
  const postgres = await start(fresh)
  await postgres.stop()
  await run('cp', ['-a', fresh, old])
  const before = await start(old)
  await query(before.url, BEFORE)
  await migrate({ url: before.url, migrationsDir })
  await migrateJobs(before.url)
  await query(before.url, "CREATE TABLE words AS SELECT 'kept' AS word; CREATE VIEW seen AS SELECT * FROM words")
  await before.stop()
}, 60_000)

/** Objects in the database that belong to another role than the everyday role, except catalogs. */
/** What is in a trusted extension stays the superuser's. */
const OF_NO_EXTENSION = (alias: string) =>
  `AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = ${alias}.oid AND d.deptype = 'e')`

const OWNED_BY_OTHERS = `
  SELECT 'schema ' || nspname AS object FROM pg_namespace n
    WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'public') AND nspowner::regrole::text <> 'waybill_server'
  UNION ALL SELECT 'relation ' || c.oid::regclass FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
    WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' AND relowner::regrole::text <> 'waybill_server' ${OF_NO_EXTENSION('c')}
  UNION ALL SELECT 'type ' || t.oid::regtype FROM pg_type t JOIN pg_namespace n ON n.oid = typnamespace
    WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' AND typowner::regrole::text <> 'waybill_server' ${OF_NO_EXTENSION('t')}
  UNION ALL SELECT 'routine ' || p.oid::regprocedure FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace
    WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' AND proowner::regrole::text <> 'waybill_server' ${OF_NO_EXTENSION('p')}
  UNION ALL SELECT 'database ' || datname FROM pg_database
    WHERE datname = 'waybill' AND datdba::regrole::text <> 'waybill_server'`

async function copyOf(cluster: string): Promise<string> {
  const dir = await mkdtemp(path.join(scratch, 'role-'))
  await run('chmod', ['755', dir])
  await run('cp', ['-a', path.join(cluster, 'postgres'), dir])
  return dir
}

async function open(cluster: string) {
  const dataDir = await copyOf(cluster)
  const postgres = await start(dataDir)
  onTestFinished(() => postgres.stop())
  return { dataDir, ...postgres }
}

test('the everyday role owns the database and may do nothing beyond it', async () => {
  const { everydayUrl } = await open(fresh)
  const role = `SELECT rolname, rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls
    FROM pg_roles WHERE rolname = current_user`
  expect(await query(everydayUrl, role)).toEqual([
    {
      rolname: 'waybill_server',
      rolsuper: false,
      rolcreatedb: false,
      rolcreaterole: false,
      rolreplication: false,
      rolbypassrls: false,
    },
  ])
  const forbidden = [
    'CREATE ROLE more SUPERUSER',
    'CREATE DATABASE more',
    'ALTER ROLE waybill_server SUPERUSER',
    'SET ROLE waybill',
    'SELECT rolpassword FROM pg_authid',
    "CREATE TABLE stolen (line text); COPY stolen FROM PROGRAM 'id'",
    "SELECT pg_read_file('postgresql.conf')",
    "ALTER SYSTEM SET log_min_messages = 'panic'",
  ]
  for (const sql of forbidden) await expect(query(everydayUrl, sql), sql).rejects.toThrow(/permission denied|must be/)
})

test('the everyday role makes migrations, the migrations of the jobs, and trusted extensions', async () => {
  const { url, everydayUrl } = await open(fresh)
  await migrate({ url: everydayUrl, migrationsDir })
  await migrateJobs(everydayUrl)
  expect(await query(url, OWNED_BY_OTHERS)).toEqual([])

  await query(everydayUrl, 'CREATE EXTENSION citext')
  expect(await query(everydayUrl, "SELECT count(*)::int AS added FROM graphile_worker.add_job('nothing')")).toEqual([
    { added: 1 },
  ])
}, 30_000)

test('a data folder from before the everyday role existed is mended at the start, once and for all', async () => {
  const { url, everydayUrl, dataDir } = await open(old)
  expect(await query(url, OWNED_BY_OTHERS)).toEqual([])
  expect(await query(everydayUrl, 'SELECT word FROM seen')).toEqual([{ word: 'kept' }])
  await query(everydayUrl, 'ALTER TABLE releases ADD COLUMN more text; ALTER TABLE releases DROP COLUMN more')
  expect(await query(everydayUrl, "SELECT count(*)::int AS added FROM graphile_worker.add_job('nothing')")).toEqual([
    { added: 1 },
  ])
  expect(await pendingMigrations({ url: everydayUrl, migrationsDir })).toEqual([])
  const again = await start(dataDir)
  expect(again.everydayUrl).toBe(everydayUrl)
  await again.stop()
})

test('an object that a superuser makes later is given to the everyday role at the next start', async () => {
  const { url, dataDir } = await open(old)
  await query(url, 'CREATE SCHEMA later CREATE TABLE later.rows (id serial); ALTER ROLE waybill_server CREATEDB')
  const again = await start(dataDir)
  expect(await query(url, OWNED_BY_OTHERS)).toEqual([])
  expect(await query(url, "SELECT rolcreatedb FROM pg_roles WHERE rolname = 'waybill_server'")).toEqual([
    { rolcreatedb: false },
  ])
  await again.stop()
})

test('the superuser is connected only during the start', async () => {
  const { everydayUrl } = await open(old)
  const others = `SELECT DISTINCT usesysid::regrole::text AS role FROM pg_stat_activity
    WHERE datid IS NOT NULL AND usesysid IS NOT NULL`
  await expect.poll(() => query(everydayUrl, others)).toEqual([{ role: 'waybill_server' }])
})

async function compile(): Promise<void> {
  await mkdir(compiled)
  await symlink(path.join(root, 'node_modules'), path.join(compiled, 'node_modules'))
  await writeFile(path.join(compiled, 'package.json'), '{ "type": "module" }')
  const compilerOptions = { rootDir: path.join(root, 'src'), outDir: compiled, noCheck: true }
  const files = [path.join(root, 'src/database/embedded/embedded-postgres.ts')]
  const project = { extends: path.join(root, 'tsconfig.build.json'), compilerOptions, files, include: [] }
  await writeFile(path.join(compiled, 'tsconfig.json'), JSON.stringify(project))
  await run(process.execPath, [path.join(root, 'node_modules/typescript/bin/tsc'), '-p', compiled])
}

function otherProcess(dataDir: string): ChildProcess {
  const module = path.join(compiled, 'database/embedded/embedded-postgres.js')
  const script = path.join(root, 'test/support/hold-postgres.mjs')
  const child = spawn(process.execPath, [script, module, dataDir], { stdio: ['pipe', 'ignore', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  return child
}

test('a kill -9 while a folder is mended leaves a folder that the next start mends', async () => {
  await compile()
  const { url, everydayUrl, dataDir } = await open(fresh)
  await query(url, `CREATE TABLE aaa (id serial); CREATE TABLE zzz (id serial); CREATE TYPE mood AS ENUM ('good')`)
  const holder = new Client(url)
  await holder.connect()
  onTestFinished(() => holder.end())
  await holder.query('BEGIN; LOCK TABLE zzz IN ACCESS EXCLUSIVE MODE')
  const child = otherProcess(dataDir)
  const waiting = () =>
    query(url, "SELECT FROM pg_stat_activity WHERE application_name = 'waybill ownership' AND wait_event_type = 'Lock'")
  while ((await waiting()).length === 0) await setTimeout(20)
  child.kill('SIGKILL')
  await once(child, 'exit')
  await holder.query('COMMIT')
  const again = await start(dataDir)
  expect(await query(url, OWNED_BY_OTHERS)).toEqual([])
  expect(await query(everydayUrl, 'INSERT INTO zzz DEFAULT VALUES RETURNING id')).toEqual([{ id: 1 }])
  await again.stop()
}, 60_000)

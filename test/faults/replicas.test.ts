import { execFile } from 'node:child_process'
import { appendFile, chmod, chown, mkdir, readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { pino } from 'pino'
import { expect, onTestFinished, test } from 'vitest'
import { withConnection } from '../../src/database/connections/connection.ts'
import { connectDatabase } from '../../src/database/db.ts'
import { createRepositories } from '../../src/git/open-repositories.ts'
import type { JobProject } from '../process/job-project.ts'
import { newDataDir, serve, takePort, until } from '../process/serve-world.ts'
import * as create from '../support/factories.ts'
import { createRepository } from '../support/git.ts'
import { type PostgresServer, startPostgres, startStandby } from '../support/postgres-servers.ts'
import { createTraffic } from './traffic.ts'

const run = promisify(execFile)
const PAGE = new URL('../../docs/operate/replicas.md', import.meta.url)

const metric = async (url: string, name: string): Promise<number> => {
  const text = await (await fetch(`${url}/metrics`)).text()
  return Number(new RegExp(`^${name.replace('{', '\\{')} (\\S+)$`, 'm').exec(text)?.[1])
}

const reads = (url: string, to: string) => metric(url, `waybill_replica_reads_total{to="${to}"}`)

/** Two servers on one primary with one replica, and a project with a Developer. */
async function startWorld(primary: PostgresServer, standby: PostgresServer) {
  const repositoriesDir = await newDataDir()
  const shared = { DATABASE_URL: primary.url, DATABASE_READ_URL: standby.url, REPOSITORIES_DIR: repositoriesDir }
  const settings = { ...shared, RATE_LIMITS: 'off', DATABASE_READ_MAX_LAG_SECONDS: '3600' }
  const nodes = [
    serve({ ...settings, DATA_DIR: await newDataDir() }),
    serve({ ...settings, DATA_DIR: await newDataDir() }),
  ]
  const urls = await Promise.all(nodes.map((node) => node.listening()))
  const client = connectDatabase({ url: primary.url })
  onTestFinished(() => client.$disconnect())
  const project = await create.createProject({ visibility: 'public' })
  const user = await create.createUser()
  await create.addMember({ project }, user, 'developer')
  const repositories = createRepositories({ directory: repositoriesDir, log: pino({ level: 'silent' }) })
  await createRepository(repositories.directory(project.id), { commits: 1 })
  await repositories.close()
  const made = { projectId: project.id, path: project.fullPath, token: await create.tokenFor(user) }
  return { urls, project: { ...made, repository: '', env: {} } satisfies JobProject }
}

async function titles(url: string, { projectId }: JobProject, token?: string): Promise<string[]> {
  const headers = token ? { 'private-token': token } : {}
  const response = await fetch(`${url}/api/v4/projects/${projectId}/milestones`, { headers })
  return ((await response.json()) as { title: string }[]).map(({ title }) => title)
}

test('a viewer reads its own writes through any of two servers, and a replica that is killed under load fails no request', async () => {
  const primary = await startPostgres()
  const standby = await startStandby(primary)
  const { urls, project } = await startWorld(primary, standby)
  const [one = '', two = ''] = urls
  const replica = `{replica="${standby.host}"}`
  await until(async () => (await metric(one, `waybill_replica_usable${replica}`)) === 1)
  await until(async () => (await titles(one, project)).length === 0 && (await reads(one, 'replica')) > 0)

  const onStandby = (sql: string) => withConnection(standby.url, (client) => client.query(sql))
  await onStandby('SELECT pg_wal_replay_pause()')
  await until(async () => (await onStandby('SELECT pg_get_wal_replay_pause_state() AS s')).rows[0]?.s === 'paused')
  const written = await fetch(`${one}/api/v4/projects/${project.projectId}/milestones`, {
    method: 'POST',
    headers: { 'private-token': project.token, 'content-type': 'application/json' },
    body: JSON.stringify({ title: 'Own' }),
  })
  expect(written.status).toBe(201)
  for (const url of urls) {
    expect(await titles(url, project, project.token)).toEqual(['Own'])
    expect(await titles(url, project)).toEqual([])
  }
  await until(async () => (await metric(two, `waybill_replica_lag_bytes${replica}`)) > 0)
  await onStandby('SELECT pg_wal_replay_resume()')
  await until(async () => (await titles(two, project)).length === 1)

  const traffic = createTraffic(one, project)
  await until(() => traffic.sent() >= 200)
  const pid = Number((await readFile(path.join(standby.dir, 'postmaster.pid'), 'utf8')).split('\n')[0])
  process.kill(pid, 'SIGKILL')
  const sent = traffic.sent()
  await until(() => traffic.sent() >= sent + 500)
  const { failures, created } = await traffic.end()
  expect(failures).toEqual([])
  expect(await traffic.existing()).toEqual(expect.arrayContaining(created))
  expect(await metric(one, `waybill_replica_usable${replica}`)).toBe(0)
})

/** The commands in the blocks of the page that are of this kind. */
async function blocksOf(kind: string): Promise<string> {
  const text = await readFile(PAGE, 'utf8')
  return [...text.matchAll(new RegExp(`^\`\`\`${kind}\\n(.*?)^\`\`\`$`, 'gms'))].map(([, block]) => block).join('')
}

async function findPrograms(): Promise<string> {
  const versions = await readdir('/usr/lib/postgresql').catch(() => [])
  const [newest] = versions.sort((a, b) => Number(b) - Number(a))
  if (!newest) throw new Error('This test needs pg_basebackup: install postgresql and postgresql-client of Debian')
  return `/usr/lib/postgresql/${newest}/bin`
}

test('the documented commands make a replica that a server reads from with an ordinary account', async () => {
  const PATH = `${await findPrograms()}:${process.env.PATH}`
  const { stdout: uid } = await run('id', ['-u', 'postgres'])
  const folder = await newDataDir()
  const place = async (name: string) => {
    const dir = path.join(folder, name)
    await mkdir(dir)
    await chown(dir, Number(uid), Number(uid))
    await chmod(dir, 0o700)
    const { port, release } = await takePort()
    await release()
    return { dir, port: String(port) }
  }
  const [primary, replica] = [await place('primary'), await place('replica')]
  const asPostgres = async (script: string, env: Record<string, string>) => {
    const all = Object.entries({ PATH, LC_ALL: 'C', ...env }).map(([name, value]) => `${name}=${value}`)
    const command = ['env', '-i', ...all, 'bash', '-euc', script]
    return run('runuser', ['-u', 'postgres', '--', ...command], { cwd: folder })
  }
  const own = { PGDATA: primary.dir, PGPORT: primary.port }
  const quiet = '--log="$PGDATA/log" -o "-c unix_socket_directories= -c listen_addresses=127.0.0.1"'
  await asPostgres(`initdb --username=postgres --auth=trust >/dev/null && pg_ctl ${quiet} --wait start`, own)
  onTestFinished(async () => {
    for (const { dir } of [replica, primary]) await asPostgres('pg_ctl --mode=immediate stop || true', { PGDATA: dir })
  })
  const urlOf = ({ port }: { port: string }, user: string, name: string) =>
    `postgresql://${user}@127.0.0.1:${port}/${name}?sslmode=disable`
  const onPrimary = async (sql: string) => {
    await withConnection(urlOf(primary, 'postgres', 'postgres'), async (client) => {
      for (const statement of sql.split(';').filter((part) => part.trim())) await client.query(statement)
    })
  }
  await onPrimary(await blocksOf('sql'))
  await onPrimary('CREATE ROLE waybill LOGIN; CREATE DATABASE waybill OWNER waybill')
  await appendFile(path.join(primary.dir, 'pg_hba.conf'), 'host replication replica 127.0.0.1/32 trust\n')
  await asPostgres('pg_ctl reload', own)

  const commands = (await blocksOf('console')).replace('--wait start', `${quiet} --wait start`)
  const { stdout } = await asPostgres(commands, {
    PRIMARY: `host=127.0.0.1 port=${primary.port} user=replica password=secret`,
    REPLICA: `host=127.0.0.1 port=${replica.port} user=postgres dbname=postgres`,
    ...{ PGDATA: replica.dir, PGPORT: replica.port },
  })
  expect(stdout.trim().split('\n').at(-1)?.trim()).toBe('t')

  const server = serve({
    DATABASE_URL: urlOf(primary, 'waybill', 'waybill'),
    DATABASE_READ_URL: urlOf(replica, 'waybill', 'waybill'),
    DATA_DIR: await newDataDir(),
  })
  const url = await server.listening()
  await until(async () => (await metric(url, `waybill_replica_usable{replica="127.0.0.1:${replica.port}"}`)) === 1)
  await fetch(`${url}/api/v4/projects`)
  expect(await reads(url, 'replica')).toBeGreaterThan(0)
})

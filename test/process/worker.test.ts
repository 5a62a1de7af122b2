import { setTimeout } from 'node:timers/promises'
import { Client } from 'pg'
import { expect, onTestFinished, test } from 'vitest'
import { db } from '../../src/database/db.ts'
import { saveSetting } from '../../src/modules/notifications/notification-settings.ts'
import { createUser } from '../support/factories.ts'
import { startMailServer } from '../support/mail-server.ts'
import { ask } from '../support/server-process.ts'
import { countJobs, createJobProject, type JobProject } from './job-project.ts'
import { serve, takePort, until } from './serve-world.ts'

/** A number that only this test uses, as the name of a lock. */
const LOCK = 4711

async function publish(url: string, { path, token }: JobProject): Promise<void> {
  const answer = await ask<{ releaseCreate: { errors: string[] } }>(
    url,
    `mutation { releaseCreate(input: { projectPath: "${path}", tagName: "v1", ref: "main" }) { errors } }`,
    token,
  )
  expect(answer).toEqual({ data: { releaseCreate: { errors: [] } } })
}

const work = async ({ env }: JobProject) => {
  const worker = serve(env, ['worker', '--concurrency', '1'])
  await until(() => worker.stdout().includes('Waybill is running jobs.'))
  return worker
}

/** Holds every worker that records a finished job, until the returned function is called. */
async function holdCompletion({ env }: JobProject): Promise<() => Promise<void>> {
  await db.$executeRawUnsafe(`CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN PERFORM pg_advisory_xact_lock(${LOCK}); RETURN NULL; END $$`)
  await db.$executeRawUnsafe(
    'CREATE TRIGGER hold BEFORE DELETE ON graphile_worker._private_jobs EXECUTE FUNCTION hold()',
  )
  const client = new Client(env.DATABASE_URL)
  await client.connect()
  onTestFinished(() => client.end())
  await client.query('SELECT pg_advisory_lock($1)', [LOCK])
  return async () => void (await client.query('SELECT pg_advisory_unlock_all()'))
}

/** PostgreSQL sees that a client is gone when the statement ends. The loss of a whole machine takes its time as well. */
const endConnections = () => db.$executeRaw`
  SELECT pg_terminate_backend(pid) FROM pg_stat_activity
  WHERE datname = current_database() AND application_name LIKE 'waybill-jobs-%'`

test('jobs wait without a worker, and a worker that is killed between the snapshot and its end makes no second one', async () => {
  const project = await createJobProject()
  const server = serve(project.env, ['serve', '--no-worker'])
  await publish(await server.listening(), project)
  await setTimeout(500)
  expect([await db.evidence.count(), await countJobs()]).toEqual([0, 1])

  const letGo = await holdCompletion(project)
  for (let kills = 1; kills <= 2; kills++) {
    const killed = await work(project)
    await until(async () => (await db.evidence.count()) === 1)
    await until(() => killed.stderr().includes('"job done"'))
    killed.kill('SIGKILL')
    expect(await killed.ended).toEqual({ code: null, signal: 'SIGKILL' })
    await endConnections()
    expect([await db.evidence.count(), await countJobs()]).toEqual([1, 1])
  }

  await letGo()
  const worker = await work(project)
  await until(async () => (await countJobs()) === 0)
  expect(await db.evidence.count()).toBe(1)
  worker.kill('SIGTERM')
  expect(await worker.ended).toEqual({ code: 0, signal: null })
}, 120_000)

test('a worker tells on a port of its own what it did, to whoever has the token', async () => {
  const project = await createJobProject()
  const mailServer = await startMailServer()
  const reader = await createUser()
  await saveSetting(reader.id, { projectId: project.projectId, groupId: null }, { level: 'watch' })
  const { port, release } = await takePort()
  await release()
  const token = 'a-token-of-prometheus'
  const env = { ...project.env, SMTP_URL: mailServer.url, METRICS_TOKEN: token }
  const server = serve(env, ['serve', '--no-worker'])
  await publish(await server.listening(), project)
  const worker = serve(env, ['worker', '--metrics-port', `${port}`])
  await until(() => worker.stdout().includes('Waybill is running jobs.'))
  const read = (headers: Record<string, string>) => fetch(`http://127.0.0.1:${port}/metrics`, { headers })
  expect((await read({})).status).toBe(401)
  const lines = async () => (await (await read({ authorization: `Bearer ${token}` })).text()).split('\n')
  await until(async () => (await lines()).includes('waybill_mails_total{result="sent"} 1'))
  expect(await lines()).toContain('waybill_jobs_total{task="mail-release",result="done"} 1')
  expect(mailServer.to(reader.email ?? '')).toHaveLength(1)
  worker.kill('SIGTERM')
  expect(await worker.ended).toEqual({ code: 0, signal: null })

  const again = serve(env, ['worker', '--metrics-port', new URL(await server.listening()).port])
  expect(await again.ended).toMatchObject({ code: 1 })
  expect(again.stderr()).toContain('set --metrics-port to a free one')
}, 120_000)

test('a wrong number of jobs at a time is refused', async () => {
  const worker = serve({}, ['worker', '--concurrency', 'many'])
  expect(await worker.ended).toMatchObject({ code: 1 })
  expect(worker.stderr()).toContain('It must be a number from 1 to 100.')
})

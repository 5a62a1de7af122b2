import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { Client } from 'pg'
import { expect, onTestFinished, test } from 'vitest'
import { db } from '../../src/database/db.ts'
import * as create from '../support/factories.ts'
import { ask } from '../support/server-process.ts'
import { countJobs, createJobProject, type JobProject } from './job-project.ts'
import { serve, until } from './serve-world.ts'

/** A number that only this test uses, as the name of a lock. */
const LOCK = 4712

/** Where a worker is killed: each step of the removal that reaches the database, and the record that the job is done. */
const STEPS = [
  ['UPDATE', 'deletions'],
  ['DELETE', 'releases'],
  ['DELETE', 'projects'],
  ['DELETE', 'graphile_worker._private_jobs'],
] as const

async function openLock({ env }: JobProject): Promise<Client> {
  await db.$executeRawUnsafe(`CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN PERFORM pg_advisory_xact_lock(${LOCK}); RETURN NULL; END $$`)
  const client = new Client(env.DATABASE_URL)
  await client.connect()
  onTestFinished(() => client.end())
  return client
}

const waiting = () => db.$queryRaw<{ pid: number }[]>`
  SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objid = ${LOCK} AND NOT granted`

/** A dead machine takes its connections along. */
const endConnections = () => db.$executeRaw`
  SELECT pg_terminate_backend(a.pid) FROM pg_stat_activity a
  WHERE datname = current_database() AND (application_name LIKE 'waybill-jobs-%' OR a.pid IN (
    SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objid = ${LOCK} AND NOT granted))`

async function killAt([event, table]: (typeof STEPS)[number], project: JobProject, lock: Client): Promise<void> {
  await db.$executeRawUnsafe(`CREATE TRIGGER hold BEFORE ${event} ON ${table} EXECUTE FUNCTION hold()`)
  await lock.query('SELECT pg_advisory_lock($1)', [LOCK])
  const worker = serve(project.env, ['worker', '--concurrency', '1'])
  await until(async () => (await waiting()).length > 0)
  worker.kill('SIGKILL')
  expect(await worker.ended).toEqual({ code: null, signal: 'SIGKILL' })
  await endConnections()
  await until(async () => (await waiting()).length === 0)
  await lock.query('SELECT pg_advisory_unlock_all()')
  await db.$executeRawUnsafe(`DROP TRIGGER hold ON ${table}`)
}

const filesOf = async ({ env }: JobProject) =>
  (await readdir(path.join(env.DATA_DIR ?? '', 'packages'), { recursive: true, withFileTypes: true })).filter((entry) =>
    entry.isFile(),
  )

async function fill(url: string, projectId: number, token: string): Promise<void> {
  const file = `${url}/api/v4/projects/${projectId}/packages/generic/app/1.0.0/app.bin`
  const answer = await fetch(file, { method: 'PUT', headers: { 'private-token': token }, body: 'content' })
  expect(answer.status).toBe(201)
  const { fullPath } = await db.project.findUniqueOrThrow({ where: { id: projectId } })
  const content = `a film of ${fullPath}`
  const oid = createHash('sha256').update(content).digest('hex')
  const object = `${url}/${fullPath}.git/gitlab-lfs/objects/${oid}/${content.length}`
  const authorization = `Basic ${Buffer.from(`x:${token}`).toString('base64')}`
  const pushed = await fetch(object, { method: 'PUT', headers: { authorization }, body: content })
  expect(pushed.status).toBe(200)
  await create.createRelease(await db.project.findUniqueOrThrow({ where: { id: projectId } }))
}

test('a removal that is killed at each of its steps ends with nothing left, and nothing of another project is lost', async () => {
  const project = await createJobProject()
  const token = await create.tokenFor(await create.createUser({ admin: true }))
  const beside = await create.createProject()
  const server = serve(project.env, ['serve', '--no-worker'])
  const url = await server.listening()
  for (const id of [project.projectId, beside.id]) await fill(url, id, token)
  const deletion = `mutation { projectDelete(input: { projectPath: "${project.path}" }) { errors } }`
  expect(await ask(url, deletion, token)).toEqual({ data: { projectDelete: { errors: [] } } })
  await db.deletion.updateMany({ data: { createdAt: new Date(Date.now() - 8 * 24 * 60 * 60_000) } })
  await db.$executeRaw`DELETE FROM graphile_worker._private_jobs WHERE key IS NULL OR key NOT LIKE 'remove project %'`
  await db.$executeRaw`UPDATE graphile_worker._private_jobs SET run_at = now()`
  const lock = await openLock(project)
  expect(await filesOf(project)).toHaveLength(4)

  for (const step of STEPS) {
    await killAt(step, project, lock)
    // The job is still there, so another worker begins again.
    expect([step, await countJobs()]).toEqual([step, 1])
  }
  const worker = serve(project.env, ['worker', '--concurrency', '1'])
  await until(async () => (await countJobs()) === 0)
  worker.kill('SIGTERM')

  expect(existsSync(project.repository)).toBe(false)
  expect(await filesOf(project)).toHaveLength(2)
  expect(await db.project.findMany({ select: { id: true } })).toEqual([{ id: beside.id }])
  const counts = [db.release.count(), db.packageFile.count(), db.lfsObject.count(), db.deletion.count()]
  expect(await Promise.all(counts)).toEqual([1, 1, 1, 0])
}, 180_000)

import { setTimeout } from 'node:timers/promises'
import { Client } from 'pg'
import { expect, onTestFinished, test, vi } from 'vitest'
import { db } from '../../src/database/db.ts'
import type { Release } from '../../src/generated/prisma/client.ts'
import { useApp } from '../support/app.ts'
import { createWorld } from '../support/world.ts'
import { evidencesOf, jobsOf, publish, work } from './job-world.ts'

const app = useApp()
const WITHIN = { timeout: 12_000, interval: 50 }

const settled = (release: Release) => vi.waitFor(async () => expect(await jobsOf(release)).toEqual([]), WITHIN)

/** Makes the database refuse this event until the returned function is called. */
async function refuse(event: string, table: string, rows = ''): Promise<() => Promise<unknown>> {
  const name = `refused_${Math.random().toString(36).slice(2)}`
  await db.$executeRawUnsafe(`CREATE FUNCTION ${name}() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'the disk is full'; END $$`)
  await db.$executeRawUnsafe(`CREATE TRIGGER ${name} BEFORE ${event} ON ${table} ${rows} EXECUTE FUNCTION ${name}()`)
  const allow = () => db.$executeRawUnsafe(`DROP FUNCTION IF EXISTS ${name} CASCADE`)
  onTestFinished(async () => void (await allow()))
  return allow
}

/** Holds a release, so that its job waits until the returned function is called. */
async function hold({ id }: Release): Promise<() => Promise<void>> {
  const client = new Client(app.databaseUrl)
  await client.connect()
  let held = true
  const release = async () => {
    if (held) await client.end()
    held = false
  }
  onTestFinished(release)
  await client.query('BEGIN')
  await client.query('SELECT FROM releases WHERE id = $1 FOR UPDATE', [id])
  return release
}

const breakConnections = () =>
  db.$executeRaw`
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND application_name LIKE 'waybill-jobs-%'`

test('a job that fails is logged and tried again after a growing pause', async () => {
  const world = await createWorld(app)
  const allow = await refuse('INSERT', 'evidences')
  const worker = await work(app)
  const release = await publish(app, world)
  const pauseAfter = async (attempts: number) => {
    await vi.waitFor(async () => expect((await jobsOf(release))[0]).toMatchObject({ attempts, lockedBy: null }), WITHIN)
    const [job] = await jobsOf(release)
    expect(job?.lastError).toContain('the disk is full')
    return ((job?.runAt.getTime() ?? 0) - Date.now()) / 1000
  }
  const runNow = () =>
    db.$executeRaw`
      UPDATE graphile_worker._private_jobs SET run_at = now() WHERE (payload ->> 'releaseId')::int = ${release.id}`
  // The pauses are e and e² seconds, less the time that has passed.
  const first = await pauseAfter(1)
  await runNow()
  const second = await pauseAfter(2)
  expect([first > 1, first < 2.8, second > 4, second < 7.5]).toEqual([true, true, true, true])
  const failures = worker.logged().filter(({ msg }) => msg === 'job failed: it is tried again')
  expect(failures.map(({ level, attempt }) => [level, attempt])).toEqual([
    [50, 1],
    [50, 2],
  ])
  expect(failures[0]).toMatchObject({ jobId: expect.any(String), task: 'collect-evidence' })
  expect(JSON.stringify(failures[0]?.err)).toContain('the disk is full')
  const ofEvidence = worker.results.filter((result) => result.startsWith('collect-evidence'))
  expect([ofEvidence, await evidencesOf(release)]).toEqual([Array(2).fill('collect-evidence failed'), []])

  await allow()
  await runNow()
  await settled(release)
  expect(await evidencesOf(release)).toHaveLength(1)
})

test('two workers share the jobs, and each release gets one snapshot', async () => {
  const world = await createWorld(app)
  const releases: Release[] = []
  for (let n = 0; n < 20; n++) releases.push(await publish(app, world))
  const workers = await Promise.all([work(app), work(app)])
  for (const release of releases) await settled(release)
  for (const release of releases) expect(await evidencesOf(release)).toHaveLength(1)
  const results = workers.flatMap((worker) => worker.results).filter((result) => result === 'collect-evidence done')
  expect(results).toHaveLength(20)
})

test('a job that takes long is left to the worker that runs it', async () => {
  const world = await createWorld(app)
  const release = await publish(app, world)
  const letGo = await hold(release)
  await work(app)
  await vi.waitFor(async () => expect((await jobsOf(release))[0]?.lockedBy).toMatch(/^waybill-jobs-/), WITHIN)
  const before = await jobsOf(release)
  // A worker looks for abandoned jobs when it starts.
  const other = await work(app)
  expect(await jobsOf(release)).toEqual(before)
  await letGo()
  await settled(release)
  expect(await evidencesOf(release)).toHaveLength(1)
  expect(other.results).toEqual([])
})

test('a worker that is stopped finishes the job in flight', async () => {
  const world = await createWorld(app)
  const release = await publish(app, world)
  const letGo = await hold(release)
  const worker = await work(app)
  await vi.waitFor(async () => expect((await jobsOf(release))[0]?.lockedBy).not.toBeNull(), WITHIN)
  const stopped = worker.stop()
  await setTimeout(200)
  await letGo()
  await stopped
  expect([await jobsOf(release), (await evidencesOf(release)).length]).toEqual([[], 1])
})

test('a worker whose connections break goes on', async () => {
  const world = await createWorld(app)
  await work(app)
  await breakConnections()
  const release = await publish(app, world)
  await settled(release)
  expect(await evidencesOf(release)).toHaveLength(1)
})

test('a worker that could not look for jobs when it started looks later', async () => {
  const world = await createWorld(app)
  const release = await publish(app, world)
  const allow = await refuse('INSERT', 'graphile_worker._private_tasks')
  const worker = await work(app)
  const failed = () => worker.logged().some(({ msg }) => msg === 'cannot look for jobs')
  await vi.waitFor(() => expect(failed()).toBe(true), WITHIN)
  await allow()
  await settled(release)
  expect(await evidencesOf(release)).toHaveLength(1)
})

test('a worker that cannot record that a job is done runs it again, and makes no second snapshot', async () => {
  const world = await createWorld(app)
  const ofEvidence = `FOR EACH ROW WHEN (OLD.payload ->> 'occasion' IS NOT NULL)`
  const allow = await refuse('DELETE', 'graphile_worker._private_jobs', ofEvidence)
  const worker = await work(app)
  const release = await publish(app, world)
  const refused = () => worker.logged().some(({ msg }) => msg === 'cannot note how a job ended')
  await vi.waitFor(() => expect(refused()).toBe(true), WITHIN)
  expect(await evidencesOf(release)).toHaveLength(1)
  await allow()
  await settled(release)
  expect(await evidencesOf(release)).toHaveLength(1)
  expect(worker.logged()).toContainEqual(
    expect.objectContaining({ msg: 'jobs of a process that is gone are run again' }),
  )
})

test('the attempt of a worker that was killed is not counted against the job', async () => {
  const world = await createWorld(app)
  const release = await publish(app, world)
  // The row that a worker leaves when it is killed in the last attempt.
  await db.$executeRaw`
    UPDATE graphile_worker._private_jobs SET attempts = max_attempts, locked_at = now(), locked_by = 'waybill-jobs-killed'
    WHERE (payload ->> 'releaseId')::int = ${release.id}`
  const [{ attempts = 0 } = {}] = await jobsOf(release)
  const worker = await work(app)
  await settled(release)
  expect(await evidencesOf(release)).toHaveLength(1)
  expect(worker.logged()).toContainEqual(expect.objectContaining({ msg: 'job done', attempt: attempts }))
})

test('changes of a release while its evidence is collected neither deadlock nor leave half of the evidence', async () => {
  const world = await createWorld(app)
  const worker = await work(app)
  const releases = await Promise.all(Array.from({ length: 8 }, () => publish(app, world)))
  await db.$executeRaw`DELETE FROM projects WHERE id = ${world.project.id}`
  for (const release of releases) await settled(release)
  expect(await db.evidence.count({ where: { releaseId: { in: releases.map(({ id }) => id) } } })).toBe(0)
  expect(worker.logged().filter(({ level }) => Number(level) >= 50)).toEqual([])
})

test('the evidence of releases that are published at the same time is collected together', async () => {
  const world = await createWorld(app)
  const releases: Release[] = []
  for (let n = 0; n < 12; n++) releases.push(await publish(app, world))
  await db.$executeRaw`DELETE FROM graphile_worker._private_jobs WHERE key LIKE 'announce-release %'`
  const sent = await app.statementsOf(async () => {
    await work(app, { concurrency: 20 })
    for (const release of releases) await settled(release)
  })
  expect(sent.filter((sql) => sql.includes('FROM milestone_releases mr'))).toHaveLength(1)
  expect(sent.filter((sql) => sql.includes('INSERT INTO evidences')).length).toBeLessThan(6)
  for (const release of releases) expect(await evidencesOf(release)).toHaveLength(1)
})

test('evidence that the database refuses does not fail the others', async () => {
  const world = await createWorld(app)
  const releases: Release[] = []
  for (let n = 0; n < 12; n++) releases.push(await publish(app, world))
  const [refused, ...others] = releases as [Release, ...Release[]]
  await db.$executeRawUnsafe(`CREATE FUNCTION refuse_one() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN IF NEW.release_id = ${refused.id} THEN RAISE EXCEPTION 'the disk is full'; END IF; RETURN NEW; END $$`)
  await db.$executeRaw`CREATE TRIGGER refuse_one BEFORE INSERT ON evidences FOR EACH ROW EXECUTE FUNCTION refuse_one()`
  onTestFinished(async () => void (await db.$executeRaw`DROP FUNCTION refuse_one CASCADE`))
  const worker = await work(app, { concurrency: 20 })
  for (const release of others) await settled(release)
  for (const release of others) expect(await evidencesOf(release)).toHaveLength(1)
  await vi.waitFor(async () => expect(await jobsOf(refused)).toMatchObject([{ attempts: 1, lockedBy: null }]), WITHIN)
  expect(await evidencesOf(refused)).toEqual([])
  expect(worker.results.filter((result) => result.endsWith('failed'))).toHaveLength(1)
})

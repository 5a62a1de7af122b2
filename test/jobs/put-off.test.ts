import { existsSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { db } from '../../src/database/db.ts'
import { enqueue } from '../../src/database/job-queue.ts'
import { whileNothingIsRemoved } from '../../src/modules/backups/backup-lock.ts'
import { put } from '../http/packages/package-client.ts'
import { useApp } from '../support/app.ts'
import { createWorld } from '../support/world.ts'
import { work } from './job-world.ts'

const app = useApp()

const jobs = () => db.$queryRaw<{ key: string | null; later: boolean; attempts: number; queue: string | null }[]>`
  SELECT key, run_at > now() + interval '30 seconds' AS later, attempts::int, queue_name AS queue
  FROM graphile_worker.jobs WHERE task_identifier IN ('remove-stored-file', 'keep-repository') ORDER BY task_identifier`

test('what removes or repacks files waits until the backup has ended, and then happens once', async () => {
  const world = await createWorld(app)
  expect((await put(app, world, 'first')).status).toBe(201)
  const { storageKey } = await db.packageFile.findFirstOrThrow()
  expect((await put(app, world, 'second')).status).toBe(201)
  const file = path.join(app.packagesDir, storageKey)
  const soon = () => db.$executeRaw`UPDATE graphile_worker._private_jobs SET run_at = now()`
  await db.$executeRaw`SELECT graphile_worker.add_job('keep-repository', json_build_object('projectId', ${world.project.id}::int),
    queue_name => 'repositories', max_attempts => 3, job_key => 'repository', priority => 10)`
  await enqueue(db, 'remove-sessions', {})
  const worker = await whileNothingIsRemoved(app.databaseUrl, async () => {
    await soon()
    const started = await work(app)
    await expect.poll(jobs, { timeout: 10_000 }).toEqual([
      { key: 'repository', later: true, attempts: 0, queue: 'repositories' },
      { key: `stored-file:${storageKey}`, later: true, attempts: 0, queue: null },
    ])
    // Jobs that remove no file go on.
    await expect.poll(() => started.results, { timeout: 10_000 }).toContain('remove-sessions done')
    expect(existsSync(file)).toBe(true)
    expect(await db.repositoryCheck.count()).toBe(0)
    return started
  })
  await soon()
  await expect.poll(() => existsSync(file), { timeout: 10_000 }).toBe(false)
  await expect.poll(() => db.repositoryCheck.count(), { timeout: 10_000 }).toBe(1)
  await expect.poll(jobs, { timeout: 10_000 }).toEqual([])
  expect(worker.results.filter((result) => result.endsWith('failed'))).toEqual([])
})

test('a backup waits for a removal that has begun', async () => {
  await db.$executeRaw`DELETE FROM graphile_worker._private_jobs`
  await enqueue(db, 'remove-project', { projectId: 1 })
  const mark = (name: string | null) =>
    db.$executeRaw`UPDATE graphile_worker._private_jobs SET locked_by = ${name}, locked_at = now()`
  const [own] = await db.$queryRaw<{ name: string }[]>`SELECT current_setting('application_name') AS name`
  await mark(own?.name ?? '')
  let begun = false
  const backup = whileNothingIsRemoved(app.databaseUrl, async () => {
    begun = true
  })
  await new Promise((resolve) => setTimeout(resolve, 1500))
  expect(begun).toBe(false)
  // The worker is gone, and its job with it.
  await mark('waybill-jobs-gone')
  await backup
  expect(begun).toBe(true)
})

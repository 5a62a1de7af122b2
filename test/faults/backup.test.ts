// Backups of a server that is written to all the time, and of the embedded database.
import path from 'node:path'
import { expect, test } from 'vitest'
import { connectDatabase, db } from '../../src/database/db.ts'
import { initRepository } from '../../src/git/mirror-repository.ts'
import { migrateJobs } from '../../src/jobs/migrate-jobs.ts'
import { openBackup, openTarget } from '../../src/modules/backups/backup-store.ts'
import { restoreBackup } from '../../src/modules/backups/restore-backup.ts'
import { takeBackup } from '../../src/modules/backups/take-backup.ts'
import { examine } from '../../src/modules/doctor/examine.ts'
import type { Finding } from '../../src/modules/doctor/finding.ts'
import { migrationsDir } from '../../src/start/open-database.ts'
import { createStorage } from '../../src/storage/create-storage.ts'
import { createJobProject, type JobProject } from '../process/job-project.ts'
import { newDataDir, serve } from '../process/serve-world.ts'
import { createEmptyDatabase } from '../support/database.ts'
import * as create from '../support/factories.ts'
import { createLoad } from './backup-load.ts'

const BACKUPS = 20
const show = () => {}

async function maintainerOf({ projectId }: JobProject): Promise<string> {
  const user = await create.createUser()
  const project = await db.project.findUniqueOrThrow({ where: { id: projectId } })
  await create.addMember({ project }, user, 'maintainer')
  return create.tokenFor(user)
}

const filesOf = ({ DATA_DIR = '', REPOSITORIES_DIR = '' }: Record<string, string>) => ({
  storage: createStorage({ dataDir: DATA_DIR, storage: null }),
  repositoriesDir: REPOSITORIES_DIR,
})

/** Lets files that were replaced or deleted go at once, and not a minute later. */
const hurryRemovals = () => db.$executeRaw`
  UPDATE graphile_worker._private_jobs SET run_at = now()
  WHERE key LIKE 'stored-file:%' AND run_at < now() + interval '2 minutes' AND locked_at IS NULL`

type Taken = { place: string; standing: string[] }

/** Restores into another database and other folders, and returns what doctor finds there and the tags of its releases. */
async function restoreElsewhere(place: string) {
  const database = await createEmptyDatabase()
  const files = filesOf({ DATA_DIR: await newDataDir(), REPOSITORIES_DIR: await newDataDir() })
  const source = await openBackup({ folder: place }, null)
  await restoreBackup({ ...files, source, database: { url: database.url, migrationsDir, migrateJobs }, show })
  const client = connectDatabase({ url: database.url })
  const findings: Finding[] = []
  const report = (finding: Finding) => void findings.push(finding)
  const examined = await examine({ ...files, url: database.url, mends: false, readsFiles: true, report, show })
  const tags = (await db.release.findMany()).map(({ tag }) => tag)
  await client.$disconnect()
  await database.drop()
  return { findings, tags, ...examined }
}

test(`${BACKUPS} backups under load are restored elsewhere, and nothing is missing`, { timeout: 900_000 }, async () => {
  const project = await createJobProject()
  const { env, projectId, path: fullPath } = project
  const token = await maintainerOf(project)
  const url = await serve({ ...env, RATE_LIMITS: 'off' }).listening()
  const clone = path.join(await newDataDir(), 'clone.git')
  await initRepository(clone)
  const load = createLoad({ url, projectId, path: fullPath, token }, clone)
  const hurry = setInterval(() => void hurryRemovals().catch(() => undefined), 1_000)
  const taken: Taken[] = []
  const folder = await newDataDir()
  for (let at = 0; at < BACKUPS; at++) {
    const standing = load.published()
    const place = path.join(folder, String(at))
    const target = await openTarget({ folder: place }, null)
    const { problems } = await takeBackup({ ...filesOf(env), url: env.DATABASE_URL ?? '', target, show })
    expect([at, problems]).toEqual([at, []])
    taken.push({ place, standing })
  }
  clearInterval(hurry)
  await load.end()
  expect(load.failures).toEqual([])
  const removed = await db.$queryRaw<{ n: number }[]>`SELECT count(*)::int AS n FROM graphile_worker._private_jobs
    WHERE key LIKE 'stored-file:%'`
  let [releases, files] = [0, 0]
  for (const { place, standing } of taken) {
    const restored = await restoreElsewhere(place)
    expect([place, restored.findings]).toEqual([place, []])
    expect(restored.tags).toEqual(expect.arrayContaining(standing))
    releases = restored.tags.length
    files += restored.files
  }
  connectDatabase({ url: env.DATABASE_URL ?? '' })
  expect(releases).toBeGreaterThan(taken[0]?.standing.length ?? 0)
  process.stdout.write(
    `${BACKUPS} backups, ${files} files and ${releases} releases at last, writes ${JSON.stringify(load.counts)}, ${removed[0]?.n} removals left\n`,
  )
})

test('a server with the embedded database is backed up, and restored into another one', {
  timeout: 300_000,
}, async () => {
  const from = await newDataDir()
  const server = serve({ DATA_DIR: from })
  await server.listening()
  const place = path.join(await newDataDir(), 'backup')
  const backup = serve({ DATA_DIR: from }, ['backup', place])
  expect([await backup.ended, backup.stderr()]).toEqual([{ code: 0, signal: null }, ''])
  const to = await newDataDir()
  const restored = serve({ DATA_DIR: to }, ['restore', place])
  expect([await restored.ended, restored.stderr()]).toEqual([{ code: 0, signal: null }, ''])
  const checked = serve({ DATA_DIR: to }, ['doctor', '--digests', '--json'])
  expect(await checked.ended).toMatchObject({ code: 0 })
  expect(JSON.parse(checked.stdout()).repositories).toBeGreaterThan(1)
  const again = serve({ DATA_DIR: to })
  const url = await again.listening()
  const page = await fetch(`${url}/api/v4/projects`)
  expect(((await page.json()) as object[]).length).toBeGreaterThan(0)
})

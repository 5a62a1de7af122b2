// The jobs that remove what was deleted, when it can no longer be restored.
import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { pino } from 'pino'
import { describe, expect, test } from 'vitest'
import { db } from '../../src/database/db.ts'
import { removeGroupTask, removeProjectTask } from '../../src/jobs/tasks/remove-deleted-tasks.ts'
import type { TaskParts } from '../../src/jobs/tasks.ts'
import { uploadedObject } from '../http/git/lfs-client.ts'
import { put } from '../http/packages/package-client.ts'
import { rest } from '../http/rest/client.ts'
import { useApp } from '../support/app.ts'
import * as create from '../support/factories.ts'
import { mutate } from '../support/mutate.ts'
import { snapshot } from '../support/snapshot.ts'
import { createWorld, type World } from '../support/world.ts'
import { work } from './job-world.ts'

const app = useApp()

const parts = (different: Partial<TaskParts> = {}): TaskParts => ({
  ...{ log: pino({ level: 'silent' }), baseUrl: app.url, storage: app.storage },
  ...{ repositoriesDir: app.repositoriesDir, signal: new AbortController().signal },
  mails: null,
  mayReach: () => false,
  wakeDeliveries: () => {},
  ...different,
})

/** A world with files of every kind, whose Owner owns the group. */
async function fullWorld(): Promise<World> {
  const world = await createWorld(app)
  const { project, release, tokens } = world
  await create.addMember({ group: world.group }, world.users.owner, 'owner')
  expect((await put(app, world, 'content')).status).toBe(201)
  const form = new FormData()
  form.append('file', new Blob(['pixels']), 'a.png')
  expect((await rest(app, 'POST', `/projects/${project.id}/uploads`, { token: tokens.owner, body: form })).status).toBe(
    201,
  )
  const report = `/projects/${project.id}/report_artifacts/${release.sha}/tests.xml`
  expect((await rest(app, 'PUT', report, { token: tokens.owner, body: '<tests/>' })).status).toBe(201)
  await uploadedObject({ app, world, token: tokens.owner })
  const evidence = `/projects/${project.id}/releases/${release.tag}/evidence`
  expect((await rest(app, 'POST', evidence, { token: tokens.owner })).status).toBe(202)
  return world
}

/** The files of packages, uploads, Git LFS and report artifacts of all projects. */
async function files(): Promise<string[]> {
  const found = await readdir(app.packagesDir, { recursive: true, withFileTypes: true })
  return found.flatMap((entry) => (entry.isFile() ? path.join(entry.parentPath, entry.name) : []))
}

/** Lets the time to restore end. The job is due then. */
async function end(where: { projectId: number } | { groupId: number }) {
  await db.deletion.updateMany({ where, data: { createdAt: new Date(Date.now() - 8 * 24 * 60 * 60_000) } })
  await db.$executeRaw`UPDATE graphile_worker._private_jobs SET run_at = now() WHERE key LIKE 'remove %'`
}

/** The rows of all tables that belong to the project, by table. */
async function rowsOf(projectId: number): Promise<Record<string, number>> {
  const tables = await db.$queryRaw<{ name: string }[]>`
    SELECT table_name AS name FROM information_schema.columns WHERE column_name = 'project_id' AND table_schema = 'public'`
  const counts: Record<string, number> = {}
  for (const { name } of tables) {
    const [row] = await db.$queryRawUnsafe<{ n: number }[]>(
      `SELECT count(*)::int AS n FROM ${name} WHERE project_id = ${projectId}`,
    )
    if (row?.n) counts[name] = row.n
  }
  return counts
}

describe('the removal of a project', () => {
  test('a worker removes files, repository and rows, and nothing of another project', async () => {
    const [world, other] = [await fullWorld(), await fullWorld()]
    const before = await files()
    const kept = await rowsOf(other.project.id)
    expect(await mutate(app, world.tokens.owner, 'projectDelete', { projectPath: world.project.fullPath })).toEqual([])
    const worker = await work(app)
    // It waits for its day.
    expect(await db.project.count({ where: { id: world.project.id } })).toBe(1)
    await end({ projectId: world.project.id })
    await expect.poll(() => worker.results, { timeout: 20_000 }).toContain('remove-project done')
    expect(await db.project.count({ where: { id: world.project.id } })).toBe(0)
    expect(await rowsOf(world.project.id)).toEqual({})
    expect(existsSync(app.repositories.directory(world.project.id))).toBe(false)
    expect(existsSync(app.repositories.directory(other.project.id))).toBe(true)
    expect(await rowsOf(other.project.id)).toEqual(kept)
    expect((await files()).length).toBe(before.length - 4)
    expect(
      (await rest(app, 'GET', `/projects/${other.project.id}/packages`, { token: other.tokens.owner })).body,
    ).toHaveLength(1)
  })

  test('a job that runs early, late, twice, or after a restoration removes nothing that is there', async () => {
    const world = await fullWorld()
    const { project, tokens } = world
    const run = () => removeProjectTask({ projectId: project.id }, parts())
    await run()
    expect(await mutate(app, tokens.owner, 'projectDelete', { projectPath: project.fullPath })).toEqual([])
    await run()
    expect(
      await mutate(app, tokens.owner, 'projectRestore', { projectPath: `${project.fullPath}~${project.id}` }),
    ).toEqual([])
    const before = [await files(), await snapshot(app, project.id)]
    await run()
    expect([await files(), await snapshot(app, project.id)]).toEqual(before)
    expect(await mutate(app, tokens.owner, 'projectDelete', { projectPath: project.fullPath })).toEqual([])
    await end({ projectId: project.id })
    await Promise.all([run(), run()])
    await run()
    expect(await rowsOf(project.id)).toEqual({})
  })

  test('a run that fails at any file is completed by the next run', async () => {
    const world = await fullWorld()
    const { project, tokens } = world
    const before = await files()
    expect(await mutate(app, tokens.owner, 'projectDelete', { projectPath: project.fullPath })).toEqual([])
    await end({ projectId: project.id })
    // A package, an upload and an object of Git LFS.
    for (let files = 0; files < 3; files++) {
      let left = files
      const remove = (key: string) =>
        left-- > 0 ? app.storage.remove(key) : Promise.reject(new Error('The disk is away'))
      const failing = { ...app.storage, remove }
      await expect(removeProjectTask({ projectId: project.id }, parts({ storage: failing }))).rejects.toThrow('away')
    }
    // The rows are there, because they say which files are left.
    expect(await db.packageFile.count({ where: { package: { projectId: project.id } } })).toBe(1)
    const stopping = { signal: AbortSignal.abort() }
    await expect(removeProjectTask({ projectId: project.id }, parts(stopping))).rejects.toThrow()
    await removeProjectTask({ projectId: project.id }, parts())
    expect(await rowsOf(project.id)).toEqual({})
    expect((await files()).length).toBe(before.length - 4)
  })
})

test('the removal of a group takes all groups and projects below it, and nothing beside it', async () => {
  const [world, inside, beside] = [await fullWorld(), await fullWorld(), await fullWorld()]
  await db.group.update({ where: { id: inside.group.id }, data: { parentId: world.group.id } })
  const alone = { projectPath: `${world.group.path}/${inside.group.path}/${inside.project.path}` }
  expect(await mutate(app, inside.tokens.owner, 'projectDelete', alone)).toEqual([])
  const kept = await rowsOf(beside.project.id)
  expect(await mutate(app, world.tokens.owner, 'groupDelete', { groupPath: world.group.fullPath })).toEqual([])
  await end({ groupId: world.group.id })
  await removeGroupTask({ groupId: world.group.id }, parts())
  await removeGroupTask({ groupId: world.group.id }, parts())
  expect(await db.group.count({ where: { id: { in: [world.group.id, inside.group.id] } } })).toBe(0)
  for (const { project } of [world, inside]) {
    expect(await rowsOf(project.id)).toEqual({})
    expect(existsSync(app.repositories.directory(project.id))).toBe(false)
  }
  expect(await rowsOf(beside.project.id)).toEqual(kept)
  // The job of the project that was deleted by itself finds nothing left to do.
  await removeProjectTask({ projectId: inside.project.id }, parts())
})

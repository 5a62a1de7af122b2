// Backups and restores by commands, which tests kill.
import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdir, readdir } from 'node:fs/promises'
import path from 'node:path'
import { Client } from 'pg'
import { expect, onTestFinished } from 'vitest'
import { createEmptyDatabase } from '../support/database.ts'
import * as create from '../support/factories.ts'
import { createRepository } from '../support/git.ts'
import { createJobProject, type JobProject } from './job-project.ts'
import { newDataDir, serve } from './serve-world.ts'

export const filesIn = async (folder: string) =>
  (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort()

export async function upload(url: string, { projectId, token }: JobProject, version: string): Promise<void> {
  const place = `${url}/api/v4/projects/${projectId}/packages/generic/app/${version}/app.bin`
  const answer = await fetch(place, { method: 'PUT', headers: { 'private-token': token }, body: randomBytes(50_000) })
  expect(answer.status).toBe(201)
}

/** A server with three packages and two repositories, whose removals wait for a worker. */
export async function createFilled() {
  const project = await createJobProject()
  const { env, repository } = project
  const beside = await create.createProject()
  await createRepository(path.join(path.dirname(repository), `${beside.id}.git`), {
    commits: 2,
    tags: ['v1.0.0', 'v2.0.0'],
  })
  await create.createRelease(beside, { tag: 'v1.0.0' })
  const url = await serve(env, ['serve', '--no-worker']).listening()
  for (const version of ['1.0.0', '2.0.0', '3.0.0']) await upload(url, project, version)
  return { ...project, url, release: () => create.createRelease(beside, { tag: 'v2.0.0' }) }
}

export async function runTo(code: number, env: Record<string, string>, ...args: string[]): Promise<string> {
  const command = serve(env, args)
  const ended = await command.ended
  expect([args[0], ended, command.stderr()]).toEqual([args[0], { code, signal: null }, ''])
  return command.stdout()
}

/** Another database and other folders, all empty. */
export async function createElsewhere() {
  const database = await createEmptyDatabase()
  onTestFinished(() => database.drop())
  return { DATABASE_URL: database.url, DATA_DIR: await newDataDir(), REPOSITORIES_DIR: await newDataDir() }
}

/** How many releases a restored server has, in which doctor must find nothing. */
export async function checkedReleases(env: Awaited<ReturnType<typeof createElsewhere>>): Promise<number> {
  expect(await runTo(0, env, 'doctor', '--digests')).toContain('0 missing, 0 damaged, 0 orphaned')
  const client = new Client(env.DATABASE_URL)
  await client.connect()
  const { rows } = await client.query<{ n: number }>('SELECT count(*)::int AS n FROM releases')
  await client.end()
  return rows[0]?.n ?? 0
}

/** Restores elsewhere, and returns the number of releases there. */
export async function restoredReleases(place: string): Promise<number> {
  const env = await createElsewhere()
  await runTo(0, env, 'restore', place)
  return checkedReleases(env)
}

/** A pipe without a reader keeps whoever writes the file waiting. */
export async function blockWriting(folder: string, key: string): Promise<string> {
  const pipe = path.join(folder, 'incoming', key.replaceAll('/', '-'))
  await mkdir(path.dirname(pipe), { recursive: true })
  execFileSync('mkfifo', [pipe])
  return pipe
}

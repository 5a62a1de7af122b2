import { randomBytes } from 'node:crypto'
import { mkdir, symlink } from 'node:fs/promises'
import path from 'node:path'
import { expect, onTestFinished, vi } from 'vitest'
import { withConnection } from '../../src/database/connections/connection.ts'
import { runGit } from '../../src/git/git.ts'
import { uploadedObject } from '../http/git/lfs-client.ts'
import { put } from '../http/packages/package-client.ts'
import { rest } from '../http/rest/client.ts'
import type { TestApp } from '../support/app.ts'
import { createEmptyDatabase } from '../support/database.ts'
import { temporaryDirectory } from '../support/git.ts'
import { createWorld, type World } from '../support/world.ts'
import type { Ran, useCommands } from './run-command.ts'

/** A project with a release of an annotated tag, and files of every kind. */
export async function createFiledWorld(app: TestApp): Promise<World> {
  const tag = 'v1.0.0'
  const world = await createWorld(app, { repository: { tags: [{ name: tag, message: 'signed off' }] }, tag })
  const { project, release, tokens } = world
  expect((await put(app, world, randomBytes(200_000))).status).toBe(201)
  const form = new FormData()
  form.append('file', new Blob(['pixels']), 'a.png')
  const token = tokens.owner
  expect((await rest(app, 'POST', `/projects/${project.id}/uploads`, { token, body: form })).status).toBe(201)
  const report = `/projects/${project.id}/report_artifacts/${release.sha}/tests.xml`
  expect((await rest(app, 'PUT', report, { token, body: '<tests/>' })).status).toBe(201)
  await uploadedObject({ app, world, token }, randomBytes(100))
  return world
}

/** The name of the role is unique, because roles belong to all databases of the server. */
async function createOwnedDatabase(): Promise<string> {
  const database = await createEmptyDatabase()
  const role = `restorer_${randomBytes(6).toString('hex')}`
  await withConnection(database.url, async (client) => {
    await client.query(`CREATE ROLE ${role} LOGIN PASSWORD 'secret' NOSUPERUSER`)
    await client.query(`ALTER DATABASE ${new URL(database.url).pathname.slice(1)} OWNER TO ${role}`)
    await client.query(`ALTER SCHEMA public OWNER TO ${role}`)
  })
  onTestFinished(async () => {
    await database.drop()
    await withConnection(database.url.replace(/\/[^/]*$/, '/postgres'), (client) => client.query(`DROP ROLE ${role}`))
  })
  const url = new URL(database.url)
  url.username = role
  url.password = 'secret'
  return url.href
}

export type Elsewhere = { env: Record<string, string>; run: (...args: string[]) => Promise<Ran> }

/** Sets the folder of files for the commands of the operator, as the server of the test has it. */
export async function useFilesOf(app: TestApp): Promise<string> {
  const dataDir = await temporaryDirectory()
  await mkdir(app.packagesDir, { recursive: true })
  await symlink(app.packagesDir, path.join(dataDir, 'packages'))
  vi.stubEnv('DATA_DIR', dataDir)
  return dataDir
}

/** An empty database of a role without rights elsewhere, and empty folders. */
export async function createElsewhere(commands: ReturnType<typeof useCommands>): Promise<Elsewhere> {
  const folder = await temporaryDirectory()
  const env = {
    DATABASE_URL: await createOwnedDatabase(),
    DATA_DIR: path.join(folder, 'data'),
    REPOSITORIES_DIR: path.join(folder, 'repositories'),
  }
  const run = async (...args: string[]) => {
    const before = Object.keys(env).map((name) => [name, process.env[name]] as const)
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value)
    try {
      return await commands.run(...args)
    } finally {
      for (const [name, value] of before) vi.stubEnv(name, value)
    }
  }
  return { env, run }
}

/** All rows of all tables that a backup has, and all refs, as texts that can be compared. */
export async function contentsOf(url: string, repositoriesDir: string): Promise<Record<string, unknown>> {
  return withConnection(url, async (client) => {
    const { rows: tables } = await client.query<{ name: string }>(
      `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename NOT IN
       ('_prisma_migrations', 'migration_requirements', 'sql_files', 'sessions', 'rate_limits', 'readiness_checks', 'last_backup')`,
    )
    const contents: Record<string, unknown> = {}
    for (const { name } of tables) {
      const { rows } = await client.query<{ row: string }>(`SELECT t::text AS row FROM ${name} t ORDER BY 1`)
      contents[name] = rows.map(({ row }) => row)
    }
    const { rows: jobs } = await client.query(
      `SELECT task_identifier, key, run_at::text, priority, max_attempts FROM graphile_worker.jobs ORDER BY 1, 2, 3`,
    )
    const { rows: sequences } = await client.query(
      `SELECT sequencename, last_value::text FROM pg_sequences WHERE schemaname = 'public' ORDER BY 1`,
    )
    const { rows: projects } = await client.query<{ id: number }>('SELECT id FROM projects ORDER BY id')
    const refs: Record<string, string> = {}
    for (const { id } of projects) {
      const directory = path.join(repositoriesDir, `${id}.git`)
      refs[id] = await runGit(directory, ['for-each-ref']).catch(() => 'no repository')
      refs[id] += await runGit(directory, ['symbolic-ref', 'HEAD']).catch(() => '')
      refs[id] += await runGit(directory, ['fsck', '--connectivity-only']).catch((error) => String(error))
    }
    return { ...contents, jobs, sequences, refs }
  })
}

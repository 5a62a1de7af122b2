import { pino } from 'pino'
import { onTestFinished } from 'vitest'
import { connectDatabase, db } from '../../src/database/db.ts'
import { createRepositories } from '../../src/git/open-repositories.ts'
import { createDatabase } from '../support/database.ts'
import * as create from '../support/factories.ts'
import { createRepository } from '../support/git.ts'
import { newDataDir } from './serve-world.ts'

export type JobProject = {
  projectId: number
  path: string
  token: string
  repository: string
  env: Record<string, string>
}

/** A database with a project. Servers use it by `env`, and this process reads it as well. */
export async function createJobProject(): Promise<JobProject> {
  const database = await createDatabase()
  const client = connectDatabase({ url: database.url })
  onTestFinished(async () => {
    await client.$disconnect()
    await database.drop()
  })
  const repositoriesDir = await newDataDir()
  const project = await create.createProject()
  const user = await create.createUser()
  await create.addMember({ project }, user, 'developer')
  await create.createMilestone({ projectId: project.id }, { title: 'M' })
  const repositories = createRepositories({ directory: repositoriesDir, log: pino({ level: 'silent' }) })
  const repository = repositories.directory(project.id)
  await repositories.close()
  await createRepository(repository, { commits: 1 })
  const env = { DATABASE_URL: database.url, DATA_DIR: await newDataDir(), REPOSITORIES_DIR: repositoriesDir }
  return { projectId: project.id, path: project.fullPath, token: await create.tokenFor(user), repository, env }
}

/** Jobs that collect evidence of releases, or remove projects. */
export const countJobs = async () => {
  const [row] = await db.$queryRaw<{ n: number }[]>`SELECT count(*)::int AS n FROM graphile_worker._private_jobs
    WHERE key IS NULL OR key NOT LIKE 'announce-release %'`
  return row?.n ?? 0
}

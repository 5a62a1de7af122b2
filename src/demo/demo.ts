import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Config } from '../config.ts'
import { db } from '../db.ts'
import type { Visibility } from '../generated/prisma/client.ts'
import type { Log } from '../log.ts'
import { createRepositories } from '../modules/git/reader.ts'
import { importRepository } from '../modules/imports/import-repository.ts'
import { withLock } from '../modules/imports/lock.ts'
import { Demo, demoFile, writeDemo } from './demo-file.ts'
import { type DemoUsers, findOrCreatePeople } from './demo-people.ts'
import { furnishProject } from './demo-project.ts'
import { buildDemoRepository } from './demo-repository.ts'
import { demoTokens } from './demo-tokens.ts'

type Options = { config: Config; log: Log }
type ProjectSpec = { path: string; visibility: Visibility; title: string; description: string; guarded: boolean }

const GROUP_PATH = 'demo'
const PUBLIC: ProjectSpec = {
  path: 'demo/waybill',
  visibility: 'public',
  title: 'Waybill',
  description: 'A project to look around in: everybody may read it.',
  guarded: true,
}
const PRIVATE: ProjectSpec = {
  path: 'demo/secret',
  visibility: 'private',
  title: 'Secret',
  description: 'A private project: guests see its releases, but not its code.',
  guarded: false,
}

/** What `createDemo` wrote down; null when the file is not there, or damaged. */
export async function readDemo(config: Pick<Config, 'dataDir'>): Promise<Demo | null> {
  try {
    return Demo.parse(JSON.parse(await readFile(demoFile(config), 'utf8')))
  } catch {
    return null
  }
}

async function importDemo(spec: ProjectSpec, { repositoriesDir }: Config): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'waybill-demo-'))
  try {
    const source = path.join(folder, 'source.git')
    await buildDemoRepository(source, { title: spec.title, now: new Date() })
    const { path: projectPath, visibility } = spec
    await importRepository({ projectPath, source, repositoriesDir, visibility, author: 'maintainer' })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/**
 * The description is written together with all that is added to the import, so it tells whether that was done. What
 * people changed afterwards stays as it is.
 */
async function findOrCreateProject(spec: ProjectSpec, users: DemoUsers, { config, log }: Options): Promise<void> {
  const repositories = createRepositories({ directory: config.repositoriesDir, log })
  const before = await db.project.findUnique({ where: { fullPath: spec.path } })
  const isFurnished = typeof before?.description === 'string'
  if (!before || !isFurnished || !existsSync(repositories.directory(before.id))) await importDemo(spec, config)
  if (isFurnished) return
  const { id, groupId } = await db.project.findUniqueOrThrow({ where: { fullPath: spec.path } })
  const { description, guarded } = spec
  await db.$transaction((tx) => furnishProject(tx, { id, groupId, description, guarded }, users))
  log.info({ project: spec.path }, 'demo project created')
}

async function build({ config, log }: Options): Promise<Demo> {
  const users = await findOrCreatePeople(db)
  // The public one first: the group is as visible as the first project in it.
  await findOrCreateProject(PUBLIC, users, { config, log })
  await findOrCreateProject(PRIVATE, users, { config, log })
  const written = await readDemo(config)
  const demo = {
    baseUrl: config.baseUrl ?? `http://${config.host}:${config.port}`,
    projectPath: PUBLIC.path,
    privateProjectPath: PRIVATE.path,
    groupPath: GROUP_PATH,
    tokens: await demoTokens(written?.tokens, users),
  }
  await writeDemo(config, demo)
  return demo
}

/** Makes the demo world, or what is missing of it, and writes down its tokens. May be repeated. */
export function createDemo(options: Options): Promise<Demo> {
  // Two servers that start for the first time make one demo: the second finds the work of the first.
  return withLock(
    'demo',
    () => build(options),
    () => undefined,
  )
}

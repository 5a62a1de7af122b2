import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Config } from '../config.ts'
import { db, type Tx } from '../db.ts'
import type { Project, Visibility } from '../generated/prisma/client.ts'
import type { Log } from '../log.ts'
import { createRepositories } from '../modules/git/reader.ts'
import { findOrCreateGroup } from '../modules/groups/group-service.ts'
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
/** A quarter of a second, but many times that on a busy machine. */
const FURNISH_MS = 60_000
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

const findProject = (spec: ProjectSpec) => db.project.findUnique({ where: { fullPath: spec.path } })

/**
 * The description is written together with all that is added to an import, so it tells whether that was done. What
 * people changed afterwards stays as it is.
 */
const isFurnished = (project: Project | null) => typeof project?.description === 'string'

async function ensureImported(spec: ProjectSpec, { config, log }: Options): Promise<void> {
  const repositories = createRepositories({ directory: config.repositoriesDir, log })
  const project = await findProject(spec)
  if (project && isFurnished(project) && existsSync(repositories.directory(project.id))) return
  await importDemo(spec, config)
}

const baseUrlOf = ({ baseUrl, host, port }: Config) => baseUrl ?? `http://${host}:${port}`

async function ensureFurnished(spec: ProjectSpec, users: DemoUsers, { config, log }: Options): Promise<void> {
  const project = await findProject(spec)
  if (!project || isFurnished(project)) return
  const { description, guarded } = spec
  const furnish = (tx: Tx) =>
    furnishProject(tx, { ...project, description, guarded, baseUrl: baseUrlOf(config) }, users)
  await db.$transaction(furnish, { timeout: FURNISH_MS })
  log.info({ project: spec.path }, 'demo project created')
}

async function build(options: Options): Promise<Demo> {
  const { config } = options
  const users = await findOrCreatePeople(db)
  // Before its projects: the private one would make it private.
  await db.$transaction((tx) => findOrCreateGroup(tx, { segments: [GROUP_PATH], visibility: PUBLIC.visibility }))
  const specs = [PUBLIC, PRIVATE]
  await Promise.all(specs.map((spec) => ensureImported(spec, options)))
  for (const spec of specs) await ensureFurnished(spec, users, options)
  const written = await readDemo(config)
  const demo = {
    baseUrl: baseUrlOf(config),
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

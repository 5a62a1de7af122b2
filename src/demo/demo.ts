import { readFile } from 'node:fs/promises'
import { canInGroup } from '../access/group-abilities.ts'
import { operator, type Viewer } from '../access/viewer.ts'
import { loadViewerByToken } from '../authentication/load-viewer.ts'
import { baseUrlOf, type Config } from '../config.ts'
import { db } from '../database/db.ts'
import { AppError } from '../foundation/errors.ts'
import type { Log } from '../foundation/log.ts'
import { createRepositories, type Repositories } from '../git/open-repositories.ts'
import { createGroup } from '../modules/groups/create-group.ts'
import { withLock } from '../modules/imports/lock.ts'
import { contextOutsideRequest } from '../start/context-outside-request.ts'
import { Demo, demoFile, writeDemo } from './demo-file.ts'
import { ensureGroupMilestone } from './demo-milestones.ts'
import { type As, ensurePeople } from './demo-people.ts'
import { completeProject, type DemoProject, isComplete, pathOf } from './demo-project.ts'
import { demoTokens } from './demo-tokens.ts'
import { ensureTold } from './demo-told.ts'

/** `told`: somebody is told of what happens. Only the demo's own server has a receiver and a mailbox. */
type Options = { config: Config; log: Log; told?: boolean }

const GROUP_PATH = 'demo'
const PUBLIC: DemoProject = {
  groupPath: GROUP_PATH,
  path: 'waybill',
  name: 'Waybill',
  visibility: 'public',
  description: 'A project to look around in: everybody may read it.',
  guarded: true,
}
const PRIVATE: DemoProject = {
  groupPath: GROUP_PATH,
  path: 'secret',
  name: 'Secret',
  visibility: 'private',
  description: 'A private project: guests see its releases, but not its code.',
  guarded: false,
}

/** Reads the file that `createDemo` wrote; null when it is missing or damaged. */
export async function readDemo(config: Pick<Config, 'dataDir'>): Promise<Demo | null> {
  try {
    return Demo.parse(JSON.parse(await readFile(demoFile(config), 'utf8')))
  } catch {
    return null
  }
}

async function ensureGroup(as: As): Promise<void> {
  const context = await as('owner')
  const group = await db.group.findUnique({ where: { fullPath: GROUP_PATH } })
  if (!group) await createGroup(context, { path: GROUP_PATH, visibility: 'public' })
  else if (!canInGroup(context.viewer, 'project:create', group)) {
    throw new AppError('CONFLICT', `The group '${GROUP_PATH}' exists, but not as the demo's`)
  }
}

async function ensureProjects(as: As, { config: { repositoriesDir }, log }: Options): Promise<void> {
  const complete = await Promise.all([PUBLIC, PRIVATE].map((demo) => isComplete(demo, repositoriesDir)))
  const incomplete = [PUBLIC, PRIVATE].filter((_demo, at) => !complete[at])
  if (incomplete.length === 0) return
  log.info({ projects: incomplete.map(pathOf) }, 'making the demo world')
  await ensureGroup(as)
  await ensureGroupMilestone(as, GROUP_PATH)
  const work = incomplete.map(async (demo) => {
    await completeProject(demo, { as, repositoriesDir })
    log.info({ project: pathOf(demo) }, 'demo project created')
  })
  // Waits for both projects even when one fails, because nothing may go on after the lock has ended.
  const failed = (await Promise.allSettled(work)).find((result) => result.status === 'rejected')
  if (failed) throw failed.reason
}

async function build(options: Options, repositories: Repositories): Promise<Demo> {
  const { config } = options
  const contextOf = (viewer: Viewer) => contextOutsideRequest(viewer, { ...options, repositories })
  const asOperator = contextOf(operator())
  await ensurePeople(asOperator)
  const tokens = await demoTokens(asOperator, (await readDemo(config))?.tokens)
  const as: As = async (username) => contextOf(await loadViewerByToken(tokens[username]))
  await ensureProjects(as, options)
  if (options.told) {
    const places = { projectPath: pathOf(PUBLIC), groupPath: GROUP_PATH, baseUrl: baseUrlOf(config) }
    await ensureTold(as, { ...places, keepsMails: config.smtpUrl === null })
  }
  const demo = {
    baseUrl: baseUrlOf(config),
    projectPath: pathOf(PUBLIC),
    privateProjectPath: pathOf(PRIVATE),
    groupPath: GROUP_PATH,
    tokens,
  }
  await writeDemo(config, demo)
  return demo
}

/** Creates the missing parts of the demo, and writes its tokens to a file. May be repeated. */
export async function createDemo(options: Options): Promise<Demo> {
  const { config, log } = options
  const repositories = createRepositories({ directory: config.repositoriesDir, log })
  const work = () => build(options, repositories)
  // The lock keeps two servers that start for the first time from creating two demos.
  return withLock('demo', work, () => undefined).finally(() => repositories.close())
}

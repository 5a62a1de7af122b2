import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { role } from '../access/roles.ts'
import { db } from '../database/db.ts'
import type { Project, Visibility } from '../generated/prisma/client.ts'
import { repositoryDirectory } from '../git/mirror-repository.ts'
import { createFreezePeriod } from '../modules/freezes/freeze-period-service.ts'
import { importRepository } from '../modules/imports/import-repository.ts'
import { setMember } from '../modules/members/member-service.ts'
import { createProject } from '../modules/projects/create-project.ts'
import { updateProject } from '../modules/projects/update-project.ts'
import { createProtectedTag } from '../modules/protected-tags/protected-tag-service.ts'
import { ensureMilestones } from './demo-milestones.ts'
import { type As, demoPeople, demoUsernames } from './demo-people.ts'
import { ensureReleases } from './demo-releases.ts'
import { buildDemoRepository } from './demo-repository.ts'

export type DemoProject = {
  groupPath: string
  path: string
  name: string
  visibility: Visibility
  /** Written last, so a project with a description is complete, and later changes by people stay. */
  description: string
  /** Whether it has a protected tag, a freeze period and an environment. */
  guarded: boolean
}

type Options = { as: As; repositoriesDir: string }

export const pathOf = ({ groupPath, path: own }: Pick<DemoProject, 'groupPath' | 'path'>) => `${groupPath}/${own}`

const findProject = (demo: DemoProject): Promise<Project | null> =>
  db.project.findUnique({ where: { fullPath: pathOf(demo) } })

const hasRepository = ({ id }: Project, repositoriesDir: string) => existsSync(repositoryDirectory(repositoriesDir, id))

export async function isComplete(demo: DemoProject, repositoriesDir: string): Promise<boolean> {
  const project = await findProject(demo)
  return project !== null && project.description !== null && hasRepository(project, repositoriesDir)
}

async function ensureProject(as: As, demo: DemoProject): Promise<Project> {
  const { groupPath, path: own, name, visibility } = demo
  return (await findProject(demo)) ?? createProject(await as('owner'), { groupPath, path: own, name, visibility })
}

/** Imports the project from a real repository that git builds. */
async function importDemo(as: As, demo: DemoProject): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'waybill-demo-'))
  try {
    const source = path.join(folder, 'source.git')
    await buildDemoRepository(source, { title: demo.name, now: new Date() })
    await importRepository(await as('maintainer'), { projectPath: pathOf(demo), source })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function ensureMembers(as: As, { id, fullPath: projectPath }: Project): Promise<void> {
  const members = await db.projectMember.findMany({ where: { projectId: id }, include: { user: true } })
  const missing = demoUsernames.filter((username) => !members.some(({ user }) => user.username === username))
  for (const username of missing) {
    await setMember(await as('owner'), { projectPath, username, role: demoPeople[username].role })
  }
}

async function ensureGuarded(as: As, { id: projectId, fullPath: projectPath }: Project): Promise<void> {
  const context = await as('maintainer')
  const where = { where: { projectId } }
  if ((await db.protectedTag.count(where)) === 0) {
    await createProtectedTag(context, { projectPath, name: 'v*', createAccessLevel: role.maintainer })
  }
  if ((await db.freezePeriod.count(where)) === 0) {
    // From Friday evening to Monday morning.
    await createFreezePeriod(context, { projectPath, freezeStart: '0 23 * * 5', freezeEnd: '0 7 * * 1' })
  }
  // Deployments create environments, so no use case does.
  if ((await db.environment.count(where)) === 0)
    await db.environment.create({ data: { projectId, name: 'production' } })
}

/** Creates the missing parts of the project by the use cases of all clients. It can be called again after an interruption. */
export async function completeProject(demo: DemoProject, { as, repositoriesDir }: Options): Promise<void> {
  const project = await ensureProject(as, demo)
  const { id: projectId, fullPath: projectPath, description } = project
  const isImported = (await db.release.count({ where: { projectId } })) > 0 && hasRepository(project, repositoriesDir)
  if (!isImported) {
    await ensureMembers(as, project)
    await importDemo(as, demo)
  }
  if (description !== null) return
  await ensureMilestones(as, projectPath)
  await ensureReleases(as, projectPath)
  if (demo.guarded) await ensureGuarded(as, project)
  await updateProject(await as('owner'), { projectPath, description: demo.description })
}

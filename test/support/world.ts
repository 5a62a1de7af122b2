import { type RoleName, role } from '../../src/access/roles.ts'
import { db } from '../../src/database/db.ts'
import type { Group, Prisma, Project, Release, User } from '../../src/generated/prisma/client.ts'
import type { TestApp } from './app.ts'
import * as create from './factories.ts'
import { createRepository, type RepositorySpec } from './git.ts'

/** All kinds of viewers: the roles, a signed-in stranger, and an anonymous viewer. */
export const viewers = [
  'anonymous',
  'stranger',
  'guest',
  'planner',
  'reporter',
  'developer',
  'maintainer',
  'owner',
] as const
export type ViewerName = (typeof viewers)[number]

export type World = {
  group: Group
  project: Project
  release: Release
  users: Record<Exclude<ViewerName, 'anonymous'>, User>
  /** The address of the server. */
  url: string
  /** Null for the anonymous viewer. */
  tokens: Record<ViewerName, string | null>
}

const isRole = (name: string): name is RoleName => name in role && name !== 'none'

/** One statement for each kind of row, because most tests begin with this. */
async function createViewers({ id: projectId }: Project) {
  const names = viewers.slice(1) as Exclude<ViewerName, 'anonymous'>[]
  const rows = await create.createUsers(names.length)
  const users = Object.fromEntries(names.map((name, at) => [name, rows[at]])) as World['users']
  const members = names.flatMap((name) =>
    isRole(name) ? [{ projectId, userId: users[name].id, role: role[name] }] : [],
  )
  await db.projectMember.createMany({ data: members })
  const made = await create.createTokens(rows)
  const tokens = Object.fromEntries(names.map((name, at) => [name, made[at]])) as World['tokens']
  return { users, tokens: { ...tokens, anonymous: null } }
}

/** A release with one of everything: commit, links, evidence, milestone with issues, author. */
export async function createFullRelease(
  project: Project,
  author: User,
  data: Partial<Prisma.ReleaseUncheckedCreateInput>,
) {
  const release = await create.createRelease(project, {
    name: 'First light',
    description: '# Notes\n\nIt works.',
    authorId: author.id,
    ...data,
  })
  await create.createLink(release, {
    name: 'binary',
    url: 'https://downloads.example.com/binary',
    filepath: '/bin/linux',
    linkType: 'package',
  })
  await create.createLink(release, { name: 'handbook', url: 'https://docs.example.com/', linkType: 'runbook' })
  await create.createEvidence(release)
  const milestone = await create.createMilestone({ projectId: project.id }, { dueDate: new Date('2026-12-24') })
  await create.attachMilestone(release, milestone)
  await create.createIssue(project, { milestoneId: milestone.id })
  await create.createIssue(project, { milestoneId: milestone.id, state: 'closed' })
  return release
}

export type WorldOptions = {
  project?: Partial<Prisma.ProjectUncheckedCreateInput>
  repository?: RepositorySpec
  tag?: string
}

/** A project with a real repository, a full release of its last commit, and all kinds of viewers. */
export async function createWorld(
  app: TestApp,
  { project: data = {}, repository, tag = 'v1.0.0' }: WorldOptions = {},
): Promise<World> {
  const group = await create.createGroup()
  const project = await create.createProject({ ...data, groupId: group.id })
  const { users, tokens } = await createViewers(project)
  const { commits } = await createRepository(app.repositories.directory(project.id), {
    commits: 2,
    tags: [tag],
    ...repository,
  })
  const release = await createFullRelease(project, users.developer, { tag, sha: commits.at(-1) ?? null })
  return {
    group,
    project: await db.project.findUniqueOrThrow({ where: { id: project.id } }),
    release,
    users,
    tokens,
    url: app.url,
  }
}

// Rows with sensible defaults. The names count up, so that a failure repeats.

import type { RoleName } from '../../src/access/roles.ts'
import { role } from '../../src/access/roles.ts'
import { digestOf, generateToken } from '../../src/authentication/token-secrets.ts'
import { db } from '../../src/database/db.ts'
import type { Group, Prisma, Project, Release, User } from '../../src/generated/prisma/client.ts'
import { versionKeyOf } from '../../src/modules/releases/tag-name.ts'

let count = 0
const next = () => ++count

function userData() {
  const n = next()
  return { username: `user-${n}`, name: `User ${n}`, email: `user-${n}@example.com` }
}

export const createUser = (data: Partial<Prisma.UserUncheckedCreateInput> = {}): Promise<User> =>
  db.user.create({ data: { ...userData(), ...data } })

export const createUsers = (length: number): Promise<User[]> =>
  db.user.createManyAndReturn({ data: Array.from({ length }, userData) })

export type TokenData = Partial<Omit<Prisma.AccessTokenUncheckedCreateInput, 'digest'>> & { userId: number }

/** Returns the token itself, which cannot be read again. */
export async function createToken(data: TokenData): Promise<string> {
  const token = generateToken()
  await db.accessToken.create({ data: { name: 'test', scopes: ['api'], ...data, digest: digestOf(token) } })
  return token
}

export const tokenFor = (user: User, scopes: ('read_api' | 'api')[] = ['api']): Promise<string> =>
  createToken({ userId: user.id, scopes })

/** A token for each user. */
export async function createTokens(users: readonly User[]): Promise<string[]> {
  const tokens = users.map(generateToken)
  const data = users.map(({ id }, at) => ({
    userId: id,
    name: 'test',
    scopes: ['api' as const],
    digest: digestOf(tokens[at] ?? ''),
  }))
  await db.accessToken.createMany({ data })
  return tokens
}

export const createGroup = (data: Partial<Prisma.GroupUncheckedCreateInput> = {}): Promise<Group> => {
  const path = `group-${next()}`
  return db.group.create({ data: { name: path, path, visibility: 'public', ...data } })
}

export async function createProject(data: Partial<Prisma.ProjectUncheckedCreateInput> = {}): Promise<Project> {
  const path = `project-${next()}`
  const groupId = data.groupId ?? (await createGroup()).id
  return db.project.create({ data: { name: path, path, visibility: 'public', ...data, groupId } })
}

export async function addMember(
  to: { project: Project } | { group: Group },
  user: User,
  name: RoleName,
): Promise<void> {
  const member = { userId: user.id, role: role[name] }
  if ('project' in to) await db.projectMember.create({ data: { ...member, projectId: to.project.id } })
  else await db.groupMember.create({ data: { ...member, groupId: to.group.id } })
}

export function createRelease(
  project: Project,
  data: Partial<Prisma.ReleaseUncheckedCreateInput> = {},
): Promise<Release> {
  const tag = data.tag ?? `v0.0.${next()}`
  return db.release.create({ data: { ...versionKeyOf(tag), ...data, tag, projectId: project.id } })
}

export function createLink(release: Release, data: Partial<Prisma.AssetLinkUncheckedCreateInput> = {}) {
  const n = next()
  const defaults = { name: `link ${n}`, url: `https://downloads.example.com/${n}` }
  return db.assetLink.create({ data: { ...defaults, ...data, releaseId: release.id } })
}

export const createEvidence = (release: Release, data: Partial<Prisma.EvidenceUncheckedCreateInput> = {}) =>
  db.evidence.create({
    data: {
      summary: { release: { id: release.id } },
      sha: next().toString(16).padStart(64, '0'),
      ...data,
      releaseId: release.id,
    },
  })

export function createMilestone(
  owner: { projectId: number } | { groupId: number },
  data: Partial<Prisma.MilestoneUncheckedCreateInput> = {},
) {
  const n = next()
  return db.milestone.create({ data: { iid: n, title: `Milestone ${n}`, ...data, ...owner } })
}

export function createIssue(project: Project, data: Partial<Prisma.IssueUncheckedCreateInput> = {}) {
  const n = next()
  return db.issue.create({ data: { iid: n, title: `Issue ${n}`, ...data, projectId: project.id } })
}

export const attachMilestone = (release: Release, milestone: { id: number }) =>
  db.milestoneRelease.create({ data: { releaseId: release.id, milestoneId: milestone.id } })

import { role } from '../../src/access/roles.ts'
import { digestOf, generateToken } from '../../src/authentication/token-secrets.ts'
import { db } from '../../src/database/db.ts'
import { createGroup, createProject, createToken } from './factories.ts'
import type { World } from './world.ts'

type Input = Record<string, unknown>

const linkId = async ({ release }: World) => {
  const link = await db.assetLink.findFirstOrThrow({ where: { releaseId: release.id }, orderBy: { id: 'asc' } })
  return `gid://gitlab/Releases::Link/${link.id}`
}

const freezePeriodId = async ({ project: { id: projectId } }: World) => {
  const data = { projectId, freezeStart: '0 23 * * 5', freezeEnd: '0 7 * * 1' }
  const period = (await db.freezePeriod.findFirst({ where: { projectId } })) ?? (await db.freezePeriod.create({ data }))
  return `gid://gitlab/Ci::FreezePeriod/${period.id}`
}

const protectedTagId = async ({ project: { id: projectId } }: World) => {
  const data = { projectId, name: 'protected-*', accessLevels: { create: [{ accessLevel: 40 }] } }
  const tag = (await db.protectedTag.findFirst({ where: { projectId } })) ?? (await db.protectedTag.create({ data }))
  return `gid://gitlab/ProtectedTag/${tag.id}`
}

/** The viewers are members of the project only, and some inputs need the group. */
async function ownGroup({ group, users }: World): Promise<string> {
  const member = { groupId: group.id, userId: users.owner.id, role: role.owner }
  await db.groupMember.createMany({ data: [member], skipDuplicates: true })
  return group.fullPath
}

/** A deleted project beside the project of the world. */
export async function deletedProject(world: World): Promise<string> {
  await ownGroup(world)
  const project = await createProject({ groupId: world.group.id })
  await db.deletion.create({ data: { projectId: project.id, path: project.path } })
  const path = `${project.path}~${project.id}`
  return (await db.project.update({ where: { id: project.id }, data: { path } })).fullPath
}

/** A deleted group in the group of the world. */
export async function deletedGroup(world: World): Promise<string> {
  await ownGroup(world)
  const group = await createGroup({ parentId: world.group.id })
  await db.deletion.create({ data: { groupId: group.id, path: group.path } })
  return (await db.group.update({ where: { id: group.id }, data: { path: `${group.path}~${group.id}` } })).fullPath
}

/** The receiver is the server itself, which takes what the template makes. */
const webhookId = async ({ project: { id: projectId }, url: server }: World) => {
  const url = `${server}/graphql`
  const data = { projectId, url, host: new URL(url).host, template: '{"query":"{ __typename }"}' }
  const { id } = (await db.webhook.findFirst({ where: { projectId } })) ?? (await db.webhook.create({ data }))
  return `gid://gitlab/Webhook/${id}`
}

const webhookDeliveryId = async (world: World) => {
  const webhook = Number((await webhookId(world)).split('/').at(-1))
  const event = { projectId: world.project.id, trigger: 'releases_events', source: {}, cause: 'test', body: '{}' }
  const { id } = await db.webhookDelivery.create({
    data: { webhook: { connect: { id: webhook } }, event: { create: event }, url: `${world.url}/graphql` },
  })
  return `gid://gitlab/WebhookDelivery/${id}`
}

const milestoneId = async ({ project }: World) => {
  const { id } = await db.milestone.findFirstOrThrow({ where: { projectId: project.id }, orderBy: { id: 'asc' } })
  return `gid://gitlab/Milestone/${id}`
}

const issueOf = async ({ project }: World) => {
  const { iid } = await db.issue.findFirstOrThrow({ where: { projectId: project.id }, orderBy: { id: 'asc' } })
  return { projectPath: project.fullPath, iid: String(iid) }
}

const tokenId = async ({ users }: World) => {
  const userId = users.owner.id
  const where = { userId, name: 'to be revoked', revokedAt: null }
  if ((await db.accessToken.count({ where })) === 0) await createToken({ userId, name: where.name })
  return `gid://gitlab/AccessToken/${(await db.accessToken.findFirstOrThrow({ where })).id}`
}

const sessionId = async ({ users }: World) => {
  const digest = digestOf(generateToken())
  const endsAt = new Date('2100-01-01')
  const { id } = await db.session.create({ data: { userId: users.owner.id, digest, idleSeconds: 60, endsAt } })
  return `gid://gitlab/Session/${id}`
}

/** Only administrators end accounts. */
async function endingOf({ users }: World, state: 'active' | 'blocked' = 'active'): Promise<Input> {
  await db.user.update({ where: { id: users.owner.id }, data: { admin: true } })
  await db.user.update({ where: { id: users.planner.id }, data: { state } })
  return { username: users.planner.username }
}

const ofRelease = ({ project, release }: World) => ({ projectPath: project.fullPath, tagName: release.tag })

async function ofDraft({ project }: World) {
  const key = { projectId: project.id, tag: 'v3.0.0' }
  await db.releaseDraft.createMany({ data: [{ ...key, ref: 'main' }], skipDuplicates: true })
  return { projectPath: project.fullPath, tagName: key.tag }
}

/** An input for each mutation, which an Owner of the world's project and group may send once. */
export const mutationInputs: Record<string, (world: World) => Promise<Input>> = {
  releaseCreate: async ({ project }) => ({
    projectPath: project.fullPath,
    tagName: 'v2.0.0',
    ref: 'main',
    name: 'Two',
  }),
  releaseUpdate: async (world) => ({ ...ofRelease(world), name: 'Renamed' }),
  releaseDelete: async (world) => ofRelease(world),
  releaseDraftUpdate: async (world) => ({ ...(await ofDraft(world)), name: 'Renamed' }),
  releaseDraftDelete: ofDraft,
  releasePublish: ofDraft,
  evidenceCollect: async (world) => ofRelease(world),
  releaseAssetLinkCreate: async (world) => ({ ...ofRelease(world), name: 'extra', url: 'https://example.com/extra' }),
  releaseAssetLinkUpdate: async (world) => ({ id: await linkId(world), name: 'renamed' }),
  releaseAssetLinkDelete: async (world) => ({ id: await linkId(world) }),
  freezePeriodCreate: async ({ project }) => ({
    projectPath: project.fullPath,
    freezeStart: '0 23 * * 5',
    freezeEnd: '0 7 * * 1',
    cronTimezone: 'Europe/Berlin',
  }),
  freezePeriodUpdate: async (world) => ({ id: await freezePeriodId(world), freezeEnd: '0 8 * * 1' }),
  freezePeriodDelete: async (world) => ({ id: await freezePeriodId(world) }),
  protectedTagCreate: async ({ project }) => ({
    projectPath: project.fullPath,
    name: 'guarded-*',
    createAccessLevel: 30,
    allowedToCreate: [{ accessLevel: 40 }],
  }),
  protectedTagUpdate: async (world) => ({ id: await protectedTagId(world), name: 'guarded', createAccessLevel: 30 }),
  protectedTagDelete: async (world) => ({ id: await protectedTagId(world) }),
  groupCreate: async (world) => ({
    parentPath: await ownGroup(world),
    path: 'subgroup',
    name: 'Subgroup',
    description: 'Below',
    visibility: 'internal',
  }),
  groupUpdate: async (world) => ({
    groupPath: await ownGroup(world),
    name: 'Renamed',
    path: world.group.path,
    description: 'Changed',
    visibility: 'internal',
  }),
  groupTransfer: async (world) => {
    await ownGroup(world)
    const [moving, target] = [
      await createGroup({ parentId: world.group.id }),
      await createGroup({ parentId: world.group.id }),
    ]
    return { groupPath: moving.fullPath, parentPath: target.fullPath }
  },
  projectCreate: async (world) => ({
    groupPath: await ownGroup(world),
    path: 'another',
    name: 'Another',
    description: 'Beside',
    visibility: 'internal',
  }),
  projectTransfer: async (world) => {
    await ownGroup(world)
    const target = await createGroup({ parentId: world.group.id })
    const project = await createProject({ groupId: world.group.id })
    return { projectPath: project.fullPath, groupPath: target.fullPath }
  },
  projectImport: async ({ project }) => ({
    projectPath: project.fullPath,
    url: 'https://192.0.2.1',
    sourcePath: 'there/app',
    token: 'a-token',
  }),
  projectUpdate: async ({ project }) => ({
    projectPath: project.fullPath,
    name: 'Renamed',
    path: project.path,
    defaultBranch: 'main',
    description: 'Changed',
    releasesLevel: 'PRIVATE',
    freezeRefusesReleases: true,
  }),
  projectDelete: async ({ project }) => ({ projectPath: project.fullPath }),
  projectRestore: async (world) => ({ projectPath: await deletedProject(world) }),
  groupDelete: async (world) => ({ groupPath: await ownGroup(world) }),
  groupRestore: async (world) => ({ groupPath: await deletedGroup(world) }),
  branchCreate: async ({ project }) => ({ projectPath: project.fullPath, name: 'another', ref: 'main' }),
  tagCreate: async ({ project }) => ({
    projectPath: project.fullPath,
    name: 'another',
    ref: 'main',
    message: 'Another',
  }),
  tagDelete: async ({ project, release }) => ({ projectPath: project.fullPath, name: release.tag }),
  memberSet: async ({ project, users }) => ({
    projectPath: project.fullPath,
    username: users.guest.username,
    role: 'REPORTER',
    expiresAt: '2100-01-01',
  }),
  notificationSettingUpdate: async ({ project }) => ({
    projectPath: project.fullPath,
    level: 'CUSTOM',
    newRelease: true,
  }),
  memberRemove: async ({ project, users }) => ({ projectPath: project.fullPath, username: users.planner.username }),
  milestoneCreate: async ({ project }) => ({
    projectPath: project.fullPath,
    title: 'Another',
    description: 'Later',
    startDate: '2026-01-01',
    dueDate: '2026-02-01',
  }),
  milestoneUpdate: async (world) => ({ id: await milestoneId(world), title: 'Renamed', stateEvent: 'CLOSE' }),
  milestoneDelete: async (world) => ({ id: await milestoneId(world) }),
  issueCreate: async (world) => ({
    projectPath: world.project.fullPath,
    title: 'Something to do',
    milestoneId: await milestoneId(world),
  }),
  issueUpdate: async (world) => ({ ...(await issueOf(world)), title: 'Something else', stateEvent: 'CLOSE' }),
  issueDelete: issueOf,
  webhookCreate: async ({ project }) => ({
    projectPath: project.fullPath,
    url: 'https://192.0.2.1/{team}',
    name: 'Pager',
    events: ['RELEASES'],
    customHeaders: [{ key: 'X-Tenant', value: 'harbour' }],
    urlVariables: [{ key: 'team', value: 'anchors' }],
  }),
  webhookUpdate: async (world) => ({ id: await webhookId(world), name: 'Renamed', events: ['PUSH'] }),
  webhookTest: async (world) => ({ id: await webhookId(world), event: 'RELEASES' }),
  webhookResend: async (world) => ({ id: await webhookDeliveryId(world) }),
  webhookDelete: async (world) => ({ id: await webhookId(world) }),
  accessTokenCreate: async () => ({ name: 'script', scopes: ['READ_API'], expiresAt: '2100-01-01' }),
  userUpdate: async () => ({ avatarUrl: 'https://pictures.example.com/a.png' }),
  userBlock: async (world) => endingOf(world),
  userUnblock: async (world) => endingOf(world, 'blocked'),
  userDelete: async (world) => endingOf(world),
  jobTokenCreate: async ({ project }) => ({ projectPath: project.fullPath, expiresIn: 60 }),
  accessTokenRevoke: async (world) => ({ id: await tokenId(world) }),
  sessionRevoke: async (world) => ({ id: await sessionId(world) }),
  sessionRevokeAll: async (world) => {
    await sessionId(world)
    return {}
  },
}

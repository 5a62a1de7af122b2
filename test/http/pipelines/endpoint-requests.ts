import { db } from '../../../src/database/db.ts'
import { runGit } from '../../../src/git/git.ts'
import type { TestApp } from '../../support/app.ts'
import * as create from '../../support/factories.ts'
import { deletedGroup, deletedProject } from '../../support/mutation-inputs.ts'
import type { World } from '../../support/world.ts'
import { encoded, rest } from '../rest/client.ts'

export type Request = { path: string; json?: unknown; body?: string | FormData; headers?: Record<string, string> }

const releasePath = ({ project, release }: World) => `/projects/${project.id}/releases/${release.tag}`

const linkPath = async (world: World) => {
  const { id } = await db.assetLink.findFirstOrThrow({ where: { releaseId: world.release.id } })
  return `${releasePath(world)}/assets/links/${id}`
}

async function issuePath({ project }: World): Promise<string> {
  const { iid } = await db.issue.findFirstOrThrow({ where: { projectId: project.id } })
  return `/projects/${project.id}/issues/${iid}`
}

function picture(): FormData {
  const form = new FormData()
  form.append('file', new Blob(['pixels']), 'picture.png')
  return form
}

async function newUpload(app: TestApp, { project, tokens }: World): Promise<{ id: number; url: string }> {
  const sent = { token: tokens.owner, body: picture() }
  return (await rest(app, 'POST', `/projects/${project.id}/uploads`, sent)).body
}

const period = { freeze_start: '0 23 * * 5', freeze_end: '0 7 * * 1' }

export async function periodPath({ project: { id: projectId } }: World): Promise<string> {
  const data = { projectId, freezeStart: period.freeze_start, freezeEnd: period.freeze_end }
  return `/projects/${projectId}/freeze_periods/${(await db.freezePeriod.create({ data })).id}`
}

async function protectedTagPath({ project: { id: projectId } }: World): Promise<string> {
  await db.protectedTag.create({ data: { projectId, name: 'never-*', accessLevels: { create: { accessLevel: 40 } } } })
  return `/projects/${projectId}/protected_tags/never-*`
}

/** The path of an account, for an Owner who administers the server. */
async function userPath({ users }: World): Promise<string> {
  await db.user.update({ where: { id: users.owner.id }, data: { admin: true } })
  return `/users/${users.planner.id}`
}

async function packagePath(app: TestApp, world: World): Promise<string> {
  const path = `/projects/${world.project.id}/packages`
  await rest(app, 'PUT', `${path}/generic/tools/1.0.0/tool.bin`, { token: world.tokens.owner, body: 'tool' })
  return `${path}/${(await db.package.findFirstOrThrow({ where: { projectId: world.project.id } })).id}`
}

async function hookPath(kind: 'project' | 'group', world: World): Promise<string> {
  const owner = kind === 'project' ? { projectId: world.project.id } : { groupId: world.group.id }
  const secrets = { headers: { 'X-Tenant': 'harbour' }, variables: { team: 'anchors' } }
  const data = { ...owner, url: 'https://192.0.2.1/', host: '192.0.2.1', secrets }
  return `/${kind}s/${world[kind].id}/hooks/${(await db.webhook.create({ data })).id}`
}

/** A webhook whose receiver is the server itself, which takes what the template makes. */
async function answeredHook(kind: 'project' | 'group', world: World, app: TestApp) {
  const owner = kind === 'project' ? { projectId: world.project.id } : { groupId: world.group.id }
  const url = `${app.url}/graphql`
  const data = { ...owner, url, host: new URL(url).host, template: '{"query":"{ __typename }"}' }
  return db.webhook.create({ data })
}

const hookRequests = Object.fromEntries(
  (['project', 'group'] as const).flatMap((kind) => {
    const hooks = `/${kind}s/:id/hooks`
    const of = (rest: string, json?: unknown) => async (world: World) => ({
      path: `${await hookPath(kind, world)}${rest}`,
      json,
    })
    return [
      [
        `post ${hooks}`,
        async (world: World) => ({ path: `/${kind}s/${world[kind].id}/hooks`, json: { url: 'https://192.0.2.1/' } }),
      ],
      [
        `post ${hooks}/:hook_id/test/:trigger`,
        async (world: World, app: TestApp) => {
          const { id } = await answeredHook(kind, world, app)
          return { path: `/${kind}s/${world[kind].id}/hooks/${id}/test/releases_events` }
        },
      ],
      [
        `post ${hooks}/:hook_id/events/:hook_event_id/resend`,
        async (world: World, app: TestApp) => {
          const { id, url } = await answeredHook(kind, world, app)
          const event = {
            projectId: world.project.id,
            trigger: 'releases_events',
            source: {},
            cause: 'test',
            body: '{}',
          }
          const delivery = { webhook: { connect: { id } }, event: { create: event }, url }
          const { id: number } = await db.webhookDelivery.create({ data: delivery })
          return { path: `/${kind}s/${world[kind].id}/hooks/${id}/events/${number}/resend` }
        },
      ],
      [`put ${hooks}/:hook_id`, of('', { name: 'Renamed' })],
      [`delete ${hooks}/:hook_id`, of('')],
      [`put ${hooks}/:hook_id/custom_headers/:key`, of('/custom_headers/X-Tenant', { value: 'pier' })],
      [`delete ${hooks}/:hook_id/custom_headers/:key`, of('/custom_headers/X-Tenant')],
      [`put ${hooks}/:hook_id/url_variables/:key`, of('/url_variables/team', { value: 'winches' })],
      [`delete ${hooks}/:hook_id/url_variables/:key`, of('/url_variables/team')],
    ]
  }),
)

const ofMilestone = async (kind: 'project' | 'group', world: World) => {
  const parent = kind === 'project' ? { projectId: world.project.id } : { groupId: world.group.id }
  const { id } = await create.createMilestone(parent)
  return { path: `/${kind}s/${world[kind].id}/milestones/${id}`, json: { state_event: 'close' } }
}

async function draftPath({ project: { id: projectId } }: World): Promise<string> {
  await db.releaseDraft.create({ data: { projectId, tag: 'v3.0.0', ref: 'main' } })
  return `/projects/${projectId}/releases/v3.0.0`
}

export const RELEASE = '/projects/:id/releases'
const PROTECTED = '/projects/:id/protected_tags'
const PERIODS = '/projects/:id/freeze_periods'

/** A request for each endpoint that writes, which an Owner may send once. */
export const endpointRequests: Record<string, (world: World, app: TestApp) => Promise<Request>> = {
  [`post ${RELEASE}`]: async ({ project }) => ({
    path: `/projects/${project.id}/releases`,
    json: { tag_name: 'v2.0.0', ref: 'main' },
  }),
  [`put ${RELEASE}/:tag_name`]: async (world) => ({ path: releasePath(world), json: { name: 'Renamed' } }),
  [`delete ${RELEASE}/:tag_name`]: async (world) => ({ path: releasePath(world) }),
  [`put ${RELEASE}/:tag_name/draft`]: async (world) => ({
    path: `${await draftPath(world)}/draft`,
    json: { name: 'Renamed' },
  }),
  [`delete ${RELEASE}/:tag_name/draft`]: async (world) => ({ path: `${await draftPath(world)}/draft` }),
  [`post ${RELEASE}/:tag_name/publish`]: async (world) => ({ path: `${await draftPath(world)}/publish` }),
  [`post ${RELEASE}/:tag_name/evidence`]: async (world) => ({ path: `${releasePath(world)}/evidence` }),
  [`post ${RELEASE}/:tag_name/assets/links`]: async (world) => ({
    path: `${releasePath(world)}/assets/links`,
    json: { name: 'new', url: 'https://downloads.example.com/new' },
  }),
  [`put ${RELEASE}/:tag_name/assets/links/:link_id`]: async (world) => ({
    path: await linkPath(world),
    json: { name: 'renamed' },
  }),
  [`delete ${RELEASE}/:tag_name/assets/links/:link_id`]: async (world) => ({ path: await linkPath(world) }),
  'put /projects/:id/packages/generic/:package_name/:package_version/:file_name': async ({ project }) => ({
    path: `/projects/${project.id}/packages/generic/tools/1.0.0/tool.bin`,
    body: 'tool',
  }),
  'put /projects/:id/report_artifacts/:sha/:file_name': async ({ project, release }) => ({
    path: `/projects/${project.id}/report_artifacts/${release.sha}/tests.xml`,
    body: '<tests/>',
  }),
  'delete /projects/:id/packages/:package_id': async (world, app) => ({ path: await packagePath(app, world) }),
  'delete /projects/:id/packages/:package_id/package_files/:package_file_id': async (world, app) => {
    const path = await packagePath(app, world)
    const where = { package: { projectId: world.project.id } }
    return { path: `${path}/package_files/${(await db.packageFile.findFirstOrThrow({ where })).id}` }
  },
  'post /projects/:id/uploads': async ({ project }) => ({ path: `/projects/${project.id}/uploads`, body: picture() }),
  'delete /projects/:id/uploads/:upload_id': async (world, app) => ({
    path: `/projects/${world.project.id}/uploads/${(await newUpload(app, world)).id}`,
  }),
  'delete /projects/:id/uploads/:secret/:filename': async (world, app) => ({
    path: `/projects/${world.project.id}${(await newUpload(app, world)).url}`,
  }),
  'put /projects/:id': async ({ project }) => ({ path: `/projects/${project.id}`, json: { name: 'Renamed' } }),
  'put /projects/:id/transfer': async ({ project, group }) => ({
    path: `/projects/${project.id}/transfer`,
    json: { namespace: (await create.createGroup({ parentId: group.id })).id },
  }),
  'put /groups/:id': async ({ group }) => ({ path: `/groups/${group.id}`, json: { name: 'Renamed' } }),
  'post /groups/:id/transfer': async ({ group }) => ({
    path: `/groups/${(await create.createGroup({ parentId: group.id })).id}/transfer`,
    json: {},
  }),
  'post /projects/:id/repository/changelog': async ({ project }) => ({
    path: `/projects/${project.id}/repository/changelog`,
    json: { version: '2.0.0' },
  }),
  'delete /projects/:id': async ({ project }) => ({ path: `/projects/${project.id}` }),
  'post /projects/:id/restore': async (world) => ({
    path: `/projects/${encoded(await deletedProject(world))}/restore`,
  }),
  'delete /groups/:id': async ({ group }) => ({ path: `/groups/${group.id}` }),
  'post /groups/:id/restore': async (world) => ({ path: `/groups/${encoded(await deletedGroup(world))}/restore` }),
  'put /notification_settings': async () => ({ path: '/notification_settings', json: { level: 'watch' } }),
  'put /groups/:id/notification_settings': async ({ group }) => ({
    path: `/groups/${group.id}/notification_settings`,
    json: { level: 'watch' },
  }),
  'put /projects/:id/notification_settings': async ({ project }) => ({
    path: `/projects/${project.id}/notification_settings`,
    json: { level: 'watch' },
  }),
  'post /projects/:id/milestones': async ({ project }) => ({
    path: `/projects/${project.id}/milestones`,
    json: { title: 'Another' },
  }),
  'put /projects/:id/milestones/:milestone_id': (world) => ofMilestone('project', world),
  'delete /projects/:id/milestones/:milestone_id': async (world) => ({
    path: (await ofMilestone('project', world)).path,
  }),
  'post /groups/:id/milestones': async ({ group }) => ({
    path: `/groups/${group.id}/milestones`,
    json: { title: 'Another' },
  }),
  'put /groups/:id/milestones/:milestone_id': (world) => ofMilestone('group', world),
  'delete /groups/:id/milestones/:milestone_id': async (world) => ({ path: (await ofMilestone('group', world)).path }),
  'post /projects/:id/issues': async ({ project }) => ({
    path: `/projects/${project.id}/issues`,
    json: { title: 'To do' },
  }),
  'put /projects/:id/issues/:issue_iid': async (world) => ({
    path: await issuePath(world),
    json: { state_event: 'close' },
  }),
  'delete /projects/:id/issues/:issue_iid': async (world) => ({ path: await issuePath(world) }),
  'delete /projects/:id/repository/tags/:tag_name': async ({ project, release }) => ({
    path: `/projects/${project.id}/repository/tags/${release.tag}`,
  }),
  'post /projects/:id/repository/tags': async ({ project }) => ({
    path: `/projects/${project.id}/repository/tags`,
    json: { tag_name: 'v3.0.0', ref: 'main' },
  }),
  'post /projects/:id/repository/branches': async ({ project }) => ({
    path: `/projects/${project.id}/repository/branches`,
    json: { branch: 'topic', ref: 'main' },
  }),
  'delete /projects/:id/repository/branches/:branch': async ({ project }, app) => {
    await runGit(app.repositories.directory(project.id), ['branch', 'spare', 'main'])
    return { path: `/projects/${project.id}/repository/branches/spare` }
  },
  [`post ${PERIODS}`]: async ({ project }) => ({ path: `/projects/${project.id}/freeze_periods`, json: period }),
  [`put ${PERIODS}/:freeze_period_id`]: async (world) => ({
    path: await periodPath(world),
    json: { cron_timezone: 'Europe/Berlin' },
  }),
  [`delete ${PERIODS}/:freeze_period_id`]: async (world) => ({ path: await periodPath(world) }),
  ...hookRequests,
  'put /user': async () => ({ path: '/user', json: { avatar_url: 'https://pictures.example.com/a.png' } }),
  'post /users/:id/block': async (world) => ({ path: `${await userPath(world)}/block` }),
  'post /users/:id/unblock': async (world) => ({ path: `${await userPath(world)}/unblock` }),
  'delete /users/:id': async (world) => ({ path: await userPath(world) }),
  [`post ${PROTECTED}`]: async ({ project }) => ({
    path: `/projects/${project.id}/protected_tags`,
    json: { name: 'v*' },
  }),
  [`delete ${PROTECTED}/:name`]: async (world) => ({ path: await protectedTagPath(world) }),
}

import { randomBytes } from 'node:crypto'
import { AccessLevel, Gitlab } from '@gitbeaker/rest'
import { beforeAll, expect, test } from 'vitest'
import { db } from '../../../src/database/db.ts'
import { useApp } from '../../support/app.ts'
import * as create from '../../support/factories.ts'
import { createWorld, type World } from '../../support/world.ts'

const app = useApp()
let world: World
let id: string

/** The client as a script uses it, with nothing but host and token. */
const as = (viewer: 'guest' | 'developer' | 'maintainer') =>
  new Gitlab({ host: app.url, token: world.tokens[viewer] ?? '' })

beforeAll(async () => {
  world = await createWorld(app, { project: { visibility: 'private' } })
  id = world.project.fullPath
})

test('@gitbeaker/rest creates, lists, shows, edits and removes releases', async () => {
  const { ProjectReleases, ProjectMilestones } = as('maintainer')
  const milestone = await ProjectMilestones.create(id, 'Spring', { dueDate: '2030-03-01' })
  const created = await ProjectReleases.create(id, {
    tagName: 'lib/v2.0.0',
    ref: 'main',
    tagMessage: 'Second',
    name: 'Second light',
    description: '**New**',
    milestones: [milestone.title],
    assets: { links: [{ name: 'a', url: 'https://a.example.com/', linkType: 'package', directAssetPath: '/bin/a' }] },
  })
  expect(created).toMatchObject({ tag_name: 'lib/v2.0.0', name: 'Second light', commit: { id: world.release.sha } })
  expect(created.milestones?.map(({ title }) => title)).toEqual(['Spring'])
  expect(created.assets.links).toMatchObject([{ name: 'a', link_type: 'package' }])

  expect((await ProjectReleases.all(id)).map(({ tag_name }) => tag_name)).toEqual(['lib/v2.0.0', 'v1.0.0'])
  const [first] = await ProjectReleases.all(id, { includeHtmlDescription: true, perPage: 1, page: 1 })
  expect(first?.description_html).toContain('<strong>New</strong>')
  expect(await ProjectReleases.show(id, 'lib/v2.0.0')).toEqual(created)
  expect(await ProjectReleases.showLatest(id)).toEqual(created)

  const edited = await ProjectReleases.edit(id, 'lib/v2.0.0', { name: 'Third light', milestones: [] })
  expect(edited).toMatchObject({ name: 'Third light', description: '**New**' })
  expect(edited.milestones).toBeUndefined()
  await ProjectReleases.remove(id, 'lib/v2.0.0')
  await expect(ProjectReleases.show(id, 'lib/v2.0.0')).rejects.toThrow('404 Not found')
})

test('@gitbeaker/rest pages through everything by itself', async () => {
  const { project } = await createWorld(app)
  for (let n = 1; n <= 24; n++) await create.createRelease(project, { tag: `t${n}` })
  const { ProjectReleases } = new Gitlab({ host: app.url, token: '' })
  const tags = (await ProjectReleases.all(project.id, { perPage: 10 })).map(({ tag_name }) => tag_name)
  expect([tags.length, new Set(tags).size]).toEqual([25, 25])
  const page = await ProjectReleases.all(project.id, { perPage: 10, page: 2, showExpanded: true })
  expect(page.paginationInfo).toMatchObject({ total: 25, totalPages: 3, current: 2, next: 3, previous: 1 })
})

test('@gitbeaker/rest writes links, and follows them', async () => {
  const { ReleaseLinks, ProjectReleases } = as('developer')
  const link = await ReleaseLinks.create(id, 'v1.0.0', 'manual', `${app.url}/health`, {
    directAssetPath: '/docs/manual',
    linkType: 'runbook',
  })
  expect(link).toMatchObject({ name: 'manual', link_type: 'runbook' })
  expect(link.direct_asset_url).toMatch(/\/v1\.0\.0\/downloads\/docs\/manual$/)
  expect((await ReleaseLinks.all(id, 'v1.0.0')).map(({ name }) => name)).toContain('manual')
  const edited = await ReleaseLinks.edit(id, 'v1.0.0', link.id, { name: 'handbook 2' })
  expect(edited).toEqual({ ...link, name: 'handbook 2' })
  expect(await ReleaseLinks.show(id, 'v1.0.0', link.id)).toEqual(edited)
  expect(await ProjectReleases.download(id, 'v1.0.0', 'docs/manual')).toMatchObject({ status: 'ok' })
  await ReleaseLinks.remove(id, 'v1.0.0', link.id)
  expect((await ReleaseLinks.all(id, 'v1.0.0')).map(({ name }) => name)).not.toContain('handbook 2')
})

test('@gitbeaker/rest collects evidence', async () => {
  const { ProjectReleases } = as('developer')
  const before = await ProjectReleases.show(id, 'v1.0.0')
  expect(await ProjectReleases.createEvidence(id, 'v1.0.0')).toBe(202)
  const { evidences } = await ProjectReleases.show(id, 'v1.0.0')
  expect(evidences).toHaveLength((before.evidences?.length ?? 0) + 1)
  expect(evidences?.at(-1)?.sha).toMatch(/^[0-9a-f]{64}$/)
})

test('@gitbeaker/rest lists the releases of a group', async () => {
  const other = await createWorld(app, { tag: 'v9' })
  await db.project.update({ where: { id: other.project.id }, data: { groupId: world.group.id } })
  await create.addMember({ group: world.group }, world.users.developer, 'guest')
  const names = async (options = {}) =>
    (await as('developer').GroupReleases.all(world.group.fullPath, options)).map(({ tag_name }) => tag_name)
  expect(await names()).toEqual(['v9', 'v1.0.0'])
  expect(await names({ sort: 'asc', simple: true, perPage: 1, maxPages: 1 })).toEqual(['v1.0.0'])
})

test('@gitbeaker/rest makes tags and shows them', async () => {
  const { Tags } = as('developer')
  const tag = await Tags.create(id, 'lib/v0.1', 'main', { message: 'Early' })
  expect(tag).toMatchObject({ name: 'lib/v0.1', message: 'Early', commit: { id: world.release.sha } })
  expect(await Tags.show(id, 'lib/v0.1')).toEqual(tag)
  expect((await Tags.all(id, { search: '^lib/v0', orderBy: 'name' })).map(({ name }) => name)).toEqual(['lib/v0.1'])
  await expect(Tags.create(id, 'lib/v0.1', 'main')).rejects.toThrow('already exists')
})

test('@gitbeaker/rest plans milestones of projects and groups', async () => {
  const { ProjectMilestones, GroupMilestones } = as('maintainer')
  const milestone = await ProjectMilestones.create(id, 'Autumn', { description: 'Leaves', startDate: '2030-09-01' })
  const closed = await ProjectMilestones.edit(id, milestone.id, { stateEvent: 'close' })
  expect([milestone.state, closed.state, closed.start_date]).toEqual(['active', 'closed', '2030-09-01'])
  expect((await ProjectMilestones.all(id, { search: 'autumn' })).map(({ title }) => title)).toEqual(['Autumn'])
  expect(await GroupMilestones.all(world.group.id)).toEqual([])
})

test('@gitbeaker/rest publishes, lists and downloads generic packages', async () => {
  const { PackageRegistry, Packages } = as('maintainer')
  const bytes = randomBytes(100_000)
  const file = { content: new Blob([bytes]), filename: 'app.bin' }
  expect(await PackageRegistry.publish(id, 'app', '1.0.0', file)).toEqual({ message: '201 Created' })
  const published = await PackageRegistry.publish(id, 'app', '1.0.0', file, { select: 'package_file' })
  expect(published).toMatchObject({ file_name: 'app.bin', size: bytes.length })
  const downloaded = (await PackageRegistry.download(id, 'app', '1.0.0', 'app.bin')) as unknown as Blob
  expect(Buffer.from(await downloaded.arrayBuffer()).equals(bytes)).toBe(true)

  const [item] = await Packages.all({ projectId: id })
  expect(item).toMatchObject({ name: 'app', version: '1.0.0', package_type: 'generic' })
  const number = Number(item?.id)
  expect((await Packages.allFiles(id, number)).map(({ file_name }) => file_name)).toEqual(['app.bin'])
  await Packages.remove(id, number)
  expect(await Packages.all({ projectId: id })).toEqual([])
})

test('@gitbeaker/rest protects tags', async () => {
  const { ProtectedTags } = as('maintainer')
  const rule = await ProtectedTags.protect(id, 'v*', { createAccessLevel: AccessLevel.MAINTAINER })
  expect(rule).toMatchObject({ name: 'v*', create_access_levels: [{ access_level: 40 }] })
  expect(await ProtectedTags.all(id)).toEqual([rule])
  expect(await ProtectedTags.show(id, 'v*')).toEqual(rule)
  await expect(as('developer').Tags.create(id, 'v3', 'main')).rejects.toThrow()
  await ProtectedTags.unprotect(id, 'v*')
  expect(await ProtectedTags.all(id)).toEqual([])
})

test('@gitbeaker/rest declares freeze periods', async () => {
  const { FreezePeriods } = as('maintainer')
  const period = await FreezePeriods.create(id, '0 23 * * 5', '0 8 * * 1', { cronTimezone: 'Europe/Berlin' })
  expect(period).toMatchObject({ freeze_start: '0 23 * * 5', cron_timezone: 'Europe/Berlin' })
  const edited = await FreezePeriods.edit(id, period.id, { freezeEnd: '0 7 * * 1' })
  expect(edited.freeze_end).toBe('0 7 * * 1')
  expect(await FreezePeriods.all(id)).toEqual([edited])
  expect(await FreezePeriods.show(id, period.id)).toEqual(edited)
  await FreezePeriods.remove(id, period.id)
  expect(await FreezePeriods.all(id)).toEqual([])
})

test('@gitbeaker/rest gets a masked release for a Guest, and says why a write was refused', async () => {
  const { ProjectReleases, Projects, Users } = as('guest')
  const [release] = await ProjectReleases.all(id)
  expect(release).toMatchObject({ name: `Release-${world.release.id}` })
  expect(release).not.toHaveProperty('tag_name')
  await expect(ProjectReleases.create(id, { tagName: 'v4', ref: 'main' })).rejects.toThrow('403 Forbidden')
  expect((await Users.showCurrentUser()).username).toBe(world.users.guest.username)
  expect((await Projects.show(id)).permissions.project_access?.access_level).toBe(10)
})

// Freezes and protected tags: who sees them, who is offered what, and how wrong input is told.
import { beforeAll, describe, expect, test } from 'vitest'
import { db } from '../../../src/database/db.ts'
import { useApp } from '../../support/app.ts'
import * as create from '../../support/factories.ts'
import { createWorld, type ViewerName, viewers, type World } from '../../support/world.ts'
import { openPages, type PageBrowser, problemBeside } from './page-client.ts'

const app = useApp()

/** A mark in what only some may see. */
const MARK = 'zqx'

let world: World
let browsers: Record<ViewerName, PageBrowser>
beforeAll(async () => {
  world = await createWorld(app, { project: { visibility: 'private' }, tag: `${MARK}-1` })
  const { id: projectId } = world.project
  await db.freezePeriod.create({
    data: { projectId, freezeStart: '0 23 * * 5', freezeEnd: '0 7 * * 1', cronTimezone: 'Europe/Berlin' },
  })
  await db.protectedTag.create({
    data: { projectId, name: `${MARK}-*`, accessLevels: { create: { accessLevel: 40 } } },
  })
  const opened = await Promise.all(viewers.map(async (name) => [name, await openPages(app, world.tokens[name])]))
  browsers = Object.fromEntries(opened) as typeof browsers
})

const at = (path: string) => `/${world.project.fullPath}/-/${path}`
const statusesOf = (path: string) =>
  Promise.all(viewers.map(async (viewer) => [viewer, (await browsers[viewer].open(at(path))).status]))

const seenFrom = (first: ViewerName) =>
  viewers.map((viewer, rank) => [viewer, rank < viewers.indexOf(first) ? 404 : 200])

describe('who sees what', () => {
  test('freezes are pages for Reporters and above, and only Maintainers may edit one', async () => {
    const { id } = await db.freezePeriod.findFirstOrThrow({ where: { projectId: world.project.id } })
    expect(await statusesOf('deploy_freezes')).toEqual(seenFrom('reporter'))
    expect(await statusesOf(`deploy_freezes/${id}`)).toEqual(seenFrom('maintainer'))
    expect(await statusesOf(`deploy_freezes/${id}/delete`)).toEqual(seenFrom('maintainer'))
    const [developer, maintainer] = await Promise.all(
      (['developer', 'maintainer'] as const).map((name) => browsers[name].open(at('deploy_freezes'))),
    )
    for (const page of [developer, maintainer]) expect(page?.text).toContain('Europe/Berlin')
    expect([developer?.text.includes('method="post"'), maintainer?.text.includes('method="post"')]).toEqual([
      false,
      true,
    ])
    expect(developer?.text).not.toContain('Edit')
  })

  test('protected tags and settings are pages for Maintainers and above', async () => {
    const { id } = await db.protectedTag.findFirstOrThrow({ where: { projectId: world.project.id } })
    for (const path of ['protected_tags', `protected_tags/${id}`, `protected_tags/${id}/delete`, 'settings']) {
      expect(await statusesOf(path)).toEqual(
        seenFrom('maintainer').map(([viewer, status]) =>
          path === 'settings' && ['reporter', 'developer'].includes(`${viewer}`) ? [viewer, 200] : [viewer, status],
        ),
      )
    }
    for (const viewer of viewers) {
      const { text } = await browsers[viewer].open(at('settings'))
      expect(text.includes('/-/protected_tags')).toBe(['maintainer', 'owner'].includes(viewer))
      expect(text.includes('/-/deploy_freezes')).toBe(viewers.indexOf(viewer) >= viewers.indexOf('reporter'))
    }
  })

  test('the areas of a project lead each viewer only to what it may open', async () => {
    for (const viewer of viewers.slice(2)) {
      const { text } = await browsers[viewer].open(at('releases'))
      for (const [, path = ''] of text.matchAll(/<li><a href="[^"]*\/-\/(deploy_freezes|settings)"/g)) {
        expect((await browsers[viewer].open(at(path))).status).toBe(200)
      }
      expect(text.includes('/-/settings"')).toBe(['maintainer', 'owner'].includes(viewer))
    }
  })

  test('whoever may not write gets nothing written, and learns no tag from it', async () => {
    const before = [await db.freezePeriod.findMany(), await db.protectedTag.findMany()]
    const freeze = { freeze_start: '0 1 * * *', freeze_end: '0 2 * * *', cron_timezone: 'UTC' }
    const tag = { name: `${MARK}-*`, role: '40' }
    const [[{ id: freezeId } = { id: 0 }], [{ id: tagId } = { id: 0 }]] = [before[0] ?? [], before[1] ?? []]
    for (const viewer of ['anonymous', 'stranger', 'guest', 'reporter', 'developer'] as const) {
      for (const [path, form] of [
        ['deploy_freezes', freeze],
        [`deploy_freezes/${freezeId}`, freeze],
        [`deploy_freezes/${freezeId}/delete`, {}],
        ['protected_tags', tag],
        [`protected_tags/${tagId}`, tag],
        [`protected_tags/${tagId}/delete`, {}],
      ] as const) {
        const answer = await browsers[viewer].send(at(path), form)
        expect([viewer, path, answer.status]).toEqual([viewer, path, viewer === 'anonymous' ? 401 : 404])
        expect(answer.text).not.toContain(MARK)
      }
    }
    const [maintainer, evil] = [browsers.maintainer, { 'sec-fetch-site': 'cross-site' }]
    expect((await maintainer.send(at(`protected_tags/${tagId}`), tag, { headers: evil })).status).toBe(403)
    expect((await maintainer.send(at(`deploy_freezes/${freezeId}`), freeze, { form_token: 'x' })).status).toBe(403)
    expect([await db.freezePeriod.findMany(), await db.protectedTag.findMany()]).toEqual(before)
  })

  test('a hidden and a missing project look alike', async () => {
    const shown = async (path: string) => (await browsers.stranger.open(path)).text
    expect(await shown(at('deploy_freezes'))).toBe(await shown('/no/project/-/deploy_freezes'))
    expect(await shown(at('protected_tags'))).toBe(await shown('/no/project/-/protected_tags'))
  })
})

describe('freezes', () => {
  test('a Maintainer adds a freeze, changes it and deletes it', async () => {
    const { maintainer } = browsers
    const form = { freeze_start: '0 22 24 12 *', freeze_end: '0 8 2 1 *', cron_timezone: 'Asia/Tokyo' }
    const added = await maintainer.send(at('deploy_freezes'), form)
    expect([added.status, added.headers.get('location')]).toEqual([303, app.url + at('deploy_freezes')])
    const { id } = await db.freezePeriod.findFirstOrThrow({ where: { cronTimezone: 'Asia/Tokyo' } })
    const list = await maintainer.open(at('deploy_freezes'))
    expect(list.text).toMatch(/<td>Asia\/Tokyo<\/td>\s*<td><time datetime="\d{4}-12-24T13:00:00[^"]*"/)
    const page = at(`deploy_freezes/${id}`)
    expect((await maintainer.open(page)).text).toContain('value="0 22 24 12 *"')
    await maintainer.send(page, { ...form, cron_timezone: 'UTC' })
    expect(await db.freezePeriod.findUnique({ where: { id } })).toMatchObject({ cronTimezone: 'UTC' })
    const question = await maintainer.open(`${page}/delete`)
    expect(question.text).toContain('0 22 24 12 *')
    expect(question.text).toContain('Delete the freeze</button>')
    expect(await db.freezePeriod.count({ where: { id } })).toBe(1)
    await maintainer.send(`${page}/delete`)
    expect(await db.freezePeriod.findUnique({ where: { id } })).toBe(null)
    expect((await maintainer.open(page)).status).toBe(404)
  })

  test('a freeze of another project is not edited at this one', async () => {
    const other = await create.createProject({ groupId: world.group.id })
    await create.addMember({ project: other }, world.users.maintainer, 'maintainer')
    const { id } = await db.freezePeriod.create({
      data: { projectId: other.id, freezeStart: '0 1 * * *', freezeEnd: '0 2 * * *', cronTimezone: 'UTC' },
    })
    expect((await browsers.maintainer.send(at(`deploy_freezes/${id}/delete`))).status).toBe(404)
    expect((await browsers.maintainer.send(`/${other.fullPath}/-/deploy_freezes/${id}/delete`)).status).toBe(303)
  })

  test.each([
    ['freeze_start', { freeze_start: ' ' }, "can't be blank"],
    ['freeze_start', { freeze_start: `0 1 * * ${'1,'.repeat(200)}1` }, 'is too long (maximum is 255 characters)'],
    ['freeze_start', { freeze_start: '61 * * * *' }, 'is invalid syntax'],
    ['freeze_end', { freeze_end: 'tomorrow' }, 'is invalid syntax'],
    ['cron_timezone', { cron_timezone: 'Mars/Olympus' }, 'is invalid syntax'],
  ])('a wrong %s is told beside it, and what was given stays', async (field, wrong, problem) => {
    const form = { freeze_start: '0 3 * * *', freeze_end: '0 4 * * *', cron_timezone: 'Europe/Paris', ...wrong }
    const answer = await browsers.maintainer.send(at('deploy_freezes'), form)
    expect([answer.status, problemBeside(answer, field)]).toEqual([400, problem])
    expect(answer.text).toContain(`value="${form.cron_timezone}"`)
    expect(await db.freezePeriod.count({ where: { freezeEnd: '0 4 * * *' } })).toBe(0)
  })
})

describe('protected tags', () => {
  const levelsOf = async (name: string) =>
    (await db.protectedTag.findFirstOrThrow({ where: { name }, include: { accessLevels: { orderBy: { id: 'asc' } } } }))
      .accessLevels

  test('a Maintainer protects tags for a role, a member and a group, and keeps who is not taken away', async () => {
    const { maintainer } = browsers
    const { username, id: userId } = world.users.developer
    const group = await create.createGroup()
    const form = { name: 'kept-*', role: '0', username, group: group.fullPath }
    expect((await maintainer.send(at('protected_tags'), form)).status).toBe(303)
    const [, user, whole] = await levelsOf('kept-*')
    expect([user?.userId, whole?.groupId]).toEqual([userId, group.id])
    const { id } = await db.protectedTag.findFirstOrThrow({ where: { name: 'kept-*' } })
    const page = at(`protected_tags/${id}`)
    const shown = await maintainer.open(page)
    expect(shown.text).toContain('<option value="0" selected>')
    expect(shown.text).toContain(`name="keep[]" value="${user?.id}" checked`)
    await maintainer.send(page, { name: 'kept-v*', role: '', 'keep[]': [`${whole?.id}`] })
    expect(await levelsOf('kept-v*')).toMatchObject([{ accessLevel: null, userId: null, groupId: group.id }])
    const question = await maintainer.open(`${page}/delete`)
    expect(question.text).toContain('kept-v*')
    expect(question.text).toContain('End the protection</button>')
    expect(await db.protectedTag.count({ where: { id } })).toBe(1)
    await maintainer.send(`${page}/delete`)
    expect(await db.protectedTag.findUnique({ where: { id } })).toBe(null)
  })

  test.each([
    ['name', { name: ' ' }, 400, "Name can't be blank"],
    ['name', { name: `${MARK}-*` }, 409, `Protected tag '${MARK}-*' already exists`],
    ['name', { name: 'ü'.repeat(1000) }, 400, 'Name is too long (maximum is 1024 bytes)'],
    ['role', { role: '50' }, 400, 'is none of the choices'],
    ['role', { role: '' }, 400, "Create access levels can't be blank"],
    ['username', { username: 'nobody-at-all' }, 400, 'is not a member of the project'],
    ['group', { group: 'no/such/group' }, 400, 'does not exist'],
  ])('a wrong %s is told beside it, and what was given stays', async (field, wrong, status, problem) => {
    const answer = await browsers.maintainer.send(at('protected_tags'), { name: 'tried-*', role: '30', ...wrong })
    expect([answer.status, problemBeside(answer, field)]).toEqual([status, problem])
    if (field !== 'role') expect(answer.text).toContain('<option value="30" selected>')
    expect(await db.protectedTag.count({ where: { name: 'tried-*' } })).toBe(0)
  })

  test('a group that the viewer may not read is told like one that does not exist', async () => {
    const hidden = await create.createGroup({ visibility: 'private' })
    const answer = await browsers.maintainer.send(at('protected_tags'), {
      name: 'tried-*',
      role: '30',
      group: hidden.fullPath,
    })
    expect(problemBeside(answer, 'group')).toBe('does not exist')
  })
})

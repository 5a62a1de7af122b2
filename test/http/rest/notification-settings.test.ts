import { describe, expect, test } from 'vitest'
import { db } from '../../../src/database/db.ts'
import { notificationEvents } from '../../../src/modules/notifications/notification-settings.ts'
import { useApp } from '../../support/app.ts'
import { query } from '../../support/client.ts'
import * as create from '../../support/factories.ts'
import { createWorld } from '../../support/world.ts'

const app = useApp({ rateLimits: null })

async function ask(path: string, token: string | null, body?: object) {
  const response = await fetch(`${app.url}/api/v4${path}/notification_settings`, {
    method: body ? 'PUT' : 'GET',
    headers: { 'content-type': 'application/json', ...(token ? { 'private-token': token } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

const places = ({ project, group }: Awaited<ReturnType<typeof createWorld>>) => ({
  project: `/projects/${encodeURIComponent(project.fullPath)}`,
  group: `/groups/${group.id}`,
})

describe('notification settings', () => {
  test('an account begins with participating, and projects and groups with global', async () => {
    const world = await createWorld(app)
    const { project, group } = places(world)
    const { guest } = world.tokens
    const own = { level: 'participating', notification_email: world.users.guest.email }
    expect(await ask('', guest)).toEqual({ status: 200, body: own })
    expect(await ask(project, guest)).toEqual({ status: 200, body: { level: 'global' } })
    expect(await ask(group, guest)).toEqual({ status: 200, body: { level: 'global' } })
  })

  test('with the level custom the events are shown, in the order of GitLab, and what was never said is null', async () => {
    const world = await createWorld(app)
    const { project } = places(world)
    const { body } = await ask(project, world.tokens.guest, { level: 'custom', new_release: true, new_issue: false })
    const { events } = body as { events: Record<string, boolean | null> }
    expect(Object.keys(events)).toEqual([...notificationEvents])
    const { new_release, new_note, new_issue, failed_pipeline } = events
    expect([new_release, new_note, new_issue, failed_pipeline]).toEqual([true, null, false, true])
    expect(await ask(project, world.tokens.guest)).toEqual({ status: 200, body })
    expect((await ask(project, world.tokens.guest, { level: 'watch' })).body).toEqual({ level: 'watch' })
    expect((await ask(project, world.tokens.guest, { level: 'custom' })).body).toEqual(body)
    expect(await db.notificationSetting.count({ where: { userId: world.users.guest.id } })).toBe(1)
  })

  test('wrong levels and foreign addresses are refused', async () => {
    const { tokens, users } = await createWorld(app)
    expect(await ask('', tokens.guest, { level: 'loud' })).toEqual({
      status: 400,
      body: { error: 'level does not have a valid value' },
    })
    expect((await ask('', tokens.guest, { notification_email: 'other@example.com' })).status).toBe(400)
    expect((await ask('', tokens.guest, { notification_email: users.guest.email })).status).toBe(200)
    expect((await ask('', tokens.guest)).body.level).toBe('participating')
  })

  test('everybody who reads a project has settings for it; others cannot tell a hidden project from a missing one', async () => {
    const world = await createWorld(app, { project: { visibility: 'private' } })
    const { project, group } = places(world)
    for (const path of [project, group, '']) expect((await ask(path, null)).status).toBe(401)
    const open = await create.createProject()
    expect((await ask(`/projects/${open.id}`, world.tokens.stranger, { level: 'watch' })).status).toBe(200)
    for (const body of [undefined, { level: 'watch' }]) {
      const hidden = await ask(project, world.tokens.stranger, body)
      expect(hidden.status).toBe(404)
      expect(hidden).toEqual(await ask('/projects/no%2Fsuch', world.tokens.stranger, body))
    }
  })

  test('GraphQL shows and changes the same settings', async () => {
    const world = await createWorld(app, { project: { visibility: 'private' } })
    const document = `query ($p: ID) { notificationSetting(projectPath: $p) { level newRelease ownActivity notificationEmail } }`
    const mutation = `mutation ($input: NotificationSettingUpdateInput!) { notificationSettingUpdate(input: $input) {
      errors notificationSetting { level newRelease ownActivity notificationEmail } } }`
    const token = world.tokens.reporter
    const p = world.project.fullPath
    const input = { projectPath: p, level: 'CUSTOM', newRelease: true }
    const setting = { level: 'CUSTOM', newRelease: true, ownActivity: false, notificationEmail: null }
    expect(await query(app, mutation, { input }, { token })).toMatchObject({
      data: { notificationSettingUpdate: { errors: [], notificationSetting: setting } },
    })
    expect(await query(app, document, { p }, { token })).toMatchObject({ data: { notificationSetting: setting } })
    expect((await ask(places(world).project, token)).body).toMatchObject({ level: 'custom' })
    const own = { input: { ownActivity: true } }
    expect(await query(app, mutation, own, { token })).toMatchObject({
      data: { notificationSettingUpdate: { notificationSetting: { ownActivity: true, level: 'PARTICIPATING' } } },
    })
    for (const hidden of [world.tokens.stranger, null]) {
      expect(await query(app, document, { p }, { token: hidden })).toMatchObject({
        data: { notificationSetting: null },
      })
    }
  })
})

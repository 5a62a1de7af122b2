import { beforeAll, describe, expect, test } from 'vitest'
import { useApp } from '../../support/app.ts'
import { createWorld, type World } from '../../support/world.ts'
import { encoded, type RestOptions, rest } from './client.ts'

const app = useApp()

let world: World
let project: string
beforeAll(async () => {
  world = await createWorld(app)
  project = `/projects/${encoded(world.project.fullPath)}`
})

const send = (method: string, path: string, json?: unknown, headers: RestOptions['headers'] = {}) =>
  rest(app, method, `${project}${path}`, { token: world.tokens.maintainer, json, headers })

const weekend = { freeze_start: '0 23 * * 5', freeze_end: '0 7 * * 1' }

describe('a freeze period', () => {
  test('a freeze period can be added, shown, listed, changed and deleted', async () => {
    const made = await send('POST', '/freeze_periods', { ...weekend, freeze_start: '  0 23 * * 5 ' })
    expect([made.status, Object.keys(made.body)]).toEqual([
      201,
      ['id', 'freeze_start', 'freeze_end', 'cron_timezone', 'created_at', 'updated_at'],
    ])
    expect(made.body).toMatchObject({ ...weekend, cron_timezone: 'UTC' })
    const path = `/freeze_periods/${made.body.id}`
    const changed = await send('PUT', path, { cron_timezone: 'Europe/Berlin' })
    expect(changed.body).toMatchObject({ ...weekend, cron_timezone: 'Europe/Berlin' })
    expect((await send('GET', path)).body).toEqual(changed.body)
    const second = await send('POST', '/freeze_periods', weekend)
    const list = await send('GET', '/freeze_periods')
    expect(list.body).toEqual([changed.body, second.body])
    const removed = await send('DELETE', path)
    expect([removed.status, removed.body, removed.headers.get('content-type')]).toEqual([204, null, null])
    expect((await send('GET', path)).status).toBe(404)
  })

  test('a freeze period is deleted only when it has not changed since the time given', async () => {
    const { body } = await send('POST', '/freeze_periods', weekend)
    const since = (time: Date) => ({ 'if-unmodified-since': time.toUTCString() })
    const updated = new Date(body.updated_at)
    const early = await send(
      'DELETE',
      `/freeze_periods/${body.id}`,
      undefined,
      since(new Date(updated.getTime() - 5000)),
    )
    expect([early.status, early.body]).toEqual([412, { message: '412 Precondition Failed' }])
    expect((await send('DELETE', `/freeze_periods/${body.id}`, undefined, since(updated))).status).toBe(204)
  })

  test.each([
    ['without its ends', {}, { error: 'freeze_start is missing, freeze_end is missing' }],
    [
      'that nobody understands',
      { freeze_start: 'soon', freeze_end: ' ', cron_timezone: 'Nowhere' },
      {
        message: {
          freeze_start: ['is invalid syntax'],
          freeze_end: ["can't be blank"],
          cron_timezone: ['is invalid syntax'],
        },
      },
    ],
  ])('a freeze period %s is refused', async (_case, json, body) => {
    const answer = await send('POST', '/freeze_periods', json)
    expect([answer.status, answer.body]).toEqual([400, body])
  })

  test('an unknown freeze period is not found', async () => {
    expect((await send('PUT', '/freeze_periods/999999', weekend)).status).toBe(404)
    expect((await send('DELETE', '/freeze_periods/999999')).status).toBe(404)
    expect((await send('GET', '/freeze_periods/one')).body).toEqual({ error: 'freeze_period_id is invalid' })
  })
})

describe('a protected tag', () => {
  test('a protected tag can be added, shown, listed, changed and deleted', async () => {
    const made = await send('POST', '/protected_tags', { name: 'release/*', create_access_level: '30' })
    expect([made.status, made.body]).toEqual([
      201,
      {
        name: 'release/*',
        create_access_levels: [
          { id: expect.any(Number), access_level: 30, access_level_description: 'Developers + Maintainers' },
        ],
      },
    ])
    const path = `/protected_tags/${encoded('release/*')}`
    expect((await send('GET', path)).body).toEqual(made.body)
    const again = await send('POST', '/protected_tags', { name: 'release/*' })
    expect([again.status, again.body]).toEqual([409, { message: "Protected tag 'release/*' already exists" }])
    expect((await send('DELETE', path)).status).toBe(204)
    expect((await send('GET', path)).status).toBe(404)
  })

  test('a protected tag admits Maintainers when nobody is named, and may name users', async () => {
    const { body } = await send('POST', '/protected_tags', { name: 'v*' })
    expect(body.create_access_levels).toMatchObject([{ access_level: 40, access_level_description: 'Maintainers' }])
    const { id, name } = world.users.developer
    const form = new URLSearchParams({ name: 'w*', 'allowed_to_create[][user_id]': String(id) })
    const named = await rest(app, 'POST', `${project}/protected_tags`, { token: world.tokens.maintainer, body: form })
    expect(named.body.create_access_levels).toEqual([
      { id: expect.any(Number), access_level: null, access_level_description: name, user_id: id },
    ])
    const { body: list, headers } = await send('GET', '/protected_tags?per_page=1')
    expect([list.length, headers.get('x-total')]).toEqual([1, '2'])
  })

  test.each([
    ['without a name', {}, { error: 'name is missing' }],
    [
      'of an unknown level',
      { name: 'x*', create_access_level: 20 },
      { message: 'Access level 20 is not one of 0, 30, 40' },
    ],
  ])('a protected tag %s is refused', async (_case, json, body) => {
    const answer = await send('POST', '/protected_tags', json)
    expect([answer.status, answer.body]).toEqual([400, body])
  })
})

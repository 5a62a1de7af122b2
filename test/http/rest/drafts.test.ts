import { expect, test } from 'vitest'
import { db } from '../../../src/database/db.ts'
import { useApp } from '../../support/app.ts'
import * as create from '../../support/factories.ts'
import { createWorld, type ViewerName, viewers, type World } from '../../support/world.ts'
import { rest } from './client.ts'

const app = useApp()

const TAG = 'canary-9.9.9'
const releasesOf = ({ project }: World) => `/projects/${project.id}/releases`

const send = (world: World, method: string, path: string, json?: object, headers: Record<string, string> = {}) =>
  rest(app, method, releasesOf(world) + path, { token: world.tokens.developer, json, headers })

const draft = (world: World, json: object = {}) =>
  send(world, 'POST', '', { tag_name: TAG, ref: 'main', draft: true, ...json })

test('a draft is written, listed, read, changed, published and deleted', async () => {
  const world = await createWorld(app)
  const milestone = await create.createMilestone({ projectId: world.project.id }, { title: 'Soon' })
  const links = [{ name: 'x', url: 'https://example.com/x', direct_asset_path: '/bin/x', link_type: 'package' }]
  const made = await draft(world, {
    ...{ name: 'Nine', description: 'Notes', milestones: ['Soon'], assets: { links } },
    ...{ prerelease: true, make_latest: 'yes', tag_message: 'Signed' },
  })
  expect(made.status).toBe(201)
  expect(made.body).toMatchObject({
    ...{ name: 'Nine', tag_name: TAG, description: 'Notes', released_at: null, milestones: [{ id: milestone.id }] },
    ...{ assets: { links }, ref: 'main', tag_message: 'Signed', prerelease: true, make_latest: 'yes' },
    author: { id: world.users.developer.id },
  })
  const listed = await send(world, 'GET', '?drafts=true')
  expect(listed.body).toEqual([made.body])
  expect(listed.headers.get('x-total')).toBe('1')
  expect((await send(world, 'GET', `/${TAG}/draft`)).body).toEqual(made.body)
  expect((await send(world, 'GET', '')).body).toHaveLength(1)
  expect((await send(world, 'GET', `/${TAG}`)).status).toBe(404)
  const changed = await send(world, 'PUT', `/${TAG}/draft`, { name: 'Ten', assets: { links: [] }, make_latest: 'auto' })
  expect(changed.body).toMatchObject({ name: 'Ten', assets: { links: [] }, make_latest: 'auto', ref: 'main' })
  // A kept answer would show the draft as it was.
  expect((await send(world, 'GET', '?drafts=true')).body).toEqual([changed.body])
  const published = await send(world, 'POST', `/${TAG}/publish?waybill=true`)
  expect(published).toMatchObject({
    status: 201,
    body: { name: 'Ten', tag_name: TAG, _waybill: { prerelease: true, make_latest: 'auto' } },
  })
  expect((await send(world, 'GET', '?drafts=true')).body).toEqual([])
  expect((await send(world, 'GET', '')).body).toHaveLength(2)
  expect(await draft(world, { tag_name: 'other' })).toMatchObject({ status: 201 })
  expect(await send(world, 'DELETE', '/other/draft')).toMatchObject({ status: 200, body: { tag_name: 'other' } })
  for (const [method, path] of [
    ['GET', '/other/draft'],
    ['PUT', '/other/draft'],
    ['DELETE', '/other/draft'],
    ['POST', '/other/publish'],
  ] as const)
    expect([
      method,
      path,
      (await send(world, method, path, method === 'PUT' ? { name: 'x' } : undefined)).status,
    ]).toEqual([method, path, 404])
})

test.each(viewers)('%s learns of no draft without the ability release:create', async (viewer: ViewerName) => {
  const world = await createWorld(app)
  await draft(world)
  const may = ['developer', 'maintainer', 'owner'].includes(viewer)
  for (const path of ['?drafts=true', `/${TAG}/draft`, '/missing/draft']) {
    const { status, text } = await rest(app, 'GET', releasesOf(world) + path, { token: world.tokens[viewer] })
    expect([path, status]).toEqual([path, may ? (path === '/missing/draft' ? 404 : 200) : 403])
    if (!may) expect(text).not.toContain('canary')
  }
  for (const tag of [TAG, 'missing']) {
    const { status } = await rest(app, 'POST', `${releasesOf(world)}/${tag}/publish`, { token: world.tokens[viewer] })
    expect([tag, status]).toEqual([tag, may ? (tag === TAG ? 201 : 404) : 403])
  }
})

test('a publication that a pipeline sends again with its key is made once', async () => {
  const world = await createWorld(app)
  await draft(world)
  const key = { 'idempotency-key': 'publish-1' }
  const first = await send(world, 'POST', `/${TAG}/publish`, undefined, key)
  const second = await send(world, 'POST', `/${TAG}/publish`, undefined, key)
  expect([first.status, second.status]).toEqual([201, 201])
  expect(second.body).toEqual(first.body)
  expect(second.headers.get('idempotency-replayed')).toBe('true')
  const made = await draft(world, { tag_name: 'next' })
  expect(made.status).toBe(201)
  expect(await db.release.count({ where: { projectId: world.project.id } })).toBe(2)
})

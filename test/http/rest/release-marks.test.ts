import { beforeAll, expect, test } from 'vitest'
import { db } from '../../../src/database/db.ts'
import { useApp } from '../../support/app.ts'
import * as create from '../../support/factories.ts'
import { createWorld, type ViewerName, type World } from '../../support/world.ts'
import { encoded, rest } from './client.ts'

const app = useApp()

let world: World
let releases: string
beforeAll(async () => {
  world = await createWorld(app, {
    project: { visibility: 'private' },
    repository: { tags: ['v1.0.0', 'v2.0.0-rc.1'] },
  })
  await create.createRelease(world.project, { tag: 'v2.0.0-rc.1' })
  releases = `/projects/${encoded(world.project.fullPath)}/releases`
})

const ask = (viewer: ViewerName, path: string) => rest(app, 'GET', path, { token: world.tokens[viewer] })
const write = (method: string, path: string, json: object) =>
  rest(app, method, path, { token: world.tokens.maintainer, json })

const marksOf = async (viewer: ViewerName) => {
  const { body } = await ask(viewer, `${releases}?waybill=true&sort=asc&order_by=created_at`)
  return body.map(({ _waybill }: { _waybill: unknown }) => _waybill)
}

test('a client that does not ask for it gets no key that GitLab does not have', async () => {
  for (const path of [
    releases,
    `${releases}?waybill=false`,
    `${releases}/v1.0.0`,
    `${releases}?include_html_description=true`,
  ])
    expect((await ask('developer', path)).text).not.toContain('_waybill')
  expect((await write('PUT', `${releases}/v1.0.0`, { name: 'First' })).body._waybill).toBeUndefined()
  const { body } = await ask('developer', `${releases}/v1.0.0?waybill=true`)
  expect(body._waybill).toEqual({ prerelease: false, make_latest: 'auto' })
  expect(body.description_html).toBeUndefined()
  const both = await ask('developer', `${releases}?waybill=true&include_html_description=true`)
  expect(both.body[0]).toMatchObject({ _waybill: { prerelease: true }, description_html: '' })
  await create.addMember({ group: world.group }, world.users.developer, 'developer')
  const ofGroup = `/groups/${world.group.id}/releases`
  expect((await ask('developer', ofGroup)).text).not.toContain('_waybill')
  const marks = (await ask('developer', `${ofGroup}?waybill=true`)).body
  expect(marks.map((each: { _waybill: unknown }) => each._waybill)).toContainEqual({
    prerelease: true,
    make_latest: 'auto',
  })
})

test('marks are written and taken away, and only the word of a person is shown without code access', async () => {
  const release = `${releases}/v1.0.0`
  const changed = await write('PUT', release, { prerelease: true, make_latest: 'yes', waybill: true })
  expect(changed).toMatchObject({ status: 200, body: { _waybill: { prerelease: true, make_latest: 'yes' } } })
  expect(await marksOf('guest')).toEqual([
    { prerelease: true, make_latest: 'yes' },
    { prerelease: null, make_latest: 'auto' },
  ])
  expect((await write('PUT', release, { prerelease: null, waybill: true })).body._waybill).toEqual({
    prerelease: false,
    make_latest: 'yes',
  })
  expect((await write('PUT', release, { make_latest: 'auto', waybill: true })).body._waybill.make_latest).toBe('auto')
  expect((await write('PUT', release, { make_latest: 'legacy' })).status).toBe(400)
  expect(await marksOf('guest')).toEqual(Array(2).fill({ prerelease: null, make_latest: 'auto' }))
  const made = { tag_name: 'v0.1.0', ref: 'main', prerelease: 'true', make_latest: 'yes' }
  const created = await write('POST', `${releases}?waybill=true`, made)
  expect(created).toMatchObject({ status: 201, body: { _waybill: { prerelease: true, make_latest: 'yes' } } })
  const removed = await write('DELETE', `${releases}/v0.1.0?waybill=1`, {})
  expect(removed).toMatchObject({ status: 200, body: { _waybill: { prerelease: true, make_latest: 'yes' } } })
})

test('a permanent link leads to the latest stable release where the client or the project says so', async () => {
  const location = async (query: string) =>
    (await ask('reporter', `${releases}/permalink/latest/downloads/x${query}`)).headers.get('location')
  const place = (tag: string) => `/api/v4/projects/${world.project.id}/releases/${tag}/downloads/x`
  expect(await location('')).toBe(place('v2.0.0-rc.1'))
  expect(await location('?stable=true&a=b')).toBe(`${place('v1.0.0')}?a=b`)
  await db.project.update({ where: { id: world.project.id }, data: { permalinkIsStable: true } })
  expect(await location('')).toBe(place('v1.0.0'))
  expect(await location('?stable=false')).toBe(place('v2.0.0-rc.1'))
  expect((await ask('guest', `${releases}/permalink/latest?stable=true`)).status).toBe(403)
  await db.project.update({ where: { id: world.project.id }, data: { permalinkIsStable: false } })
})

test.each([true, false])('a page and REST read `stable` alike where the project says %s', async (permalinkIsStable) => {
  await db.project.update({ where: { id: world.project.id }, data: { permalinkIsStable } })
  const [latest, stable] = ['v2.0.0-rc.1', 'v1.0.0']
  const asked = { '': permalinkIsStable ? stable : latest, maybe: 400, '2': 400 }
  const yes = Object.fromEntries(['true', 'True', '1', 'yes', 'on', 'false&stable=true'].map((text) => [text, stable]))
  const no = Object.fromEntries(['false', 'FALSE', '0', 'no', 'off', 'true&stable=false'].map((text) => [text, latest]))
  const places = [`/api/v4${releases}`, `/${world.project.fullPath}/-/releases`]
  for (const [text, expected] of Object.entries({ ...asked, ...yes, ...no })) {
    for (const place of places) {
      const headers = { 'private-token': world.tokens.reporter ?? '' }
      const url = `${app.url}${place}/permalink/latest?stable=${text}`
      const { status, headers: answered } = await fetch(url, { headers, redirect: 'manual' })
      expect(status === 302 ? answered.get('location')?.split('/').at(-1) : status, `${place} ${text}`).toBe(expected)
    }
  }
  await db.project.update({ where: { id: world.project.id }, data: { permalinkIsStable: false } })
})

test('a page of the latest stable release is for viewers without code access only where a person marked one', async () => {
  const page = async (viewer: ViewerName, query: string) => {
    const url = `${app.url}/${world.project.fullPath}/-/releases/permalink/latest${query}`
    const headers = { 'private-token': world.tokens[viewer] ?? '' }
    const { status, headers: answered } = await fetch(url, { headers, redirect: 'manual' })
    return `${status} ${answered.get('location')?.split('/-/')[1] ?? ''}`.trim()
  }
  expect(await page('reporter', '')).toBe('302 releases/v2.0.0-rc.1')
  expect(await page('reporter', '?stable=true')).toBe('302 releases/v1.0.0')
  expect(await page('guest', '?stable=true')).toBe('404')
  await db.latestRelease.create({ data: { projectId: world.project.id, releaseId: world.release.id } })
  expect(await page('guest', '?stable=true')).toBe(`302 releases/id/${world.release.id}`)
})

import { beforeAll, describe, expect, test } from 'vitest'
import { db } from '../../../src/database/db.ts'
import { useApp } from '../../support/app.ts'
import * as create from '../../support/factories.ts'
import { createWorld, type World } from '../../support/world.ts'
import { signIn } from '../sign-in/browser.ts'
import { openAs } from './form-client.ts'
import { BROWSER, type WebOptions, web, wholeAnswer } from './web-client.ts'

const app = useApp()

/** A mark in the tag, which must not stand in any answer to a viewer without code access. */
const MARK = 'zqx'
const TAG = `${MARK}/v1.2.3-${MARK}.1`

const worlds: Record<'private' | 'members-only', World> = {} as never

beforeAll(async () => {
  worlds.private = await createWorld(app, { project: { visibility: 'private' }, tag: TAG })
  worlds['members-only'] = await createWorld(app, { project: { repositoryLevel: 'private' }, tag: TAG })
  for (const { project, release, group, users } of Object.values(worlds)) {
    await db.release.update({ where: { id: release.id }, data: { name: null } })
    const other = await create.createRelease(project, { tag: `${MARK}-2`, releasedAt: new Date('2999-01-01') })
    await create.createLink(other, { filepath: '/bin/linux', url: `${app.url}/health` })
    await create.addMember({ group }, users.planner, 'planner')
    await db.releaseDraft.create({ data: { projectId: project.id, tag: `${MARK}-draft`, name: `${MARK} drafted` } })
  }
  await create.addMember({ group: worlds.private.group }, worlds.private.users.stranger, 'guest')
})

const viewers = [
  ['a Guest', 'private', 'guest'],
  ['a Planner', 'private', 'planner'],
  ['a Guest of the group', 'private', 'stranger'],
  ['a stranger', 'members-only', 'stranger'],
  ['nobody', 'members-only', 'anonymous'],
] as const

describe.each(viewers)('to %s of a %s project', (_who, name, viewer) => {
  const get = (path: string, options: WebOptions = {}) =>
    web(app, worlds[name], path, { token: worlds[name].tokens[viewer], ...options })

  const answer = async (path: string, options?: WebOptions) => wholeAnswer(await get(path, options))

  test('no answer holds the tag, headers included', async () => {
    const { release } = worlds[name]
    const shown = [
      'releases',
      'releases?sort=CREATED_ASC&search=works',
      'releases.json',
      'releases.json?per_page=1&page=2',
      'releases.atom',
      `releases/id/${release.id}`,
      `releases/id/${release.id}/downloads/bin/linux`,
      'releases/permalink/latest',
      'releases/permalink/latest/downloads/bin/linux',
    ]
    const hidden = [
      `releases/id/${release.id}/downloads/missing`,
      `releases/id/${release.id}/evidences/1`,
      `releases/id/${release.id}/evidences/1.json`,
      'releases/any',
      'releases?sort=SEMVER_DESC',
      'releases?sort=SEMVER_ASC',
      'archive/main/x.zip',
    ]
    for (const path of [...shown, ...hidden]) {
      for (const options of [{}, { headers: BROWSER }, { method: 'HEAD' }]) {
        const { status, headers, text } = await answer(path, options)
        expect([path, status < 400]).toEqual([path, shown.includes(path)])
        expect(JSON.stringify([headers, text])).not.toContain(MARK)
      }
    }
  })

  test('a URL with a tag that exists is answered as one with a tag that does not', async () => {
    const paths = (tag: string) => [
      `releases/${tag}`,
      `releases/${encodeURIComponent(tag)}`,
      `releases/${tag}/downloads/bin/linux`,
      `releases/${encodeURIComponent(tag)}/downloads/bin/linux`,
      `releases/${encodeURIComponent(tag)}/evidences/1`,
      `releases/${encodeURIComponent(tag)}/evidences/1.json`,
      `archive/${tag}/x.zip`,
      `archive/${encodeURIComponent(tag)}/x.tar.gz`,
    ]
    // A page leads to its styles by a path that depends on the number of slashes, which the client sent.
    const missing = paths('missing/tag')
    for (const [at, path] of paths(TAG).entries()) {
      for (const options of [{}, { headers: BROWSER }, { method: 'HEAD' }]) {
        const found = await answer(path, options)
        expect(found.status).toBe(404)
        expect(found).toEqual(await answer(missing[at] ?? '', options))
      }
    }
  })

  test('the forms of a release and of a draft are missing, whether there is such a tag or not', async () => {
    const { project, release, tokens } = worlds[name]
    const token = tokens[viewer]
    if (token === null) return
    const cookie = await signIn(app, token)
    const open = async (path: string) => {
      const { status, text } = await openAs(`${app.url}/${project.fullPath}/-/releases/${path}`, cookie)
      return { status, text }
    }
    expect(await open(`id/${release.id}/edit`)).toEqual(await open('id/1000000000/edit'))
    expect((await open('new')).status).toBe(404)
    for (const word of ['edit', 'delete', 'draft', 'draft/delete']) {
      for (const tag of [TAG, `${MARK}-draft`].map(encodeURIComponent)) {
        const found = await open(`${tag}/${word}`)
        expect([found.status, found.text.includes(MARK)]).toEqual([404, false])
        expect(found).toEqual(await open(`missing/${word}`))
      }
    }
  })

  test('the number of a release leads to the page, the download and the latest release', async () => {
    const { project, release } = worlds[name]
    const base = `${app.url}/${project.fullPath}/-/releases/id`
    const page = await (await get(`releases/id/${release.id}`)).text()
    expect(page).toContain(`<h1>Release-${release.id}</h1>`)
    expect(page).toContain('It works.')
    expect(page).toContain(`href="${base}/${release.id}/downloads/bin/linux"`)
    expect(page).not.toMatch(/Source code|Commit|Evidence/)
    const latest = await get('releases/permalink/latest/downloads/bin/linux?order_by=released_at&x=1')
    expect(latest.headers.get('location')).toMatch(new RegExp(`^${base}/\\d+/downloads/bin/linux\\?x=1$`))
    const download = await get(`releases/id/${release.id}/downloads/bin/linux`)
    expect([download.status, download.headers.get('location')]).toEqual([302, 'https://downloads.example.com/binary'])
  })

  test('the feed and the list name releases by number', async () => {
    const { project, release } = worlds[name]
    const page = `${app.url}/${project.fullPath}/-/releases/id/${release.id}`
    const feed = await (await get('releases.atom')).text()
    expect(feed).toContain(`<title>Release-${release.id}</title>`)
    expect(feed).toContain(`href="${page}"`)
    expect(feed).toContain(`href="${page}/downloads/bin/linux"`)
    expect(await (await get('releases')).text()).toContain(`<a href="${page}">Release-${release.id}</a>`)
    const [, json] = (await (await get('releases.json')).json()) as [unknown, { _links: object }]
    expect(json._links).toEqual({ self: page })
  })

  test("an answer that was kept for a member is not taken for the viewer's own", async () => {
    for (const path of ['releases.atom', 'releases.json']) {
      const full = await get(path, { token: worlds[name].tokens.developer })
      const etag = full.headers.get('etag') ?? ''
      expect(await full.text()).toContain(MARK)
      const own = await get(path, { headers: { 'if-none-match': etag } })
      expect([own.status, own.headers.get('etag') === etag]).toEqual([200, false])
    }
  })
})

test('the same requests show the tag to a viewer who may read code', async () => {
  for (const [name, viewer] of [
    ['private', 'reporter'],
    ['members-only', 'guest'],
  ] as const) {
    const { project, release, tokens } = worlds[name]
    const token = tokens[viewer]
    for (const path of ['releases', 'releases.json', 'releases.atom', `releases/id/${release.id}`, `releases/${TAG}`]) {
      expect(await (await web(app, { project }, path, { token })).text()).toContain(MARK)
    }
    const latest = await web(app, { project }, 'releases/permalink/latest', { token })
    expect(latest.headers.get('location')).toContain(MARK)
    expect((await web(app, { project }, `archive/${TAG}/x.zip`, { token })).status).toBe(200)
  }
})

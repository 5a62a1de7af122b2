import { describe, expect, test } from 'vitest'
import { db } from '../../../src/database/db.ts'
import { useApp } from '../../support/app.ts'
import * as create from '../../support/factories.ts'
import { createWorld } from '../../support/world.ts'
import { web } from './web-client.ts'

const app = useApp()

/** The elements in their order. Fails when an element is not closed. */
function elementsOf(xml: string): string[] {
  const open: string[] = []
  const seen: string[] = []
  for (const [, closing, name = '', empty] of xml.matchAll(/<(\/?)([a-z]+)[^<>]*?(\/?)>/g)) {
    if (closing) expect(open.pop()).toBe(name)
    else {
      seen.push([...open, name].join('/'))
      if (!empty) open.push(name)
    }
  }
  expect(open).toEqual([])
  return seen
}

describe('the feed', () => {
  test('the feed is Atom that has what a reader needs', async () => {
    const world = await createWorld(app, { tag: 'v1/2' })
    const { project, release, users } = world
    await db.user.update({ where: { id: users.developer.id }, data: { name: 'A & "B" <C>' } })
    const response = await web(app, world, 'releases.atom')
    expect([response.status, response.headers.get('content-type')]).toEqual([
      200,
      'application/atom+xml; charset=utf-8',
    ])
    const xml = await response.text()
    const page = `${app.url}/${project.fullPath}/-/releases`
    expect(xml).toMatch(/^<\?xml version="1.0" encoding="utf-8"\?>\n<feed xmlns="http:\/\/www.w3.org\/2005\/Atom">/)
    const entry = ['id', 'title', 'link', 'link', 'link', 'published', 'updated', 'author', 'author/name', 'content']
    expect(elementsOf(xml)).toEqual([
      'feed',
      ...['id', 'title', 'link', 'link', 'author', 'author/name', 'updated', 'entry'].map((name) => `feed/${name}`),
      ...entry.map((name) => `feed/entry/${name}`),
    ])
    for (const part of [
      `<link rel="self" type="application/atom+xml" href="${page}.atom"/>`,
      `<id>${page}/id/${release.id}</id>`,
      '<title>First light</title>',
      `<link rel="alternate" type="text/html" href="${page}/v1%2F2"/>`,
      `<link rel="enclosure" href="${page}/v1%2F2/downloads/bin/linux" title="binary"/>`,
      `<published>${release.releasedAt.toISOString()}</published>`,
      '<name>A &amp; &quot;B&quot; &lt;C&gt;</name>',
      '&lt;p dir=&quot;auto&quot;&gt;It works.&lt;/p&gt;</content>',
    ]) {
      expect(xml).toContain(part)
    }
  })

  test('the feed stays XML whatever people typed', async () => {
    const project = await create.createProject({ name: 'a\u0001]]>&<b>' })
    const release = await create.createRelease(project, {
      name: '\u000b\ufffe<x>',
      description: ']]>\u001f&amp; <b>\u{1f680}</b>',
    })
    await create.createLink(release, { name: '"\u0002>', url: 'https://a.example.com/?a=1&b="' })
    const xml = await (await web(app, { project }, 'releases.atom')).text()
    elementsOf(xml)
    expect(xml).not.toMatch(/[^\t\n\r\x20-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/u)
    expect(xml).toContain('\u{1f680}')
    expect(xml).toContain('href="https://a.example.com/?a=1&amp;b=&quot;"')
    expect(xml.replace(/&(?:amp|lt|gt|quot|#39);/g, '')).not.toContain('&')
  })

  test('the feed holds the twenty newest releases', async () => {
    const project = await create.createProject()
    for (let n = 1; n <= 21; n++) {
      await create.createRelease(project, { tag: `t${n}`, releasedAt: new Date(2020, 0, n) })
    }
    const xml = await (await web(app, { project }, 'releases.atom')).text()
    expect([...xml.matchAll(/<title>t(\d+)<\/title>/g)].map(([, n]) => Number(n))).toEqual(
      Array.from({ length: 20 }, (_, at) => 21 - at),
    )
  })

  test('the feed is not sent twice to a client that has it', async () => {
    const world = await createWorld(app)
    for (const path of ['releases.atom', 'releases.json']) {
      const { headers } = await web(app, world, path)
      expect(headers.get('cache-control')).toBe('private, no-cache')
      expect(headers.get('vary')).toBe('authorization, private-token, job-token, cookie')
      const etag = headers.get('etag') ?? ''
      for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
        const again = await web(app, world, path, { headers: { 'if-none-match': known } })
        expect([again.status, await again.text(), again.headers.get('etag')], known).toEqual([304, '', etag])
      }
      expect((await web(app, world, path, { headers: { 'if-none-match': '"other"' } })).status).toBe(200)
    }
  })

  test('the feed is sent again after a change of a release, a link or the notes', async () => {
    const world = await createWorld(app)
    const { project, release } = world
    const changes = [
      () => create.createRelease(project),
      () => create.createLink(release),
      () => db.release.update({ where: { id: release.id }, data: { description: 'Other notes' } }),
      () => db.release.delete({ where: { id: release.id } }),
    ]
    for (const change of changes) {
      const known = { 'if-none-match': (await web(app, world, 'releases.atom')).headers.get('etag') ?? '' }
      expect((await web(app, world, 'releases.atom', { headers: known })).status).toBe(304)
      await change()
      expect((await web(app, world, 'releases.atom', { headers: known })).status).toBe(200)
    }
  })

  test('the feed goes by the date for a client that knows no entity tag', async () => {
    const world = await createWorld(app)
    const modified = (await web(app, world, 'releases.atom')).headers.get('last-modified') ?? ''
    const statusSince = async (date: string, headers = {}) =>
      (await web(app, world, 'releases.atom', { headers: { 'if-modified-since': date, ...headers } })).status
    expect(await statusSince(modified)).toBe(304)
    expect(await statusSince(new Date(Date.parse(modified) - 1000).toUTCString())).toBe(200)
    expect(await statusSince('yesterday')).toBe(200)
    expect(await statusSince(modified, { 'if-none-match': '"other"' })).toBe(200)
    const [before] = [Date.parse(modified)]
    await db.project.update({ where: { id: world.project.id }, data: { updatedAt: new Date(before - 60_000) } })
    await db.release.delete({ where: { id: world.release.id } })
    const after = Date.parse((await web(app, world, 'releases.atom')).headers.get('last-modified') ?? '')
    expect(after).toBeGreaterThanOrEqual(before)
  })
})

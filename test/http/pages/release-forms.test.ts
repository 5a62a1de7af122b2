// The pages that write releases: new, edit and delete, as a browser without JavaScript uses them.
import { beforeAll, describe, expect, test } from 'vitest'
import { db } from '../../../src/database/db.ts'
import { runGit } from '../../../src/git/git.ts'
import { useApp } from '../../support/app.ts'
import * as create from '../../support/factories.ts'
import { createWorld, type ViewerName, type World } from '../../support/world.ts'
import { rest } from '../rest/client.ts'
import { FROM_HERE, signIn } from '../sign-in/browser.ts'
import { fieldsOf, openAs, problemAt, resubmit, sendAs, submit } from './form-client.ts'
import { web } from './web-client.ts'

const app = useApp()
const TAG = 'v1/2.0'

let world: World
let base = ''
const cookies: Partial<Record<ViewerName, string>> = {}
beforeAll(async () => {
  world = await createWorld(app, { project: { visibility: 'private' }, tag: TAG, repository: { tags: ['v9.0.0'] } })
  base = `${app.url}/${world.project.fullPath}/-/releases`
  for (const viewer of ['stranger', 'guest', 'reporter', 'developer', 'maintainer'] as const) {
    cookies[viewer] = await signIn(app, world.tokens[viewer] ?? '')
  }
})

const cookieOf = (viewer: ViewerName) => cookies[viewer] ?? ''
const released = async (tag: string) =>
  (
    await rest(app, 'GET', `/projects/${world.project.id}/releases/${encodeURIComponent(tag)}?waybill=true`, {
      token: world.tokens.maintainer ?? '',
    })
  ).body
const countReleases = () => db.release.count({ where: { projectId: world.project.id } })

describe('who gets the forms', () => {
  const slashed = encodeURIComponent(TAG)
  const pages = () => ['new', `${slashed}/edit`, `${TAG}/edit`, `id/${world.release.id}/edit`, `${slashed}/delete`]

  test.each([
    ['stranger', [404, 404, 404, 404, 404]],
    ['guest', [404, 404, 404, 404, 404]],
    ['reporter', [404, 404, 404, 404, 404]],
    ['developer', [200, 200, 200, 200, 404]],
    ['maintainer', [200, 200, 200, 200, 200]],
  ] as const)('%s gets the forms that the role allows', async (viewer, expected) => {
    const statuses = []
    for (const page of pages()) statuses.push((await openAs(`${base}/${page}`, cookieOf(viewer))).status)
    expect(statuses).toEqual(expected)
  })

  test('nobody is told of a private project, and is sent to sign in for a public one', async () => {
    expect((await openAs(`${base}/new`, null)).status).toBe(404)
    const open = await createWorld(app)
    const { status, location } = await openAs(`${app.url}/${open.project.fullPath}/-/releases/new`, null)
    expect([status, location]).toEqual([
      302,
      `/-/sign-in?return_to=${encodeURIComponent(`/${open.project.fullPath}/-/releases/new`)}`,
    ])
  })

  test('a form that somebody may not send writes nothing', async () => {
    const before = await countReleases()
    for (const viewer of ['guest', 'reporter'] as const) {
      const cookie = cookieOf(viewer)
      const token = /name="form_token" value="([^"]+)"/.exec((await openAs(`${app.url}/-/sign-in`, cookie)).text)?.[1]
      const body = new URLSearchParams({ form_token: token ?? '', tag_name: 'v9.0.0' })
      for (const page of pages()) {
        expect([viewer, page, (await sendAs(`${base}/${page}`, cookie, body)).status]).toEqual([viewer, page, 404])
      }
    }
    expect(await countReleases()).toBe(before)
  })

  test('a form from elsewhere, of another session or of a token that only reads writes nothing', async () => {
    const [url, cookie, before] = [`${base}/new`, cookieOf('developer'), await countReleases()]
    const fields = Object.fromEntries(fieldsOf((await openAs(url, cookie)).text))
    const body = new URLSearchParams({ ...fields, tag_name: 'v9.0.0' })
    const reading = await signIn(app, await create.tokenFor(world.users.developer, ['read_api']))
    const foreign = { 'sec-fetch-site': 'cross-site', origin: 'https://elsewhere.example.com' }
    for (const [sender, headers, sent] of [
      [cookie, foreign, body],
      [cookie, FROM_HERE, new URLSearchParams({ ...fields, tag_name: 'v9.0.0', form_token: 'x' })],
      [reading, FROM_HERE, body],
    ] as const) {
      expect((await sendAs(url, sender, sent, headers)).status).toBe(403)
    }
    expect((await openAs(url, reading)).text).toContain('This session only reads')
    expect(await countReleases()).toBe(before)
  })
})

describe('a new release', () => {
  test('everything that the form says becomes a release, with a new tag', async () => {
    const milestone = await create.createMilestone({ projectId: world.project.id }, { title: 'Autumn' })
    const { status, location } = await submit(`${base}/new`, cookieOf('developer'), {
      ...{
        tag_name: ' v3.0.0 ',
        ref: 'main',
        tag_message: 'Signed off',
        name: 'Third',
        description: 'One\r\n\r\n* two',
      },
      'milestone_ids[]': [String(milestone.id)],
      ...{ 'links.0.name': 'tool', 'links.0.url': 'https://example.com/t', 'links.0.filepath': '/bin/t' },
      'links.0.linkType': 'package',
      ...{ released_at: '2026-01-02T03:04', prerelease: 'true', make_latest: '1' },
    })
    expect([status, location]).toEqual([303, `${base}/v3.0.0`])
    expect(await released('v3.0.0')).toMatchObject({
      ...{ name: 'Third', description: 'One\n\n* two', released_at: '2026-01-02T03:04:00.000Z' },
      milestones: [{ title: 'Autumn' }],
      assets: { links: [{ name: 'tool', url: 'https://example.com/t', link_type: 'package' }] },
      _waybill: { prerelease: true, make_latest: 'yes' },
    })
    const tag = await rest(app, 'GET', `/projects/${world.project.id}/repository/tags/v3.0.0`, {
      token: world.tokens.developer ?? '',
    })
    expect(tag.body.message).toBe('Signed off')
  })

  test('a new tag begins at the default branch, unless another ref is written', async () => {
    expect(Object.fromEntries(fieldsOf((await openAs(`${base}/new`, cookieOf('developer'))).text))).toMatchObject({
      ref: 'main',
    })
  })

  test('a release of a tag that exists needs its name alone', async () => {
    expect((await openAs(`${base}/new`, cookieOf('developer'))).text).toContain('<option value="v9.0.0"></option>')
    const { location } = await submit(`${base}/new?tag_name=v9.0.0`, cookieOf('developer'), {})
    expect(location).toBe(`${base}/v9.0.0`)
    expect(await released('v9.0.0')).toMatchObject({ name: 'v9.0.0', description: null, assets: { links: [] } })
  })

  test.each([
    ['ref', { tag_name: 'v4.0.0', ref: '' }, 'Ref is not specified'],
    ['ref', { tag_name: 'v4.0.0', ref: 'nowhere' }, 'Target nowhere is invalid'],
    ['tag_name', { tag_name: 'v4..0', ref: 'main' }, 'Tag name invalid'],
    ['tag_name', { tag_name: TAG }, 'Release already exists'],
    ['name', { tag_name: 'v4.0.0', ref: 'main', name: 'x'.repeat(1025) }, 'is too long (maximum is 1024 characters)'],
    ['released_at', { tag_name: 'v4.0.0', ref: 'main', released_at: 'soon' }, 'is no date such as 2026-12-24T18:00'],
    [
      'links.0.url',
      { tag_name: 'v4.0.0', ref: 'main', 'links.1.name': 'a', 'links.1.url': 'x' },
      'is blocked: Only allowed schemes are http, https, ftp',
    ],
    ['links.0.name', { tag_name: 'v4.0.0', ref: 'main', 'links.0.url': 'https://example.com' }, "can't be blank"],
    [
      'links',
      {
        tag_name: 'v4.0.0',
        ref: 'main',
        'links.0.name': 'a',
        'links.0.url': 'https://a.example.com',
        'links.1.name': 'a',
        'links.1.url': 'https://b.example.com',
      },
      'have duplicate values (a)',
    ],
  ] as const)('what is wrong with %s is said beside it, and what was typed stays', async (field, changes, message) => {
    const before = await countReleases()
    const { status, text } = await submit(`${base}/new`, cookieOf('developer'), {
      description: 'Keep <me>',
      ...changes,
    })
    expect([status >= 400 && status < 500, problemAt(text, field)]).toEqual([true, message])
    expect(text).toMatch(new RegExp(`aria-describedby="[^"]*${field}-problem"`))
    const kept = Object.fromEntries(fieldsOf(text))
    expect(kept).toMatchObject({ description: 'Keep <me>', tag_name: changes.tag_name })
    expect(await countReleases()).toBe(before)
    expect(text).toContain('role="alert"')
  })

  test('a protected tag and a freeze are refused in words, and what was typed stays', async () => {
    const other = await createWorld(app)
    await db.protectedTag.create({
      data: { projectId: other.project.id, name: 'safe*', accessLevels: { create: { accessLevel: 40 } } },
    })
    const url = `${app.url}/${other.project.fullPath}/-/releases/new`
    const cookie = await signIn(app, other.tokens.developer ?? '')
    const { status, text } = await submit(url, cookie, { tag_name: 'safe1', ref: 'main', name: 'Safe' })
    expect([status, problemAt(text, 'tag_name')]).toEqual([
      403,
      'You are not allowed to create this tag as it is protected.',
    ])
    expect(Object.fromEntries(fieldsOf(text)).name).toBe('Safe')
    expect((await resubmit(url, cookie, text, { tag_name: 'open1' })).status).toBe(303)
  })
})

describe('buttons that help to fill in the form', () => {
  const press = (changes: Record<string, string | File[]>) => submit(`${base}/new`, cookieOf('developer'), changes)

  test('tags are found by a text, and taken', async () => {
    const found = await press({ find_tags: '1', tag_name: '9.0', name: 'Ninth' })
    expect([found.status, found.text.includes('name="pick_tag" value="v9.0.0"')]).toEqual([200, true])
    const taken = await resubmit(`${base}/new`, cookieOf('developer'), found.text, { pick_tag: 'v9.0.0' })
    expect(Object.fromEntries(fieldsOf(taken.text))).toMatchObject({ tag_name: 'v9.0.0', name: 'Ninth' })
    expect((await press({ find_tags: '1', tag_name: 'none' })).text).toContain('No tag has such a name')
  })

  test('the notes are previewed as they will be shown, and run nothing', async () => {
    const { text } = await press({ preview: '1', description: '# Hi\n\n**bold** <script>alert(1)</script> #1' })
    expect(text).toMatch(/<section aria-label="Preview"[^>]*><h1 id="user-content-hi".*<strong>bold<\/strong>/s)
    expect(text).not.toContain('<script>alert(1)')
  })

  test('more rows for links are added, and the rows that were filled in stay', async () => {
    const { text } = await press({ more_links: '1', 'links.1.name': 'second' })
    const rows = fieldsOf(text).filter(([name]) => name.endsWith('.name'))
    expect(rows.map(([, value]) => value)).toEqual(['', 'second', '', '', ''])
  })

  test('files become uploads of the project that the notes show, once', async () => {
    const file = new File(['picture'], 'plan.png', { type: 'image/png' })
    const { text } = await press({ attach: '1', description: 'See:', 'files[]': [file] })
    const notes = Object.fromEntries(fieldsOf(text)).description ?? ''
    const [, path = ''] = /^See:\r\n\r\n!\[plan\]\((\/uploads\/[0-9a-f]{32}\/plan\.png)\)$/.exec(notes) ?? []
    const sent = await fetch(`${app.url}/-/project/${world.project.id}${path}`, {
      headers: { 'private-token': world.tokens.guest ?? '' },
    })
    expect([sent.status, await sent.text()]).toEqual([200, 'picture'])
    const count = () => db.upload.count({ where: { projectId: world.project.id } })
    const before = await count()
    const refused = await submit(`${base}/new`, cookieOf('developer'), { tag_name: 'v5', ref: '', 'files[]': [file] })
    expect(problemAt(refused.text, 'ref')).toBe('Ref is not specified')
    const published = await resubmit(`${base}/new`, cookieOf('developer'), refused.text, { ref: 'main' })
    expect([published.status, await count()]).toEqual([303, before + 1])
    expect((await released('v5')).description).toMatch(/^!\[plan\]/)
  })

  test('files to download become files of a package of the tag, and links', async () => {
    const file = new File(['binary'], 'tool-linux', { type: 'application/octet-stream' })
    expect(problemAt((await press({ more_links: '1', 'asset_files[]': [file] })).text, 'tag_name')).toBe(
      'is needed before files are added',
    )
    const published = await press({ tag_name: 'a/6.0.0', ref: 'main', 'asset_files[]': [file] })
    expect([published.status, published.location]).toEqual([303, `${base}/a%2F6.0.0`])
    expect((await released('a/6.0.0')).assets.links).toMatchObject([{ name: 'tool-linux', link_type: 'package' }])
    const path = 'releases/a%2F6.0.0/downloads/tool-linux'
    const download = await web(app, world, path, { token: world.tokens.reporter })
    expect([download.status, await download.text()]).toEqual([200, 'binary'])
    expect((await openAs(`${base}/a%2F6.0.0`, cookieOf('reporter'))).text).toContain('<small>6 bytes</small>')
  })

  test('a form that is too large is refused', async () => {
    const file = new File([new Uint8Array(16_000_000)], 'large.bin')
    expect((await press({ attach: '1', 'files[]': [file] })).status).toBe(400)
  })
})

describe('a release that is edited', () => {
  const edit = (tag: string, changes: Record<string, string | string[] | null>, viewer: ViewerName = 'developer') =>
    submit(`${base}/${encodeURIComponent(tag)}/edit`, cookieOf(viewer), changes)

  test('a form that is sent as it came changes nothing', async () => {
    const rows = () =>
      Promise.all([
        db.release.findUniqueOrThrow({ where: { id: world.release.id } }),
        db.assetLink.findMany({ where: { releaseId: world.release.id }, orderBy: { id: 'asc' } }),
        db.milestoneRelease.findMany({ where: { releaseId: world.release.id } }),
        db.auditEvent.count({ where: { projectId: world.project.id } }),
      ])
    const before = await rows()
    const { status, location } = await edit(TAG, {})
    expect([status, location]).toEqual([303, `${base}/${encodeURIComponent(TAG)}`])
    expect(await rows()).toEqual(before)
  })

  test('values, links and milestones change, and what the form does not show stays', async () => {
    const release = await create.createRelease(world.project, {
      tag: 'edited',
      sha: world.release.sha,
      name: 'Old',
      description: 'a\r\nb',
    })
    const directory = app.repositories.directory(world.project.id)
    await runGit(directory, ['tag', 'edited', 'main'])
    const closed = await create.createMilestone({ projectId: world.project.id }, { state: 'closed' })
    const hidden = await create.createMilestone({ projectId: world.project.id })
    await create.attachMilestone(release, closed)
    const [kept, gone] = [
      await create.createLink(release, { name: 'kept' }),
      await create.createLink(release, { name: 'gone' }),
    ]
    const { text } = await openAs(`${base}/id/${release.id}/edit`, cookieOf('developer'))
    expect(Object.fromEntries(fieldsOf(text))).toMatchObject({
      name: 'Old',
      'links.0.name': 'kept',
      'links.1.name': 'gone',
    })
    // Somebody adds another milestone while the form is open.
    await create.attachMilestone(release, hidden)
    const shown = text.replace(new RegExp(`(name="milestones_shown" value="[^"]*),${hidden.id}(?=[,"])`), '$1')
    const { status } = await resubmit(`${base}/id/${release.id}/edit`, cookieOf('developer'), shown, {
      ...{ name: '', 'links.0.name': 'renamed', 'links.1.name': '', 'links.1.url': '' },
      ...{ 'links.2.name': 'new', 'links.2.url': 'https://example.com/new', make_latest: '1' },
    })
    expect(status).toBe(303)
    const after = await released('edited')
    expect(after).toMatchObject({ name: 'edited', description: 'a\r\nb', _waybill: { make_latest: 'yes' } })
    expect(after.assets.links.map(({ name }: { name: string }) => name)).toEqual(['new', 'renamed'])
    expect(after.milestones.map(({ id }: { id: number }) => id).sort()).toEqual([closed.id, hidden.id].sort())
    expect(await db.assetLink.count({ where: { id: gone.id } })).toBe(0)
    expect((await db.assetLink.findUniqueOrThrow({ where: { id: kept.id } })).name).toBe('renamed')
    expect((await edit('edited', { 'links.0.url': 'ftp:' })).text).toContain('is blocked')
    expect((await edit('edited', { 'milestone_ids[]': null, make_latest: null })).status).toBe(303)
    expect(await released('edited')).toMatchObject({ _waybill: { make_latest: 'auto' } })
    expect((await released('edited')).milestones).toBeUndefined()
  })

  test('a link of another release is not changed by a form', async () => {
    const other = await create.createLink(await create.createRelease(world.project, { tag: 'elsewhere' }), {
      name: 'theirs',
    })
    const { text } = await edit(TAG, { 'links.0.id': String(other.id), 'links.0.name': 'mine' })
    expect(problemAt(text, 'links.0.name')).toBe('was deleted meanwhile')
    expect((await db.assetLink.findUniqueOrThrow({ where: { id: other.id } })).name).toBe('theirs')
  })

  test('a download whose path ends in the word is still a download', async () => {
    await create.createLink(world.release, { name: 'editor', url: 'https://example.com/editor', filepath: '/bin/edit' })
    const { status, headers } = await web(app, world, `releases/${TAG}/downloads/bin/edit`, {
      token: world.tokens.reporter,
    })
    expect([status, headers.get('location')]).toEqual([302, 'https://example.com/editor'])
  })
})

describe('a draft', () => {
  test('a draft is saved, changed, and published with its tag', async () => {
    const cookie = cookieOf('developer')
    const saved = await submit(`${base}/new`, cookie, { tag_name: 'd/1', ref: '', name: 'Soon', draft: '1' })
    const page = `${base}/d%2F1/draft`
    expect([saved.status, saved.location]).toEqual([303, page])
    expect((await openAs(base, cookie)).text).toContain(`href="${page}"`)
    const changed = await submit(page, cookie, {
      description: 'Now with notes',
      'links.0.name': 'a',
      'links.0.url': 'https://a.example.com',
    })
    expect([changed.status, changed.location]).toEqual([303, page])
    const early = await submit(page, cookie, { publish: '1' })
    expect([early.status, problemAt(early.text, 'ref')]).toEqual([422, 'Ref is not specified'])
    expect((await submit(page, cookie, { publish: '1', ref: 'main' })).location).toBe(`${base}/d%2F1`)
    expect(await released('d/1')).toMatchObject({
      name: 'Soon',
      description: 'Now with notes',
      assets: { links: [{ name: 'a' }] },
    })
    expect((await openAs(page, cookie)).status).toBe(404)
  })

  test('a draft is deleted after a question, and no Reporter sees it', async () => {
    await submit(`${base}/new`, cookieOf('developer'), { tag_name: 'd2', draft: '1' })
    for (const page of ['d2/draft', 'd2/draft/delete']) {
      expect((await openAs(`${base}/${page}`, cookieOf('reporter'))).status).toBe(404)
    }
    expect((await openAs(`${base}/d2/draft/delete`, cookieOf('developer'))).text).toContain('Delete the draft of d2?')
    const { status, location } = await submit(`${base}/d2/draft/delete`, cookieOf('developer'), {})
    expect([status, location]).toEqual([303, base])
    expect(await db.releaseDraft.count({ where: { projectId: world.project.id, tag: 'd2' } })).toBe(0)
  })
})

test('a release is deleted after a question that says what stays, and its tag stays', async () => {
  await submit(`${base}/new`, cookieOf('developer'), { tag_name: 'passing', ref: 'main' })
  const url = `${base}/passing/delete`
  expect((await openAs(url, cookieOf('maintainer'))).text).toContain(
    'The tag <code>passing</code> and the milestones stay.',
  )
  const { status, location } = await submit(url, cookieOf('maintainer'), {})
  expect([status, location]).toEqual([303, base])
  expect(await db.release.count({ where: { projectId: world.project.id, tag: 'passing' } })).toBe(0)
  expect((await submit(`${base}/new`, cookieOf('developer'), { tag_name: 'passing' })).status).toBe(303)
})

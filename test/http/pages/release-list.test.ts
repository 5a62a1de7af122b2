// The page of all releases and the page of one, as each kind of viewer sees them.
import { beforeAll, describe, expect, test } from 'vitest'
import { db } from '../../../src/database/db.ts'
import { useApp } from '../../support/app.ts'
import * as create from '../../support/factories.ts'
import { createWorld, type ViewerName, type World } from '../../support/world.ts'
import { BROWSER, web } from './web-client.ts'

const app = useApp()

let world: World
/** Where the world's releases are. */
let base = ''
beforeAll(async () => {
  world = await createWorld(app, {
    project: { visibility: 'private' },
    repository: { commits: 2, tags: ['v1.9.0', 'v1.10.0', 'v2.0.0-rc.1', 'nightly'] },
    tag: 'v1.10.0',
  })
  for (const [tag, day] of [
    ['nightly', 1],
    ['v2.0.0-rc.1', 2],
    ['v1.9.0', 3],
  ] as const) {
    await create.createRelease(world.project, { tag, name: null, releasedAt: new Date(2020, 0, day) })
  }
  await db.releaseDraft.create({
    data: { projectId: world.project.id, tag: 'v3.0.0', name: 'Soon', milestoneIds: [], links: '[]' },
  })
  base = `${app.url}/${world.project.fullPath}/-`
})

async function open(viewer: ViewerName, path = 'releases') {
  const response = await web(app, world, path, { token: world.tokens[viewer], headers: BROWSER })
  return { status: response.status, text: await response.text() }
}

const titles = (text: string) => [...text.matchAll(/<article><h2><a href="[^"]+">([^<]+)/g)].map(([, title]) => title)

describe('the order by version', () => {
  test('a viewer who may read code sorts releases by version, up and down', async () => {
    const falling = ['v2.0.0-rc.1', 'First light', 'v1.9.0', 'nightly']
    expect(titles((await open('reporter', 'releases?sort=SEMVER_DESC')).text)).toEqual(falling)
    const rising = ['v1.9.0', 'First light', 'v2.0.0-rc.1', 'nightly']
    expect(titles((await open('reporter', 'releases?sort=SEMVER_ASC')).text)).toEqual(rising)
    expect((await open('reporter')).text).toContain('<option value="SEMVER_DESC">')
  })

  test('a Guest is offered no order by version, and is refused one', async () => {
    expect((await open('guest')).text).not.toContain('SEMVER')
    for (const sort of ['SEMVER_DESC', 'SEMVER_ASC']) {
      expect((await open('guest', `releases?sort=${sort}`)).status).toBe(403)
    }
  })
})

test('a release leads to its author, tag, commit, milestone, issues, neighbours and their difference', async () => {
  const { text } = await open('reporter', 'releases/v1.10.0')
  for (const address of [
    `${app.url}/${world.users.developer.username}`,
    `${base}/tags/v1.10.0`,
    `${base}/commit/${world.release.sha}`,
    `${base}/issues?release_tag=v1.10.0&amp;scope=all&amp;state=opened`,
    `${base}/issues?release_tag=v1.10.0&amp;scope=all&amp;state=closed`,
    `${base}/releases/v1.9.0`,
    `${base}/releases/v2.0.0-rc.1`,
    `${base}/compare/v1.9.0...v1.10.0`,
  ]) {
    expect(text).toContain(`href="${address}"`)
  }
  expect(text).toMatch(new RegExp(`<a href="${base}/milestones/\\d+">Milestone \\d+</a> <progress`))
  expect(text).toMatch(/data-copy="[0-9a-f]+" aria-label="Copy the digest [0-9a-f]{8}" hidden>Copy</)
})

test('the highest stable version is the latest release, and a Guest learns of a marked one only', async () => {
  const latest = async (viewer: ViewerName) =>
    [...(await open(viewer)).text.matchAll(/<article><h2><a [^>]+>([^<]+)<\/a>(.*?)<\/h2>/gs)]
      .filter(([, , rest]) => rest?.includes('Latest'))
      .map(([, title]) => title)
  expect(await latest('reporter')).toEqual(['First light'])
  expect(await latest('guest')).toEqual([])
})

describe('what a viewer may do', () => {
  test.each([
    ['anonymous', 404, []],
    ['guest', 200, []],
    ['reporter', 200, []],
    ['developer', 200, ['New release', 'Edit']],
    ['maintainer', 200, ['New release', 'Edit', 'Delete']],
  ] as const)('to %s a page offers what the viewer may do, and nothing else', async (viewer, status, offered) => {
    const list = await open(viewer)
    expect(list.status).toBe(status)
    const shown = ['New release', 'Edit', 'Delete'].filter((action) => list.text.includes(`>${action}</a>`))
    expect(shown).toEqual(offered)
    expect(list.text.includes('>Soon</a> <span class="badge ">Draft</span>')).toBe(offered.length > 0)
    if (status !== 200) return
    const one = (await open(viewer, `releases/id/${world.release.id}`)).text
    expect(['Edit', 'Delete'].filter((action) => one.includes(`>${action}</a>`))).toEqual(offered.slice(1))
  })

  test('a token that only reads is offered nothing, and a protected tag no change', async () => {
    const token = await create.tokenFor(world.users.maintainer, ['read_api'])
    const read = await (await web(app, world, 'releases', { token, headers: BROWSER })).text()
    expect(read).not.toMatch(/>(?:New release|Edit|Delete)<\/a>/)
    const other = await createWorld(app)
    await db.protectedTag.create({
      data: { projectId: other.project.id, name: 'v*', accessLevels: { create: { accessLevel: 40 } } },
    })
    for (const [viewer, edits] of [
      ['developer', false],
      ['maintainer', true],
    ] as const) {
      const text = await (await web(app, other, 'releases', { token: other.tokens[viewer], headers: BROWSER })).text()
      expect([viewer, text.includes('>Edit</a>'), text.includes('>New release</a>')]).toEqual([viewer, edits, true])
    }
  })
})

describe('assets', () => {
  const filesOf = async (of: World, count: number) => {
    for (let n = 0; n < count; n++) {
      const release = await create.createRelease(of.project, { tag: `f${n}-${count}` })
      const file = {
        fileName: 'a.bin',
        size: 1536n,
        sha256: 'a'.repeat(64),
        storageKey: `k${of.project.id}-${n}-${count}`,
      }
      const { name, version } = await db.package.create({
        data: { projectId: of.project.id, name: 'tool', version: `${count}.${n}.0`, files: { create: file } },
      })
      await create.createLink(release, {
        url: `${app.url}/api/v4/projects/${of.project.id}/packages/generic/${name}/${version}/a.bin`,
        linkType: 'package',
      })
      await create.createLink(release, { url: `https://example.com/${n}`, linkType: 'image' })
    }
  }

  test('assets are counted by type, with the sizes of the files that are here', async () => {
    const of = await createWorld(app)
    await filesOf(of, 1)
    const other = await createWorld(app)
    await create.createLink(await db.release.findFirstOrThrow({ where: { projectId: of.project.id, tag: 'f0-1' } }), {
      url: `${app.url}/api/v4/projects/${other.project.id}/packages/generic/tool/1.0.0/a.bin`,
    })
    const text = await (await web(app, of, 'releases/f0-1', { headers: BROWSER })).text()
    expect(text).toContain('<h3>Packages <small>1</small></h3>')
    expect(text).toContain('<h3>Images <small>1</small></h3>')
    expect(text).toContain('<h3>Source code <small>4</small></h3>')
    expect(text.match(/<small>1\.5 KiB<\/small>/g)).toHaveLength(1)
  })

  test('the list takes as many statements for twenty releases with files, drafts and milestones as for two', async () => {
    const of = await createWorld(app)
    const read = async () => (await web(app, of, 'releases', { token: of.tokens.maintainer, headers: BROWSER })).text()
    const count = async () => {
      // The first read renders the notes and keeps them.
      await read()
      return (await app.statementsOf(read)).length
    }
    await filesOf(of, 2)
    const few = await count()
    await filesOf(of, 18)
    for (let n = 0; n < 20; n++) {
      await db.releaseDraft.create({ data: { projectId: of.project.id, tag: `d${n}`, milestoneIds: [], links: '[]' } })
    }
    expect(await count()).toBe(few)
  })
})

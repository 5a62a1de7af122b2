import { beforeAll, describe, expect, test } from 'vitest'
import { db } from '../../../src/database/db.ts'
import { useApp } from '../../support/app.ts'
import * as create from '../../support/factories.ts'
import { createWorld, type World } from '../../support/world.ts'
import { rest } from '../rest/client.ts'
import { web } from './web-client.ts'

const app = useApp()
const TAG = 'v1/2.0'

let world: World
beforeAll(async () => {
  world = await createWorld(app, { tag: TAG })
})

const textOf = async (path: string) => (await web(app, world, path)).text()

describe('the page of a release', () => {
  test.each(['v1%2F2.0', 'v1/2.0', 'v1/2.0/'])('the page of a release at %s shows what was released', async (path) => {
    const response = await web(app, world, `releases/${path}`)
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/html; charset=UTF-8'])
    const text = await response.text()
    const { body } = await rest(app, 'GET', `/projects/${world.project.id}/releases/${encodeURIComponent(TAG)}`)
    const escaped = (value: string) => value.replaceAll('&', '&amp;')
    for (const fact of [
      '<h1>First light</h1>',
      `<code>${TAG}</code>`,
      body.commit.id,
      body.author.name,
      '<p dir="auto">It works.</p>',
      ...body.assets.links.map((link: { direct_asset_url: string }) => `href="${link.direct_asset_url}"`),
      ...body.assets.sources.map((source: { url: string }) => `href="${escaped(source.url)}"`),
      body.milestones[0].title,
      body.evidences[0].filepath,
    ]) {
      expect(text).toContain(fact)
    }
  })

  test('evidence is shown indented on a page, and downloaded byte for byte', async () => {
    const { id, sha, summary } = await db.evidence.findFirstOrThrow({ where: { releaseId: world.release.id } })
    const path = `releases/${encodeURIComponent(TAG)}/evidences/${id}`
    const release = await textOf(`releases/${encodeURIComponent(TAG)}`)
    expect(release).toContain(`/-/${path}">Snapshot</a>`)
    expect(release).toContain(`/-/${path}.json" download`)
    const page = await textOf(path)
    expect(page).toContain(`<code>${sha}</code>`)
    const [, shown = ''] = /<pre[^>]*>([\s\S]*?)<\/pre>/.exec(page) ?? []
    expect(shown.replaceAll('&quot;', '"')).toBe(JSON.stringify(summary, null, 2))
    expect(page).toContain(`href="${id}.json" download="evidence-${id}.json"`)
    const missing = await web(app, world, `releases/other/evidences/${id}`)
    expect(missing.status).toBe(404)
  })

  test('the page of a release by its number is the same', async () => {
    expect(await textOf(`releases/id/${world.release.id}`)).toBe(await textOf('releases/v1/2.0'))
  })

  test('the page of a release runs nothing, whatever people typed', async () => {
    const attack = `"><script>alert(1)</script><img src=x onerror=alert(1)>`
    const release = await create.createRelease(world.project, {
      tag: 'attack',
      name: attack,
      description: `${attack}\n\n[x](javascript:alert(1))`,
    })
    await create.createLink(release, { name: attack, url: 'https://a.example.com/"><script>', filepath: '/bin/x' })
    for (const path of ['releases/attack', 'releases']) {
      const response = await web(app, world, path)
      const text = await response.text()
      expect(text).not.toMatch(
        /<script(?! src="[./]*-\/assets\/waybill-\w+\.js" integrity=)|onerror=alert\(1\)>|href="javascript/,
      )
      expect(text).toContain('&quot;&gt;&lt;script&gt;alert(1)')
      expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
      expect(response.headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
    }
    const leaving = await web(app, world, 'releases/attack/downloads/bin/x', { headers: { accept: 'text/html' } })
    expect(await leaving.text()).not.toMatch(/<script(?! src="[./]*-\/assets\/waybill-\w+\.js" integrity=)/)
  })

  test.each(['releases/missing', 'releases/id/2147483647', 'releases/id/x', 'releases/id'])(
    'the page of a release at %s is not found',
    async (path) => expect((await web(app, world, path)).status).toBe(404),
  )

  test('the page of a release is not found when the releases of the project may not be read', async () => {
    for (const data of [
      { visibility: 'private' },
      { releasesLevel: 'private' },
      { releasesLevel: 'disabled' },
    ] as const) {
      const closed = await createWorld(app, { project: data })
      for (const path of [
        'releases',
        'releases.json',
        'releases.atom',
        'releases/v1.0.0',
        `releases/id/${closed.release.id}`,
        'releases/permalink/latest',
        'releases/v1.0.0/downloads/bin/linux',
      ]) {
        const response = await web(app, closed, path, { token: closed.tokens.stranger })
        expect([path, response.status, await response.text()]).toEqual([path, 404, '{"message":"404 Not Found"}'])
      }
    }
  })
})

describe('the list of releases', () => {
  test('the list of releases has pages of twenty, the newest first', async () => {
    const project = await create.createProject()
    for (let n = 1; n <= 21; n++) {
      await create.createRelease(project, { tag: `t${n}`, name: `Number ${n}.`, releasedAt: new Date(2020, 0, n) })
    }
    const namesOn = async (query: string) =>
      [...(await (await web(app, { project }, `releases${query}`)).text()).matchAll(/Number \d+\./g)].map(String)
    expect(await namesOn('')).toEqual(Array.from({ length: 20 }, (_, at) => `Number ${21 - at}.`))
    expect(await namesOn('?page=2')).toEqual(['Number 1.'])
    const text = await (await web(app, { project }, 'releases')).text()
    expect(text).toContain(`href="${app.url}/${project.fullPath}/-/releases?page=2">Older</a>`)
  })

  test('the list of releases as JSON is what REST lists, with its pages', async () => {
    const other = await createWorld(app)
    await create.createRelease(other.project)
    for (const query of ['', '?per_page=1&page=2', '?per_page=0&page=0']) {
      const [json, list] = [
        await web(app, other, `releases.json${query}`),
        await rest(app, 'GET', `/projects/${other.project.id}/releases${query}`),
      ]
      expect(await json.json()).toEqual(list.body)
      for (const name of ['x-page', 'x-total', 'x-next-page', 'x-prev-page']) {
        expect([name, json.headers.get(name)]).toEqual([name, list.headers.get(name)])
      }
    }
    expect((await web(app, other, 'releases.json?per_page=1')).headers.get('link')).toContain(
      `<${app.url}/${other.project.fullPath}/-/releases.json?per_page=1&page=2>; rel="next"`,
    )
  })

  test.each(['page=0', 'page=x', 'page=99999999999'])(
    'the list of releases with %s is refused in words',
    async (query) => {
      const response = await web(app, world, `releases?${query}`)
      expect([response.status, await response.json()]).toEqual([
        400,
        { message: '"page" must be a whole number from 1' },
      ])
    },
  )

  test('the list of releases needs as many statements for twenty releases as for two', async () => {
    const project = await create.createProject()
    const author = await create.createUser()
    const addReleases = async (from: number, to: number) => {
      for (let n = from; n <= to; n++) {
        const release = await create.createRelease(project, { authorId: author.id, description: `# ${n}` })
        await create.createLink(release, { filepath: `/bin/${n}` })
        await create.attachMilestone(release, await create.createMilestone({ projectId: project.id }))
      }
    }
    const read = async (path: string) => (await web(app, { project }, path)).text()
    const count = async (path: string) => {
      // The first read renders the notes and keeps them.
      await read(path)
      return (await app.statementsOf(() => read(path))).length
    }
    const paths = ['releases', 'releases.json', 'releases.atom']
    await addReleases(1, 2)
    const few = []
    for (const path of paths) few.push(await count(path))
    await addReleases(3, 20)
    for (const [at, path] of paths.entries()) expect([path, await count(path)]).toEqual([path, few[at]])
  })
})

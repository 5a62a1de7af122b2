import { randomUUID } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { beforeAll, describe, expect, inject, test } from 'vitest'
import { runGit } from '../../../src/git/git.ts'
import { useApp } from '../../support/app.ts'
import { query } from '../../support/client.ts'
import { createWorld, type World } from '../../support/world.ts'
import { git as client, remoteOf } from '../git/git-client.ts'
import { encoded, rest } from './client.ts'

const app = useApp()

let world: World
let sha: string
/** The objects that git refused to write. */
const refused: string[] = []

const USUAL = 'A <a@example.com> 1700000000 +0100'
const TEXT = '\n\nMessage\n'

/** Tag objects by name, as a Developer may write them with any tool. */
const objectsOf = (commit: string, blob: string, tree: string) => ({
  'huge-date': `object ${commit}\ntype commit\ntag huge-date\ntagger A <a@example.com> 99999999999999999 +0000${TEXT}`,
  'largest-date': `object ${commit}\ntype commit\ntag largest-date\ntagger A <a@example.com> 18446744073709551614 +0000${TEXT}`,
  'beyond-any-date': `object ${commit}\ntype commit\ntag beyond\ntagger A <a@example.com> 999999999999999999999999 +0000${TEXT}`,
  'negative-date': `object ${commit}\ntype commit\ntag negative-date\ntagger A <a@example.com> -1 +0000${TEXT}`,
  'before-epoch': `object ${commit}\ntype commit\ntag before-epoch\ntagger A <a@example.com> 0 -0700${TEXT}`,
  'words-for-date': `object ${commit}\ntype commit\ntag words\ntagger A <a@example.com> yesterday noon${TEXT}`,
  'odd-zone': `object ${commit}\ntype commit\ntag odd-zone\ntagger A <a@example.com> 1700000000 -99999999${TEXT}`,
  'year-10000': `object ${commit}\ntype commit\ntag year\ntagger A <a@example.com> 253402300799 +2359${TEXT}`,
  'no-tagger': `object ${commit}\ntype commit\ntag no-tagger${TEXT}`,
  'no-name': `object ${commit}\ntype commit\ntag other\ntagger <> 1700000000 +0100${TEXT}`,
  'not-utf8': Buffer.concat([
    Buffer.from(`object ${commit}\ntype commit\ntag not-utf8\ntagger `),
    Buffer.from([0xe9, 0xff]),
    Buffer.from(` <a@example.com> 1700000000 +0100${TEXT}`),
  ]),
  'of-a-blob': `object ${blob}\ntype blob\ntag of-a-blob\ntagger ${USUAL}${TEXT}`,
  'of-a-tree': `object ${tree}\ntype tree\ntag of-a-tree\ntagger ${USUAL}${TEXT}`,
  'of-the-wrong-type': `object ${blob}\ntype commit\ntag wrong\ntagger ${USUAL}${TEXT}`,
  'of-an-unknown-type': `object ${commit}\ntype thing\ntag unknown\ntagger ${USUAL}${TEXT}`,
  'of-nothing': `object ${'1'.repeat(40)}\ntype commit\ntag nothing\ntagger ${USUAL}${TEXT}`,
  empty: '',
  garbage: 'garbage\n',
  'no-header': `type commit\n${TEXT}`,
})

beforeAll(async () => {
  world = await createWorld(app, {
    project: { visibility: 'private' },
    repository: { tags: ['v1.0.0', { name: 'v0.9.0', message: 'Nine' }] },
  })
  sha = world.release.sha ?? ''
  const work = `${inject('scratch')}/${randomUUID()}`
  const dir = `${work}/.git`
  await client(inject('scratch'), 'clone', '--quiet', remoteOf(app, world, world.tokens.developer), work)
  const blob = (await runGit(dir, ['hash-object', '-w', '--stdin'], { input: 'blob' })).trim()
  const tree = (await runGit(dir, ['rev-parse', `${sha}^{tree}`])).trim()
  const push = async (name: string, object: string) => {
    const { code } = await client(work, 'push', '--quiet', 'origin', `${object}:refs/tags/${name}`)
    if (code !== 0) refused.push(name)
  }
  await push('light-blob', blob)
  await push('light-tree', tree)
  const args = ['hash-object', '-t', 'tag', '-w', '--stdin', '--literally']
  for (const [name, content] of Object.entries(objectsOf(sha, blob, tree))) {
    await push(name, (await runGit(dir, args, { input: content })).trim())
  }
  // Written as files: a push cannot bring these refs in, but a disk may lose objects, and a new git may refuse what an old one
  // took.
  const repository = app.repositories.directory(world.project.id)
  for (const name of refused) {
    const content = objectsOf(sha, blob, tree)[name as 'garbage']
    const id = (await runGit(repository, args, { input: content })).trim()
    // Git itself would refuse to write this ref.
    await writeFile(`${repository}/refs/tags/${name}`, `${id}\n`)
  }
}, 120_000)

const SHOWN = [
  ...['beyond-any-date', 'before-epoch', 'huge-date', 'largest-date', 'negative-date', 'no-name', 'no-tagger'],
  ...['not-utf8', 'odd-zone', 'v0.9.0', 'v1.0.0', 'words-for-date', 'year-10000'],
]

const get = (path: string) => rest(app, 'GET', `/projects/${world.project.id}${path}`, { token: world.tokens.reporter })
const errors = () => app.logged().filter(({ level }) => Number(level) >= 50)

describe('tags of any kind', () => {
  test.each(['name', 'updated', 'version'])(
    'all tags that lead to a commit are listed by %s, in both directions',
    async (order) => {
      for (const sort of ['asc', 'desc']) {
        const { status, body } = await get(`/repository/tags?order_by=${order}&sort=${sort}&per_page=100`)
        expect(status).toBe(200)
        const names = (body as { name: string }[]).map(({ name }) => name)
        expect([...names].sort()).toEqual([...SHOWN].sort())
        for (const { target, created_at } of body) {
          expect(target).toBe(sha)
          if (created_at !== null) expect(created_at).toMatch(/^\d{4}-\d\d-\d\dT/)
        }
      }
      expect(errors()).toEqual([])
    },
  )

  test('the pages of the list hold each tag once', async () => {
    const found: string[] = []
    for (let page = 1; page <= 4; page += 1) {
      const { body } = await get(`/repository/tags?order_by=updated&per_page=4&page=${page}`)
      found.push(...(body as { name: string }[]).map(({ name }) => name))
    }
    expect([...found].sort()).toEqual([...SHOWN].sort())
  })

  test('a search finds only the tags that match, among tags of any kind', async () => {
    const { body } = await get('/repository/tags?search=^V')
    expect((body as { name: string }[]).map(({ name }) => name).sort()).toEqual(['v0.9.0', 'v1.0.0'])
  })

  test('each tag is shown alone, and a tag that leads to no commit is not found', async () => {
    for (const name of [...SHOWN, 'of-a-blob', 'of-the-wrong-type', 'garbage', 'of-nothing', 'light-tree']) {
      const { status, body } = await get(`/repository/tags/${name}`)
      if (SHOWN.includes(name)) expect([name, status, body.target]).toEqual([name, 200, sha])
      else expect([name, status, body]).toEqual([name, 404, { message: '404 Tag Not Found' }])
    }
    expect(errors()).toEqual([])
  })

  test('the commits of all tags, the releases, the feeds and the branches are listed', async () => {
    for (const path of ['/repository/commits?all=true', '/releases', '/repository/branches']) {
      const { status, body } = await get(path)
      expect([path, status, body.length > 0]).toEqual([path, 200, true])
    }
    const headers = { 'private-token': world.tokens.reporter ?? '' }
    for (const rest of ['releases.atom', 'releases']) {
      expect((await fetch(`${app.url}/${world.project.fullPath}/-/${rest}`, { headers })).status).toBe(200)
    }
    const { data } = await query(
      app,
      `{ project(fullPath: "${world.project.fullPath}") { releases { nodes { commit { sha } } } } }`,
      {},
      {
        token: world.tokens.reporter,
      },
    )
    expect(data).toEqual({ project: { releases: { nodes: [{ commit: { sha } }] } } })
    expect(errors()).toEqual([])
  })

  test('each tag that leads to a commit has sources, and the others have none', async () => {
    const headers = { 'private-token': world.tokens.reporter ?? '' }
    const statusOf = async (name: string) =>
      (await fetch(`${app.url}/${world.project.fullPath}/-/archive/${encoded(name)}.tar`, { headers })).status
    for (const name of SHOWN) expect([name, await statusOf(name)]).toEqual([name, 200])
    for (const name of ['of-a-blob', 'garbage', 'light-blob', 'of-nothing']) {
      expect([name, await statusOf(name)]).toEqual([name, 404])
    }
    expect(errors()).toEqual([])
  })
})

test('commits with dates that no calendar has are listed, and so are their tags', async () => {
  const own = await createWorld(app)
  const dir = app.repositories.directory(own.project.id)
  const tree = (await runGit(dir, ['rev-parse', 'main^{tree}'])).trim()
  let parent = (await runGit(dir, ['rev-parse', 'main'])).trim()
  for (const [at, date] of ['99999999999999999 +0000', '-1 +0000', '0 -0700', 'x y', '253402300799 +2359'].entries()) {
    const who = `A <a@example.com> ${date}`
    const input = `tree ${tree}\nparent ${parent}\nauthor ${who}\ncommitter ${who}\n\nOdd ${at}\n`
    const id = (await runGit(dir, ['hash-object', '-t', 'commit', '-w', '--stdin', '--literally'], { input })).trim()
    await runGit(dir, ['update-ref', `refs/tags/odd-${at}`, id])
    await runGit(dir, ['update-ref', 'refs/heads/main', id])
    parent = id
  }
  for (const [path, length] of [
    ['repository/commits', 7],
    ['repository/tags', 6],
    ['repository/tags?order_by=version', 6],
  ] as const) {
    const { status, body } = await rest(app, 'GET', `/projects/${own.project.id}/${path}`)
    expect([path, status, body.length]).toEqual([path, 200, length])
    for (const row of body) expect(row.created_at ?? row.commit.created_at).toMatch(/^\d{4}-\d\d-\d\dT.*[+-]\d\d:\d\d$/)
  }
  expect(errors()).toEqual([])
})

// Pages of tags, branches, commits, folders and comparisons: for those who read the code, and not found for everybody else.
import { beforeAll, describe, expect, test } from 'vitest'
import { runGit } from '../../../src/git/git.ts'
import { useApp } from '../../support/app.ts'
import * as create from '../../support/factories.ts'
import { createRepository } from '../../support/git.ts'
import { createWorld, type ViewerName, viewers, type World } from '../../support/world.ts'
import { rest } from '../rest/client.ts'
import { BROWSER, web, wholeAnswer } from './web-client.ts'

const app = useApp()

/** A mark in every ref, which no answer may show to a viewer without code access. */
const MARK = 'zqx'
const TAG = `${MARK}/v1.0.0`
const STRANGE = [
  `${MARK}#1`,
  `${MARK}%41`,
  `${MARK}-ünï/☃`,
  `${MARK}/${'a'.repeat(200)}/${'b'.repeat(95)}`,
  'new',
  `${MARK}&"<b>`,
]

let world: World
let commits: string[] = []
beforeAll(async () => {
  const messages = Array.from({ length: 25 }, (_, at) =>
    at === 24 ? 'Last <b>one</b>\n\nWith a body\n' : `Commit ${at}\n`,
  )
  world = await createWorld(app, {
    project: { visibility: 'private' },
    tag: TAG,
    repository: {
      commits: messages,
      tags: [TAG, { name: `${MARK}/told`, commit: 3, message: 'Annotated words\n' }, ...STRANGE],
      branches: [`${MARK}/fix#1`, `${MARK}/plain`],
    },
  })
  const { body } = await rest(app, 'GET', `/projects/${world.project.id}/repository/commits?per_page=100`, {
    token: world.tokens.owner,
  })
  commits = body.map(({ id }: { id: string }) => id)
})

const open = (path: string, viewer: ViewerName = 'reporter') =>
  web(app, world, path, { token: world.tokens[viewer], headers: BROWSER })
const textOf = async (path: string, viewer: ViewerName = 'reporter') => (await open(path, viewer)).text()
const status = async (path: string, viewer: ViewerName = 'reporter') =>
  (await wholeAnswer(await open(path, viewer))).status
const unescaped = (text: string) =>
  text.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
const hrefsOn = (text: string) => [...text.matchAll(/<a href="([^"]+)"/g)].map(([, found = '']) => unescaped(found))
const follow = async (address: string) => {
  const headers = { ...BROWSER, 'private-token': world.tokens.reporter ?? '' }
  return wholeAnswer(await fetch(new URL(address, `${app.url}/`), { headers, redirect: 'manual' }))
}

describe('tags', () => {
  test('every tag is listed and has a page, whatever its name is', async () => {
    const list = await textOf('tags?sort=NAME_ASC')
    expect(list).toContain('Annotated words')
    for (const name of [TAG, ...STRANGE]) {
      const address = `${app.url}/${world.project.fullPath}/-/tags/${encodeURIComponent(name)}`
      expect(hrefsOn(list)).toContain(address)
      const { status, text } = await follow(address)
      expect([name, status]).toEqual([name, 200])
      expect(unescaped(text)).toContain(`<h1>${name}`)
    }
  })

  test('the slashes of a tag need not be encoded', async () => {
    expect(await textOf(`tags/${TAG}`)).toBe(await textOf(`tags/${encodeURIComponent(TAG)}/`))
  })

  test('the page of a tag shows its release with notes, its commit, archives and files', async () => {
    const text = await textOf(`tags/${TAG}`)
    for (const fact of ['First light', 'It works.', `/-/commit/${commits[0]}`, '.tar.gz"']) expect(text).toContain(fact)
    for (const address of hrefsOn(text.slice(text.indexOf('<h1>'), text.indexOf('<footer>')))) {
      expect([address, (await follow(address)).status]).toEqual([address, 200])
    }
  })

  test('tags are searched, sorted and protected', async () => {
    const json = { name: `${MARK}/t*`, create_access_level: 40 }
    const made = await rest(app, 'POST', `/projects/${world.project.id}/protected_tags`, {
      token: world.tokens.owner,
      json,
    })
    expect(made.status).toBe(201)
    const names = (text: string) => [...text.matchAll(/<li><h2><a href="[^"]+">([^<]+)/g)].map(([, name]) => name)
    const told = await textOf('tags?search=TOLD')
    expect(names(told)).toEqual([`${MARK}/told`])
    expect(told).toContain('Protected')
    expect(names(await textOf('tags?search=nothing'))).toEqual([])
    expect(names(await textOf('tags?sort=UPDATED_ASC'))[0]).toBe(`${MARK}/told`)
  })

  test('what is no tag is not found', async () => {
    for (const path of ['tags/missing', `tags/${MARK}`, `tags/${'a'.repeat(300)}`, 'tags/a%2F%2Fb', 'tags/@%7B1%7D']) {
      expect([path, await status(path)]).toEqual([path, 404])
    }
    expect(await status('tags/a%2F..%2Fb')).toBe(400)
    expect(await status(`tags/${'a'.repeat(1025)}`)).toBe(400)
  })
})

describe('branches', () => {
  test('branches are listed, and lead to their files and commits, whatever their names are', async () => {
    const text = await textOf('branches')
    expect(text).toContain('Default')
    const addresses = hrefsOn(text).filter((address) => /\/-\/(?:tree|commits)\/./.test(address))
    expect(addresses).toContain(`${app.url}/${world.project.fullPath}/-/tree/${MARK}/fix%231`)
    for (const address of addresses) expect([address, (await follow(address)).status]).toEqual([address, 200])
    const { body } = await rest(app, 'GET', `/projects/${world.project.id}/repository/branches`, {
      token: world.tokens.reporter,
    })
    for (const { web_url } of body) expect([web_url, (await follow(web_url)).status]).toEqual([web_url, 200])
    expect(await status('branches/all')).toBe(200)
    expect(await textOf('branches?search=plain')).not.toContain('fix#1')
  })
})

describe('commits', () => {
  test('the commits of a ref are listed in pages, and of a path', async () => {
    const titles = (text: string) => [...text.matchAll(/<li><p><a href="[^"]+">([^<]+)/g)].map(([, title]) => title)
    for (const ref of ['', '/main', `/${TAG}`, `/${commits[0]}`, `/${encodeURIComponent(TAG)}/file.txt`]) {
      const shown = titles(await textOf(`commits${ref}`))
      expect([ref, shown.length, shown[0]]).toEqual([ref, 20, 'Last &lt;b&gt;one&lt;/b&gt;'])
    }
    expect(titles(await textOf('commits/main?page=2'))).toHaveLength(5)
    expect(titles(await textOf('commits/main/missing.txt'))).toEqual([])
    expect(await status('commits/missing')).toBe(404)
  })

  test('a commit is shown with message, people, change and releases, and runs nothing', async () => {
    const text = await textOf(`commit/${commits[0]}`)
    for (const fact of [
      'With a body',
      'Ada Example',
      'Ben Example',
      'file.txt',
      '+24',
      'First light',
      commits[1] ?? '-',
    ]) {
      expect(text).toContain(fact)
    }
    expect(text).not.toContain('<b>one')
    expect(await textOf(`commit/${commits.at(-1)}`)).toContain('(new)')
    expect(await status(`commit/${'0'.repeat(40)}`)).toBe(404)
  })

  test('changes are bounded in files and in characters, and say so', async () => {
    const dir = app.repositories.directory(world.project.id)
    const commit = async (branch: string, files: number, text: string) => {
      const changed = Array.from({ length: files }, (_, at) => `M 100644 inline ${at}\ndata ${text.length}\n${text}\n`)
      const about = `commit refs/heads/${branch}\ncommitter A <a@example.com> 1700000000 +0000\ndata 1\nx\n`
      await runGit(dir, ['fast-import', '--quiet', '--done'], { input: `${about}${changed.join('')}done\n` })
    }
    await commit('wide', 101, 'a\n')
    const wide = await textOf('commit/wide')
    expect([wide.match(/<details/g)?.length, wide.includes('There are more changes')]).toEqual([100, true])
    await commit('long', 3, `${'a'.repeat(199)}\n`.repeat(1000))
    const long = await textOf('commit/long')
    expect([long.length < 510_000, long.match(/too long/g)?.length]).toEqual([true, 1])
    expect(long).not.toContain('There are more changes')
  })

  test('two refs are compared by their commits and changes', async () => {
    const text = await textOf(`compare/${commits[3]}...${TAG}`)
    for (const fact of ['Last &lt;b&gt;one', 'Commit 23', '+24', '-21']) expect(text).toContain(fact)
    expect(text).not.toContain('>Commit 20<')
    const { body } = await rest(
      app,
      'GET',
      `/projects/${world.project.id}/repository/compare?from=${commits[1]}&to=main`,
      {
        token: world.tokens.reporter,
      },
    )
    expect((await follow(body.web_url)).status).toBe(200)
    for (const path of ['compare/main', 'compare/main...missing', 'compare/missing...main', 'compare/...']) {
      expect([path, await status(path)]).toEqual([path, 404])
    }
  })
})

test('a folder lists its files, which lead to their pages', async () => {
  for (const ref of ['', `/${TAG}`, `/${encodeURIComponent(TAG)}`, `/${commits[0]}`]) {
    const [address = ''] = hrefsOn(await textOf(`tree${ref}`)).filter((found) => found.includes('/-/blob/'))
    expect([ref, (await follow(address)).status]).toEqual([ref, 200])
  }
  for (const path of ['tree/missing', 'tree/main/missing', 'tree/main/file.txt', `tree/${'a/'.repeat(100)}b`]) {
    expect([path, await status(path)]).toEqual([path, 404])
  }
})

test('every address of tags and commits that a release gives out answers', async () => {
  const { body } = await rest(app, 'GET', `/projects/${world.project.id}/releases/${encodeURIComponent(TAG)}`, {
    token: world.tokens.reporter,
  })
  for (const address of [body.commit_path, body.tag_path, body.commit.web_url]) {
    expect([address, (await follow(address)).status]).toEqual([address, 200])
  }
})

describe.each(viewers)('to %s', (viewer) => {
  const readsCode = !['anonymous', 'stranger', 'guest', 'planner'].includes(viewer)
  const paths = (ref: string, sha: string) => [
    ...['tags', 'branches', 'branches/all', 'commits', 'tree', `tags/${ref}`, `commits/${ref}`, `tree/${ref}`],
    ...[`commit/${sha}`, `compare/${ref}...${ref}`, `tags?search=${ref}`],
  ]

  test('every page is found with code access alone, and tells nothing of a ref without it', async () => {
    const missing = paths('abc/v1.0.0', '0'.repeat(40))
    for (const [at, path] of paths(TAG, commits[0] ?? '').entries()) {
      const answer = await wholeAnswer(await open(path, viewer))
      expect([path, answer.status]).toEqual([path, readsCode ? 200 : 404])
      if (readsCode) continue
      expect(answer).toEqual(await wholeAnswer(await open(missing[at] ?? '', viewer)))
      expect(JSON.stringify(answer)).not.toContain(MARK)
    }
  })
})

test('the lists take as many statements for many tags as for few, and a project without a repository has none', async () => {
  const count = async (tags: number) => {
    const project = await create.createProject()
    const names = Array.from({ length: tags }, (_, at) => `v${at}`)
    await createRepository(app.repositories.directory(project.id), { tags: names })
    for (const tag of names) await create.createRelease(project, { tag })
    const read = async (path: string) =>
      (await app.statementsOf(async () => (await web(app, { project }, path)).text())).length
    return [await read('tags'), await read('branches'), await read('tags/v0'), await read('commits')]
  }
  expect(await count(15)).toEqual(await count(2))
  const bare = { project: await create.createProject() }
  for (const path of ['tags', 'branches']) expect([path, (await web(app, bare, path)).status]).toEqual([path, 200])
  for (const path of ['tags/v1', 'commits', 'commit/main', 'tree', 'compare/a...b']) {
    expect([path, (await web(app, bare, path)).status]).toEqual([path, 404])
  }
})

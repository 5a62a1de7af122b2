import { gunzipSync } from 'node:zlib'
import { beforeAll, describe, expect, test } from 'vitest'
import { initRepository } from '../../../src/git/mirror-repository.ts'
import { useApp } from '../../support/app.ts'
import * as create from '../../support/factories.ts'
import { createWorld, viewers, type World } from '../../support/world.ts'
import { namesInTar, namesInZip, writeFiles } from '../pages/archive-world.ts'

const app = useApp()
const TAG = 'lib/v1'

let world: World
let sha: string
beforeAll(async () => {
  world = await createWorld(app, { project: { visibility: 'private' }, tag: TAG })
  const files = { 'a/b/one.txt': '1', 'a/two.txt': '2', 'docs/x.md': '3', 'docs[1]/y.md': '4' }
  sha = await writeFiles(app.repositories.directory(world.project.id), TAG, files)
})

const get = (path: string, token = world.tokens.reporter, init: RequestInit = {}) =>
  fetch(`${app.url}/api/v4/projects/${world.project.id}/repository/archive${path}`, {
    ...init,
    headers: token ? { 'private-token': token } : {},
  })
const fileNameOf = ({ headers }: Response) => /filename="(.*?)"/.exec(headers.get('content-disposition') ?? '')?.[1]
const bytesOf = async (response: Response) => Buffer.from(await response.arrayBuffer())

test('the archive of the default branch is a tar.gz, named by project, branch and commit', async () => {
  const response = await get('')
  const name = `${world.project.path}-main-${sha}`
  expect([response.status, fileNameOf(response)]).toEqual([200, `${name}.tar.gz`])
  const names = namesInTar(gunzipSync(await bytesOf(response)))
  expect(names[0]).toBe(`${name}/`)
  expect(names).toContain(`${name}/a/b/one.txt`)
})

describe('the format of an archive', () => {
  test.each([
    ['.zip', 'zip'],
    ['.tar', 'tar'],
    ['.tgz', 'tar.gz'],
    ['.tar.gz', 'tar.gz'],
    ['.tbz2', 'tar.bz2'],
    ['?format=zip', 'zip'],
    ['?format=tbz', 'tar.bz2'],
    ['?format=', 'tar.gz'],
  ])('the format of an archive may be given as %s', async (path, format) => {
    const response = await get(path, world.tokens.reporter, { method: 'HEAD' })
    expect([response.status, fileNameOf(response)]).toEqual([200, `${world.project.path}-main-${sha}.${format}`])
  })

  test('an unknown format is refused', async () => {
    expect((await get('.rar')).status).toBe(404)
    expect((await get('?format=rar')).status).toBe(400)
  })
})

describe('the contents of an archive', () => {
  test.each([
    ['a tag', `sha=${encodeURIComponent(TAG)}`, () => `lib-v1-${sha}`],
    ['a commit', 'sha=<sha>', () => `${sha}-${sha}`],
    ['a short commit', 'sha=<short>', () => `${sha.slice(0, 8)}-${sha}`],
  ])('an archive may be of %s, and its name always has the commit', async (_name, query, expected) => {
    const asked = query.replace('<sha>', sha).replace('<short>', sha.slice(0, 8))
    const response = await get(`.zip?${asked}`)
    expect([response.status, fileNameOf(response)]).toEqual([200, `${world.project.path}-${expected()}.zip`])
  })

  test('an archive may hold one folder, and may leave folders out', async () => {
    const filesOf = async (query: string) => {
      const response = await get(`.zip?${query}`)
      expect(response.status).toBe(200)
      const [folder = '', ...names] = namesInZip(await bytesOf(response))
      return names.map((name) => name.slice(folder.length)).filter((name) => !name.endsWith('/'))
    }
    expect(await filesOf('path=a/b')).toEqual(['a/b/one.txt'])
    expect(await filesOf('path=a&exclude_paths=a/b')).toEqual(['a/two.txt'])
    expect(await filesOf('exclude_paths=a,docs')).toEqual(['docs[1]/y.md'])
    expect(await filesOf(`exclude_paths=${encodeURIComponent('docs[1],/a/,')}`)).toEqual(['docs/x.md'])
    expect(fileNameOf(await get('.zip?path=a/b'))).toBe(`${world.project.path}-main-${sha}-a-b.zip`)
  })

  test.each(['sha=none', 'path=none', 'path=../a', `sha=${'0'.repeat(40)}`, 'sha=--output%3Dx'])(
    '%s, which leads to nothing, answers 404',
    async (query) => {
      const response = await get(`.zip?${query}`)
      expect([response.status, await response.json()]).toEqual([404, { message: '404 File Not Found' }])
    },
  )

  test.each([
    'exclude_paths=a,docs,docs[1]',
    'path=a&exclude_paths=a',
    'path=a/two.txt&exclude_paths=a/two.txt',
    'path=a&exclude_paths=a/b/one.txt,a/two.txt',
  ])('%s, which leaves nothing, is refused with the reason', async (query) => {
    for (const ending of ['', '.zip']) {
      const response = await get(`${ending}?${query}`)
      const told = { message: 'exclude_paths leaves nothing of these sources' }
      expect([response.status, await response.json()]).toEqual([400, told])
    }
  })

  test('a client that has the archive gets 304', async () => {
    const url = `${app.url}/api/v4/projects/${world.project.id}/repository/archive.zip`
    const headers = { 'private-token': world.tokens.reporter ?? '', 'if-none-match': `"${sha}.zip"` }
    expect((await fetch(url, { headers })).status).toBe(304)
  })
})

test('only viewers who may read the code get the archive', async () => {
  for (const viewer of viewers) {
    const expected = ['anonymous', 'stranger'].includes(viewer)
      ? 404
      : ['guest', 'planner'].includes(viewer)
        ? 403
        : 200
    for (const path of ['', '.zip', '.zip?sha=none']) {
      const { status } = await get(path, world.tokens[viewer])
      expect([viewer, path, status]).toEqual([viewer, path, expected === 200 && path.includes('none') ? 404 : expected])
    }
  }
})

test('a repository without commits has no archive', async () => {
  const empty = await create.createProject()
  await initRepository(app.repositories.directory(empty.id))
  const response = await fetch(`${app.url}/api/v4/projects/${empty.id}/repository/archive`)
  expect([response.status, await response.json()]).toEqual([404, { message: '404 File Not Found' }])
})

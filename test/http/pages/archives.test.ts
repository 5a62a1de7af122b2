import { access, readdir, rm } from 'node:fs/promises'
import { request } from 'node:http'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { runGit } from '../../../src/git/git.ts'
import { type Archive, keyOf } from '../../../src/modules/archives/archive.ts'
import { useApp } from '../../support/app.ts'
import * as create from '../../support/factories.ts'
import { createWorld, type ViewerName, viewers, type World } from '../../support/world.ts'
import { rest } from '../rest/client.ts'
import { formats, namesInTar, namesInZip, unbzip2, writeFiles } from './archive-world.ts'

const app = useApp()
const TAG = 'debian/2.4.0-1'

let world: World
let sha: string
let files: Record<string, string>
beforeAll(async () => {
  world = await createWorld(app, { tag: TAG })
  const dir = app.repositories.directory(world.project.id)
  files = {
    'README.md': 'Read me\n',
    'src/ä b.txt': 'x\n',
    secret: 'not for archives\n',
    '.gitattributes': 'secret export-ignore\n',
  }
  sha = await writeFiles(dir, TAG, files)
  await runGit(dir, ['update-ref', 'refs/heads/feature/one', sha])
  await runGit(dir, ['update-ref', `refs/heads/${TAG}`, `${sha}~0`])
})

const as = (token: string | null): Record<string, string> => (token ? { 'private-token': token } : {})
const urlOf = ({ project }: World, path: string) => `${app.url}/${project.fullPath}/-/archive/${path}`
const get = (url: string, headers: Record<string, string> = {}, method = 'GET') => fetch(url, { method, headers })
const bytesOf = async (response: Response) => Buffer.from(await response.arrayBuffer())
const archiveOf = (format: Archive['format']): Archive => {
  const repository = app.repositories.directory(world.project.id)
  return { repository, sha, format, name: nameOf(sha) }
}
const nameOf = (...parts: string[]) => [world.project.path, ...parts].join('-').replaceAll('/', '-')

/** Sends the path as it is written, because a client would tidy it up. */
const statusOfRaw = (path: string): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(app.url)
    request({ hostname, port, path }, (response) => resolve(response.resume().statusCode))
      .on('error', reject)
      .end()
  })

test('the URLs that a release names lead to its sources, in a folder', async () => {
  const { body } = await rest(app, 'GET', `/projects/${world.project.id}/releases`)
  const folder = `${nameOf(TAG)}/`
  const names = [folder, `${folder}.gitattributes`, `${folder}README.md`, `${folder}src/`, `${folder}src/ä b.txt`]
  const read = {
    zip: namesInZip,
    'tar.gz': (bytes: Buffer) => namesInTar(gunzipSync(bytes)),
    'tar.bz2': (bytes: Buffer) => namesInTar(unbzip2(bytes)),
    tar: namesInTar,
  }
  const sources: { format: keyof typeof read; url: string }[] = body[0].assets.sources
  expect(sources.map(({ format }) => format)).toEqual(Object.keys(read))
  for (const { format, url } of sources.filter((source) => formats.includes(source.format))) {
    const response = await get(url)
    expect(response.status).toBe(200)
    expect(read[format](await bytesOf(response))).toEqual(names)
  }
})

describe('the ref of an archive', () => {
  test.each([
    ['a tag, plain', TAG, TAG],
    ['a tag, encoded', encodeURIComponent(TAG), TAG],
    ['a tag, with encoded dots', 'debian/2%2E4%2E0-1', TAG],
    ['a branch', 'main', 'main'],
    ['a branch with a slash', 'feature/one', 'feature/one'],
  ])('the ref of an archive may be %s', async (_name, path, ref) => {
    const response = await get(urlOf(world, `${path}/any.tar`))
    expect(response.status).toBe(200)
    expect(namesInTar(await bytesOf(response))[0]).toBe(`${nameOf(ref, sha)}/`)
    expect(response.headers.get('content-disposition')).toContain(`filename="${nameOf(ref, sha)}.tar"`)
  })

  test('the ref of an archive may be a commit, whole or abbreviated', async () => {
    for (const ref of [sha, sha.slice(0, 10)]) {
      const response = await get(urlOf(world, `${ref}/x.zip`))
      expect([response.status, response.headers.get('etag')]).toEqual([200, `"${sha}.zip"`])
    }
  })

  test('the ref of an archive is the tag when a branch has the same name', async () => {
    const dir = app.repositories.directory(world.project.id)
    const [other = ''] = (await runGit(dir, ['commit-tree', `${sha}^{tree}`, '-m', 'other'])).split('\n')
    await runGit(dir, ['update-ref', 'refs/heads/both', other])
    await runGit(dir, ['update-ref', 'refs/tags/both', sha])
    expect((await get(urlOf(world, 'both/x.zip'), {}, 'HEAD')).headers.get('etag')).toBe(`"${sha}.zip"`)
  })

  test.each([
    'missing/x.zip',
    'main/x.rar',
    'main/zip',
    'x.zip',
    'main~0/x.zip',
    '--output=x/x.zip',
    'a%00b/x.zip',
    'main/',
  ])('an archive at %s is not found', async (path) => {
    const response = await get(urlOf(world, path))
    expect([response.status, await response.text()]).toEqual([404, '{"message":"404 Not Found"}'])
  })

  test.each(['..%2Fmain/x.zip', 'main/..%2F..%2Fx.zip', '%ff/x.zip'])('an archive at %s is refused', async (path) => {
    expect((await get(urlOf(world, path))).status).toBe(400)
  })

  test('an archive is refused when the path climbs, however the path is written', async () => {
    const base = `/${world.project.fullPath}/-/archive`
    for (const path of [`${base}/a/../main/x.zip`, `${base}/a/%2e%2E/main/x.zip`]) {
      expect(await statusOfRaw(path)).toBe(400)
    }
  })
})

const fileNameOf = (response: Response) =>
  /filename="(.*?)"/.exec(response.headers.get('content-disposition') ?? '')?.[1]

describe('the name of the file and of the folder in it', () => {
  const own = () => nameOf(TAG)
  test.each<[string, () => string, () => string]>([
    ['is our own where the client names it so', () => `${TAG}/${own()}.tar`, own],
    ['has the commit where one segment is the ref', () => `${encodeURIComponent(TAG)}.tar`, () => nameOf(TAG, sha)],
    ['has the commit where the client names it otherwise', () => `${TAG}/x.tar`, () => nameOf(TAG, sha)],
    ['has no commit twice', () => `${sha}.tar`, () => nameOf(sha)],
    ['has the commit twice where that is asked for', () => `${sha}.tar?append_sha=true`, () => nameOf(sha, sha)],
    ['has the commit whatever is asked', () => `${TAG}/x.tar?append_sha=false`, () => nameOf(TAG, sha)],
    ['is our own whatever is asked', () => `${TAG}/${own()}.tar?append_sha=true`, own],
    ['has the whole id of a short one', () => `${sha.slice(0, 9)}.tar`, () => nameOf(sha.slice(0, 9), sha)],
    ['has the full name of a ref', () => `refs/tags/${TAG}/x.tar`, () => nameOf('refs/tags', TAG, sha)],
    ['ends with the path', () => `${TAG}/${own()}.tar?path=src`, () => nameOf(TAG, 'src')],
    ['ends with the path, behind the commit', () => 'main.tar?path=/src/', () => nameOf('main', sha, 'src')],
  ])('the name %s', async (_name, path, expected) => {
    const response = await get(urlOf(world, path()))
    expect([response.status, fileNameOf(response)]).toEqual([200, `${expected()}.tar`])
    expect(namesInTar(await bytesOf(response))[0]).toBe(`${expected()}/`)
  })

  test.each([
    ['tgz', 'tar.gz'],
    ['gz', 'tar.gz'],
    ...(formats.includes('tar.bz2') ? ['tbz', 'tbz2', 'tb2', 'bz2'].map((ending) => [ending, 'tar.bz2']) : []),
  ])('the name of the file for the ending %s has the format that the ending means', async (ending, format) => {
    const response = await get(urlOf(world, `main.${ending}`), {}, 'HEAD')
    expect([response.status, fileNameOf(response)]).toEqual([200, `${nameOf('main', sha)}.${format}`])
  })
})

describe('an archive of a path', () => {
  test.each([
    ['of a folder', 'src', ['src/', 'src/ä b.txt']],
    ['of a file', encodeURIComponent('src/ä b.txt'), ['src/', 'src/ä b.txt']],
    ['that is empty', '', ['.gitattributes', 'README.md', 'src/', 'src/ä b.txt']],
  ])('an archive of a path %s leaves the rest out', async (_name, path, files) => {
    const response = await get(urlOf(world, `${TAG}/${nameOf(TAG)}.tar?path=${path}`))
    const [folder, ...names] = namesInTar(await bytesOf(response))
    expect(names.map((name) => name.slice(folder?.length))).toEqual(files)
  })

  test.each([
    'none',
    'src/none',
    '..',
    'src/../src',
    '*',
    ':(glob)**',
    ':/',
    'README.md/x',
    'a%00',
    `${'x'.repeat(2000)}`,
  ])('an archive of the path %s is not found', async (path) => {
    const response = await get(urlOf(world, `main.zip?path=${path.includes('%') ? path : encodeURIComponent(path)}`))
    expect([response.status, await response.text()]).toEqual([404, '{"message":"404 Not Found"}'])
  })
})

test('a full ID is the commit, even when a tag has that name', async () => {
  const dir = app.repositories.directory(world.project.id)
  const other = (await runGit(dir, ['commit-tree', `${sha}^{tree}`, '-m', 'called'])).trim()
  await runGit(dir, ['update-ref', `refs/tags/${other}`, sha])
  expect((await get(urlOf(world, `${other}.zip`), {}, 'HEAD')).headers.get('etag')).toBe(`"${other}.zip"`)
})

describe('the answer with an archive', () => {
  test.each(formats)('the answer for %s has its type, and is not sent again', async (format) => {
    const types = { zip: 'zip', 'tar.gz': 'gzip', 'tar.bz2': 'x-bzip2', tar: 'x-tar' }
    const url = urlOf(world, `${TAG}/x.${format}`)
    const { headers } = await get(url)
    expect(headers.get('content-type')).toBe(`application/${types[format]}`)
    expect(headers.get('cache-control')).toBe('private, no-cache')
    expect(headers.get('etag')).toBe(`"${sha}.${format}"`)
    const again = await get(url, { 'if-none-match': headers.get('etag') ?? '' })
    expect([again.status, await again.text(), again.headers.get('etag')]).toEqual([304, '', headers.get('etag')])
  })

  test('the answer to HEAD has the headers alone, and makes no archive', async () => {
    const other = await createWorld(app)
    const url = urlOf(other, 'v1.0.0/x.tar.gz')
    const kept = (await readdir(app.archivesDir)).length
    const head = await get(url, {}, 'HEAD')
    expect([head.status, head.headers.get('content-length')]).toEqual([200, null])
    expect(await readdir(app.archivesDir)).toHaveLength(kept)
    const { length } = await bytesOf(await get(url))
    await vi.waitFor(async () => expect(await readdir(app.archivesDir)).toHaveLength(kept + 1))
    expect((await get(url, {}, 'HEAD')).headers.get('content-length')).toBe(String(length))
  })

  test.each(formats)('the archive in %s has the same bytes when it is made again elsewhere', async (format) => {
    const url = urlOf(world, `${sha}/x.${format}`)
    const first = await bytesOf(await get(url))
    const file = join(app.archivesDir, keyOf(archiveOf(format)))
    await vi.waitFor(() => rm(file))
    vi.stubEnv('TZ', 'Asia/Tokyo')
    onTestFinished(() => void vi.unstubAllEnvs())
    expect((await bytesOf(await get(url))).equals(first)).toBe(true)
    await vi.waitFor(() => access(file))
    const kept = await get(url)
    expect(kept.headers.get('content-length')).toBe(String(first.length))
    expect((await bytesOf(kept)).equals(first)).toBe(true)
  })
})

describe('the right to get sources', () => {
  const readers: [string, Record<string, 'private' | 'internal'>, readonly ViewerName[]][] = [
    ['private', { visibility: 'private' }, ['reporter', 'developer', 'maintainer', 'owner']],
    ['internal', { visibility: 'internal' }, viewers.slice(1)],
    ['public, with a repository for members', { repositoryLevel: 'private' }, viewers.slice(2)],
  ]

  test.each(readers)(
    'each viewer who may read the code of a project that is %s gets its sources',
    async (_name, project, allowed) => {
      const closed = await createWorld(app, { project })
      for (const viewer of viewers) {
        const headers = as(closed.tokens[viewer])
        const answers = await Promise.all(
          ['v1.0.0/x.zip', 'main/x.zip', 'missing/x.zip'].map(async (path) => {
            const response = await get(urlOf(closed, path), headers)
            const seen = [...response.headers].filter(([name]) => !/^(?:date|x-request-id|ratelimit-.*)$/.test(name))
            return { status: response.status, seen, text: await response.text() }
          }),
        )
        const [found, branch, missing] = answers
        expect(missing?.status).toBe(404)
        if (allowed.includes(viewer)) expect([found?.status, branch?.status]).toEqual([200, 200])
        else expect([found, branch]).toEqual([missing, missing])
      }
    },
  )

  test('a viewer gets the sources with a token as a parameter as well, which is not logged', async () => {
    const closed = await createWorld(app, { project: { visibility: 'private' } })
    const url = (token: string | null) => urlOf(closed, `main/x.zip?private_token=${token}`)
    expect((await get(url(closed.tokens.reporter))).status).toBe(200)
    expect((await get(url('wbt_wrong'))).status).toBe(401)
    expect(JSON.stringify(app.logged())).not.toContain(closed.tokens.reporter)
  })

  test('nobody gets the sources of a repository that is switched off or gone', async () => {
    const off = await createWorld(app, { project: { repositoryLevel: 'disabled' } })
    expect((await get(urlOf(off, 'main/x.zip'), as(off.tokens.owner))).status).toBe(404)
    const project = await create.createProject()
    expect((await get(`${app.url}/${project.fullPath}/-/archive/main/x.zip`)).status).toBe(404)
  })
})

import { createHash } from 'node:crypto'
import { beforeAll, expect, test } from 'vitest'
import { runGit } from '../../../src/git/git.ts'
import { initRepository } from '../../../src/git/mirror-repository.ts'
import { watchProcesses } from '../../git/pool-world.ts'
import { useApp } from '../../support/app.ts'
import * as create from '../../support/factories.ts'
import { createWorld, viewers, type World } from '../../support/world.ts'
import { encoded, rest } from './client.ts'

const app = useApp()

const data = (content: Buffer) => Buffer.concat([Buffer.from(`data ${content.length}\n`), content, Buffer.from('\n')])

/** A commit with files, by mode and path. A path may be bytes that are not UTF-8. */
const commitOf = (
  branch: string,
  from: string | null,
  files: readonly [mode: string, path: Buffer, content: Buffer][],
) =>
  Buffer.concat([
    Buffer.from(`commit refs/heads/${branch}\ncommitter Ada <ada@example.com> 1704067200 +0000\n`),
    data(Buffer.from(`Commit of ${branch}\n`)),
    Buffer.from(from === null ? '' : `from ${from}\n`),
    ...files.flatMap(([mode, path, content]) => {
      const isLink = mode === '160000'
      const head = Buffer.from(`M ${mode} ${isLink ? content.toString() : 'inline'} `)
      return [head, path, Buffer.from('\n'), isLink ? Buffer.alloc(0) : data(content)]
    }),
    Buffer.from('\n'),
  ])

const bytes = (text: string) => Buffer.from(text, 'latin1')
const BINARY = Buffer.from([0, 255, 1, 254, 10, 0])
const LARGE = 10 * 1024 ** 2

const odd: [string, Buffer, Buffer][] = [
  ['100644', bytes('binary.dat'), BINARY],
  ['100755', bytes('bin/run.sh'), bytes('#!/bin/sh\n')],
  ['100644', bytes('docs/deep/a b.md'), bytes('# Hello\n')],
  ['100644', Buffer.from('docs/größe.txt'), Buffer.from('größe\n')],
  ['120000', bytes('link'), bytes('/etc/passwd')],
  ['160000', bytes('module'), bytes('1234567890123456789012345678901234567890')],
  ['100644', bytes('bad\xff.txt'), bytes('bytes\n')],
  ['100644', bytes('-o'), bytes('option\n')],
  ['100644', bytes('page.html'), bytes('<script>alert(1)</script>')],
]

let world: World
let hidden: World

const write = (dir: string, ...commits: Buffer[]) =>
  runGit(dir, ['-c', 'core.fsync=none', 'fast-import', '--quiet', '--done'], {
    input: Buffer.concat([...commits, Buffer.from('done\n')]),
  })

beforeAll(async () => {
  world = await createWorld(app, { project: { visibility: 'public' } })
  hidden = await createWorld(app, { project: { visibility: 'private' } })
  for (const { project } of [world, hidden]) {
    const dir = app.repositories.directory(project.id)
    await write(dir, commitOf('odd', 'refs/heads/main^0', odd))
  }
}, 60_000)

const get = (path: string, { method = 'GET', of = world, token = null as string | null } = {}) =>
  rest(app, method, `/projects/${of.project.id}/repository${path}`, { token })

const file = (path: string, ref = 'odd') => get(`/files/${encoded(path)}?ref=${encoded(ref)}`)
const shaOf = async (ref: string) =>
  (await runGit(app.repositories.directory(world.project.id), ['rev-parse', ref])).trim()

test('a file is answered with its facts, in the body and in headers, and HEAD has the headers alone', async () => {
  const { status, body, headers } = await file('docs/größe.txt')
  const content = Buffer.from('größe\n')
  const sha256 = createHash('sha256').update(content).digest('hex')
  const commit = await shaOf('odd')
  expect([status, body]).toEqual([
    200,
    {
      ...{ file_name: 'größe.txt', file_path: 'docs/größe.txt', size: 8, encoding: 'base64', content_sha256: sha256 },
      ...{ ref: 'odd', blob_id: await shaOf('odd:docs/größe.txt'), commit_id: commit, last_commit_id: commit },
      ...{ execute_filemode: false, content: content.toString('base64') },
    },
  ])
  expect(Buffer.from(headers.get('x-gitlab-file-name') ?? '', 'latin1').toString()).toBe('größe.txt')
  const head = await get(`/files/${encoded('bin/run.sh')}?ref=odd`, { method: 'HEAD' })
  expect([head.status, head.headers.get('x-gitlab-execute-filemode'), head.headers.get('x-gitlab-size')]).toEqual([
    ...[200, 'true', '10'],
  ])
  expect(head.text.endsWith('\n\n')).toBe(true)
  expect((await file('file.txt', 'main')).body.last_commit_id).toBe(await shaOf('main'))
  expect((await file('file.txt', 'HEAD')).body).toMatchObject({ ref: 'HEAD', commit_id: await shaOf('main') })
})

test('a binary file, a link and a name like an option are files, and a folder and a submodule are none', async () => {
  expect((await file('binary.dat')).body.content).toBe(BINARY.toString('base64'))
  expect(Buffer.from((await file('link')).body.content, 'base64').toString()).toBe('/etc/passwd')
  expect((await file('-o')).body.size).toBe(7)
  for (const path of [
    'docs',
    'module',
    'none',
    'docs/',
    'docs//deep',
    './file.txt',
    '/etc/passwd',
    '/file.txt',
    ':(top)x',
    '*',
  ]) {
    const { status, body } = await file(path)
    expect([path, status, body]).toEqual([path, 404, { message: '404 File Not Found' }])
  }
})

async function fetchRaw(path: string) {
  const response = await fetch(`${app.url}/api/v4/projects/${world.project.id}/repository${path}`)
  return { response, content: Buffer.from(await response.arrayBuffer()) }
}

test('raw bytes are never a page', async () => {
  const page = await fetchRaw('/files/page.html/raw?ref=odd')
  expect(page.response.headers.get('content-type')).toBe('text/plain; charset=utf-8')
  expect(page.response.headers.get('x-content-type-options')).toBe('nosniff')
  const binary = await fetchRaw('/files/%2Fbinary.dat/raw?ref=odd&lfs=true')
  expect([binary.content, binary.response.headers.get('content-type')]).toEqual([BINARY, 'application/octet-stream'])
  expect(binary.response.headers.get('x-gitlab-blob-id')).toBe(await shaOf('odd:binary.dat'))
  expect((await fetchRaw('/files/file.txt/raw')).content.toString()).toBe('1\n')
  const blob = await shaOf('odd:binary.dat')
  expect((await fetchRaw(`/blobs/${blob}/raw`)).content).toEqual(BINARY)
  expect((await get(`/blobs/${blob}`)).body).toEqual({
    ...{ size: 6, encoding: 'base64', content: BINARY.toString('base64'), sha: blob },
  })
})

test('a wrong ref, a wrong path and a wrong object are refused, and none reaches git as an option', async () => {
  const refs = [
    '-o',
    '--all',
    '..',
    'HEAD~1',
    '@{upstream}',
    'main^{tree}',
    'main:file.txt',
    'x\ny',
    'x'.repeat(4096),
    'none',
  ]
  for (const ref of refs) {
    expect([ref, (await file('file.txt', ref)).status]).toEqual([ref, 404])
    expect([ref, (await get(`/tree?ref=${encoded(ref)}`)).status]).toEqual([ref, 404])
    expect([ref, (await get(`/compare?from=main&to=${encoded(ref)}`)).body]).toEqual([
      ref,
      { message: '404 Ref Not Found' },
    ])
    expect([ref, (await get(`/merge_base?refs[]=main&refs[]=${encoded(ref)}`)).status]).toEqual([ref, 400])
  }
  expect((await get('/tree?path=..')).status).toBe(400)
  for (const path of ['/tree?path=a%00b', '/files/a%00b?ref=main']) expect((await get(path)).status).toBe(404)
  for (const path of ['../x', 'a/../../x', 'a/..']) {
    expect([path, (await file(path)).status]).toEqual([path, 400])
    expect([path, (await get(`/files/${encoded(path)}/raw`)).status]).toEqual([path, 400])
    expect([path, (await get(`/tree?path=${encoded(path)}`)).status]).toEqual([path, 400])
  }
  const tooLong = 'x'.repeat(4097)
  for (const path of ['/files/file.txt', `/files/file.txt?ref=${tooLong}`, '/compare?from=main']) {
    expect([path, (await get(path)).status]).toEqual([path, 400])
  }
  const commit = await shaOf('main')
  for (const sha of ['-p', 'main', 'HEAD', commit.slice(0, 8), commit, '0'.repeat(40), `${commit}^{tree}`]) {
    const { status, body } = await get(`/blobs/${encoded(sha)}`)
    expect([sha, status, body]).toEqual([sha, 404, { message: '404 Blob Not Found' }])
  }
})

test('a tree lists folders first, and what is not UTF-8 has a blob by its id', async () => {
  const { body } = await get('/tree?ref=odd')
  expect(body.map(({ type, name, mode }: Record<string, string>) => [type, name, mode])).toEqual([
    ...[
      ['tree', 'bin', '040000'],
      ['tree', 'docs', '040000'],
      ['blob', '-o', '100644'],
      ['blob', 'bad\uFFFD.txt', '100644'],
    ],
    ...[
      ['blob', 'binary.dat', '100644'],
      ['blob', 'file.txt', '100644'],
      ['blob', 'link', '120000'],
    ],
    ...[
      ['blob', 'page.html', '100644'],
      ['commit', 'module', '160000'],
    ],
  ])
  const bad = body.find(({ name }: { name: string }) => name === 'bad\uFFFD.txt')
  expect((await file(bad.path)).status).toBe(404)
  expect(Buffer.from((await get(`/blobs/${bad.id}`)).body.content, 'base64').toString()).toBe('bytes\n')
  const docs = await get('/tree?ref=odd&path=/docs/&recursive=true')
  expect(docs.body.map(({ path }: { path: string }) => path)).toEqual([
    'docs/deep',
    'docs/deep/a b.md',
    'docs/größe.txt',
  ])
  for (const path of ['file.txt', 'none', 'module', 'docs//deep', './docs']) {
    expect([path, (await get(`/tree?ref=odd&path=${encoded(path)}`)).status]).toEqual([path, 404])
  }
})

test('a tree is read page by page, by numbers, by tokens and at once', async () => {
  const whole = (await get('/tree?ref=odd&recursive=true&pagination=none')).body
  expect(whole.length).toBe(13)
  expect((await get('/tree?ref=odd&pagination=none')).status).toBe(400)
  const second = await get('/tree?ref=odd&recursive=true&per_page=5&page=2')
  expect([second.body, second.headers.get('x-total')]).toEqual([whole.slice(5, 10), '13'])
  const read: unknown[] = []
  let next: string | undefined = '/tree?ref=odd&recursive=true&per_page=5&pagination=keyset'
  for (let pages = 0; next && pages < 5; pages++) {
    const page: Awaited<ReturnType<typeof get>> = await get(next)
    read.push(...page.body)
    next = /<[^>]*\/repository([^>]*)>; rel="next"/.exec(page.headers.get('link') ?? '')?.[1]
  }
  expect(read).toEqual(whole)
  const byId = await get(`/tree?ref=odd&recursive=true&pagination=keyset&page_token=${whole[3].id}`)
  expect(byId.body).toEqual(whole.slice(4))
  for (const token of ['none', `${whole[0].id}.7`, '0'.repeat(40), `${whole[0].id}.-1`]) {
    expect([token, (await get(`/tree?pagination=keyset&ref=odd&page_token=${token}`)).status]).toEqual([token, 400])
  }
})

test('files above 10 MiB are served raw alone, by their paths and by their ids, and files of 10 MiB in every way', async () => {
  const dir = app.repositories.directory(world.project.id)
  const files: [string, Buffer, Buffer][] = [
    ['100644', bytes('whole'), Buffer.alloc(LARGE, 'a')],
    ['100644', bytes('larger'), Buffer.alloc(LARGE + 1, 'b')],
  ]
  await write(dir, commitOf('large', null, files))
  const whole = await file('whole', 'large')
  expect([whole.status, whole.body.size, whole.body.content.length]).toEqual([200, LARGE, 4 * Math.ceil(LARGE / 3)])
  const id = await shaOf('large:larger')
  for (const path of ['/files/larger?ref=large', `/blobs/${id}`]) {
    expect([path, (await get(path)).status]).toEqual([path, 413])
  }
  const raw = await fetchRaw('/files/larger/raw?ref=large')
  expect(raw.content.equals(Buffer.alloc(LARGE + 1, 'b'))).toBe(true)
  expect(raw.response.headers.get('x-gitlab-size')).toBe(String(LARGE + 1))
  expect(raw.response.headers.get('x-gitlab-content-sha256')).toBeNull()
  const blob = await fetchRaw(`/blobs/${id}/raw`)
  expect(blob.content.equals(raw.content)).toBe(true)
  expect(blob.response.headers.get('content-type')).toBe('application/octet-stream')
  for (const path of ['/files/larger/raw?ref=large', `/blobs/${id}/raw`]) {
    const head = await get(path, { method: 'HEAD' })
    expect([head.status, head.headers.get('content-length')]).toEqual([200, String(LARGE + 1)])
  }
})

const reads = [
  ...['/tree', '/files/file.txt?ref=main', '/files/file.txt/raw', '/compare?from=main&to=odd', '/branches'],
  ...['/merge_base?refs[]=main&refs[]=odd', '/compare', '/files/..%2Fx?ref=main', '/tree?path=../x', '/branches/odd'],
]

test('a viewer without access to the code learns nothing, before parameters are read and git is started', async () => {
  const blob = await shaOf('odd:binary.dat')
  const paths = [...reads, `/blobs/${blob}`, `/blobs/${blob}/raw`, `/blobs/${'0'.repeat(40)}`]
  for (const viewer of viewers.slice(0, 4)) {
    const { started } = await watchProcesses()
    const status = ['anonymous', 'stranger'].includes(viewer) ? 404 : 403
    for (const path of paths) {
      for (const method of ['GET', 'HEAD']) {
        const answer = await get(path, { method, of: hidden, token: hidden.tokens[viewer] })
        expect([viewer, path, answer.status]).toEqual([viewer, path, status])
        expect(answer.text).not.toMatch(/odd|v1\.0\.0|x-gitlab-/)
      }
    }
    expect(started()).toEqual([])
  }
  for (const viewer of ['reporter', 'developer'] as const) {
    for (const path of [...reads.slice(0, 6), `/blobs/${blob}`]) {
      const { status } = await get(path, { of: hidden, token: hidden.tokens[viewer] })
      expect([viewer, path, status]).toEqual([viewer, path, 200])
    }
  }
})

test('a missing repository and an empty one answer 404', async () => {
  const project = await create.createProject()
  const of = { ...world, project }
  const paths = [...reads.slice(0, 4), `/blobs/${'0'.repeat(40)}`]
  for (const path of paths) expect([path, (await get(path, { of })).status]).toEqual([path, 404])
  await initRepository(app.repositories.directory(project.id))
  for (const path of paths) expect([path, (await get(path, { of })).status]).toEqual([path, 404])
})

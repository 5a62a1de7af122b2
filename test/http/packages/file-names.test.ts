import { readdir } from 'node:fs/promises'
import path from 'node:path'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { db } from '../../../src/database/db.ts'
import { useApp } from '../../support/app.ts'
import { runs } from '../../support/fuzz.ts'
import { createWorld, type World } from '../../support/world.ts'
import { as, fileUrl, get, put } from './package-client.ts'

const app = useApp()

let world: World
beforeAll(async () => {
  world = await createWorld(app)
})

const bySegment = (name: string) => name.split('/').map(encodeURIComponent).join('/')

/** The name under which a client would save the file, by the header. */
function savedName(answer: Response): string {
  const header = answer.headers.get('content-disposition') ?? ''
  const [, encoded] = /filename\*=UTF-8''([^;]+)$/.exec(header) ?? []
  const [, plain = ''] = /filename="([^"]*)"/.exec(header) ?? []
  return encoded === undefined ? plain : decodeURIComponent(encoded)
}

const names = [
  'with blank.txt',
  'brackets [1] (2) {3}.zip',
  'Grüße-日本-🚀.tar.gz',
  "a:b,c;d=e&f'g!h$i*j.bin",
  '100% #1 what?.txt',
  'app+gtk~1@x.deb',
  'folder/file.txt',
  'deep/er/and deeper/f [x].bin',
  '.hidden/.file',
]

test.each(names)('a file named %s is stored, listed and fetched by its name, encoded or not', async (name) => {
  const file = bySegment(name)
  const answer = await put(app, world, name, { file, query: '?select=package_file' })
  expect(answer.status).toBe(201)
  const shown = (await answer.json()) as { file_name: string; file: { url: string } }
  expect(shown.file_name).toBe(name.includes('/') ? encodeURIComponent(name) : name)
  const row = await db.packageFile.findFirstOrThrow({
    where: { fileName: name, package: { projectId: world.project.id } },
  })
  expect(row.size).toBe(BigInt(Buffer.byteLength(name)))
  for (const url of [
    fileUrl(app, world, { file }),
    fileUrl(app, world, { file: encodeURIComponent(name) }),
    shown.file.url,
  ]) {
    const found = await fetch(url, { headers: as(world, 'reporter') })
    expect([found.status, await found.text()]).toEqual([200, name])
    expect(savedName(found)).toBe(name.split('/').at(-1))
  }
})

test('a name that is not encoded is read as URLs are read', async () => {
  for (const file of ['raw blank.txt', 'raw[1].txt', 'ünraw.txt']) {
    expect((await put(app, world, 'x', { file })).status).toBe(201)
    expect((await get(app, world, { file: encodeURIComponent(file) })).status).toBe(200)
  }
})

test('two files of one name in two folders are two files', async () => {
  for (const folder of ['x86', 'arm']) await put(app, world, folder, { version: '2', file: `${folder}/app` })
  for (const folder of ['x86', 'arm']) {
    expect(await (await get(app, world, { version: '2', file: `${folder}/app` })).text()).toBe(folder)
  }
  expect((await get(app, world, { version: '2', file: 'app' })).status).toBe(404)
})

describe('a refused file name', () => {
  test.each([
    ['a%2F..%2Fb', '".."'],
    ['%2e%2e%2fb', ''],
    ['..%2Fb', '".."'],
    ['a%2F.%2Fb', '"."'],
    ['a//b', 'empty'],
    ['a%2F%2Fb', 'empty'],
    ['%2Fa', 'empty'],
    ['a%00b', ''],
    ['a%0Ab', ''],
    ['a%7Fb', 'control'],
    ['a%C2%85b', 'control'],
    ['a%E2%80%A8b', ''],
    ['a%E2%80%AEb', 'control'],
    ['a%5Cb', 'backslashes'],
    ['a%22b', 'quotes'],
    ['%20a', 'blank'],
    ['a%20', 'blank'],
    ['a/%20', 'blank'],
    ['a%252Fb', 'twice'],
    ['%252e%252e%252fb', 'twice'],
    ['a%E9', 'UTF-8'],
    [`${'x/'.repeat(130)}y`, '255'],
  ])('the file name %s is refused, and the message says why', async (file, reason) => {
    const answer = await put(app, world, 'x', { version: '3', file })
    expect([400, 404]).toContain(answer.status)
    if (reason) expect(JSON.stringify(await answer.json())).toContain(reason.replaceAll('"', '\\"'))
    expect(await db.packageFile.count({ where: { package: { projectId: world.project.id, version: '3' } } })).toBe(0)
  })
})

const segment = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 })

test('every file name that is accepted is fetched again, and nothing is written outside of its folder', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(segment, { minLength: 1, maxLength: 3 }), async (segments) => {
      const file = segments.map(encodeURIComponent).join('/')
      const answer = await put(app, world, 'x', { version: '4', file })
      if (answer.status !== 201) return
      const found = await get(app, world, { version: '4', file })
      expect(found.status).toBe(200)
      expect(savedName(found)).toBe(segments.join('/').split('/').at(-1))
    }),
    runs(100),
  )
  const files = await readdir(app.packagesDir, { recursive: true, withFileTypes: true })
  const stored = files.filter((entry) => entry.isFile())
  expect(stored.length).toBeGreaterThan(0)
  for (const entry of stored) {
    expect(path.relative(app.packagesDir, path.join(entry.parentPath, entry.name))).toMatch(/^\d+\/[0-9a-f-]{36}$/)
  }
})

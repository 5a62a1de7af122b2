// A text that is not UTF-8 is refused with the name of the value and the byte, unless the request declares another charset.
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { db } from '../../src/database/db.ts'
import { useApp } from '../support/app.ts'
import * as create from '../support/factories.ts'
import { createWorld, type World } from '../support/world.ts'
import { bytes, bytesOfText, JSON_TYPE, send as sendRaw } from './raw-request.ts'

const app = useApp()

let world: World
let issues: string
beforeAll(async () => {
  world = await createWorld(app)
  issues = `/api/v4/projects/${world.project.id}/issues`
})

const send = (method: string, path: string, headers: Record<string, string> = {}, body?: Buffer) =>
  sendRaw({ url: app.url, token: world.tokens.maintainer }, method, path, { headers, body })

const FORM = 'application/x-www-form-urlencoded'
const multipart = (part: string, headers = '') =>
  bytes(`--x\r\nContent-Disposition: form-data; name="title"\r\n${headers}\r\n${part}\r\n--x--\r\n`)

const post = (type: string, body: Buffer) => send('POST', issues, { 'content-type': type }, body)

const countIssues = () => db.issue.count({ where: { projectId: world.project.id } })

describe('a body of REST that is not text', () => {
  test.each<[string, string, Buffer, string]>([
    [
      'JSON in Latin-1',
      JSON_TYPE,
      bytes('{"title": "caf\xe9"}'),
      'title is not UTF-8: byte 0xE9 at offset 14 of the body',
    ],
    [
      'JSON with a name in Latin-1',
      JSON_TYPE,
      bytes('{"caf\xe9": 1}'),
      'caf? is not UTF-8: byte 0xE9 at offset 5 of the body',
    ],
    [
      'JSON deep inside, behind a real replacement character',
      JSON_TYPE,
      Buffer.concat([Buffer.from('{"title": "\uFFFD\u00e9", "labels": [{"a": "'), bytes('b\xff"}]}')]),
      'labels[0].a is not UTF-8: byte 0xFF at offset 38 of the body',
    ],
    [
      'JSON that ends within a character',
      JSON_TYPE,
      bytes('{"title": "\xc3"}'),
      'title is not UTF-8: byte 0xC3 at offset 11 of the body',
    ],
    [
      'JSON with half of a character in bytes',
      JSON_TYPE,
      bytes('{"title": "\xed\xa0\x80"}'),
      'title is not UTF-8: byte 0xED at offset 11 of the body',
    ],
    ['JSON with half of a character escaped', JSON_TYPE, bytes('{"title": "\\ud800"}'), 'title is invalid'],
    [
      'what is said to be UTF-8',
      `${JSON_TYPE}; charset=UTF-8`,
      bytes('{"title": "\xe9"}'),
      'title is not UTF-8: byte 0xE9 at offset 11 of the body',
    ],
    [
      'broken UTF-16',
      `${JSON_TYPE}; charset=utf-16le`,
      bytes('{\0"\0\0\xd8a\0'),
      'The body is not UTF-16LE: byte 0x00 at offset 4 of the body',
    ],
    [
      'a form with a byte of Latin-1',
      FORM,
      bytes('title=caf\xe9'),
      'title is not UTF-8: byte 0xE9 at offset 3 of its value',
    ],
    [
      'a form with Latin-1 that is encoded',
      FORM,
      bytes('a=b&title=x+caf%E9'),
      'title is not UTF-8: byte 0xE9 at offset 5 of its value',
    ],
    [
      'a form with half of a character',
      FORM,
      bytes('title=%ED%A0%80'),
      'title is not UTF-8: byte 0xED at offset 0 of its value',
    ],
    [
      'a form with a name in Latin-1',
      FORM,
      bytes('tit%E9=a'),
      'The name of a field is not UTF-8: byte 0xE9 at offset 3 of its value',
    ],
    ['a body of no type', '', bytes('title=%FF'), 'title is not UTF-8: byte 0xFF at offset 0 of its value'],
    [
      'a multipart form',
      'multipart/form-data; boundary=x',
      multipart('caf\xe9'),
      'title is not UTF-8: byte 0xE9 at offset 3 of its value',
    ],
    [
      'a multipart form that says that it is UTF-8',
      'multipart/form-data; boundary=x',
      multipart('caf\xe9', 'Content-Type: text/plain; charset=utf-8\r\n'),
      'title is no text in the charset that it declares',
    ],
  ])('a body of %s is refused, and nothing is written', async (_what, type, body, error) => {
    const before = await countIssues()
    const answer = await post(type, body)
    expect([answer.status, answer.body]).toEqual([400, { error }])
    expect(await countIssues()).toBe(before)
  })
})

describe('a body of REST in a named charset', () => {
  test.each<[string, string, Buffer]>([
    ['JSON in ISO-8859-1', `${JSON_TYPE}; charset=ISO-8859-1`, bytes('{"title": "caf\xe9"}')],
    ['JSON in quoted windows-1252', `${JSON_TYPE}; Charset="windows-1252"`, bytes('{"title": "caf\xe9"}')],
    ['JSON in UTF-16', `${JSON_TYPE}; charset=utf-16`, Buffer.from('\uFEFF{"title": "café"}', 'utf16le')],
    [
      'JSON in UTF-16, big end first',
      `${JSON_TYPE}; charset=UTF-16`,
      Buffer.from('\uFEFF{"title": "café"}', 'utf16le').swap16(),
    ],
    ['JSON with a byte order mark', JSON_TYPE, Buffer.from('\uFEFF{"title": "café"}')],
    ['a form in ISO-8859-1', `${FORM}; charset=iso-8859-1`, bytes('title=caf%E9')],
    ['a form in bytes of ISO-8859-1', `${FORM}; charset=iso-8859-1`, bytes('title=caf\xe9')],
    ['a form in UTF-8', FORM, Buffer.from('title=café')],
    [
      'a multipart form',
      'multipart/form-data; boundary=x',
      multipart(bytes('').toString() + Buffer.from('café').toString('latin1')),
    ],
    [
      'a part that declares ISO-8859-1',
      'multipart/form-data; boundary=x',
      multipart('caf\xe9', 'Content-Type: text/plain; charset=ISO-8859-1\r\n'),
    ],
    ['a multipart form in ISO-8859-1', 'multipart/form-data; boundary=x; charset=ISO-8859-1', multipart('caf\xe9')],
  ])('a body of %s is read in its charset', async (_what, type, body) => {
    const answer = await post(type, body)
    expect([answer.status, answer.body.title]).toEqual([201, 'café'])
  })

  test('a euro sign in windows-1252 is read as a euro sign', async () => {
    const answer = await post(`${JSON_TYPE}; charset=windows-1252`, bytes('{"title": "5 \x80"}'))
    expect(answer.body.title).toBe('5 €')
  })

  test('a replacement character that was sent is kept', async () => {
    for (const [type, body] of [
      [JSON_TYPE, Buffer.from('{"title": "a\uFFFDb"}')],
      [FORM, Buffer.from('title=a%EF%BF%BDb')],
      ['multipart/form-data; boundary=x', multipart(Buffer.from('a\uFFFDb').toString('latin1'))],
    ] as const) {
      expect((await post(type, body)).body.title).toBe('a\uFFFDb')
    }
  })

  test.each(['x-klingon', 'utf-7', 'iso-2022-kr', ''.padEnd(5000, 'x')])(
    'a body in the charset %s is not supported',
    async (charset) => {
      const answer = await post(`${JSON_TYPE}; charset=${charset}`, bytes('{"title": "a"}'))
      expect(answer.status).toBe(415)
      expect(answer.text.length).toBeLessThan(300)
    },
  )

  test('a form in UTF-16 is not supported, because it cannot be cut into fields', async () => {
    expect((await post(`${FORM}; charset=utf-16`, Buffer.from('title=a', 'utf16le'))).status).toBe(415)
  })
})

test('the name of an uploaded file that is not UTF-8 is refused, and not kept with replacements', async () => {
  const named = (name: string) =>
    bytes(`--x\r\nContent-Disposition: form-data; name="file"; filename="${name}"\r\n\r\npixels\r\n--x--\r\n`)
  const uploads = `/api/v4/projects/${world.project.id}/uploads`
  const type = { 'content-type': 'multipart/form-data; boundary=x' }
  const { status, body } = await send('POST', uploads, type, named('caf\xe9.png'))
  expect([status, body.error]).toEqual([400, 'The name of the file is not UTF-8'])
  expect(await db.upload.count({ where: { projectId: world.project.id } })).toBe(0)
  const { body: made } = await send('POST', uploads, type, named(bytesOfText('café.png')))
  expect(made).toMatchObject({ alt: 'café' })
})

describe('a URL that is not text', () => {
  test.each<[string, () => string, string]>([
    ['a parameter of REST', () => `${issues}?search=caf%E9`, 'search is not UTF-8: byte 0xE9 at offset 3 of its value'],
    [
      'the name of a parameter',
      () => `${issues}?%E9=1`,
      'The name of a parameter is not UTF-8: byte 0xE9 at offset 0 of it',
    ],
    [
      'a tag of REST',
      () => `/api/v4/projects/${world.project.id}/releases/v%E9`,
      'A segment of the path is not UTF-8: byte 0xE9 at offset 1 of it',
    ],
    [
      'a tag of a page',
      () => `/${world.project.fullPath}/-/releases/v%E9`,
      'A segment of the path is not UTF-8: byte 0xE9 at offset 1 of it',
    ],
    [
      'a tag of an archive',
      () => `/${world.project.fullPath}/-/archive/v%E9/a.zip`,
      'A segment of the path is not UTF-8: byte 0xE9 at offset 1 of it',
    ],
  ])('a URL is refused when %s is not UTF-8', async (_what, path, problem) => {
    const { status, body } = await send('GET', path())
    expect([status, body.error ?? body.message]).toEqual([400, problem])
  })

  test('a URL is refused when its bytes are not encoded, because they might be of any charset', async () => {
    for (const search of ['z\xc3\xbcrich', 'z\xfcrich']) {
      expect((await send('GET', `${issues}?search=${search}`)).status).toBe(400)
    }
  })
})

test('tags of git that are not UTF-8 are shown with replacements, and no tag is taken for the tag of that name', async () => {
  const dir = app.repositories.directory(world.project.id)
  const [sha = ''] = execFileSync('git', ['-C', dir, 'rev-parse', 'v1.0.0']).toString().split('\n')
  // The refs are packed, because not every file system takes such a name.
  const names = ['odd\xff', 'odd\xfe', bytesOfText('odd\uFFFD')]
  const packed = names.toSorted().map((name) => `${sha} refs/tags/${name}\n`)
  writeFileSync(
    path.join(dir, 'packed-refs'),
    bytes(`# pack-refs with: peeled fully-peeled sorted \n${packed.join('')}`),
  )
  await create.createRelease(world.project, { tag: 'odd\uFFFD', name: 'The real one' })
  const tags = `/api/v4/projects/${world.project.id}/repository/tags`
  const { body } = await send('GET', `${tags}?search=odd`)
  const shown = body as unknown as { name: string; release: unknown }[]
  expect(shown.map(({ name, release }) => [name, release])).toEqual(Array(3).fill(['odd\uFFFD', null]))
  const { body: real } = await send('GET', `${tags}/odd%EF%BF%BD`)
  expect(real).toMatchObject({ name: 'odd\uFFFD', release: { tag_name: 'odd\uFFFD' } })
})

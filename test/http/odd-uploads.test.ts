import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { useApp } from '../support/app.ts'
import { createWorld, type World } from '../support/world.ts'

const app = useApp()

let world: World
beforeAll(async () => {
  world = await createWorld(app)
})

const headers = (type?: string) => ({
  'private-token': world.tokens.developer ?? '',
  ...(type ? { 'content-type': type } : {}),
})
const filesThere = () =>
  readdir(path.join(app.packagesDir, 'uploads', String(world.project.id))).catch((): string[] => [])

const part = (head: string, content: string) => `--x\r\nContent-Disposition: form-data; ${head}\r\n\r\n${content}\r\n`
const file = (name = 'a.bin') => part(`name="file"; filename="${name}"`, 'abc')
const fields = (count: number) => part('name="note"', '').repeat(count)

async function send(where: string, method: string, form: string) {
  const body = Buffer.from(`${form}--x--\r\n`, 'latin1')
  const type = 'multipart/form-data; boundary=x'
  const url = `${app.url}/api/v4/projects/${world.project.id}/${where}`
  const response = await fetch(url, { method, headers: headers(type), body })
  return { status: response.status, body: (await response.json()) as Record<string, string> }
}
const upload = (form: string) => send('uploads', 'POST', form)

describe('the type of an upload', () => {
  test.each(['x.constructor', 'x.__proto__'])('the type of an upload called %s is that of any bytes', async (name) => {
    const { body } = await upload(file(name))
    expect(body.markdown).toBe(`[${name}](${body.url})`)
    const { headers: sent } = await fetch(app.url + body.full_path, { headers: headers() })
    expect(sent.get('content-type')).toBe('application/octet-stream')
    expect(sent.get('content-disposition')).toMatch(/^attachment/)
  })
})

test('the name of an upload that is not UTF-8 is refused, and nothing is kept', async () => {
  const before = await filesThere()
  const { status, body } = await upload(file('caf\xe9.bin'))
  expect([status, body]).toEqual([400, { error: 'The name of the file is not UTF-8' }])
  expect(await filesThere()).toEqual(before)
  expect((await upload(file(Buffer.from('café.bin').toString('latin1')))).body.alt).toBe('café.bin')
})

describe('a form of more fields than anybody needs', () => {
  const refused = { error: 'The form has too many fields: at most 20 may come with a file' }

  test.each([
    ['before the file', () => fields(21) + file()],
    ['behind the file', () => file() + fields(21)],
    ['without a file', () => fields(50_000)],
  ])('a form with too many fields %s is refused as an upload', async (_where, form) => {
    const before = await filesThere()
    expect(await upload(form())).toEqual({ status: 400, body: refused })
    expect(await filesThere()).toEqual(before)
  })

  test('a form with too many fields %s is refused as a file of a package', async () => {
    const where = 'packages/generic/app/1.0.0/a.bin'
    expect(await send(where, 'PUT', file() + fields(21))).toEqual({ status: 400, body: refused })
    expect(
      (await fetch(`${app.url}/api/v4/projects/${world.project.id}/${where}`, { headers: headers() })).status,
    ).toBe(404)
  })

  test('a form with the most fields that are allowed is accepted', async () => {
    expect((await upload(fields(10) + file() + fields(10))).status).toBe(201)
  })
})

test('a form of endless fields is refused before it ends', async () => {
  const started = Date.now()
  const bytes = Buffer.from(fields(1000))
  let sent = 0
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      sent += 1
      if (sent > 20_000) controller.close()
      else controller.enqueue(bytes)
    },
  })
  const response = await fetch(`${app.url}/api/v4/projects/${world.project.id}/uploads`, {
    method: 'POST',
    headers: headers('multipart/form-data; boundary=x'),
    body: stream,
    duplex: 'half',
  } as RequestInit).catch(() => null)
  if (response) expect(response.status).toBe(400)
  expect(sent).toBeLessThan(20_000)
  expect(Date.now() - started).toBeLessThan(20_000)
})

import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { version } from '../../src/foundation/version.ts'
import { useApp } from '../support/app.ts'

const app = useApp()
const PATH = '/-/cli/waybill.mjs'

test('everybody gets the command line with its digest and version, and no points are counted for it', async () => {
  const answer = await fetch(app.url + PATH)
  const bytes = Buffer.from(await answer.arrayBuffer())
  const digest = createHash('sha256').update(bytes).digest('hex')
  expect(answer.status).toBe(200)
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    ...{ 'content-type': 'text/javascript; charset=utf-8', 'content-length': String(bytes.length) },
    ...{ etag: `"${digest}"`, 'x-checksum-sha256': digest, 'x-waybill-version': version },
    'cache-control': 'public, no-cache',
  })
  expect(answer.headers.has('ratelimit-limit')).toBe(false)
  expect(await (await fetch(`${app.url}${PATH}.sha256`)).text()).toBe(`${digest}  waybill.mjs\n`)
})

test.for([PATH, `${PATH}.sha256`])('%s is answered without its body to HEAD and to whoever has it', async (path) => {
  const whole = await fetch(app.url + path)
  const length = (await whole.arrayBuffer()).byteLength
  const head = await fetch(app.url + path, { method: 'HEAD' })
  expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, String(length), ''])
  const etag = whole.headers.get('etag') ?? ''
  const known = await fetch(app.url + path, { headers: { 'if-none-match': etag } })
  expect([known.status, known.headers.get('etag'), await known.text()]).toEqual([304, etag, ''])
  const post = await fetch(app.url + path, { method: 'POST' })
  expect(post.status).toBe(404)
})

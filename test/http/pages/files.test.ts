import { beforeAll, describe, expect, test } from 'vitest'
import { runGit } from '../../../src/git/git.ts'
import { moveRef, writeCommit } from '../../../src/git/write-file.ts'
import { useApp } from '../../support/app.ts'
import { createWorld, type ViewerName, viewers, type World } from '../../support/world.ts'
import { web, wholeAnswer } from './web-client.ts'

const app = useApp()

const TAG = 'v1/2.0'
const REF = encodeURIComponent(TAG)
const PNG = Buffer.from('89504e470d0a1a0a00000000', 'hex')
const SECRET = 'zqx'

const FILES: Record<string, Buffer> = {
  'docs/guide.md': Buffer.from(
    '# Guide\n\n[up](../README.md) [next](a%20b.md#part) ![pic](pic.png) #1 <script>x</script>\n',
  ),
  'docs/a b.md': Buffer.from('# Part\n'),
  'docs/pic.png': PNG,
  'docs/drawing.svg': Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
  'page.html': Buffer.from(`<script>alert(1)</script> ${SECRET}`),
  'binary.dat': Buffer.from([0, 255, 1]),
  'long.txt': Buffer.alloc(1024 ** 2 + 1, 'a'),
  'huge.txt': Buffer.alloc(10 * 1024 ** 2 + 1, 'a'),
}

async function withFiles(project: Parameters<typeof createWorld>[1]): Promise<World> {
  const world = await createWorld(app, project)
  const dir = app.repositories.directory(world.project.id)
  const author = { name: 'Ada', email: 'ada@example.com' }
  for (const [path, content] of Object.entries(FILES)) {
    const parent = (await runGit(dir, ['rev-parse', 'main'])).trim()
    const sha = await writeCommit(dir, parent, { path, content, message: path, author })
    await moveRef(dir, { ref: 'refs/heads/main', before: parent, after: sha ?? '' })
  }
  await runGit(dir, ['tag', TAG, 'main'])
  return world
}

let world: World
let hidden: World
beforeAll(async () => {
  world = await withFiles({ project: { visibility: 'public' } })
  hidden = await withFiles({ project: { visibility: 'private' } })
})

const get = (path: string, headers: Record<string, string> = {}) => web(app, world, path, { headers })

describe('the bytes of a file', () => {
  test.each([
    ['docs/guide.md', 'text/plain; charset=utf-8'],
    ['docs/a%20b.md', 'text/plain; charset=utf-8'],
    ['docs/pic.png', 'image/png'],
    ['docs/drawing.svg', 'image/svg+xml'],
    ['page.html', 'text/plain; charset=utf-8'],
    ['binary.dat', 'application/octet-stream'],
  ])('%s is sent as %s, and nothing in it runs', async (path, type) => {
    const response = await get(`raw/${REF}/${path}`)
    expect([response.status, response.headers.get('content-type')]).toEqual([200, type])
    expect(response.headers.get('content-security-policy')).toMatch(/^default-src 'none';.* sandbox$/)
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
    expect(Buffer.from(await response.arrayBuffer())).toEqual(FILES[decodeURIComponent(path)])
    const known = await get(`raw/${REF}/${path}`, { 'if-none-match': response.headers.get('etag') ?? '' })
    expect(known.status).toBe(304)
  })

  test('a branch and a commit name a file as well as a tag', async () => {
    const sha = (await runGit(app.repositories.directory(world.project.id), ['rev-parse', 'main'])).trim()
    for (const ref of ['main', sha, sha.slice(0, 10), 'HEAD'])
      expect((await get(`raw/${ref}/page.html`)).status).toBe(200)
  })

  test.each([
    'raw/main/missing',
    'raw/missing/page.html',
    'raw/main',
    'raw/main/docs',
    'raw/main//page.html',
    'blob/main/x',
  ])('%s is not found', async (path) => expect((await get(path)).status).toBe(404))

  test('the bytes of a file of more than 10 MiB are refused, and its page says that it is too long', async () => {
    expect((await get('raw/main/huge.txt')).status).toBe(413)
    expect(await (await get('blob/main/huge.txt')).text()).toContain('too long to be shown')
  })
})

describe('the page of a file', () => {
  const text = async (path: string) => (await get(`blob/${REF}/${path}`)).text()

  test('a file of Markdown is rendered, and its addresses begin in its folder', async () => {
    const page = await text('docs/guide.md')
    const base = `/${world.project.fullPath}/-`
    expect(page).toContain('Guide</h1>')
    expect(page).toContain(`<a href="${base}/blob/${REF}/README.md">up</a>`)
    expect(page).toContain(`<a href="${base}/blob/${REF}/docs/a%20b.md#user-content-part">next</a>`)
    expect(page).toContain(`<img src="${base}/raw/${REF}/docs/pic.png" alt="pic">`)
    expect(page).not.toMatch(/<script(?! src="[./]*-\/assets\/waybill-\w+\.js" integrity=)/)
    for (const [, address = ''] of page.matchAll(/(?:href|src)="(\/[^"#]+)/g)) {
      if (!address.endsWith('README.md'))
        expect([address, (await fetch(app.url + address)).status]).toEqual([address, 200])
    }
  })

  test('a text is shown as it is, a picture in its place, and the rest by its address', async () => {
    expect(await text('page.html')).toContain('<pre>&lt;script&gt;alert(1)&lt;/script&gt;')
    expect(await text('docs/pic.png')).toContain(
      `<img src="${app.url}/${world.project.fullPath}/-/raw/${REF}/docs/pic.png"`,
    )
    expect(await text('binary.dat')).toContain('This file is not text.')
    expect(await text('long.txt')).toContain('This file is too long')
  })
})

test('a file is shown to whoever may read the code, and is missing for everybody else', async () => {
  const readers: ViewerName[] = ['reporter', 'developer', 'maintainer', 'owner']
  for (const viewer of viewers) {
    const token = hidden.tokens[viewer]
    for (const area of ['raw', 'blob']) {
      const answer = await wholeAnswer(await web(app, hidden, `${area}/${REF}/page.html`, { token }))
      expect([viewer, answer.status]).toEqual([viewer, readers.includes(viewer) ? 200 : 404])
      if (answer.status === 200) expect(answer.text).toContain(SECRET)
      else expect(answer).toEqual(await wholeAnswer(await web(app, hidden, `${area}/no/none`, { token })))
    }
  }
})

test('an address that climbs is refused', async () => {
  for (const path of ['raw/main/%2e%2e%2fx', 'blob/main/a%2f..%2f..%2fx']) expect((await get(path)).status).toBe(400)
})

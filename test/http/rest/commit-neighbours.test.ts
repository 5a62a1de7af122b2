import { beforeAll, expect, test } from 'vitest'
import { runGit } from '../../../src/git/git.ts'
import { useApp } from '../../support/app.ts'
import { createWorld, type World } from '../../support/world.ts'
import { encoded, rest } from './client.ts'

const app = useApp()

let world: World
let dir: string

const who = 'committer Ada <ada@example.com> 1704067200 +0000\n'
const data = (text: string) => `data ${Buffer.byteLength(text)}\n${text}\n`
const put = (path: string, text: string) => `M 100644 inline ${path}\n${data(text)}`
const commit = (branch: string, from: string, message: string, change: string) =>
  `commit refs/heads/${branch}\n${who}${data(message)}${from}${change}\n`

beforeAll(async () => {
  world = await createWorld(app, { project: { visibility: 'public' } })
  dir = app.repositories.directory(world.project.id)
  const input = [
    commit('first', '', 'First\n', put('a.txt', 'a\n')),
    commit('side', 'from refs/heads/first\n', 'Side\n', put('side.txt', 'side\n')),
    commit('main2', 'from refs/heads/first\n', 'Two\n', put('a.txt', 'b\n')),
    commit('main2', 'merge refs/heads/side\n', 'Merge\n', put('side.txt', 'side\n')),
    'reset refs/tags/on-side\nfrom refs/heads/side\n\ndone\n',
  ].join('')
  await runGit(dir, ['fast-import', '--quiet', '--done'], { input })
}, 60_000)

const get = (ref: string, path: string) =>
  rest(app, 'GET', `/projects/${world.project.id}/repository/commits/${encoded(ref)}${path}`)

test('the refs of a commit are the branches and tags whose history contains it', async () => {
  const { body, headers } = await get('side', '/refs')
  expect(body).toEqual([
    { type: 'branch', name: 'main2' },
    { type: 'branch', name: 'side' },
    { type: 'tag', name: 'on-side' },
  ])
  expect(headers.has('x-total')).toBe(false)
  expect((await get('side', '/refs?type=tag')).body).toEqual([{ type: 'tag', name: 'on-side' }])
  const page = await get('side', '/refs?type=branch&per_page=1')
  expect([page.body.length, page.headers.get('x-next-page')]).toEqual([1, '2'])
  expect((await get('side', '/refs?type=other')).status).toBe(400)
})

test('the diff of a commit compares it with its first parent, and the first commit with nothing', async () => {
  const merge = (await get('main2', '/diff')).body
  expect(merge.map(({ new_path }: { new_path: string }) => new_path)).toEqual(['side.txt'])
  const [first] = (await get('first', '/diff?unidiff=true')).body
  expect(first).toMatchObject({
    new_path: 'a.txt',
    new_file: true,
    diff: '--- /dev/null\n+++ b/a.txt\n@@ -0,0 +1 @@\n+a\n',
  })
})

test('the sequence of a commit counts its history', async () => {
  const counts = await Promise.all([get('first', '/sequence'), get('main2', '/sequence')])
  expect(counts.map(({ body }) => body)).toEqual([{ count: 1 }, { count: 4 }])
  expect((await get('main2', '/sequence?first_parent=true')).body).toEqual({ count: 3 })
})

test('a commit that does not exist has no neighbours', async () => {
  for (const path of ['/refs', '/diff', '/sequence']) {
    const { status, body } = await get('none', path)
    expect([status, body]).toEqual([404, { message: '404 Commit Not Found' }])
  }
})

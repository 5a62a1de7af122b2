import { beforeAll, expect, test } from 'vitest'
import { runGit } from '../../../src/git/git.ts'
import { useApp } from '../../support/app.ts'
import { createWorld, type World } from '../../support/world.ts'
import { encoded, rest } from './client.ts'

const app = useApp()

let world: World
let dir: string

const data = (text: string) => `data ${Buffer.byteLength(text)}\n${text}\n`
const who = 'committer Ada <ada@example.com> 1704067200 +0000\n'

/** A commit after another one, or after the branch's own last one, with lines of fast-import that change files. */
const commit = (branch: string, from: string | null, message: string, ...changes: string[]) =>
  `commit refs/heads/${branch}\n${who}${data(message)}${from ? `from ${from}\n` : ''}${changes.join('')}\n`
const put = (path: string, text: string, mode = '100644') => `M ${mode} inline ${path}\n${data(text)}`

const write = (...commits: string[]) =>
  runGit(dir, ['-c', 'core.fsync=none', 'fast-import', '--quiet', '--done'], { input: `${commits.join('')}done\n` })

const TEXT = Array.from({ length: 20 }, (_, at) => `line ${at}\n`).join('')

beforeAll(async () => {
  world = await createWorld(app, { project: { visibility: 'public' } })
  dir = app.repositories.directory(world.project.id)
  await write(
    commit(
      'base',
      'refs/heads/main^0',
      'Base\n',
      put('old.txt', TEXT),
      put('gone.txt', 'gone\n'),
      put('kind', 'kind\n'),
    ),
    commit('left', 'refs/heads/base', 'Left\n', put('left.txt', 'left\n')),
    commit(
      'right',
      'refs/heads/base',
      'Right one\n',
      'R old.txt new.txt\n',
      'D gone.txt\n',
      put('added.txt', 'diff --git x\n'),
    ),
    commit('right', null, 'Right two\n', put('kind', 'target', '120000'), put('b.dat', '\0\x01'), put('e', '')),
    commit('alone', null, 'Alone\n', put('alone.txt', 'alone\n')),
  )
}, 60_000)

const get = (path: string) => rest(app, 'GET', `/projects/${world.project.id}/repository${path}`)
const compare = async (from: string, to: string, more = '') =>
  (await get(`/compare?from=${encoded(from)}&to=${encoded(to)}${more}`)).body
const shaOf = async (ref: string) => (await runGit(dir, ['rev-parse', ref])).trim()

// biome-ignore lint/suspicious/noExplicitAny: the tests look into bodies of many shapes
type Body = any

test('a comparison tells commits, the oldest first, and diffs since the histories parted', async () => {
  const body = await compare('left', 'right')
  expect(body.commits.map(({ title }: Body) => title)).toEqual(['Right one', 'Right two'])
  expect(body.commit).toEqual(body.commits[1])
  expect(body.web_url).toBe(
    `${app.url}/${world.project.fullPath}/-/compare/${await shaOf('left')}...${await shaOf('right')}`,
  )
  expect([body.compare_timeout, body.compare_same_ref]).toEqual([false, false])
  const facts = { new_file: false, renamed_file: false, deleted_file: false, too_large: false }
  const same = (path: string) => ({ ...facts, old_path: path, new_path: path })
  expect(body.diffs).toEqual([
    { ...same('added.txt'), a_mode: '0', b_mode: '100644', new_file: true, diff: '@@ -0,0 +1 @@\n+diff --git x\n' },
    {
      ...same('b.dat'),
      a_mode: '0',
      b_mode: '100644',
      new_file: true,
      diff: 'Binary files /dev/null and b/b.dat differ\n',
    },
    { ...same('e'), a_mode: '0', b_mode: '100644', new_file: true, diff: '' },
    { ...same('gone.txt'), a_mode: '100644', b_mode: '0', deleted_file: true, diff: '@@ -1 +0,0 @@\n-gone\n' },
    {
      ...{ ...same('kind'), a_mode: '100644', b_mode: '120000' },
      diff: '@@ -1 +0,0 @@\n-kind\n@@ -0,0 +1 @@\n+target\n\\ No newline at end of file\n',
    },
    {
      ...facts,
      old_path: 'old.txt',
      new_path: 'new.txt',
      a_mode: '100644',
      b_mode: '100644',
      renamed_file: true,
      diff: '',
    },
  ])
})

test('a straight comparison begins at the commit itself, and a unified diff names its files', async () => {
  const paths = async (more: string) =>
    (await compare('left', 'right', more)).diffs.map(({ new_path }: Body) => new_path)
  expect((await paths('&straight=true')).includes('left.txt')).toBe(true)
  expect((await paths('&straight=false')).includes('left.txt')).toBe(false)
  const [added] = (await compare('base', 'right', '&unidiff=true')).diffs
  expect(added.diff).toBe('--- /dev/null\n+++ b/added.txt\n@@ -0,0 +1 @@\n+diff --git x\n')
})

test('a comparison of a ref with itself, backwards, and of histories without a common commit', async () => {
  const same = await compare('right', 'right')
  expect([same.commit, same.commits, same.diffs, same.compare_same_ref]).toEqual([null, [], [], true])
  expect(await compare('right', 'base')).toMatchObject({ commits: [], diffs: [], compare_same_ref: false })
  const alone = await compare('base', 'alone')
  expect(alone.commits.length).toBe(1)
  expect(alone.diffs.some(({ new_path }: Body) => new_path === 'alone.txt')).toBe(true)
  expect((await get(`/compare?from=base&to=right&from_project_id=${world.project.id}`)).status).toBe(200)
  expect((await get(`/compare?from=base&to=right&from_project_id=${world.project.id + 1}`)).status).toBe(400)
})

test('a comparison is cut at its bounds, and says so', async () => {
  const many = Array.from({ length: 1_100 }, (_, at) => put(`many/${at}.txt`, `${at}\n`))
  const long = Array.from({ length: 40_000 }, (_, at) => `line ${at}\n`).join('')
  const commits = Array.from({ length: 1_005 }, (_, at) =>
    commit(
      'many',
      at === 0 ? 'refs/heads/base' : null,
      `Commit ${at}\n`,
      at === 0 ? many.join('') : put('x', `${at}\n`),
    ),
  )
  await write(...commits, commit('long', 'refs/heads/base', 'Long\n', put('long.txt', long), put('z.txt', 'short\n')))
  const cut = await compare('base', 'many')
  expect([cut.commits.length, cut.diffs.length, cut.compare_timeout]).toEqual([1_000, 1_000, true])
  expect([cut.commits[0].title, cut.commit.title]).toEqual(['Commit 5', 'Commit 1004'])
  const { diffs, compare_timeout } = await compare('base', 'long')
  expect(diffs.map(({ diff, too_large }: Body) => [diff.length > 0, too_large])).toEqual([
    [false, true],
    [true, false],
  ])
  expect(compare_timeout).toBe(false)

  const large = Array.from({ length: 30_000 }, (_, at) => `${'x'.repeat(200)} ${at}\n`).join('')
  await write(
    commit('large', 'refs/heads/base', 'Large\n', put('a.txt', 'a\n'), put('large.txt', large), put('z.txt', 'z\n')),
  )
  const beyond = await compare('base', 'large')
  expect(beyond.diffs.map(({ diff, too_large }: Body) => [diff !== '', too_large])).toEqual([
    ...[
      [true, false],
      [false, true],
      [false, true],
    ],
  ])
  expect(beyond.compare_timeout).toBe(true)
}, 60_000)

test('the merge base is a commit of all histories', async () => {
  const base = await get('/merge_base?refs[]=left&refs[]=right')
  expect([base.status, base.body.id, base.body.title]).toEqual([200, await shaOf('base'), 'Base'])
  const messages = async (query: string) => {
    const { status, body } = await get(`/merge_base${query}`)
    return [status, body.error ?? body.message]
  }
  expect(await messages('?refs[]=left')).toEqual([400, 'Provide at least 2 refs'])
  expect(await messages('')).toEqual([400, 'refs is missing'])
  expect(await messages('?refs[]=left&refs[]=none')).toEqual([400, 'Could not find ref: none'])
  expect(await messages('?refs[]=left&refs[]=alone')).toEqual([404, '404 Merge Base Not Found'])
  expect((await messages(`?${'refs[]=left&'.repeat(11)}`))[0]).toBe(400)
})

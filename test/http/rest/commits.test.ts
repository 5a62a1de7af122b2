import { beforeAll, describe, expect, test } from 'vitest'
import { runGit } from '../../../src/git/git.ts'
import { initRepository } from '../../../src/git/mirror-repository.ts'
import { useApp } from '../../support/app.ts'
import * as create from '../../support/factories.ts'
import { createWorld, type World } from '../../support/world.ts'
import { encoded, rest } from './client.ts'

const app = useApp()

const COMMITS = 7
const LISTED = 65_536
const MIB = 1024 ** 2

let world: World
/** The oldest commit comes first. */
let shas: string[]
let merge: string

const git = async (args: readonly string[], input = ''): Promise<string> =>
  (await runGit(app.repositories.directory(world.project.id), args, { input })).trim()

const at = (second: number, who: string) => ({
  GIT_AUTHOR_NAME: who,
  GIT_AUTHOR_EMAIL: `${who}@example.com`,
  GIT_AUTHOR_DATE: `${second} +0200`,
  GIT_COMMITTER_NAME: who,
  GIT_COMMITTER_EMAIL: `${who}@example.com`,
  GIT_COMMITTER_DATE: `${second} +0200`,
})

/** A commit of one file, made without a work tree. */
async function commit(parents: readonly string[], second: number, name: string, content: string, message = name) {
  const dir = app.repositories.directory(world.project.id)
  const blob = (await runGit(dir, ['hash-object', '-w', '--stdin'], { input: content })).trim()
  const tree = (await runGit(dir, ['mktree'], { input: `100644 blob ${blob}\t${name}\n` })).trim()
  const args = ['commit-tree', tree, ...parents.flatMap((parent) => ['-p', parent])]
  return (await runGit(dir, args, { input: message, env: at(second, 'cleo') })).trim()
}

beforeAll(async () => {
  const messages = Array.from({ length: COMMITS }, (_, n) => `Commit ${n}\n\nBody ${n}\n\nChangelog: added\n`)
  world = await createWorld(app, { project: { visibility: 'private' }, repository: { commits: messages } })
  shas = (await git(['rev-list', '--reverse', 'main'])).split('\n')
  // A commit beside the branch, whose parent is the first commit. `both` merges it.
  const second = 1_800_000_000
  const side = await commit([shas[0] ?? ''], second, 'weird [x]*.txt', 'a\nb\nc\n', 'Side')
  await git(['update-ref', 'refs/heads/lib/side', side])
  merge = await commit([shas.at(-1) ?? '', side], second + 100, 'file.txt', 'x\n', 'Merge')
  await git(['update-ref', 'refs/heads/both', merge])
})

type Listed = { id: string; title: string }

const list = (query = '', token = world.tokens.reporter) =>
  rest(app, 'GET', `/projects/${world.project.id}/repository/commits${query}`, { token })
const idsOf = async (query: string) => {
  const { status, body } = await list(query)
  expect(status).toBe(200)
  return (body as Listed[]).map(({ id }) => id)
}
const newest = (...positions: number[]) => positions.map((position) => shas[position])

test('the list holds the commits of the default branch, the newest first, each as the commit is shown alone', async () => {
  const { status, body } = await list()
  expect(status).toBe(200)
  expect((body as Listed[]).map(({ id }) => id)).toEqual([...shas].reverse())
  const { body: alone } = await rest(app, 'GET', `/projects/${world.project.id}/repository/commits/main?stats=false`, {
    token: world.tokens.reporter,
  })
  expect(body[0]).toEqual({ ...alone, trailers: {}, extended_trailers: {} })
})

describe('pages', () => {
  const links = (link: string | null) => [...(link ?? '').matchAll(/rel="(\w+)"/g)].map(([, rel]) => rel)

  test('pages of commits lead to the end, without a total', async () => {
    const found: string[] = []
    let page = '1'
    let asked = 0
    while (page !== '') {
      const { body, headers } = await list(`?per_page=3&page=${page}`)
      found.push(...(body as Listed[]).map(({ id }) => id))
      expect([headers.get('x-page'), headers.get('x-per-page')]).toEqual([page, '3'])
      expect([headers.get('x-total'), headers.get('x-total-pages')]).toEqual([null, null])
      expect(links(headers.get('link'))).not.toContain('last')
      page = headers.get('x-next-page') ?? ''
      asked += 1
    }
    expect(found).toEqual([...shas].reverse())
    expect(asked).toBe(3)
  })

  test('a full page names a next page, which is empty at the end', async () => {
    const full = await list(`?per_page=${COMMITS}`)
    expect([full.body.length, full.headers.get('x-next-page')]).toEqual([COMMITS, '2'])
    expect(links(full.headers.get('link'))).toEqual(['next', 'first'])
    const beyond = await list(`?per_page=${COMMITS}&page=2`)
    expect([beyond.body, beyond.headers.get('x-next-page')]).toEqual([[], ''])
    expect((await list('?page=2147483647&per_page=100')).body).toEqual([])
  })
})

describe('the filters of the list of commits', () => {
  test.each<[string, () => string, () => (string | undefined)[]]>([
    ['to a branch', () => `ref_name=${encoded('lib/side')}&per_page=1`, () => []],
    ['to a tag', () => 'ref_name=v1.0.0&per_page=2', () => newest(6, 5)],
    ['to a full name of a ref', () => 'ref_name=refs/tags/v1.0.0&per_page=2', () => newest(6, 5)],
    ['to a commit', () => `ref_name=${shas[2]?.slice(0, 10)}`, () => newest(2, 1, 0)],
    ['to a range', () => `ref_name=${shas[2]}..v1.0.0`, () => newest(6, 5, 4, 3)],
    ['to a range that ends at the default branch', () => `ref_name=${shas[4]}..`, () => newest(6, 5)],
    ['to what two do not share', () => `ref_name=${shas[4]}...v1.0.0`, () => newest(6, 5)],
    ['to HEAD', () => 'ref_name=HEAD&per_page=1', () => newest(6)],
    ['by since', () => 'since=2024-01-01T05:10:00Z', () => newest(6, 5)],
    ['by until', () => 'until=2024-01-01T01:10:00Z', () => newest(1, 0)],
    ['by since, in a zone', () => `since=${encoded('2024-01-01T07:10:00+02:00')}`, () => newest(6, 5)],
    ['by a far since', () => 'since=9999-01-01T00:00:00Z', () => []],
    ['by a path', () => 'path=file.txt&per_page=1', () => newest(6)],
    ['by a path with slashes around it', () => 'path=/file.txt/&per_page=1', () => newest(6)],
    ['by a path that nobody changed', () => 'path=none', () => []],
    ['by a path that leads out', () => 'path=../file.txt', () => []],
    ['by a path that looks like a pattern', () => `path=${encoded('file*')}`, () => []],
    ['by a path that looks like magic', () => `path=${encoded(':(glob)**')}`, () => []],
    ['by an author', () => 'author=Ada&per_page=1', () => newest(6)],
    ['by an address', () => `author=${encoded('ada@ex.*com>$')}&per_page=1`, () => newest(6)],
    ['by an author who is nobody', () => 'author=cleo', () => []],
    ['to an unknown branch', () => 'ref_name=none', () => []],
    ['to an unknown id', () => `ref_name=${'0'.repeat(40)}`, () => []],
    ['to a range with an unknown end', () => 'ref_name=none..main', () => []],
  ])('the list can be narrowed %s', async (name, query, expected) => {
    const ids = await idsOf(`?${query()}`)
    if (name === 'to a branch') expect(ids).toEqual([(await git(['rev-parse', 'lib/side'])).trim()])
    else expect(ids).toEqual(expected())
  })

  test('the list can be narrowed to files whose name would be a pattern', async () => {
    const side = await git(['rev-parse', 'lib/side'])
    expect(await idsOf(`?ref_name=lib/side&path=${encoded('weird [x]*.txt')}`)).toEqual([side])
  })

  test.each([
    ['\\(', 'Unmatched ( or \\('],
    ['[', /./],
    ['x\\{99999\\}', 'Regular expression too big'],
    ['\\(\\(\\(x*\\)\\{200\\}\\)\\{100\\}\\)', 'Memory exhausted'],
    ["a\n\\(': b", /./],
  ])("the author filter %j is refused with git's reason", async (author, reason) => {
    const { status, body } = await list(`?author=${encodeURIComponent(author)}`)
    expect(status).toBe(400)
    expect(body.message).toMatch(/^author is no regular expression that git can use: ./)
    expect(body.message).toMatch(reason)
  })

  test('the list can be narrowed to the first parents of merges', async () => {
    expect(await idsOf('?ref_name=both&first_parent=true')).toEqual([merge, ...[...shas].reverse()])
    expect(await idsOf('?ref_name=both')).toHaveLength(COMMITS + 2)
    const topo = await idsOf('?ref_name=both&order=topo')
    expect(topo).toHaveLength(COMMITS + 2)
    expect(topo[0]).toBe(merge)
  })

  test('the list with `all` holds the commits of every branch and tag, and not the commits of notes', async () => {
    const notes = await commit([], 1_900_000_000, 'note', 'note', 'Notes added by git notes')
    await git(['update-ref', 'refs/notes/commits', notes])
    const ids = await idsOf('?all=true&ref_name=none')
    expect(ids).toHaveLength(COMMITS + 2)
    expect(ids).not.toContain(notes)
  })

  test.each(['a b', 'a~1', 'a^', 'a:b', 'a..b..c', '@{1}', 'a%0Ab', 'a.lock'])(
    'the malformed ref %s is refused',
    async (ref) => {
      const { status, body } = await list(`?ref_name=${ref.includes('%') ? ref : encoded(ref)}`)
      expect([status, body]).toEqual([400, { error: 'ref_name is invalid' }])
    },
  )

  test.each(['since=yesterday', 'until=x', 'order=random', 'all=maybe', 'page=x'])(
    'the filter %s is refused',
    async (query) => {
      expect((await list(`?${query}`)).status).toBe(400)
    },
  )
})

describe('the fields of a commit', () => {
  test('a commit has its trailers when the query asks for them', async () => {
    const { body } = await list('?trailers=true&per_page=1')
    expect(body[0]).toMatchObject({ trailers: { Changelog: 'added' }, extended_trailers: { Changelog: ['added'] } })
  })

  test('a commit has its counts of changed lines when the query asks for them, and a merge is compared with its first parent', async () => {
    const { body } = await list('?ref_name=both&with_stats=true')
    const stats = Object.fromEntries(body.map((row: Listed & { stats: unknown }) => [row.title, row.stats]))
    expect(stats).toMatchObject({
      Merge: { additions: 1, deletions: 1, total: 2 },
      Side: { additions: 3, deletions: 1, total: 4 },
      'Commit 1': { additions: 1, deletions: 1, total: 2 },
      'Commit 0': { additions: 1, deletions: 0, total: 1 },
    })
    expect(Object.keys((await list('?per_page=1')).body[0])).not.toContain('stats')
  })

  test('a commit alone has its counts of changed lines unless the query declines them', async () => {
    const one = (query: string) =>
      rest(app, 'GET', `/projects/${world.project.id}/repository/commits/both${query}`, {
        token: world.tokens.reporter,
      })
    expect((await one('')).body.stats).toEqual({ additions: 1, deletions: 1, total: 2 })
    expect((await one('?stats=false')).body).not.toHaveProperty('stats')
  })

  test('a long message is cut to its beginning, even when the message is larger than what is read', async () => {
    const own = await createWorld(app, {
      repository: { commits: [`${'a'.repeat(LISTED - 1)}😀`, 'b'.repeat(2 * MIB), 'c'] },
    })
    const { status, body } = await rest(app, 'GET', `/projects/${own.project.id}/repository/commits?with_stats=true`)
    expect(status).toBe(200)
    expect(body.map(({ message }: { message: string }) => message.length)).toEqual([1, LISTED, LISTED - 1])
    expect(body[1].title).toBe('b'.repeat(LISTED))
    expect(body[1].author_name).toBe('Ada Example')
  })
})

describe('the right to see commits', () => {
  test.each([
    ['anonymous', 404],
    ['stranger', 404],
    ['guest', 403],
    ['planner', 403],
    ['reporter', 200],
    ['developer', 200],
  ] as const)('%s of a private project gets the status %i', async (viewer, expected) => {
    const token = world.tokens[viewer]
    for (const path of [
      'repository/commits',
      'repository/commits?ref_name=a b',
      'merge_requests',
      'merge_requests?state=x',
    ]) {
      const { status, body } = await rest(app, 'GET', `/projects/${world.project.id}/${path}`, { token })
      const bad = path.includes('?') && expected === 200
      expect([path, status], JSON.stringify(body)).toEqual([path, bad ? 400 : expected])
    }
  })
})

test('a repository without commits has an empty list, and a missing repository is reported', async () => {
  const empty = await create.createProject()
  await initRepository(app.repositories.directory(empty.id))
  for (const query of ['', '?all=true', '?ref_name=main']) {
    const { status, body } = await rest(app, 'GET', `/projects/${empty.id}/repository/commits${query}`)
    expect([status, body]).toEqual([200, []])
  }
  const missing = await create.createProject()
  const { status, body } = await rest(app, 'GET', `/projects/${missing.id}/repository/commits`)
  expect([status, body]).toEqual([404, { message: '404 Repository Not Found' }])
})

test('the merge requests of a commit are an empty page, and an impossible filter is refused', async () => {
  const get = (query: string) =>
    rest(app, 'GET', `/projects/${world.project.id}/merge_requests${query}`, { token: world.tokens.reporter })
  const { status, body, headers } = await get('?per_page=100&page=1&state=merged')
  expect([status, body]).toEqual([200, []])
  expect(['x-page', 'x-per-page', 'x-next-page', 'x-total', 'x-total-pages'].map((name) => headers.get(name))).toEqual([
    '1',
    '100',
    '',
    '0',
    '1',
  ])
  for (const query of ['state=open', 'order_by=id', 'sort=up', 'scope=mine', 'view=full', 'wip=1', 'created_after=x']) {
    expect((await get(`?${query}`)).status, query).toBe(400)
  }
  const one = await rest(app, 'GET', `/projects/${world.project.id}/merge_requests/1`, { token: world.tokens.reporter })
  expect(one.status).toBe(404)
})

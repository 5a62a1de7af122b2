import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { parseCommit, readCommits } from '../../src/git/commits.ts'
import { runGit } from '../../src/git/git.ts'
import { createObjectPool } from '../../src/git/object-reader.ts'
import { createTemporaryRepository, type RepositorySpec, temporaryDirectory } from '../support/git.ts'

const SHA = 'a'.repeat(40)
const TREE = `tree ${'b'.repeat(40)}\n`
const PEOPLE =
  'author Ada Example <ada@example.com> 1700000000 +0200\ncommitter Ben Example <ben@example.com> 1700000060 -0330\n'

const parse = (message: string) => parseCommit(SHA, Buffer.from(`${TREE}${PEOPLE}\n${message}`))
const parsePerson = (person: string) =>
  parseCommit(SHA, Buffer.from(`${TREE}author ${person}\ncommitter ${person}\n\nTitle\n`))

async function readable(spec: RepositorySpec) {
  const log = { warn: vi.fn() }
  const pool = createObjectPool({ log })
  onTestFinished(() => pool.close())
  return { pool, log, ...(await createTemporaryRepository(spec)) }
}

describe('a commit object', () => {
  test('a commit object is read with all its fields', () => {
    const parents = `parent ${'c'.repeat(40)}\nparent ${'d'.repeat(40)}\n`
    const raw = Buffer.from(`${TREE}${parents}${PEOPLE}\nAdd a door\n\nIt opens.\n\nReviewed-by: Cy\n`)
    expect(parseCommit(SHA, raw)).toEqual({
      sha: SHA,
      shortId: 'aaaaaaaa',
      parentIds: ['c'.repeat(40), 'd'.repeat(40)],
      title: 'Add a door',
      fullTitle: 'Add a door',
      message: 'Add a door\n\nIt opens.\n\nReviewed-by: Cy\n',
      description: 'It opens.\n\nReviewed-by: Cy',
      authorName: 'Ada Example',
      authorEmail: 'ada@example.com',
      authoredDate: new Date(1_700_000_000_000),
      authoredOffset: '+02:00',
      committerName: 'Ben Example',
      committerEmail: 'ben@example.com',
      committedDate: new Date(1_700_000_060_000),
      committedOffset: '-03:30',
      trailers: { 'Reviewed-by': 'Cy' },
      extendedTrailers: { 'Reviewed-by': ['Cy'] },
    })
  })

  test('a commit object keeps headers that continue over lines out of its other headers', () => {
    const signed = `${TREE}${PEOPLE}gpgsig -----BEGIN PGP SIGNATURE-----\n \n parent ${'e'.repeat(40)}\n -----END-----\n`
    const commit = parseCommit(SHA, Buffer.from(`${signed}\nTitle\n`))
    expect(commit.parentIds).toEqual([])
    expect(commit.message).toBe('Title\n')
  })

  test('a commit object may hold no message', () => {
    expect(parse('')).toMatchObject({ title: '', message: '', description: '' })
    expect(parseCommit(SHA, Buffer.from(TREE + PEOPLE)).authorName).toBe('Ada Example')
  })

  test('the title of a commit is the first line that says something', () => {
    expect(parse('\n\nTitle \r\nSecond\r\n')).toMatchObject({ title: 'Title', description: 'Second' })
  })

  test('a commit object is decoded from the encoding that it names', () => {
    const latin = Buffer.from(`${TREE}${PEOPLE.replace('Ada', 'Zoë')}encoding ISO-8859-1\n\nCafé\n`, 'latin1')
    expect(parseCommit(SHA, latin)).toMatchObject({ title: 'Café', authorName: 'Zoë Example' })
  })

  test('a commit object in Latin-1 has the signs of windows-1252 that Latin-1 lacks', () => {
    const windows = Buffer.concat([
      Buffer.from(`${TREE}${PEOPLE}encoding windows-1252\n\nFor 5 `),
      Buffer.from([0x80, 0x0a]),
    ])
    expect(parseCommit(SHA, windows).title).toBe('For 5 €')
  })

  test('a commit object in an unknown encoding is taken for UTF-8', () => {
    const odd = Buffer.from(`${TREE}${PEOPLE}encoding x-martian\n\nGrüße 🚀\n`)
    expect(parseCommit(SHA, odd).title).toBe('Grüße 🚀')
  })

  test.each([
    ['Ada <a@example.com> nonsense', '+00:00'],
    ['Ada <a@example.com>', '+00:00'],
    ['Ada <a@example.com> 99999999999999999 +0100', '+01:00'],
    ['Ada', '+00:00'],
    ['', '+00:00'],
  ])('a commit object with the malformed date of %j is dated to the epoch', (person, offset) => {
    expect(parsePerson(person)).toMatchObject({ authoredDate: new Date(0), authoredOffset: offset })
  })

  test.each(['+051800', '+9999', '-7', 'zone'])('a commit object with the malformed time zone %s is in UTC', (zone) => {
    const commit = parsePerson(`Ada <a@example.com> 1700000000 ${zone}`)
    expect(commit).toMatchObject({ committedDate: new Date(1_700_000_000_000), committedOffset: '+00:00' })
  })

  test('a commit object may have a person without a name, or with odd brackets', () => {
    expect(parsePerson('<a@example.com> 1 +0000')).toMatchObject({ authorName: '', authorEmail: 'a@example.com' })
    expect(parsePerson('Ada <a@example.com>> 1 +0000')).toMatchObject({
      authorName: 'Ada',
      authorEmail: 'a@example.com',
      authoredDate: new Date(1000),
    })
  })

  test('a commit object of any bytes never throws', () => {
    const words = fc.constantFrom('author ', '<', '>', '\n', ' ', '1', '+', 'encoding ', ':', 'x')
    const raw = fc.oneof(
      fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
      fc.array(words, { maxLength: 60 }).map((parts) => Buffer.from(parts.join(''))),
    )
    const check = (bytes: Buffer) => {
      const commit = parseCommit(SHA, bytes)
      expect(commit.authoredDate.getTime()).not.toBeNaN()
      expect(commit.authoredOffset).toMatch(/^[+-]\d\d:\d\d$/)
    }
    fc.assert(fc.property(raw, check))
  })
})

describe('trailers', () => {
  const messages = [
    'Title\n\nFixes: #1\nSigned-off-by: Ada <ada@example.com>\nSigned-off-by: Ben <ben@example.com>\n',
    'Fixes: this is a title\n',
    'Title\n\nBody\n\nKey: value\n',
    'Title\n\nBody with Key: value\n',
    'Title\n\nKey: value\nnot a trailer\n',
    'Title\n\nnot a trailer\nSigned-off-by: Ada\n',
    'Title\n\none\ntwo\nthree\nfour\nfive\nSigned-off-by: Ada\n',
    'Title\n\nKey: folded\n  over lines\nOther: x\n',
    'Title\n\nBody\n\n(cherry picked from commit abc)\nKey: value\n',
    'Title\n\nKey : spaced\nEmpty:\nurl: https://example.com/a:b\n',
    'Title\n\nKey: value\n\n\n',
    'Title\n\nKey: value\n\nLast words.\n',
    'Title\r\n\r\nKey: value\r\n',
    'Title\n\nwith space: no\nKey: value\n',
  ]

  test.each(messages)('the trailers of %j are the trailers that git finds', async (message) => {
    const dir = join(await temporaryDirectory(), 'a.git')
    const args = ['interpret-trailers', '--parse', '--no-divider']
    const lines = (await runGit(dir, args, { input: message })).split(/\r?\n/).filter((line) => line !== '')
    const { extendedTrailers } = parse(message)
    const found = Object.entries(extendedTrailers).flatMap(([key, values]) => values.map((value) => `${key}: ${value}`))
    expect(found.map((line) => line.trim())).toEqual(lines.map((line) => line.trim()))
  })

  test('the trailers give the last value of a key that comes twice, and keep all values', () => {
    const commit = parse('Title\n\nAcked-by: Ada\nAcked-by: Ben\n')
    expect(commit.trailers).toEqual({ 'Acked-by': 'Ben' })
    expect(commit.extendedTrailers).toEqual({ 'Acked-by': ['Ada', 'Ben'] })
  })
})

describe('commits of a repository', () => {
  test('the commits of a repository are read 2,000 in one batch', async () => {
    const { pool, dir, commits } = await readable({ commits: 2000 })
    const found = await readCommits(pool, dir, commits)
    expect([...found.keys()]).toEqual(commits)
    expect(found.get(commits[1234] ?? '')?.title).toBe('Commit 1234')
    expect(found.get(commits[1234] ?? '')?.parentIds).toEqual([commits[1233]])
  })

  test('the commits of a repository keep their message over many lines and characters', async () => {
    const message = 'Grüße 🚀\n\nZeile eins\n\n\nZeile zwei 日本\n'
    const { pool, dir, commits } = await readable({ commits: [message] })
    const [commit] = (await readCommits(pool, dir, commits)).values()
    expect(commit).toMatchObject({ title: 'Grüße 🚀', message, description: 'Zeile eins\n\n\nZeile zwei 日本' })
    expect(commit?.authoredDate).toEqual(new Date('2024-01-01T00:00:00Z'))
    expect(commit?.committedDate).toEqual(new Date('2024-01-01T00:10:00Z'))
  })

  test('the commits of a repository leave out missing objects and objects that are no commits', async () => {
    const { pool, dir, commits, log } = await readable({ commits: 1 })
    const tree = (await runGit(dir, ['rev-parse', 'refs/heads/main^{tree}'])).trim()
    const found = await readCommits(pool, dir, ['0'.repeat(40), tree, 'main', ...commits, ...commits])
    expect([...found.keys()]).toEqual(commits)
    expect(log.warn).not.toHaveBeenCalled()
  })

  test('the commits of a missing repository are none, and one warning is logged', async () => {
    const { pool, dir, commits, log } = await readable({ commits: 3 })
    expect(await readCommits(pool, `${dir}.missing`, commits)).toEqual(new Map())
    expect(log.warn).toHaveBeenCalledExactlyOnceWith(
      { repository: `${dir}.missing`, exitCode: 128, stderr: expect.stringContaining('not a git repository') },
      expect.stringContaining('not a git repository'),
    )
  })
})

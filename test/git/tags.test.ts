import { execFileSync } from 'node:child_process'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { runGit } from '../../src/git/git.ts'
import { findTag, listTags } from '../../src/git/tags.ts'
import { author, createTemporaryRepository, temporaryDirectory } from '../support/git.ts'

const taggerAt = (time: string) => ({ ...author, date: new Date(time), offset: '+00:00' })

/** Writes a tag object by hand that today's `git tag` would not write, and gives it a name. */
async function writeTag(dir: string, name: string, lines: readonly string[]): Promise<string> {
  const args = ['hash-object', '-t', 'tag', '-w', '--stdin', '--literally']
  const sha = (await runGit(dir, args, { input: lines.join('\n') })).trim()
  await runGit(dir, ['update-ref', `refs/tags/${name}`, sha])
  return sha
}

describe('the tags of a repository', () => {
  test('the tags of a repository are listed by name, annotated and lightweight', async () => {
    const { dir, commits } = await createTemporaryRepository({
      commits: 3,
      tags: [
        'v2',
        { name: 'v1', commit: 0, message: 'Version one\n\nWith many\n\n\nlines.\n' },
        { name: 'debian/2.4.0-1', commit: 1 },
        { name: 'ünïcödé-日本-🚀', commit: 1, message: 'Grüße 🚀' },
      ],
    })
    const message = 'Version one\n\nWith many\n\n\nlines.'
    expect(await listTags(dir)).toEqual([
      { name: 'debian/2.4.0-1', sha: commits[1], annotated: false, message: null, tagger: null },
      { name: 'v1', sha: commits[0], annotated: true, message, tagger: taggerAt('2024-01-01T00:20:00Z') },
      { name: 'v2', sha: commits[2], annotated: false, message: null, tagger: null },
      {
        name: 'ünïcödé-日本-🚀',
        sha: commits[1],
        annotated: true,
        message: 'Grüße 🚀',
        tagger: taggerAt('2024-01-01T01:20:00Z'),
      },
    ])
  })

  test('an empty repository and a repository without tags have no tags', async () => {
    const { dir } = await createTemporaryRepository({ commits: 1 })
    expect(await listTags(dir)).toEqual([])
    expect(await listTags((await createTemporaryRepository({ commits: 0 })).dir)).toEqual([])
  })

  test('the tags of a repository leave out tags that point to a file or a tree', async () => {
    const { dir, commits } = await createTemporaryRepository({ commits: 1, tags: ['v1'] })
    await runGit(dir, ['update-ref', 'refs/tags/file', `${commits[0]}:file.txt`])
    await runGit(dir, ['update-ref', 'refs/tags/tree', `${commits[0]}^{tree}`])
    const tree = (await runGit(dir, ['rev-parse', `${commits[0]}^{tree}`])).trim()
    await writeTag(dir, 'annotated-tree', [`object ${tree}`, 'type tree', 'tag annotated-tree', '', 'A tree\n'])
    expect((await listTags(dir)).map(({ name }) => name)).toEqual(['v1'])
    expect(await findTag(dir, 'tree')).toBeNull()
    expect(await findTag(dir, 'annotated-tree')).toBeNull()
  })

  test('the tags of a repository lead to the commit through any number of tags', async () => {
    const { dir, commits } = await createTemporaryRepository({
      commits: 2,
      tags: [{ name: 'one', commit: 0, message: 'One' }, 'plain'],
    })
    const one = (await runGit(dir, ['rev-parse', 'refs/tags/one'])).trim()
    const two = await writeTag(dir, 'two', [`object ${one}`, 'type tag', 'tag two', '', 'Two\n'])
    await writeTag(dir, 'three', [`object ${two}`, 'type tag', 'tag three', '', 'Three\n'])
    const tree = (await runGit(dir, ['rev-parse', `${commits[0]}^{tree}`])).trim()
    const inner = await writeTag(dir, 'tree', [`object ${tree}`, 'type tree', 'tag tree', '', 'A tree\n'])
    await writeTag(dir, 'to-tree', [`object ${inner}`, 'type tag', 'tag to-tree', '', 'To a tree\n'])
    const found = (await listTags(dir)).map(({ name, sha, message }) => [name, sha, message])
    expect(found).toEqual([
      ['one', commits[0], 'One'],
      ['plain', commits[1], null],
      ['three', commits[0], 'Three'],
      ['two', commits[0], 'Two'],
    ])
    expect((await findTag(dir, 'three'))?.sha).toBe(commits[0])
  })

  test('a tag may have no tagger', async () => {
    const { dir, commits } = await createTemporaryRepository({ commits: 1 })
    await writeTag(dir, 'old', [`object ${commits[0]}`, 'type commit', 'tag old', '', 'Old\n'])
    const old = { name: 'old', sha: commits[0], annotated: true, message: 'Old', tagger: null }
    expect(await findTag(dir, 'old')).toEqual(old)
  })

  test('a tag shows its message without its signature', async () => {
    const { dir, commits } = await createTemporaryRepository({ commits: 1 })
    const signature = ['-----BEGIN PGP SIGNATURE-----', '', 'abc', '-----END PGP SIGNATURE-----', '']
    const tagger = `tagger ${author.name} <${author.email}> 1700000000 +0530`
    const head = [`object ${commits[0]}`, 'type commit', 'tag signed', tagger, '']
    await writeTag(dir, 'signed', [...head, 'Signed', '', 'Body', ...signature])
    const tag = await findTag(dir, 'signed')
    expect(tag?.message).toBe('Signed\n\nBody')
    expect(tag?.tagger).toEqual({ ...author, date: new Date(1_700_000_000_000), offset: '+05:30' })
  })

  test('10,000 tags with 30 MB of messages are listed in less than two seconds of processor time', async () => {
    const message = `Version\n\n${'A long story. '.repeat(200)}`
    const annotated = Array.from({ length: 500 }, (_, at) => ({ name: `a${at}`, commit: at % 10, message }))
    const { dir, commits } = await createTemporaryRepository({ commits: 10, tags: annotated })
    const refs = await runGit(dir, ['for-each-ref', '--format=%(objectname)', 'refs/tags/'])
    const targets = [...refs.trim().split('\n'), ...commits]
    const names = Array.from({ length: 10_000 }, (_, at) => `v${String(at).padStart(5, '0')}`)
    // Git needs many seconds to make so many tags, and keeps them in this file.
    const packed = names.map((name, at) => `${targets[at % targets.length]} refs/tags/${name}\n`)
    await writeFile(join(dir, 'packed-refs'), packed.join(''))

    // Processor time, because the time on the clock depends on what else the machine does.
    const before = process.cpuUsage()
    const found = (await listTags(dir)).filter(({ name }) => name.startsWith('v'))
    const { user, system } = process.cpuUsage(before)
    expect((user + system) / 1_000_000).toBeLessThan(2)
    expect(found.map(({ name }) => name)).toEqual(names)
    expect(found.every(({ sha }) => commits.includes(sha))).toBe(true)
    expect(found[0]?.message).toBe(message.trim())
  })

  test('the tags of a missing repository fail with a GitError', async () => {
    const missing = join(await temporaryDirectory(), 'none.git')
    await expect(listTags(missing)).rejects.toMatchObject({ name: 'GitError', exitCode: 128 })
    await expect(findTag(missing, 'v1')).rejects.toMatchObject({ name: 'GitError', exitCode: 128 })
  })
})

describe('one tag', () => {
  test('a tag is found by its whole name only', async () => {
    const { dir, commits } = await createTemporaryRepository({
      commits: 2,
      tags: ['app/v1', { name: 'v1', commit: 0 }, 'v1-rc'],
    })
    expect(await findTag(dir, 'v1')).toMatchObject({ name: 'v1', sha: commits[0] })
    expect(await findTag(dir, 'app/v1')).toMatchObject({ name: 'app/v1', sha: commits[1] })
    for (const name of ['app', 'V1', 'v', 'v1/', 'main', 'refs/tags/v1', '*', 'v?']) {
      expect(await findTag(dir, name), name).toBeNull()
    }
  })

  test.each(['--upload-pack=x', '-d', '--format=%(refname)', '', 'HEAD', 'a\0b', 'a\nb'])(
    'a tag named %j does not exist, and git never gets the name',
    async (name) => {
      // Any git command would fail in a missing repository.
      const missing = join(await temporaryDirectory(), 'none.git')
      expect(await findTag(missing, name)).toBeNull()
    },
  )

  test('a tag named like an option is listed like any other when it was pushed', async () => {
    const { dir, commits } = await createTemporaryRepository({ commits: 1 })
    await runGit(dir, ['update-ref', 'refs/tags/--upload-pack=x', `${commits[0]}`])
    await runGit(dir, ['update-ref', 'refs/tags/-d', `${commits[0]}`])
    expect((await listTags(dir)).map(({ name }) => name)).toEqual(['--upload-pack=x', '-d'])
  })

  test('a tag that points to a lost object fails with a GitError', async () => {
    const { dir, commits } = await createTemporaryRepository({ commits: 1, tags: ['v1'] })
    const sha = `${commits[0]}`
    await rm(join(dir, 'objects', sha.slice(0, 2), sha.slice(2)))
    await expect(findTag(dir, 'v1')).rejects.toMatchObject({ name: 'GitError' })
  })
})

describe('a tag whose texts are not UTF-8', () => {
  /** A tag whose text is in the bytes of Latin-1. */
  async function latinTag(dir: string, sha: string, header: string): Promise<void> {
    const text = `object ${sha}\ntype commit\ntag latin\ntagger Zo\xeb <zoe@example.com> 1700000000 +0000\n${header}\nCaf\xe9\n`
    const args = ['-C', dir, 'hash-object', '-t', 'tag', '-w', '--stdin', '--literally']
    const id = execFileSync('git', args, { input: Buffer.from(text, 'latin1') })
      .toString()
      .trim()
    await runGit(dir, ['update-ref', 'refs/tags/latin', id])
  }

  test('a tag whose texts are not UTF-8 is decoded from the encoding that it names', async () => {
    const { dir, commits } = await createTemporaryRepository({})
    await latinTag(dir, commits[0] ?? '', 'encoding ISO-8859-1\n')
    expect(await findTag(dir, 'latin')).toMatchObject({ message: 'Café', tagger: { name: 'Zoë' } })
  })

  test('a tag whose texts are not UTF-8 is shown with replacements when it names no encoding', async () => {
    const { dir, commits } = await createTemporaryRepository({})
    await latinTag(dir, commits[0] ?? '', '')
    expect(await findTag(dir, 'latin')).toMatchObject({ message: 'Caf\uFFFD', tagger: { name: 'Zo\uFFFD' } })
  })
})

import { Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { findTag } from '../../../src/git/tags.ts'
import { readPush } from '../../../src/http/git/push-commands.ts'
import { useApp } from '../../support/app.ts'
import { createWorld, type World } from '../../support/world.ts'
import { clone, commit, git, remoteOf } from './git-client.ts'

const app = useApp()

async function developersClone(...options: string[]) {
  const world = await createWorld(app, { project: { visibility: 'private' } })
  return { world, own: await clone(remoteOf(app, world, world.tokens.developer), ...options) }
}

const branchIn = async ({ project }: World, name: string) =>
  (await git(app.repositories.directory(project.id), 'rev-parse', `refs/heads/${name}`)).stdout.trim()

const optionsOf = (count: number, text: string) => Array.from({ length: count }, () => ['-o', text]).flat()

const ZEROS = '0'.repeat(40)
const packet = (line: string) => (Buffer.byteLength(line) + 4).toString(16).padStart(4, '0') + line
const command = (ref: string, capabilities = '') => packet(`${ZEROS} ${'1'.repeat(40)} ${ref}${capabilities}\n`)

/** What the server reads of a push whose body arrives byte by byte. */
const read = (body: string) => readPush(Readable.from([...Buffer.from(body)].map((byte) => Buffer.from([byte]))))

describe('a push with options', () => {
  test.each(['0', '2'])(
    'a push with options works with version %s of the protocol, for branches, tags and notes alike',
    async (version) => {
      const { world, own } = await developersClone('-c', `protocol.version=${version}`)
      const sha = await commit(own)
      await own.run('tag', 'v2.0.0')
      await own.run('notes', 'add', '-m', 'Looked at')
      const refs = ['main', 'v2.0.0', 'refs/notes/commits']
      const { code, stderr } = await own.run('push', '-o', 'ci.skip', '-o', 'ci.variable="A=b"', 'origin', ...refs)
      expect(stderr).not.toMatch(/error|fatal|does not support/)
      expect(code).toBe(0)
      expect(await branchIn(world, 'main')).toBe(sha)
      expect(await findTag(app.repositories.directory(world.project.id), 'v2.0.0')).toMatchObject({ sha })
    },
  )

  test('an atomic push with options is made as a whole or not at all', async () => {
    const { world, own } = await developersClone()
    const before = await branchIn(world, 'main')
    const sha = await commit(own)
    const push = ['push', '--atomic', '-o', 'ci.skip', 'origin', 'main']
    expect((await own.run(...push, 'HEAD~1:refs/heads/main/below')).code).not.toBe(0)
    expect(await branchIn(world, 'main')).toBe(before)
    expect((await own.run(...push, 'HEAD:refs/heads/other')).code).toBe(0)
    expect([await branchIn(world, 'main'), await branchIn(world, 'other')]).toEqual([sha, sha])
  })

  test('a push with options is refused with the reason when it breaks a rule', async () => {
    const { own } = await developersClone()
    const { code, stderr } = await own.run('push', '-o', 'ci.skip', 'origin', 'main:refs/replace/x')
    expect(code).not.toBe(0)
    expect(stderr).toContain('remote: refs/replace/x: Only branches, tags and notes (refs/notes/) can be pushed.')
  })

  test('a push with options deletes a branch, for which no objects follow', async () => {
    const { world, own } = await developersClone()
    expect((await own.run('push', '-o', 'ci.skip', 'origin', 'main:other')).code).toBe(0)
    expect((await own.run('push', '-o', '', 'origin', ':other')).code).toBe(0)
    expect(await branchIn(world, 'other')).toBe('refs/heads/other')
  })

  test('a push has at most 100 options, of 4,096 bytes each', async () => {
    const { own } = await developersClone()
    const longest = 'é'.repeat(2048)
    expect((await own.run('push', ...optionsOf(100, longest), 'origin', 'main:a')).code).toBe(0)
    expect((await own.run('push', ...optionsOf(101, 'x'), 'origin', 'main:b')).stderr).toContain('400')
    expect((await own.run('push', '-o', `${longest}x`, 'origin', 'main:c')).stderr).toContain('400')
    expect((await own.run('ls-remote', 'origin', 'a', 'b', 'c')).stdout).toMatch(/^\w{40}\trefs\/heads\/a\n$/)
  })
})

describe('the commands and options that the server reads of a push', () => {
  test('the server reads the options in order, and the objects behind them', async () => {
    const body = `${command('refs/heads/main', '\0report-status push-options')}0000${packet('ci.skip')}0004${packet('Grüße\n')}0000PACK`
    const push = await read(body)
    expect(push.options).toEqual(['ci.skip', '', 'Grüße'])
    expect(push.changes.map(({ ref }) => ref)).toEqual(['refs/heads/main'])
    expect(Buffer.concat(await push.body.toArray()).toString()).toBe(body)
  })

  test('the server reads no options when the client does not announce them', async () => {
    const push = await read(`${command('refs/heads/main', '\0report-status')}0000${packet('ci.skip')}0000`)
    expect(push.options).toEqual([])
  })

  test.each([
    ['another command', command('refs/heads/a', '\0push-options') + command('refs/heads/b', '\0report-status')],
    ['a value', command('refs/heads/a', '\0report-status\tpush-options=yes')],
  ])(
    'the server reads the options that git would read, also when they are announced with %s',
    async (_how, commands) => {
      expect((await read(`${commands}0000${packet('ci.skip')}0000`)).options).toEqual(['ci.skip'])
    },
  )

  test('the server refuses a push whose options do not end', async () => {
    const commands = `${command('refs/heads/a', '\0push-options')}0000`
    await expect(read(commands)).rejects.toThrow('no push that git would send')
    await expect(read(`${commands}${packet('ci.skip')}`)).rejects.toThrow('no push that git would send')
  })
})

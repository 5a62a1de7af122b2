import { once } from 'node:events'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { findDefaultBranch, listBranches } from '../../src/git/branches.ts'
import { GitError, runGit } from '../../src/git/git.ts'
import { initRepository, mirrorRepository } from '../../src/git/mirror-repository.ts'
import { listTags } from '../../src/git/tags.ts'
import { createRepository, temporaryDirectory } from '../support/git.ts'

const SECRET = 'a-secret-token'

async function world() {
  const dir = await temporaryDirectory()
  const source = await createRepository(join(dir, 'source.git'), {
    commits: 4,
    tags: ['v1', { name: 'v2', message: 'Two' }],
    branches: ['stable', { name: 'old', commit: 0 }],
  })
  return { dir, source, mirror: join(dir, 'mirror.git') }
}

async function refsOf(dir: string) {
  const [branches, tags] = await Promise.all([listBranches(dir), listTags(dir)])
  return { branches, tags, head: await findDefaultBranch(dir) }
}

/** Serves the plain files of a repository over HTTP, which git reads without a program on the server. */
async function serveFiles(root: string): Promise<string> {
  const server = createServer((request, response) => {
    const path = new URL(`${request.url}`, 'http://localhost').pathname
    readFile(join(root, path)).then(
      (content) => response.end(content),
      () => response.writeHead(404).end(),
    )
  })
  onTestFinished(() => void server.close())
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  return `http://user:${SECRET}@127.0.0.1:${address && typeof address === 'object' ? address.port : ''}`
}

const failureOf = async (running: Promise<unknown>): Promise<GitError> => {
  const failure = await running.catch((error: unknown) => error)
  if (!(failure instanceof GitError)) throw new Error(`not a GitError: ${failure}`)
  return failure
}

describe('a new repository', () => {
  test('a new repository is bare, empty, on the branch main and without hooks', async () => {
    const dir = join(await temporaryDirectory(), 'deep', 'new.git')
    await initRepository(dir)
    expect(await runGit(dir, ['rev-parse', '--is-bare-repository'])).toBe('true\n')
    expect(await refsOf(dir)).toEqual({ branches: [], tags: [], head: 'main' })
    expect(await readdir(dir)).not.toContain('hooks')
  })

  test('a new repository in the place of an existing one leaves the existing one as it is', async () => {
    const { source } = await world()
    const before = await refsOf(source.dir)
    await initRepository(source.dir)
    expect(await refsOf(source.dir)).toEqual(before)
  })
})

describe('a mirror', () => {
  test('a mirror has the branches, tags and default branch of its source', async () => {
    const { dir, source, mirror } = await world()
    await runGit(source.dir, ['symbolic-ref', 'HEAD', 'refs/heads/stable'])
    const lines: string[] = []
    await mirrorRepository(source.dir, mirror, (line) => lines.push(line))
    expect(await refsOf(mirror)).toEqual(await refsOf(source.dir))
    expect((await refsOf(mirror)).head).toBe('stable')
    expect(lines.some((line) => line.includes('Counting objects'))).toBe(true)
    expect(lines.every((line) => !/[\r\n]/.test(line))).toBe(true)
    expect((await readdir(dir)).sort()).toEqual(['mirror.git', 'source.git'])
  })

  test('a mirror shares no file with its source', async () => {
    const { source, mirror } = await world()
    await mirrorRepository(source.dir, mirror)
    await expect(readFile(join(mirror, 'objects', 'info', 'alternates'))).rejects.toThrow('ENOENT')
    await runGit(mirror, ['fsck', '--strict'])
  })

  test('a mirror follows the refs of its source, but keeps tags that the source has lost', async () => {
    const { source, mirror } = await world()
    expect(await mirrorRepository(source.dir, mirror)).toEqual(['v1', 'v2'])
    const [first = '', second = ''] = source.commits
    await runGit(source.dir, ['update-ref', 'refs/heads/main', first])
    await runGit(source.dir, ['update-ref', 'refs/tags/v1', second])
    await runGit(source.dir, ['update-ref', '-d', 'refs/tags/v2'])
    await runGit(source.dir, ['update-ref', '-d', 'refs/heads/old'])
    await runGit(source.dir, ['update-ref', 'refs/heads/old/nested', second])
    await runGit(source.dir, ['update-ref', 'refs/heads/new', second])
    await runGit(source.dir, ['symbolic-ref', 'HEAD', 'refs/heads/stable'])
    expect(await mirrorRepository(source.dir, mirror)).toEqual(['v1'])
    const { branches, tags, head } = await refsOf(mirror)
    expect(head).toBe('stable')
    expect(branches.map(({ name }) => name)).toEqual(['main', 'new', 'old/nested', 'stable'])
    expect(branches.find(({ name }) => name === 'main')?.sha).toBe(first)
    expect(tags.map(({ name, sha }) => [name, sha])).toEqual([
      ['v1', second],
      ['v2', source.tags.v2],
    ])
  })

  test('a mirror may be of an empty repository', async () => {
    const dir = await temporaryDirectory()
    await initRepository(join(dir, 'empty.git'))
    await mirrorRepository(join(dir, 'empty.git'), join(dir, 'mirror.git'))
    expect(await refsOf(join(dir, 'mirror.git'))).toEqual({ branches: [], tags: [], head: 'main' })
  })

  test('a mirror may be of a working copy, in a folder with a colon in its name', async () => {
    const dir = await temporaryDirectory()
    const { dir: bare } = await createRepository(join(dir, 'a:b', '.git'), { commits: 2, tags: ['v1'] })
    await mirrorRepository(join(dir, 'a:b'), join(dir, 'mirror.git'))
    expect(await refsOf(join(dir, 'mirror.git'))).toEqual(await refsOf(bare))
  })

  test('a mirror may be read over HTTP, and keeps no password of the URL', async () => {
    const { dir, source, mirror } = await world()
    await runGit(source.dir, ['update-server-info'])
    await mirrorRepository(`${await serveFiles(dir)}/source.git`, mirror)
    expect((await refsOf(mirror)).tags).toEqual((await refsOf(source.dir)).tags)
    const files = await readdir(mirror, { recursive: true, withFileTypes: true })
    for (const file of files.filter((entry) => entry.isFile())) {
      expect(await readFile(join(file.parentPath, file.name), 'latin1')).not.toContain(SECRET)
    }
  })
})

describe('a source that cannot be read', () => {
  test('a source over HTTP that cannot be read fails without its password in the error', async () => {
    const { dir, mirror } = await world()
    const failure = await failureOf(mirrorRepository(`${await serveFiles(dir)}/none.git`, mirror))
    expect(failure.message).toMatch(/^git fetch failed: fatal: .*not found/)
    expect(JSON.stringify(failure) + failure.stack).not.toContain(SECRET)
  })

  test('a source that cannot be read leaves nothing behind and says why', async () => {
    const { dir, mirror } = await world()
    await mkdir(join(dir, 'plain'))
    await writeFile(join(dir, 'plain', 'file'), 'no repository')
    const reasons = { plain: 'not appear to be', missing: 'not appear to be', 'plain/file': 'invalid gitfile' }
    for (const [path, reason] of Object.entries(reasons)) {
      expect((await failureOf(mirrorRepository(join(dir, path), mirror))).message, path).toContain(reason)
    }
    expect((await readdir(dir)).sort()).toEqual(['plain', 'source.git'])
  })

  test('a source that cannot be read leaves an existing mirror as it was', async () => {
    const { dir, source, mirror } = await world()
    await mirrorRepository(source.dir, mirror)
    await failureOf(mirrorRepository(join(dir, 'missing'), mirror))
    expect(await refsOf(mirror)).toEqual(await refsOf(source.dir))
  })

  test('a source is refused when it would run a command or is an option', async () => {
    const { dir, source, mirror } = await world()
    const proof = join(dir, 'proof')
    const sources = [
      `ext::sh -c touch% ${proof}`,
      'fd::17',
      `file://${source.dir}`,
      `--upload-pack=touch ${proof}`,
      '-x',
      '',
      `ssh://-oProxyCommand=touch ${proof}/x`,
    ]
    for (const refused of sources) {
      const { message } = await failureOf(mirrorRepository(refused, mirror))
      expect(message, refused).toMatch(
        /not allowed|is not the path or URL|strange hostname|unable to find remote helper/,
      )
    }
    expect((await readdir(dir)).sort()).toEqual(['source.git'])
  })

  test('a source is not moved over a folder that holds something else', async () => {
    const { source, mirror } = await world()
    await mkdir(mirror)
    await writeFile(join(mirror, 'precious'), 'kept')
    await expect(mirrorRepository(source.dir, mirror)).rejects.toThrow('ENOTEMPTY')
    expect(await readFile(join(mirror, 'precious'), 'utf8')).toBe('kept')
  })
})

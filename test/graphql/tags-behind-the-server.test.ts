// People push, move and delete tags with git, and repositories break, without the server's doing.
import { rm, utimes, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { db } from '../../src/database/db.ts'
import { runGit } from '../../src/git/git.ts'
import { findTag } from '../../src/git/tags.ts'
import { useApp } from '../support/app.ts'
import { query } from '../support/client.ts'
import { createWorld, type World } from '../support/world.ts'

const app = useApp()

const repositoryOf = ({ project }: World) => app.repositories.directory(project.id)
const git = (world: World, ...args: string[]) => runGit(repositoryOf(world), args)
const firstCommit = async (world: World) => (await git(world, 'rev-list', '--max-parents=0', 'main')).trim()

type Shown = { tagName: string; commit: { sha: string } | null; assets: { sources: { nodes: { url: string }[] } } }
type Reads = { project: { releases: { count: number; nodes: Shown[] }; release: Shown | null } }

async function read(world: World): Promise<Reads['project']> {
  const release = '{ tagName commit { sha } assets { sources { nodes { url } } } }'
  const document = `{ project(fullPath: "${world.project.fullPath}") {
    releases { count nodes ${release} }
    release(tagName: "v1.0.0") ${release}
  } }`
  const { data, errors } = await query<Reads, object>(app, document, {}, { token: world.tokens.developer })
  expect(errors).toBeUndefined()
  return data.project
}

type Written = { errors: string[]; release: { commit: { sha: string } | null } | null }

async function write(world: World, mutation: string, input: object): Promise<Written> {
  const document = `mutation ($input: ${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input!) {
    ${mutation}(input: $input) { errors release { commit { sha } } }
  }`
  const variables = { input: { projectPath: world.project.fullPath, tagName: 'v1.0.0', ...input } }
  const answer = await query<Record<string, Written>, object>(app, document, variables, { token: world.tokens.owner })
  expect(answer.errors).toBeUndefined()
  return answer.data[mutation] as Written
}

/** Returns the reason why a mutation is refused. */
async function refused(world: World, mutation: string, input: object) {
  const document = `mutation ($input: ${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input!) { ${mutation}(input: $input) { errors } }`
  const variables = { input: { projectPath: world.project.fullPath, tagName: 'v1.0.0', ...input } }
  const response = await fetch(`${app.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'private-token': world.tokens.owner ?? '' },
    body: JSON.stringify({ query: document, variables }),
  })
  const { errors } = (await response.json()) as { errors: { message: string; extensions: { code: string } }[] }
  const [{ message, extensions } = { message: '', extensions: { code: '' } }] = errors
  return { status: response.status, retryAfter: response.headers.get('retry-after'), message, code: extensions.code }
}

const unavailable = (message: string) => ({ status: 503, retryAfter: '60', message, code: 'UNAVAILABLE' })

/** Makes the file look as if it had been written a minute ago. */
const age = (file: string) => utimes(file, new Date(), new Date(Date.now() - 61_000))

describe('a tag that was deleted in git', () => {
  test('the release stays in the list and alone, with the commit that was released', async () => {
    const world = await createWorld(app)
    const before = await read(world)
    await git(world, 'update-ref', '-d', 'refs/tags/v1.0.0')
    expect(await read(world)).toEqual(before)
    expect(before.release).toMatchObject({ tagName: 'v1.0.0', commit: { sha: world.release.sha } })
  })

  test('the release cannot be changed, but can be deleted and made again', async () => {
    const world = await createWorld(app)
    await git(world, 'update-ref', '-d', 'refs/tags/v1.0.0')
    expect((await write(world, 'releaseUpdate', { name: 'x' })).errors).toEqual(['Tag does not exist'])
    expect((await write(world, 'releaseCreate', { ref: 'main' })).errors).toEqual(['Release already exists'])
    expect(await findTag(repositoryOf(world), 'v1.0.0')).toBeNull()
    expect((await write(world, 'releaseDelete', {})).errors).toEqual([])
    expect((await write(world, 'releaseCreate', {})).errors).toEqual(['Ref is not specified'])
    expect((await write(world, 'releaseCreate', { ref: 'main' })).errors).toEqual([])
    expect(await findTag(repositoryOf(world), 'v1.0.0')).toMatchObject({ sha: world.release.sha })
  })
})

describe('a tag that was moved in git', () => {
  test('the release shows the commit that was released until it is made again', async () => {
    const world = await createWorld(app)
    const moved = await firstCommit(world)
    await git(world, 'update-ref', 'refs/tags/v1.0.0', moved)
    expect((await read(world)).release?.commit?.sha).toBe(world.release.sha)
    const updated = await write(world, 'releaseUpdate', { name: 'x' })
    expect(updated).toMatchObject({ errors: [], release: { commit: { sha: world.release.sha } } })
    await write(world, 'releaseDelete', {})
    expect((await write(world, 'releaseCreate', {})).release?.commit?.sha).toBe(moved)
  })

  test('the release shows its commit even when nothing else leads to the commit', async () => {
    const world = await createWorld(app, { repository: { commits: 3 } })
    const first = await firstCommit(world)
    for (const ref of ['refs/heads/main', 'refs/tags/v1.0.0']) await git(world, 'update-ref', ref, first)
    expect((await read(world)).release?.commit?.sha).toBe(world.release.sha)
  })
})

test('a pushed tag can be released at once, without a ref, even when it is annotated', async () => {
  const world = await createWorld(app)
  const sha = await firstCommit(world)
  await git(world, 'update-ref', 'refs/tags/v2.0.0', sha)
  const identity = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com']
  await git(world, ...identity, 'tag', '-a', '-m', 'Three', 'v3.0.0', sha)
  for (const tagName of ['v2.0.0', 'v3.0.0']) {
    expect(await write(world, 'releaseCreate', { tagName })).toEqual({ errors: [], release: { commit: { sha } } })
  }
  expect((await read(world)).releases.count).toBe(3)
})

describe('a broken repository', () => {
  const damages: [string, (world: World) => Promise<void>][] = [
    ['missing', (world) => rm(repositoryOf(world), { recursive: true })],
    ['without its objects', (world) => rm(path.join(repositoryOf(world), 'objects'), { recursive: true })],
    [
      'unable to hold tags',
      async (world) => {
        await git(world, 'pack-refs', '--all')
        await rm(path.join(repositoryOf(world), 'refs', 'tags'), { recursive: true })
        await writeFile(path.join(repositoryOf(world), 'refs', 'tags'), '')
      },
    ],
  ]

  test.each(damages)(
    'a repository that is %s refuses a new tag by its name, and nothing is half done',
    async (_name, damage) => {
      const world = await createWorld(app)
      await damage(world)
      const message = 'Failed to create tag v2.0.0: the repository cannot be read or written now'
      expect(await refused(world, 'releaseCreate', { tagName: 'v2.0.0', ref: 'main' })).toEqual(unavailable(message))
      const { id: projectId } = world.project
      expect(await db.release.count({ where: { projectId } })).toBe(1)
      expect(await db.auditEvent.count({ where: { projectId } })).toBe(0)
      const [line] = app.logged().filter((entry) => entry.projectId === projectId)
      expect(line).toMatchObject({ level: 50, msg: 'a repository is missing or broken' })
    },
  )

  test('a repository that is missing refuses a change by the name of the tag, and releases can still be listed, shown and deleted', async () => {
    const world = await createWorld(app)
    await rm(repositoryOf(world), { recursive: true })
    const { releases, release } = await read(world)
    expect([releases.count, release]).toMatchObject([1, { tagName: 'v1.0.0', commit: null }])
    const message = 'Failed to read tag v1.0.0: the repository cannot be read or written now'
    expect(await refused(world, 'releaseUpdate', { name: 'x' })).toEqual(unavailable(message))
    expect(await db.release.findUnique({ where: { id: world.release.id } })).toMatchObject({ name: 'First light' })
    expect((await write(world, 'releaseDelete', {})).errors).toEqual([])
  })
})

test('a lock that a crash left behind is no tag, and blocks a release for a minute with a message that says why to the operator', async () => {
  const world = await createWorld(app)
  await writeFile(path.join(repositoryOf(world), 'refs/tags/v2.0.0.lock'), '')
  const message = 'Failed to create tag v2.0.0: the repository cannot be read or written now'
  expect(await refused(world, 'releaseCreate', { tagName: 'v2.0.0', ref: 'main' })).toEqual(unavailable(message))
  expect(JSON.stringify(app.logged())).toContain('v2.0.0.lock')
  await age(path.join(repositoryOf(world), 'refs/tags/v2.0.0.lock'))
  expect((await write(world, 'releaseCreate', { tagName: 'v2.0.0', ref: 'main' })).errors).toEqual([])
})

import { rm } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { runGit } from '../../src/git/git.ts'
import { initRepository } from '../../src/git/mirror-repository.ts'
import { watchProcesses } from '../git/pool-world.ts'
import { useApp } from '../support/app.ts'
import { query } from '../support/client.ts'
import * as create from '../support/factories.ts'
import { createRepository } from '../support/git.ts'
import { createWorld, viewers, type World } from '../support/world.ts'

const app = useApp()

/** What the fields answer that a front end offers branches and tags from. */
const REFS = `query refs($fullPath: ID!) { project(fullPath: $fullPath) { repository {
  rootRef exists empty
  branchNames(searchPattern: "*", offset: 0, limit: 20) tagNames(searchPattern: "*", offset: 0, limit: 20)
  branches { count nodes { name default webUrl commit { sha } } }
  tags { count nodes { name message createdAt protected commit { sha } release { tagName } } }
} } }`

// biome-ignore lint/suspicious/noExplicitAny: the tests look into answers of many shapes
type Data = any

const ask = async (text: string, { project }: Pick<World, 'project'>, token: string | null, more = {}) =>
  query<Data, object>(app, text, { fullPath: project.fullPath, ...more }, { token })

const repositoryOf = async (text: string, world: Pick<World, 'project'>, token: string | null = null, more = {}) => {
  const { data, errors } = await ask(text, world, token, more)
  expect(errors).toBeUndefined()
  return data.project.repository
}

const names = (list: Data) => list.nodes.map(({ name }: Data) => name)

test('a viewer who reads the code sees the branches and tags, and nobody else learns of any', async () => {
  for (const visibility of ['private', 'public'] as const) {
    const world = await createWorld(app, {
      project: { visibility },
      repository: { tags: ['v1.0.0', { name: 'zqx-tag', message: 'zqx-text' }], branches: ['zqx-branch'] },
    })
    for (const viewer of viewers) {
      const { data, errors } = await ask(REFS, world, world.tokens[viewer])
      expect(errors).toBeUndefined()
      const reads = visibility === 'public' || !['anonymous', 'stranger', 'guest', 'planner'].includes(viewer)
      const shown = JSON.stringify(data).includes('zqx')
      expect([visibility, viewer, shown]).toEqual([visibility, viewer, reads])
      if (!reads) expect(data.project?.repository ?? null).toBeNull()
    }
  }
})

test('a repository tells its default branch, its branches, and its tags with their releases', async () => {
  const world = await createWorld(app, {
    project: { visibility: 'public' },
    repository: { tags: ['v1.0.0', { name: 'v2.0.0', commit: 0, message: 'Two' }], branches: ['a/b'] },
  })
  const { data } = await ask(REFS, world, null)
  const sha = world.release.sha
  expect(data.project.repository).toMatchObject({
    ...{ rootRef: 'main', exists: true, empty: false, branchNames: ['a/b', 'main'], tagNames: ['v1.0.0', 'v2.0.0'] },
    branches: {
      count: 2,
      nodes: [
        { name: 'a/b', default: false, commit: { sha } },
        { name: 'main', default: true, webUrl: `${app.url}/${world.project.fullPath}/-/tree/main`, commit: { sha } },
      ],
    },
    tags: {
      count: 2,
      nodes: [
        { name: 'v1.0.0', message: null, protected: false, release: { tagName: 'v1.0.0' } },
        { name: 'v2.0.0', message: 'Two', createdAt: '2024-01-01T00:20:00Z', release: null },
      ],
    },
  })
})

test('a missing repository and an empty one have no refs, and a missing one starts no git', async () => {
  const nothing = {
    ...{ rootRef: null, empty: true, branchNames: [], tagNames: [] },
    ...{ branches: { count: 0, nodes: [] }, tags: { count: 0, nodes: [] } },
  }
  const project = await create.createProject()
  const { started } = await watchProcesses()
  expect(await repositoryOf(REFS, { project })).toEqual({ ...nothing, exists: false })
  expect(started()).toEqual([])
  await initRepository(app.repositories.directory(project.id))
  expect(await repositoryOf(REFS, { project })).toEqual({ ...nothing, exists: true })
})

test('a damaged repository is an error that names nothing of it', async () => {
  const world = await createWorld(app, { project: { visibility: 'public' } })
  await rm(`${app.repositories.directory(world.project.id)}/HEAD`)
  expect((await repositoryOf(REFS, world)).exists).toBe(false)
})

const NAMES = `query names($fullPath: ID!, $pattern: String!, $offset: Int!, $limit: Int!) {
  project(fullPath: $fullPath) { repository {
    branchNames(searchPattern: $pattern, offset: $offset, limit: $limit)
    tagNames(searchPattern: $pattern, offset: $offset, limit: $limit)
} } }`

test('10,000 branches and tags are listed page by page', async () => {
  const world = await createWorld(app, { project: { visibility: 'public' } })
  const dir = app.repositories.directory(world.project.id)
  const numbers = Array.from({ length: 10_000 }, (_, at) => String(at).padStart(5, '0'))
  const input = numbers.map((at) => `create refs/heads/b/${at} main\ncreate refs/tags/t/${at} main\n`).join('')
  await runGit(dir, ['update-ref', '--stdin'], { input })
  await runGit(dir, ['pack-refs', '--all'])
  const at = (pattern: string, offset: number, limit: number) =>
    repositoryOf(NAMES, world, null, { pattern, offset, limit })
  const all = await at('*', 0, 2 ** 31 - 1)
  expect([all.branchNames.length, all.tagNames.length]).toEqual([1000, 1000])
  expect(await at('*/0999*', 3, 2)).toEqual({ branchNames: ['b/09993', 'b/09994'], tagNames: ['t/09993', 't/09994'] })
  expect(await at('b/00001', 0, 5)).toEqual({ branchNames: ['b/00001'], tagNames: [] })
  expect(await at('*', 10_000, 5)).toEqual({ branchNames: ['main'], tagNames: ['v1.0.0'] })
  expect(await at('*', 0, 0)).toEqual({ branchNames: [], tagNames: [] })
  const wrong = await ask(NAMES, world, null, { pattern: '*', offset: -1, limit: 1 })
  expect(wrong.errors?.map(({ extensions }) => extensions?.code)).toEqual(['INVALID', 'INVALID'])

  const PAGE = `query page($fullPath: ID!, $after: String) { project(fullPath: $fullPath) { repository {
    tags(first: 100, after: $after, sort: NAME_DESC, search: "^t/") { count pageInfo { endCursor hasNextPage } nodes { name } }
  } } }`
  const first = (await repositoryOf(PAGE, world)).tags
  expect([first.count, names(first)[0], names(first).length]).toEqual([10_000, 't/09999', 100])
  const second = (await repositoryOf(PAGE, world, null, { after: first.pageInfo.endCursor })).tags
  expect([names(second)[0], second.pageInfo.hasNextPage]).toEqual(['t/09899', true])
})

test('a search pattern is no option, no revision and no pattern of git', async () => {
  const world = await createWorld(app, { project: { visibility: 'public' } })
  for (const pattern of ['-o', '..', 'HEAD~1', '@{upstream}', 'ma?n', '[m]ain', 'mai', 'x'.repeat(1024)]) {
    const found = await repositoryOf(NAMES, world, null, { pattern, offset: 0, limit: 9 })
    expect([pattern, found]).toEqual([pattern, { branchNames: [], tagNames: [] }])
  }
  const long = await ask(NAMES, world, null, { pattern: 'x'.repeat(1025), offset: 0, limit: 9 })
  expect(long.errors?.[0]?.message).toContain('too long')
})

test('a tag whose name is not UTF-8 is listed, and has no release', async () => {
  const world = await createWorld(app, { project: { visibility: 'public' } })
  const dir = app.repositories.directory(world.project.id)
  await runGit(dir, ['update-ref', '--stdin'], { input: Buffer.from('create refs/tags/b\xff main\n', 'latin1') })
  await create.createRelease(world.project, { tag: 'b\uFFFD' })
  const { tags } = await repositoryOf(REFS, world)
  expect(tags.nodes.find(({ name }: Data) => name === 'b\uFFFD').release).toBeNull()
})

test('the number of SQL statements does not depend on how many tags a page has', async () => {
  const project = await create.createProject()
  const tags = Array.from({ length: 30 }, (_, at) => `v1.${at}.0`)
  const { commits } = await createRepository(app.repositories.directory(project.id), { tags })
  for (const tag of tags) await create.createLink(await create.createRelease(project, { tag, sha: commits[0] ?? null }))
  const PAGE = `query page($fullPath: ID!, $first: Int) { project(fullPath: $fullPath) { repository {
    branches { nodes { name commit { title } } }
    tags(first: $first) { nodes { name protected commit { title } release { name assets { links { nodes { url } } } } } }
  } } }`
  const counts: number[] = []
  for (const first of [1, 10, 30]) {
    const statements = await app.statementsOf(async () => {
      const { tags } = await repositoryOf(PAGE, { project }, null, { first })
      expect(tags.nodes.every(({ release }: Data) => release.assets.links.nodes.length === 1)).toBe(true)
    })
    counts.push(statements.length)
  }
  expect([new Set(counts).size, Math.max(...counts) <= 5]).toEqual([1, true])
})

test('one request reads the branches of at most 20 projects, because each starts git', async () => {
  const group = await create.createGroup()
  for (let n = 0; n < 21; n++) await create.createProject({ groupId: group.id })
  const ask = (first: number) =>
    query(
      app,
      `{ group(fullPath: "${group.fullPath}") { projects(first: ${first}) { nodes { repository { rootRef } } } } }`,
      {},
    )
  expect((await ask(20)).errors).toBeUndefined()
  expect((await ask(21)).errors?.[0]?.message).toContain('at most 20 projects')
})

// Which commit a name means where several refs are called like it. The order is git's.
import { beforeAll, expect, test } from 'vitest'
import { runGit } from '../../../src/git/git.ts'
import { useApp } from '../../support/app.ts'
import { mutate } from '../../support/mutate.ts'
import { createWorld, type World } from '../../support/world.ts'
import { encoded, rest } from './client.ts'

const app = useApp()

let world: World
let dir: string
/** The first and the last commit. */
let first: string
let last: string

beforeAll(async () => {
  world = await createWorld(app, {
    repository: {
      commits: 3,
      tags: [
        { name: 'v1.0.0', commit: 0 },
        { name: 'both', commit: 0 },
      ],
      branches: ['both'],
    },
  })
  dir = app.repositories.directory(world.project.id)
  const commits = (await runGit(dir, ['rev-list', '--reverse', 'main'])).trim().split('\n')
  ;[first = '', last = ''] = [commits[0], commits.at(-1)]
  // Branches that are called like the first commit, like the beginning of its id, and like the full name of a tag.
  for (const name of [first, first.slice(0, 12), 'refs/tags/v1.0.0']) {
    await runGit(dir, ['update-ref', `refs/heads/${name}`, last])
  }
})

const names: [what: string, name: () => string, sha: () => string][] = [
  ['a full id', () => first, () => first],
  ['a full id in capitals', () => first.toUpperCase(), () => first],
  ['the full name of a tag', () => 'refs/tags/v1.0.0', () => first],
  ['the full name of a branch', () => 'refs/heads/both', () => last],
  ['a tag and a branch', () => 'both', () => first],
  ['a branch and the beginning of an id', () => first.slice(0, 12), () => last],
  ['the beginning of an id', () => first.slice(0, 9), () => first],
]

test.each(names)('every read of a repository takes %s as git does', async (_what, nameOf, shaOf) => {
  const [name, sha, token] = [nameOf(), shaOf(), world.tokens.developer]
  const get = (path: string) => rest(app, 'GET', `/projects/${world.project.id}/repository/${path}`, { token })
  const understood = await runGit(dir, ['rev-parse', '--verify', '--quiet', `${name}^{commit}`])
  expect(understood.trim()).toBe(sha)
  expect((await get(`commits/${encoded(name)}`)).body.id).toBe(sha)
  expect((await get(`commits?ref_name=${encoded(name)}`)).body[0].id).toBe(sha)
  expect((await get(`files/file.txt?ref=${encoded(name)}`)).body.commit_id).toBe(sha)
  expect((await get(`compare?from=${first}&to=${encoded(name)}`)).body.compare_same_ref).toBe(sha === first)
  const archive = await get(`archive.tar?sha=${encoded(name)}`)
  expect(archive.headers.get('content-disposition')).toContain(sha)
})

test.each(names)('a tag, a branch and a release begin where git finds %s', async (what, nameOf, shaOf) => {
  const { project, tokens } = world
  const at = names.findIndex(([name]) => name === what)
  const input = { projectPath: project.fullPath, ref: nameOf() }
  expect(await mutate(app, tokens.owner, 'tagCreate', { ...input, name: `t${at}` })).toEqual([])
  expect(await mutate(app, tokens.owner, 'branchCreate', { ...input, name: `b${at}` })).toEqual([])
  expect(await mutate(app, tokens.owner, 'releaseCreate', { ...input, tagName: `r${at}` })).toEqual([])
  for (const ref of [`refs/tags/t${at}`, `refs/heads/b${at}`, `refs/tags/r${at}`]) {
    expect([ref, (await runGit(dir, ['rev-parse', `${ref}^{commit}`])).trim()]).toEqual([ref, shaOf()])
  }
})

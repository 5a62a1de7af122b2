import { expect, test } from 'vitest'
import { db } from '../../src/database/db.ts'
import { runGit } from '../../src/git/git.ts'
import { useApp } from '../support/app.ts'
import { query } from '../support/client.ts'
import { createWorld, type ViewerName, viewers, type World } from '../support/world.ts'

const app = useApp()

// biome-ignore lint/suspicious/noExplicitAny: the tests look into answers of many shapes
type Data = any

const FIELDS: Record<string, string> = {
  branchCreate: 'branch { name default commit { sha } }',
  tagCreate: 'tag { name message commit { sha } release { tagName } }',
  tagDelete: 'tag { name }',
}

const send = async ({ project, tokens }: World, viewer: ViewerName, name: string, input: object) => {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`
  const text = `mutation ($input: ${type}!) { ${name}(input: $input) { errors ${FIELDS[name]} } }`
  const variables = { input: { projectPath: project.fullPath, ...input } }
  const { data, errors } = await query<Data, object>(app, text, variables, { token: tokens[viewer] })
  return { payload: data?.[name], codes: errors?.map(({ extensions }) => extensions?.code) }
}

const refsOf = async ({ project }: World) =>
  (await runGit(app.repositories.directory(project.id), ['for-each-ref', '--format=%(refname:lstrip=1)']))
    .split('\n')
    .filter(Boolean)

test('a developer makes a branch and a tag, and a maintainer deletes a tag with its release', async () => {
  const world = await createWorld(app, { project: { visibility: 'private' } })
  const commit = { sha: world.release.sha }
  const branch = await send(world, 'developer', 'branchCreate', { name: 'topic', ref: 'v1.0.0' })
  expect(branch.payload).toEqual({ errors: [], branch: { name: 'topic', default: false, commit } })
  const tag = await send(world, 'developer', 'tagCreate', { name: 'v2', ref: 'topic', message: 'Two' })
  expect(tag.payload).toEqual({ errors: [], tag: { name: 'v2', message: 'Two', commit, release: null } })
  const kept = await send(world, 'developer', 'tagDelete', { name: 'v1.0.0' })
  expect(kept.payload).toEqual({ errors: [expect.stringContaining('needs the role Maintainer')], tag: null })
  const deleted = await send(world, 'maintainer', 'tagDelete', { name: 'v1.0.0' })
  expect(deleted.payload).toEqual({ errors: [], tag: { name: 'v1.0.0' } })
  expect(await refsOf(world)).toEqual(['heads/main', 'heads/topic', 'tags/v2'])
  expect(await db.release.count({ where: { projectId: world.project.id } })).toBe(0)
})

test('nobody below Developer makes or deletes a branch or a tag, or learns which there are', async () => {
  const world = await createWorld(app, { project: { visibility: 'private' } })
  for (const viewer of viewers.slice(0, 5)) {
    for (const name of Object.keys(FIELDS)) {
      for (const ref of ['v1.0.0', 'none']) {
        const { payload, codes } = await send(
          world,
          viewer,
          name,
          name === 'tagDelete' ? { name: ref } : { name: ref, ref },
        )
        expect([viewer, name, payload, codes]).toEqual([viewer, name, null, ['NOT_FOUND']])
      }
    }
  }
  expect(await refsOf(world)).toEqual(['heads/main', 'tags/v1.0.0'])
})

test('a broken rule is told in the payload', async () => {
  const world = await createWorld(app)
  const errors = async (name: string, input: object) => (await send(world, 'owner', name, input)).payload.errors
  expect(await errors('branchCreate', { name: '-o', ref: 'main' })).toEqual(['Branch name is invalid'])
  expect(await errors('branchCreate', { name: 'main', ref: 'main' })).toEqual(['Branch already exists'])
  expect(await errors('branchCreate', { name: 'x', ref: 'HEAD~1' })).toEqual(['Invalid reference name: HEAD~1'])
  expect(await errors('tagCreate', { name: 'v1.0.0', ref: 'main' })).toEqual(['Tag v1.0.0 already exists'])
  expect(await errors('tagDelete', { name: 'none' })).toEqual(['Tag does not exist'])
  expect(await refsOf(world)).toEqual(['heads/main', 'tags/v1.0.0'])
})

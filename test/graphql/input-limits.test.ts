import { describe, expect, test } from 'vitest'
import { findTag } from '../../src/git/tags.ts'
import { useApp } from '../support/app.ts'
import { query } from '../support/client.ts'
import { snapshot } from '../support/snapshot.ts'
import { createWorld, type World } from '../support/world.ts'

const app = useApp()

type Input = Record<string, unknown>

/** Sends an input of an Owner and returns the error that refuses it. The refusal changes nothing. */
async function refusalOf(world: World, name: string, input: Input) {
  const before = await snapshot(app, world.project.id)
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`
  const document = `mutation ($input: ${type}!) { ${name}(input: $input) { errors } }`
  const projectPath = world.project.fullPath
  const answer = await query(app, document, { input: { projectPath, ...input } }, { token: world.tokens.owner })
  expect(await snapshot(app, world.project.id)).toEqual(before)
  expect(answer.errors?.[0]?.extensions?.code ?? 'INVALID').toBe('INVALID')
  return answer.errors?.[0]?.message
}

const create = { tagName: 'v2.0.0', ref: 'main' }
const many = <Item>(item: (n: number) => Item) => Array.from({ length: 1001 }, (_, n) => item(n))

describe('a list of more than 1000 items', () => {
  test.each<[string, Input, string]>([
    [
      'releaseCreate',
      { ...create, assets: { links: many((n) => ({ name: `${n}`, url: `https://example.com/${n}` })) } },
      'assets.links',
    ],
    ['releaseCreate', { ...create, milestones: many(String) }, 'milestones'],
    ['releaseUpdate', { tagName: 'v1.0.0', milestoneIds: many((n) => `gid://gitlab/Milestone/${n}`) }, 'milestoneIds'],
    ['protectedTagCreate', { name: 'v*', allowedToCreate: many((n) => ({ deployKeyId: n + 1 })) }, 'allowedToCreate'],
  ])('%s refuses a list of more than 1000 items', async (name, input, list) => {
    const message = await refusalOf(await createWorld(app), name, input)
    expect(message).toBe(`"${list}" has 1001 items: a list may have at most 1000`)
  })
})

describe('a text that is not Unicode', () => {
  test.each<[string, Input, string]>([
    ['releaseCreate', { ...create, name: 'a\ud800' }, 'name'],
    ['releaseCreate', { ...create, assets: { links: [{ name: '\udc00', url: 'https://a' }] } }, 'assets.links.0.name'],
    ['issueCreate', { title: 'a', description: '\ud800\ud800' }, 'description'],
  ])('%s refuses a text that is not Unicode', async (name, input, text) => {
    const message = await refusalOf(await createWorld(app), name, input)
    expect(message).toBe(`"${text}" holds half of a character: it must be Unicode text`)
  })

  test('releaseCreate takes an emoji', async () => {
    const world = await createWorld(app)
    const input = { ...create, projectPath: world.project.fullPath, name: '🚀' }
    const mutation = 'mutation ($input: ReleaseCreateInput!) { releaseCreate(input: $input) { release { name } } }'
    const { data } = await query(app, mutation, { input }, { token: world.tokens.owner })
    expect(data).toEqual({ releaseCreate: { release: { name: '🚀' } } })
  })
})

describe('a time outside of the years 1 to 9999', () => {
  test.each(['0000-12-31', '0001-01-01T00:00:00+23:00', '9999-12-31T23:59:59-23:00'])(
    'the time %s is refused',
    async (time) => {
      const world = await createWorld(app)
      const message = `Time cannot represent "${time}"`
      expect(await refusalOf(world, 'releaseCreate', { ...create, releasedAt: time })).toContain(message)
      expect(await findTag(app.repositories.directory(world.project.id), create.tagName)).toBeNull()
      expect(await refusalOf(world, 'milestoneCreate', { title: 'M', dueDate: time })).toContain(message)
    },
  )
})

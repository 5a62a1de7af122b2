import { beforeAll, expect, test } from 'vitest'
import { useApp } from '../../support/app.ts'
import { query } from '../../support/client.ts'
import * as create from '../../support/factories.ts'
import { createWorld, type ViewerName, type World } from '../../support/world.ts'

const app = useApp({ rateLimits: null })
let world: World
beforeAll(async () => {
  world = await createWorld(app, { project: { visibility: 'private' } })
})

const send = <Data>(viewer: ViewerName, document: string, variables = {}) =>
  query<Data, object>(app, document, variables, { token: world.tokens[viewer] })

type Change = { projectUpdate: { project: { topics: string[] } | null; errors: string[] } }

async function change(topics: string[]): Promise<Change['projectUpdate']> {
  const document = `mutation ($topics: [String!]!) {
    projectUpdate(input: { projectPath: "${world.project.fullPath}", topics: $topics }) { project { topics } errors } }`
  return (await send<Change>('maintainer', document, { topics })).data.projectUpdate
}

const found = async (viewer: ViewerName, args: string) =>
  (await send<{ projects: { nodes: { topics: string[] }[] } }>(viewer, `{ projects(${args}) { nodes { topics } } }`))
    .data.projects.nodes

test('a project is found by its topics, all of them, by whoever may read it', async () => {
  expect((await change(['lamps', 'Lighthouse keeping'])).project?.topics).toEqual(['lamps', 'Lighthouse keeping'])
  const [one, both, neither] = ['["lamps"]', '["Lighthouse keeping", "lamps"]', '["lamps", "boats"]']
  expect(await found('guest', `topics: ${one}`)).toHaveLength(1)
  expect(await found('guest', `topics: ${both}`)).toHaveLength(1)
  expect(await found('guest', `topics: ${neither}`)).toEqual([])
  expect(await found('stranger', `topics: ${one}`)).toEqual([])
})

test('topics are few, differ, and are not blank', async () => {
  expect((await change(Array.from({ length: 21 }, (_, at) => `topic ${at}`))).errors).toEqual([
    'Topics are too many (maximum is 20)',
  ])
  expect((await change(['a', 'a'])).errors).toEqual(['Topics must differ'])
  expect((await change([' '])).errors).toEqual(["Topics can't be blank"])
  expect((await change(['x'.repeat(256)])).errors).toEqual(['A topic is too long (maximum is 255 characters)'])
})

test('a new project may have topics', async () => {
  await create.addMember({ group: world.group }, world.users.owner, 'owner')
  type Created = { projectCreate: { project: { topics: string[] } | null; errors: string[] } }
  const { data } = await send<Created>(
    'owner',
    `mutation { projectCreate(input: { groupPath: "${world.group.fullPath}", path: "new", topics: ["boats"] }) {
      project { topics } errors } }`,
  )
  expect(data.projectCreate).toEqual({ project: { topics: ['boats'] }, errors: [] })
})

test('narrows by the least role, and searches the paths of groups only when asked', async () => {
  expect(await found('reporter', 'minAccessLevel: REPORTER')).toHaveLength(1)
  expect(await found('reporter', 'minAccessLevel: DEVELOPER')).toEqual([])
  const { fullPath } = world.group
  expect(await found('reporter', `search: "${fullPath}", withIssuesEnabled: true`)).toEqual([])
  expect(await found('reporter', `search: "${fullPath}", searchNamespaces: true`)).toHaveLength(1)
  expect(await found('stranger', `search: "${fullPath}", searchNamespaces: true`)).toEqual([])
  expect(await found('reporter', `search: "${fullPath}", searchNamespaces: true, withIssuesEnabled: false`)).toEqual([])
})

import { beforeAll, describe, expect, test } from 'vitest'
import { db } from '../../../src/database/db.ts'
import type { Project } from '../../../src/generated/prisma/client.ts'
import { useApp } from '../../support/app.ts'
import { query } from '../../support/client.ts'
import * as create from '../../support/factories.ts'
import { createFindingWorld, type FindingWorld, type ViewerName, viewers } from './finding-world.ts'

const app = useApp({ rateLimits: null })
let world: FindingWorld
beforeAll(async () => {
  world = await createFindingWorld()
})

const send = (viewer: ViewerName, document: string) =>
  query<Record<string, never>, object>(app, document, {}, { token: world.tokens[viewer] })

async function ask(viewer: ViewerName, document: string): Promise<Record<string, never>> {
  const { data, errors } = await send(viewer, document)
  expect(errors).toBeUndefined()
  return data
}

const namesOf = ({ users }: { users?: { nodes: { username: string }[] } }) =>
  users?.nodes.map(({ username }) => username)

describe.each(viewers)('%s', (viewer) => {
  test('finds accounts by username, and looks through all accounts only with a credential', async () => {
    const { guest, owner } = world.users
    const found = await ask(
      viewer,
      `{ users(usernames: ["${guest.username.toUpperCase()}", "nobody"]) { count nodes { username } }
        user(username: "${owner.username}") { id username } missing: user(username: "nobody") { id } }`,
    )
    expect(found).toEqual({
      users: { count: 1, nodes: [{ username: guest.username }] },
      user: { id: `gid://gitlab/User/${owner.id}`, username: owner.username },
      missing: null,
    })
    const byId = await ask(viewer, `{ user(id: "gid://gitlab/User/${owner.id}") { username } }`)
    expect(byId).toEqual({ user: viewer === 'anonymous' ? null : { username: owner.username } })
    for (const args of ['', `(search: "${guest.name}")`, `(ids: ["gid://gitlab/User/${guest.id}"])`]) {
      const { errors } = await send(viewer, `{ users${args} { count nodes { username } } }`)
      expect(errors?.[0]?.extensions?.code, args).toBe(viewer === 'anonymous' ? 'NOT_FOUND' : undefined)
    }
  })

  test('learns who administers the server only as an administrator', async () => {
    const { data, errors } = await send(
      viewer,
      `{ users(usernames: ["${world.users.admin.username}"], admins: true) { count } }`,
    )
    if (viewer === 'admin') expect(data).toEqual({ users: { count: 1 } })
    else expect(errors?.[0]?.extensions?.code).toBe('NOT_FOUND')
  })

  test('sees its own memberships, and which server answers', async () => {
    const { currentUser, metadata } = await ask(
      viewer,
      `{ metadata { version revision enterprise kas { enabled externalUrl version } }
        currentUser { __typename username
          projectMemberships { count nodes { accessLevel { integerValue stringValue } expiresAt project { fullPath } user { username } } }
          groupMemberships { count nodes { accessLevel { stringValue } group { fullPath } } } } }`,
    )
    if (viewer === 'anonymous') return expect([currentUser, metadata]).toEqual([null, null])
    expect(metadata).toMatchObject({ version: '18.0.0', enterprise: false, kas: { enabled: false } })
    const { username } = world.users[viewer]
    const hidden = world.projects.find(({ path }) => path === 'beacon-1-private-private') as Project
    const own = viewer === 'developer' ? [hidden] : []
    const level = { integerValue: 30, stringValue: 'DEVELOPER' }
    const groups: Partial<Record<ViewerName, [string, string]>> = {
      guest: ['GUEST', 'canary-0-private'],
      owner: ['OWNER', 'canary-top'],
    }
    const [stringValue, fullPath] = groups[viewer] ?? []
    const inGroups = stringValue ? [{ accessLevel: { stringValue }, group: { fullPath } }] : []
    expect(currentUser).toEqual({
      ...{ __typename: 'CurrentUser', username },
      projectMemberships: {
        count: own.length,
        nodes: own.map((project) => ({
          ...{ accessLevel: level, expiresAt: null },
          ...{ project: { fullPath: project.fullPath }, user: { username } },
        })),
      },
      groupMemberships: { count: inGroups.length, nodes: inGroups },
    })
  })
})

test('a membership that has ended is not listed', async () => {
  const [project] = world.projects as [Project]
  // The roles of an administrator narrow nothing.
  const user = await create.createUser({ username: 'late', admin: true })
  await create.addMember({ project }, user, 'developer')
  await db.projectMember.updateMany({ where: { userId: user.id }, data: { expiresAt: new Date(Date.now() - 1000) } })
  const token = await create.tokenFor(user)
  const { data } = await query(
    app,
    '{ currentUser { projectMemberships { count nodes { createdAt } } } }',
    {},
    { token },
  )
  expect(data).toEqual({ currentUser: { projectMemberships: { count: 0, nodes: [] } } })
})

test('accounts are sorted by their creation and found by words in their names', async () => {
  await create.createUser({ username: 'grace-hopper', name: 'Grace Hopper' })
  expect(namesOf(await ask('stranger', '{ users(search: "HOPPER gra") { nodes { username } } }'))).toEqual([
    'grace-hopper',
  ])
  expect(namesOf(await ask('stranger', '{ users(search: "hopper%") { nodes { username } } }'))).toEqual([])
  const newest = namesOf(await ask('stranger', '{ users { nodes { username } } }'))
  expect(newest?.[0]).toBe('grace-hopper')
  const oldest = namesOf(await ask('stranger', '{ users(sort: CREATED_ASC) { nodes { username } } }'))
  expect(oldest).toEqual(newest?.toReversed())
})

test.each([
  ['user { id }', 'Exactly one of "id" and "username" must be given'],
  ['user(id: "gid://gitlab/User/1", username: "x") { id }', 'Exactly one of "id" and "username" must be given'],
  ['users(ids: [], usernames: []) { count }', 'Only one of "ids" and "usernames" may be given'],
  [`users(usernames: ${JSON.stringify(Array(101).fill('x'))}) { count }`, '"usernames" takes at most 100 values'],
])('refuses %s', async (selection, message) => {
  expect((await send('stranger', `{ ${selection} }`)).errors?.[0]?.message).toContain(message)
})

test('pages of accounts and memberships take as many statements as they are long', async () => {
  for (const project of world.projects) await create.addMember({ project }, world.users.stranger, 'guest')
  const document = (first: number) => `{ users(first: ${first}) { count nodes { username } }
    currentUser { projectMemberships(first: ${first}) { count nodes { project { name group { name } } user { name } } } } }`
  const counts = []
  for (const first of [2, 4, 6]) counts.push((await app.statementsOf(() => ask('stranger', document(first)))).length)
  expect(new Set(counts).size).toBe(1)
})

import { describe, expect, test } from 'vitest'
import { db } from '../../src/database/db.ts'
import { graphql } from '../generated/gql.ts'
import type { GroupCreateInput, GroupUpdateInput } from '../generated/graphql.ts'
import { useApp } from '../support/app.ts'
import { query } from '../support/client.ts'
import * as create from '../support/factories.ts'
import { mutate } from '../support/mutate.ts'

const app = useApp()

const Create = graphql(`
  mutation createGroup($input: GroupCreateInput!) {
    groupCreate(input: $input) {
      errors
      group { name path fullPath description visibility members { nodes { role user { username } } } }
    }
  }
`)

const Update = graphql(`
  mutation updateGroup($input: GroupUpdateInput!) {
    groupUpdate(input: $input) { errors group { name description visibility } }
  }
`)

const begin = (input: GroupCreateInput, token: string | null) => query(app, Create, { input }, { token })
const change = (input: GroupUpdateInput, token: string | null) => query(app, Update, { input }, { token })

let count = 0
const freePath = () => `team-${++count}`

describe('groupCreate', () => {
  test('groupCreate at the top makes a private group, which the account that asks owns at once', async () => {
    const user = await create.createUser()
    const token = await create.tokenFor(user)
    const path = freePath()
    const { data } = await begin({ path }, token)
    expect(data.groupCreate).toEqual({
      errors: [],
      group: {
        name: path,
        path,
        fullPath: path,
        description: null,
        visibility: 'private',
        members: { nodes: [{ role: 'OWNER', user: { username: user.username } }] },
      },
    })
    expect(await mutate(app, token, 'projectCreate', { groupPath: path, path: 'app' })).toEqual([])
  })

  test('groupCreate in another group puts the new group below it', async () => {
    const parent = await create.createGroup()
    const user = await create.createUser()
    await create.addMember({ group: parent }, user, 'maintainer')
    const input = { parentPath: parent.fullPath, path: 'sub', name: 'Sub', description: 'Below', visibility: 'public' }
    const { data } = await begin(input as GroupCreateInput, await create.tokenFor(user))
    expect(data.groupCreate?.group).toMatchObject({ fullPath: `${parent.fullPath}/sub`, visibility: 'public' })
  })

  test('groupCreate refuses a path that is too long together with the paths above it, as projectCreate does', async () => {
    const token = await create.tokenFor(await create.createUser())
    const path = (letter: string) => `${freePath()}-${letter}`.padEnd(255, letter)
    const above: string[] = []
    for (const letter of ['a', 'b', 'c', 'd']) {
      const own = path(letter)
      const parentPath = above.length === 0 ? null : above.join('/')
      expect((await begin({ path: own, parentPath }, token)).data.groupCreate?.errors).toEqual([])
      above.push(own)
    }
    const problem = 'The path is too long together with the groups above it (maximum is 1024 characters)'
    const inside = above.join('/')
    expect((await begin({ path: 'x', parentPath: inside }, token)).data.groupCreate?.errors).toEqual([problem])
    expect(await mutate(app, token, 'projectCreate', { groupPath: inside, path: 'x' })).toEqual([problem])
  })

  test('the next mutation of the same request can use the new group', async () => {
    const token = await create.tokenFor(await create.createUser())
    const path = freePath()
    const document = `mutation {
      groupCreate(input: { path: "${path}" }) { errors }
      projectCreate(input: { groupPath: "${path}", path: "app" }) { errors project { fullPath } }
      milestoneCreate(input: { groupPath: "${path}", title: "1.0" }) { errors }
    }`
    const { data, errors } = await query(app, document, {}, { token })
    expect(errors).toBeUndefined()
    expect(data).toMatchObject({
      projectCreate: { errors: [], project: { fullPath: `${path}/app` } },
      milestoneCreate: { errors: [] },
    })
  })

  test.each([
    ['a path with a space', { path: 'a b' }, /^The path 'a b' may only hold/],
    ['a path of the server', { path: 'graphql' }, /is a name of the server itself$/],
    ['a path that looks like a repository', { path: 'a.git' }, /must not end with/],
    ['a blank name', { name: ' ' }, /^Name can't be blank$/],
  ])('groupCreate refuses %s', async (_name, input, message) => {
    const token = await create.tokenFor(await create.createUser())
    const { data } = await begin({ path: freePath(), ...input }, token)
    expect(data.groupCreate).toMatchObject({ group: null, errors: [expect.stringMatching(message)] })
  })

  test('groupCreate refuses a path that a group or a project has, whatever its letter case', async () => {
    const project = await create.createProject()
    const group = await db.group.findUniqueOrThrow({ where: { id: project.groupId } })
    const user = await create.createUser()
    await create.addMember({ group }, user, 'maintainer')
    const token = await create.tokenFor(user)
    const taken = ['Path has already been taken']
    expect((await begin({ path: group.path.toUpperCase() }, token)).data.groupCreate?.errors).toEqual(taken)
    const inPlaceOfProject = { parentPath: group.fullPath, path: project.path.toUpperCase() }
    expect((await begin(inPlaceOfProject, token)).data.groupCreate?.errors).toEqual(taken)
  })

  test.each([
    ['developer', false],
    ['maintainer', true],
    ['owner', true],
  ] as const)('groupCreate in a group, asked by %s, is allowed: %s', async (role, may) => {
    const parent = await create.createGroup()
    const user = await create.createUser()
    await create.addMember({ group: parent }, user, role)
    const answer = await begin({ parentPath: parent.fullPath, path: 'sub' }, await create.tokenFor(user))
    if (may) expect(answer.data.groupCreate?.errors).toEqual([])
    else expect(answer.errors?.[0]).toMatchObject({ extensions: { code: 'NOT_FOUND' } })
  })

  test('groupCreate is refused to anonymous viewers', async () => {
    expect((await begin({ path: freePath() }, null)).errors?.[0]).toMatchObject({ extensions: { code: 'NOT_FOUND' } })
  })
})

describe('groupUpdate', () => {
  test('groupUpdate changes what is given, and only that', async () => {
    const group = await create.createGroup({ description: 'old' })
    const user = await create.createUser()
    await create.addMember({ group }, user, 'maintainer')
    const token = await create.tokenFor(user)
    const groupPath = group.fullPath
    expect((await change({ groupPath, visibility: 'private' }, token)).data.groupUpdate).toEqual({
      errors: [],
      group: { name: group.name, description: 'old', visibility: 'private' },
    })
    expect((await change({ groupPath, description: null, name: 'New' }, token)).data.groupUpdate?.group).toEqual({
      name: 'New',
      description: null,
      visibility: 'private',
    })
    expect((await change({ groupPath, name: null }, token)).errors?.[0]?.message).toContain('must not be null')
  })

  test('groupUpdate needs the role Maintainer, and a hidden group answers as a missing one', async () => {
    const group = await create.createGroup({ visibility: 'private' })
    const developer = await create.createUser()
    await create.addMember({ group }, developer, 'developer')
    const tokens = [await create.tokenFor(developer), await create.tokenFor(await create.createUser()), null]
    for (const token of tokens) {
      const hidden = await change({ groupPath: group.fullPath, name: 'x' }, token)
      const missing = await change({ groupPath: 'no/such', name: 'x' }, token)
      expect(hidden.errors?.[0]).toMatchObject({ extensions: { code: 'NOT_FOUND' } })
      expect(hidden.errors).toEqual(missing.errors)
    }
  })
})

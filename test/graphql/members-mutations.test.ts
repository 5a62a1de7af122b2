import { describe, expect, test } from 'vitest'
import type { RoleName } from '../../src/access/roles.ts'
import { db } from '../../src/database/db.ts'
import { graphql } from '../generated/gql.ts'
import type { MemberSetInput } from '../generated/graphql.ts'
import { useApp } from '../support/app.ts'
import { query } from '../support/client.ts'
import * as create from '../support/factories.ts'
import { mutate } from '../support/mutate.ts'
import { createWorld, viewers, type World } from '../support/world.ts'

const app = useApp()

const SetMember = graphql(`
  mutation setMember($input: MemberSetInput!) {
    memberSet(input: $input) {
      errors
      member { role expiresAt user { username } project { fullPath } group { fullPath } }
    }
  }
`)

const Members = graphql(`
  query members($project: ID!, $group: ID!) {
    project(fullPath: $project) { members { count nodes { role user { username } } } }
    group(fullPath: $group) { members { count nodes { role user { username } } } }
  }
`)

const ABOVE = 'You cannot give, change or take away a role above your own'
const LAST_OWNER = 'The last owner of a group must stay: make somebody else its owner first'

const set = (input: MemberSetInput, token: string | null) => query(app, SetMember, { input }, { token })

/** A group with a member of each of these roles, and the tokens of the members. */
async function groupWith<Name extends RoleName>(...roles: Name[]) {
  const group = await create.createGroup()
  const users = {} as Record<Name, Awaited<ReturnType<typeof create.createUser>>>
  const tokens = {} as Record<Name, string>
  for (const role of roles) {
    users[role] = await create.createUser()
    tokens[role] = await create.tokenFor(users[role])
    await create.addMember({ group }, users[role], role)
  }
  return { group, users, tokens }
}

const canRead = async ({ project }: World, token: string) => {
  const document = 'query ($path: ID!) { project(fullPath: $path) { id } }'
  const answer = await query<{ project: unknown }, never>(app, document, { path: project.fullPath }, { token })
  return answer.data.project !== null
}

describe('memberSet', () => {
  test('memberSet makes a stranger a member, changes the role, and ends the membership at its time', async () => {
    const world = await createWorld(app, { project: { visibility: 'private' } })
    const { username } = world.users.stranger
    const token = world.tokens.stranger ?? ''
    const input = { projectPath: world.project.fullPath, username: username.toUpperCase() }
    expect(await canRead(world, token)).toBe(false)
    const { data } = await set({ ...input, role: 'GUEST' }, world.tokens.maintainer)
    expect(data.memberSet).toEqual({
      errors: [],
      member: {
        role: 'GUEST',
        expiresAt: null,
        user: { username },
        project: { fullPath: input.projectPath },
        group: null,
      },
    })
    expect(await canRead(world, token)).toBe(true)
    const changed = await set({ ...input, role: 'DEVELOPER', expiresAt: '2100-01-01' }, world.tokens.maintainer)
    expect(changed.data.memberSet?.member).toMatchObject({ role: 'DEVELOPER', expiresAt: '2100-01-01T00:00:00Z' })
    await db.projectMember.updateMany({
      where: { projectId: world.project.id, userId: world.users.stranger.id },
      data: { expiresAt: new Date(Date.now() - 1000) },
    })
    expect(await canRead(world, token)).toBe(false)
  })

  test('memberSet in a group opens the projects of the group', async () => {
    const world = await createWorld(app, { project: { visibility: 'private' } })
    const owner = await create.createUser()
    await create.addMember({ group: world.group }, owner, 'owner')
    const input = {
      groupPath: world.group.fullPath,
      username: world.users.stranger.username,
      role: 'REPORTER' as const,
    }
    const { data } = await set(input, await create.tokenFor(owner))
    expect(data.memberSet?.member).toMatchObject({
      role: 'REPORTER',
      project: null,
      group: { fullPath: input.groupPath },
    })
    expect(await canRead(world, world.tokens.stranger ?? '')).toBe(true)
  })

  test('memberSet refuses unknown users and an expiry in the past in the payload, and two places or none as an error', async () => {
    const { project, tokens, users, group } = await createWorld(app)
    const input = { projectPath: project.fullPath, username: 'nobody-here', role: 'GUEST' as const }
    expect((await set(input, tokens.owner)).data.memberSet?.errors).toEqual(["There is no user 'nobody-here'"])
    const past = { ...input, username: users.guest.username, expiresAt: '2020-01-01' }
    expect((await set(past, tokens.owner)).data.memberSet?.errors).toEqual(['The expiry date must be in the future'])
    for (const paths of [{ groupPath: group.fullPath }, { projectPath: null }]) {
      const { errors } = await set({ ...input, ...paths }, tokens.owner)
      expect(errors?.[0]).toMatchObject({ message: 'Exactly one of projectPath and groupPath must be given' })
    }
  })

  test("memberSet gives no role above the caller's own, and changes nobody above the caller", async () => {
    const { project, tokens, users } = await createWorld(app)
    const as = (viewer: 'maintainer' | 'owner', username: string, role: 'OWNER' | 'GUEST' | 'MAINTAINER') =>
      mutate(app, tokens[viewer], 'memberSet', { projectPath: project.fullPath, username, role })
    expect(await as('maintainer', users.guest.username, 'OWNER')).toEqual([ABOVE])
    expect(await as('maintainer', users.maintainer.username, 'OWNER')).toEqual([ABOVE])
    expect(await as('maintainer', users.owner.username, 'GUEST')).toEqual([ABOVE])
    expect(await as('maintainer', users.guest.username, 'MAINTAINER')).toEqual([])
    expect(await as('owner', users.guest.username, 'OWNER')).toEqual([])
    const remove = { projectPath: project.fullPath, username: users.owner.username }
    expect(await mutate(app, tokens.maintainer, 'memberRemove', remove)).toEqual([ABOVE])
  })

  test.each(viewers)('memberSet by %s succeeds from the role Maintainer on', async (viewer) => {
    const { project, tokens, users } = await createWorld(app)
    const input = { projectPath: project.fullPath, username: users.stranger.username, role: 'GUEST' as const }
    const answer = await set(input, tokens[viewer])
    if (viewer === 'maintainer' || viewer === 'owner') expect(answer.data.memberSet?.errors).toEqual([])
    else expect(answer.errors?.[0]).toMatchObject({ extensions: { code: 'NOT_FOUND' } })
  })

  test('memberSet is refused in an archived project', async () => {
    const { project, tokens, users } = await createWorld(app, { project: { archived: true } })
    const input = { projectPath: project.fullPath, username: users.stranger.username, role: 'GUEST' as const }
    expect((await set(input, tokens.owner)).errors?.[0]).toMatchObject({ extensions: { code: 'NOT_FOUND' } })
  })
})

describe('the last owner of a group', () => {
  test('the last owner can be neither removed nor lowered nor given an end, but may go once there is another owner', async () => {
    const { group, users, tokens } = await groupWith('owner', 'guest')
    const groupPath = group.fullPath
    const { username } = users.owner
    const ask = (name: string, input: object) => mutate(app, tokens.owner, name, { groupPath, username, ...input })
    expect(await ask('memberRemove', {})).toEqual([LAST_OWNER])
    expect(await ask('memberSet', { role: 'MAINTAINER' })).toEqual([LAST_OWNER])
    expect(await ask('memberSet', { role: 'OWNER', expiresAt: '2100-01-01' })).toEqual([LAST_OWNER])
    expect(await ask('memberSet', { role: 'OWNER' })).toEqual([])
    expect(await ask('memberSet', { username: users.guest.username, role: 'OWNER' })).toEqual([])
    expect(await ask('memberRemove', {})).toEqual([])
  })

  test('the last owner stays when the other owner is blocked or an owner for a time only', async () => {
    const { group, users, tokens } = await groupWith('owner', 'guest')
    const leave = () =>
      mutate(app, tokens.owner, 'memberRemove', { groupPath: group.fullPath, username: users.owner.username })
    const membership = { userId_groupId: { userId: users.guest.id, groupId: group.id } }
    const data = { role: 50, expiresAt: new Date(Date.now() + 60_000) }
    await db.groupMember.update({ where: membership, data })
    expect(await leave()).toEqual([expect.stringContaining('The last owner of a group must stay')])
    await db.groupMember.update({ where: membership, data: { expiresAt: null } })
    await db.user.update({ where: { id: users.guest.id }, data: { state: 'blocked' } })
    expect(await leave()).toEqual([expect.stringContaining('The last owner of a group must stay')])
    await db.user.update({ where: { id: users.guest.id }, data: { state: 'active' } })
    expect(await leave()).toEqual([])
  })

  test('the last owner stays when both of two owners leave at the same time', async () => {
    const { group, users, tokens } = await groupWith('owner', 'guest')
    await db.groupMember.updateMany({ where: { groupId: group.id }, data: { role: 50 } })
    const leave = (name: 'owner' | 'guest') =>
      mutate(app, tokens[name], 'memberRemove', { groupPath: group.fullPath, username: users[name].username })
    const answers = await Promise.all([leave('owner'), leave('guest')])
    expect(answers.flat()).toEqual([LAST_OWNER])
  })

  test('the last owner of a subgroup may go, because the owners of the groups above own it too', async () => {
    const { group, tokens } = await groupWith('owner')
    const child = await create.createGroup({ parentId: group.id })
    const user = await create.createUser()
    await create.addMember({ group: child }, user, 'owner')
    const input = { groupPath: child.fullPath, username: user.username }
    expect(await mutate(app, tokens.owner, 'memberRemove', input)).toEqual([])
  })
})

describe('memberRemove', () => {
  test('memberRemove takes the role away, and says when there is no role to take', async () => {
    const { project, tokens, users } = await createWorld(app)
    const input = { projectPath: project.fullPath, username: users.developer.username }
    expect(await mutate(app, tokens.maintainer, 'memberRemove', input)).toEqual([])
    expect(await mutate(app, tokens.maintainer, 'memberRemove', input)).toEqual([
      `${users.developer.username} is not a member of ${project.fullPath} itself`,
    ])
    const { errors } = await query(
      app,
      'mutation ($input: ReleaseDeleteInput!) { releaseDelete(input: $input) { errors } }',
      { input: { projectPath: project.fullPath, tagName: 'v1.0.0' } },
      { token: tokens.developer },
    )
    expect(errors?.[0]).toMatchObject({ extensions: { code: 'NOT_FOUND' } })
  })

  test('memberRemove lets all members give up their own role', async () => {
    const { project, tokens, users } = await createWorld(app)
    const input = { projectPath: project.fullPath, username: users.guest.username }
    expect(await mutate(app, tokens.guest, 'memberRemove', input)).toEqual([])
  })
})

test('members see the members of the project, the highest role first', async () => {
  const { project, group, tokens, users } = await createWorld(app)
  const ask = async (token: string | null) =>
    (await query(app, Members, { project: project.fullPath, group: group.fullPath }, { token })).data
  const shown = (await ask(tokens.guest)).project?.members
  expect(shown?.count).toBe(6)
  expect(shown?.nodes?.map((member) => member?.role)).toEqual([
    'OWNER',
    'MAINTAINER',
    'DEVELOPER',
    'REPORTER',
    'PLANNER',
    'GUEST',
  ])
  expect(shown?.nodes?.[0]?.user?.username).toBe(users.owner.username)
  const nothing = { members: { count: 0, nodes: [] } }
  for (const token of [tokens.stranger, null]) expect(await ask(token)).toEqual({ project: nothing, group: nothing })
  await create.addMember({ group }, users.stranger, 'guest')
  expect((await ask(tokens.stranger)).group?.members?.nodes).toMatchObject([{ role: 'GUEST' }])
})

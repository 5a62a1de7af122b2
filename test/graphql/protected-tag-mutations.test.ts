import { describe, expect, test } from 'vitest'
import { db } from '../../src/database/db.ts'
import type { ProtectedTagCreateInput, ProtectedTagUpdateInput } from '../generated/graphql.ts'
import { useApp } from '../support/app.ts'
import { query } from '../support/client.ts'
import * as create from '../support/factories.ts'
import { createWorld, viewers, type World } from '../support/world.ts'
import { protectedTagWrites } from './protected-tag-writes.ts'

const app = useApp()
const { protect, change, unprotect, protectedId } = protectedTagWrites(app)

const tagsOf = (world: World) =>
  db.protectedTag.findMany({ where: { projectId: world.project.id }, include: { accessLevels: true } })

const eventsOf = async (world: World) => {
  const events = await db.auditEvent.findMany({ where: { projectId: world.project.id }, orderBy: { id: 'asc' } })
  return events.map(({ eventType, authorId, message }) => [eventType, authorId, message])
}

const userGid = ({ id }: { id: number }) => `gid://gitlab/User/${id}`
const groupGid = ({ id }: { id: number }) => `gid://gitlab/Group/${id}`

describe('protectedTagCreate', () => {
  test('protectedTagCreate admits Maintainers when nothing else is said', async () => {
    const world = await createWorld(app)
    const { data, errors } = await protect(world, { clientMutationId: 'm1', name: ' v* ' })
    expect(errors).toBeUndefined()
    expect(data.protectedTagCreate).toMatchObject({
      clientMutationId: 'm1',
      errors: [],
      protectedTag: {
        name: 'v*',
        createAccessLevels: [{ accessLevel: 40, accessLevelDescription: 'Maintainers', user: null, group: null }],
      },
    })
  })

  test('protectedTagCreate admits each role, user, group and deploy key once, and no role when the role is null', async () => {
    const world = await createWorld(app)
    const { data } = await protect(world, {
      createAccessLevel: null,
      allowedToCreate: [
        { userId: userGid(world.users.developer) },
        { groupId: groupGid(world.group) },
        { deployKeyId: 5 },
        { accessLevel: 30 },
        { accessLevel: 30, userId: null },
      ],
    })
    const none = { accessLevel: null, user: null, group: null, deployKeyId: null }
    expect(data.protectedTagCreate?.protectedTag?.createAccessLevels).toMatchObject([
      { ...none, user: { username: world.users.developer.username } },
      { ...none, group: { fullPath: world.group.fullPath } },
      { ...none, deployKeyId: 5 },
      { ...none, accessLevel: 30 },
    ])
  })

  test('protectedTagCreate takes a member of a group above the project as a user', async () => {
    const world = await createWorld(app)
    const user = await create.createUser()
    await create.addMember({ group: world.group }, user, 'developer')
    const { data } = await protect(world, { allowedToCreate: [{ userId: userGid(user) }] })
    expect(data.protectedTagCreate?.errors).toEqual([])
  })

  test('protectedTagCreate refuses a user whose membership of the project or group has expired', async () => {
    const world = await createWorld(app)
    const [ofProject, ofGroup] = await create.createUsers(2)
    const data = { role: 30, expiresAt: new Date(Date.now() - 1000) }
    await db.projectMember.create({ data: { ...data, projectId: world.project.id, userId: ofProject?.id ?? 0 } })
    await db.groupMember.create({ data: { ...data, groupId: world.group.id, userId: ofGroup?.id ?? 0 } })
    for (const user of [ofProject, ofGroup]) {
      const answer = await protect(world, { allowedToCreate: [{ userId: userGid({ id: user?.id ?? 0 }) }] })
      expect(answer.data.protectedTagCreate?.errors).toEqual([`User ${user?.id} is not a member of the project`])
    }
  })

  const oneSubject = 'Each access level must name exactly one of a role, a user, a group and a deploy key'
  test.each<[string, Partial<ProtectedTagCreateInput>, string[]]>([
    ['a blank name', { name: ' ' }, ["Name can't be blank"]],
    ['a name of too many bytes', { name: 'ä'.repeat(513) }, ['Name is too long (maximum is 1024 bytes)']],
    ['a role that is no level', { createAccessLevel: 50 }, ['Access level 50 is not one of 0, 30, 40']],
    [
      'an entry of a role that is no level',
      { allowedToCreate: [{ accessLevel: 20 }] },
      ['Access level 20 is not one of 0, 30, 40'],
    ],
    ['nobody to admit', { createAccessLevel: null, allowedToCreate: [] }, ["Create access levels can't be blank"]],
    ['an entry of nothing', { allowedToCreate: [{}] }, [oneSubject]],
    ['an entry of two', { allowedToCreate: [{ accessLevel: 30, deployKeyId: 1 }] }, [oneSubject]],
    ['a deploy key that cannot be', { allowedToCreate: [{ deployKeyId: 0 }] }, ['Deploy key 0 does not exist']],
    [
      'an unknown user and an unknown group',
      {
        allowedToCreate: [{ userId: 'gid://gitlab/User/2000000000' }, { groupId: 'gid://gitlab/Group/2000000000' }],
      },
      ['User 2000000000 is not a member of the project', 'Group 2000000000 does not exist'],
    ],
  ])('protectedTagCreate refuses %s in the payload', async (_name, input, messages) => {
    const world = await createWorld(app)
    const { data, errors } = await protect(world, input)
    expect(errors).toBeUndefined()
    expect(data.protectedTagCreate).toEqual({ clientMutationId: null, errors: messages, protectedTag: null })
    expect([await tagsOf(world), await eventsOf(world)]).toEqual([[], []])
  })

  test('protectedTagCreate does not reveal which accounts and groups exist', async () => {
    const world = await createWorld(app)
    const hidden = await create.createGroup({ visibility: 'private' })
    const { stranger } = world.users
    const former = await create.createUser()
    await db.projectMember.create({
      data: { projectId: world.project.id, userId: former.id, role: 30, expiresAt: new Date('2020-01-01') },
    })
    const allowedToCreate = [{ userId: userGid(stranger) }, { userId: userGid(former) }, { groupId: groupGid(hidden) }]
    expect((await protect(world, { allowedToCreate })).data.protectedTagCreate?.errors).toEqual([
      `User ${stranger.id} is not a member of the project`,
      `User ${former.id} is not a member of the project`,
      `Group ${hidden.id} does not exist`,
    ])
  })

  test('protectedTagCreate refuses a name that is protected already, even by a request at the same time, and takes it in another project', async () => {
    const [world, other] = [await createWorld(app), await createWorld(app)]
    const answers = await Promise.all([protect(world), protect(world, {}, 'owner'), protect(other)])
    const errors = answers.map(({ data }) => data.protectedTagCreate?.errors)
    expect(errors.slice(0, 2).sort()).toEqual([[], ["Protected tag 'v*' already exists"]])
    expect(errors[2]).toEqual([])
    expect(await tagsOf(world)).toHaveLength(1)
  })

  test('protectedTagCreate protects at once, also from the next mutation of the same request', async () => {
    const world = await createWorld(app)
    const path = `projectPath: "${world.project.fullPath}"`
    const publish = (tag: string) => `releaseCreate(input: { ${path}, tagName: "${tag}", ref: "main" }) { errors }`
    const rule = `protectedTagCreate(input: { ${path}, name: "v*", createAccessLevel: 0 }) { errors }`
    const document = `mutation { before: ${publish('v2.0.0')} ${rule} after: ${publish('v3.0.0')} }`
    expect((await query(app, document, {}, { token: world.tokens.owner })).data).toEqual({
      before: { errors: [] },
      protectedTagCreate: { errors: [] },
      after: { errors: ['You are not allowed to create this tag as it is protected.'] },
    })
  })
})

describe('protectedTagUpdate', () => {
  test('protectedTagUpdate renames, and keeps whom the rule admits', async () => {
    const world = await createWorld(app)
    const id = await protectedId(world)
    const { data } = await change(world, { id, name: 'release-*' })
    expect(data.protectedTagUpdate).toEqual({
      errors: [],
      protectedTag: { id, name: 'release-*', createAccessLevels: [{ accessLevel: 40, user: null }] },
    })
  })

  test.each<[string, Partial<ProtectedTagUpdateInput>, (number | null)[]]>([
    ['a role', { createAccessLevel: 0 }, [0]],
    ['entries', { allowedToCreate: [{ accessLevel: 30 }, { deployKeyId: 1 }] }, [30, null]],
    ['a role and entries', { createAccessLevel: 40, allowedToCreate: [{ accessLevel: 30 }] }, [40, 30]],
    ['entries and no role', { createAccessLevel: null, allowedToCreate: [{ accessLevel: 30 }] }, [30]],
  ])('protectedTagUpdate with %s replaces whom the rule admits', async (_name, input, levels) => {
    const world = await createWorld(app)
    const id = await protectedId(world)
    await change(world, { id, allowedToCreate: [{ userId: userGid(world.users.guest) }] })
    const { data } = await change(world, { id, ...input })
    expect(data.protectedTagUpdate?.protectedTag?.createAccessLevels).toEqual(
      levels.map((accessLevel) => ({ accessLevel, user: null })),
    )
  })

  test('protectedTagUpdate with nothing but the ID changes nothing and succeeds', async () => {
    const world = await createWorld(app)
    const id = await protectedId(world)
    const before = await tagsOf(world)
    expect((await change(world, { id })).data.protectedTagUpdate).toMatchObject({ errors: [], protectedTag: { id } })
    expect(await tagsOf(world)).toEqual(before)
    expect(await eventsOf(world)).toHaveLength(1)
  })

  test.each<[string, Partial<ProtectedTagUpdateInput>, string]>([
    ['no name', { name: null }, "Name can't be blank"],
    ['a name that is taken', { name: 'taken' }, "Protected tag 'taken' already exists"],
    ['nobody to admit', { createAccessLevel: null }, "Create access levels can't be blank"],
    ['an unknown role', { name: 'fine', createAccessLevel: 10 }, 'Access level 10 is not one of 0, 30, 40'],
  ])('protectedTagUpdate refuses %s in the payload, and changes nothing', async (_name, input, message) => {
    const world = await createWorld(app)
    const id = await protectedId(world)
    await protect(world, { name: 'taken' })
    const before = await tagsOf(world)
    const { data, errors } = await change(world, { id, ...input })
    expect(errors).toBeUndefined()
    expect(data.protectedTagUpdate).toEqual({ errors: [message], protectedTag: null })
    expect(await tagsOf(world)).toEqual(before)
  })

  test('protectedTagUpdate sent several times at once leaves the levels of one of the requests', async () => {
    const world = await createWorld(app)
    const id = await protectedId(world)
    const inputs = [0, 30, 40, 0, 30, 40].map((createAccessLevel) => ({ id, createAccessLevel }))
    const answers = await Promise.all(inputs.map((input) => change(world, input)))
    expect(answers.map(({ data }) => data.protectedTagUpdate?.errors)).toEqual(inputs.map(() => []))
    expect((await tagsOf(world))[0]?.accessLevels).toHaveLength(1)
  })
})

test('protectedTagDelete ends the protection at once', async () => {
  const world = await createWorld(app)
  const id = (await protect(world, { createAccessLevel: 0 })).data.protectedTagCreate?.protectedTag?.id ?? ''
  const { data } = await unprotect(world, id)
  expect(data.protectedTagDelete).toEqual({
    errors: [],
    protectedTag: { name: 'v*', createAccessLevels: [{ accessLevel: 0 }] },
  })
  expect(await tagsOf(world)).toEqual([])
  const again = await unprotect(world, id)
  expect([again.data.protectedTagDelete, again.errors?.[0]?.extensions]).toEqual([null, { code: 'NOT_FOUND' }])
})

test('an audit event names the author of each change of the protected tags', async () => {
  const world = await createWorld(app)
  const id = await protectedId(world)
  await change(world, { id, name: 'w*' }, 'owner')
  await unprotect(world, id)
  const { maintainer, owner } = world.users
  expect(await eventsOf(world)).toEqual([
    ['protected_tag_created', maintainer.id, 'Protected the tags v*'],
    ['protected_tag_updated', owner.id, 'Changed the protection of the tags w*'],
    ['protected_tag_deleted', maintainer.id, 'Ended the protection of the tags w*'],
  ])
})

describe('the right to write protected tags', () => {
  test.each(viewers)('%s may write protected tags from the role Maintainer on', async (viewer) => {
    const world = await createWorld(app)
    const id = await protectedId(world)
    const answers = [
      await protect(world, { name: 'w*' }, viewer),
      await change(world, { id, createAccessLevel: 30 }, viewer),
      await unprotect(world, id, viewer),
    ]
    const may = viewer === 'maintainer' || viewer === 'owner'
    expect(answers.map(({ data }) => Object.values(data)[0]?.errors ?? null)).toEqual(Array(3).fill(may ? [] : null))
    const codes = answers.map(({ errors }) => errors?.[0]?.extensions?.code)
    expect(codes).toEqual(Array(3).fill(may ? undefined : 'NOT_FOUND'))
  })

  test('nobody may write protected tags of an archived project or of a project without a repository', async () => {
    const world = await createWorld(app)
    const id = await protectedId(world)
    for (const changes of [{ archived: true }, { archived: false, repositoryLevel: 'disabled' as const }]) {
      await db.project.update({ where: { id: world.project.id }, data: changes })
      const answers = [await protect(world, { name: 'w*' }, 'owner'), await unprotect(world, id, 'owner')]
      expect(answers.map(({ data }) => Object.values(data))).toEqual([[null], [null]])
    }
  })

  test('a protected tag of a hidden project answers as a missing one, and an ID of another class is refused', async () => {
    const [world, other] = [await createWorld(app), await createWorld(app, { project: { visibility: 'private' } })]
    const hidden = await unprotect(world, await protectedId(other), 'owner')
    const missing = await unprotect(world, 'gid://gitlab/ProtectedTag/2000000000', 'owner')
    expect(hidden.errors).toEqual(missing.errors)
    const { errors } = await unprotect(world, `gid://gitlab/Release/${world.release.id}`)
    expect(errors?.[0]?.message).toContain('does not represent an instance of ProtectedTag')
  })
})

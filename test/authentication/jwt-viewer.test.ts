import { describe, expect, test } from 'vitest'
import { role } from '../../src/access/roles.ts'
import { anonymous } from '../../src/access/viewer.ts'
import { db } from '../../src/database/db.ts'
import { refused } from '../support/jwt.ts'
import { createProject, createUser, useAuthenticator } from './world.ts'

const { ask, signed, countStatements } = useAuthenticator({
  projectRoles: [
    { claim: 'project', role: 'reporter', where: {} },
    { claim: 'project', role: 'developer', where: { protected: 'true', branch: 'main' } },
    { claim: 'upstream', role: 'guest', where: {} },
  ],
})

describe('a JWT', () => {
  test('a JWT finds its account in any letter case, with the scope api', async () => {
    const user = await createUser()
    const viewer = await ask({ 'JOB-TOKEN': await signed({ user: user.username.toUpperCase() }) })
    expect(viewer).toMatchObject({ user, scopes: new Set(['api']) })
  })

  test.each([['nobody-of-that-name'], [''], [7], [['ann']], [undefined], ["' OR true --"], ['ann\0']])(
    'a JWT whose user is %j is refused',
    async (user) => {
      await expect(ask({ 'JOB-TOKEN': await signed({ user }) })).rejects.toEqual(refused('names no account'))
    },
  )

  test('a JWT of a blocked account is refused, even when the issuer gives a role', async () => {
    const { project } = await createProject()
    const { username } = await createUser({ state: 'blocked' })
    const token = await signed({ user: username, project: project.fullPath })
    const count = await countStatements(() =>
      expect(ask({ 'JOB-TOKEN': token })).rejects.toEqual(refused('not active')),
    )
    expect(count).toBe(1)
  })

  test('a JWT without an account has the role that its issuer gives in the named project, in one statement', async () => {
    const { project } = await createProject()
    const token = await signed({ project: project.fullPath })
    const count = await countStatements(async () =>
      expect(await ask({ 'JOB-TOKEN': token })).toEqual({
        ...anonymous(),
        credential: 'pipeline_jwt',
        scopes: new Set(['api']),
        projectRoles: new Map([[project.id, role.reporter]]),
      }),
    )
    expect(count).toBe(1)
  })

  test('a JWT names a project by its present path, and no longer by an old one', async () => {
    const { project } = await createProject()
    const { fullPath } = await db.project.update({ where: { id: project.id }, data: { path: `now-${project.id}` } })
    expect(await db.oldPath.count({ where: { projectId: project.id } })).toBe(1)
    const former = await signed({ project: project.fullPath })
    await expect(ask({ 'JOB-TOKEN': former })).rejects.toEqual(refused('gives no role in a project'))
    const token = await signed({ project: fullPath })
    expect((await ask({ 'JOB-TOKEN': token })).projectRoles).toEqual(new Map([[project.id, role.reporter]]))
  })

  test('a JWT with a name that no account has still has the roles that its issuer gives', async () => {
    const { project } = await createProject()
    const token = await signed({ user: 'stranger', project: project.fullPath })
    expect(await ask({ 'JOB-TOKEN': token })).toMatchObject({ user: null, projectRoles: new Map([[project.id, 20]]) })
  })

  test.each([
    ['all conditions are met', { protected: 'true', branch: 'main' }, role.developer],
    ['one condition is not met', { protected: 'true', branch: 'topic' }, role.reporter],
    ['one claim is missing', { branch: 'main' }, role.reporter],
    ['a claim has another type', { protected: true, branch: 'main' }, role.reporter],
  ])('a JWT has the highest role whose rule counts when %s', async (_title, claims, held) => {
    const { project } = await createProject()
    const viewer = await ask({ 'JOB-TOKEN': await signed({ ...claims, project: project.fullPath }) })
    expect(viewer.projectRoles).toEqual(new Map([[project.id, held]]))
  })

  test('a JWT has roles in each project that its claims name', async () => {
    const [own, upstream] = [await createProject(), await createProject()]
    const token = await signed({ project: own.project.fullPath, upstream: upstream.project.fullPath })
    expect((await ask({ 'JOB-TOKEN': token })).projectRoles).toEqual(
      new Map([
        [own.project.id, role.reporter],
        [upstream.project.id, role.guest],
      ]),
    )
  })

  test.each([
    ['lower', role.guest, role.reporter],
    ['higher', role.maintainer, role.maintainer],
  ])('a JWT keeps the higher role when the role of its account is %s, in two statements', async (_title, own, held) => {
    const { project } = await createProject()
    const user = await createUser()
    await db.projectMember.create({ data: { projectId: project.id, userId: user.id, role: own } })
    const token = await signed({ user: user.username, project: project.fullPath })
    const count = await countStatements(async () =>
      expect(await ask({ 'JOB-TOKEN': token })).toMatchObject({ user, projectRoles: new Map([[project.id, held]]) }),
    )
    expect(count).toBe(2)
  })

  test('a JWT counts the role that its account has by a group, in the named project and nowhere else', async () => {
    const [{ project, group }, elsewhere] = [await createProject(), await createProject()]
    const user = await createUser({ admin: false })
    await db.groupMember.create({ data: { groupId: group.id, userId: user.id, role: role.maintainer } })
    await db.projectMember.create({ data: { projectId: elsewhere.project.id, userId: user.id, role: role.owner } })
    expect(await ask({ 'JOB-TOKEN': await signed({ user: user.username, project: project.fullPath }) })).toEqual({
      ...anonymous(),
      user,
      credential: 'pipeline_jwt',
      scopes: new Set(['api']),
      projectRoles: new Map([[project.id, role.maintainer]]),
    })
  })

  test.each([['no/such/project'], [''], ['../project'], ['a\0b'], [{ path: 'x' }]])(
    'a JWT that names the project %j and no account is refused',
    async (project) => {
      await expect(ask({ 'JOB-TOKEN': await signed({ project }) })).rejects.toEqual(refused('no role in a project'))
    },
  )
})

import { describe, expect, test } from 'vitest'
import { role } from '../../src/access/roles.ts'
import { generateToken } from '../../src/authentication/token-secrets.ts'
import { db } from '../../src/database/db.ts'
import { refused } from '../support/jwt.ts'
import { createProject, createToken, createUser, useAuthenticator } from './world.ts'

const { ask } = useAuthenticator()

const PAST = new Date(Date.now() - 60_000)
const FUTURE = new Date(Date.now() + 60_000)

describe('an access token', () => {
  test('an access token gives its scopes and all roles of its user that have not expired', async () => {
    const user = await createUser()
    const [direct, past] = [await createProject(), await createProject()]
    const memberOf = (projectId: number, held: number, expiresAt: Date | null) => ({
      projectId,
      userId: user.id,
      role: held,
      expiresAt,
    })
    await db.projectMember.createMany({
      data: [memberOf(direct.project.id, role.developer, FUTURE), memberOf(past.project.id, role.owner, PAST)],
    })
    await db.groupMember.createMany({
      data: [
        { groupId: direct.group.id, userId: user.id, role: role.guest },
        { groupId: past.group.id, userId: user.id, role: role.owner, expiresAt: PAST },
      ],
    })
    const token = await createToken(user.id, { scopes: ['read_api'], expiresAt: FUTURE })
    expect(await ask({ 'PRIVATE-TOKEN': token })).toEqual({
      user,
      credential: 'access_token',
      scopes: new Set(['read_api']),
      projectRoles: new Map([[direct.project.id, role.developer]]),
      groupRoles: new Map([[direct.group.id, role.guest]]),
    })
  })

  test('an access token gives no roles of other users', async () => {
    const { project } = await createProject()
    await db.projectMember.create({
      data: { projectId: project.id, userId: (await createUser()).id, role: role.owner },
    })
    const viewer = await ask({ 'PRIVATE-TOKEN': await createToken((await createUser()).id) })
    expect(viewer.projectRoles.size).toBe(0)
  })

  test('an access token is refused with the same words whether it is unknown, expired, revoked or of an inactive account', async () => {
    const user = await createUser()
    const revoked = await createToken(user.id, { name: 'revoked' })
    await db.accessToken.updateMany({ where: { userId: user.id }, data: { revokedAt: PAST } })
    const tokens = [
      generateToken(),
      'not-one-of-ours',
      revoked,
      await createToken(user.id, { expiresAt: PAST }),
      await createToken((await createUser({ state: 'blocked' })).id),
      await createToken((await createUser({ state: 'deactivated' })).id),
    ]
    for (const token of tokens) {
      await expect(ask({ Authorization: `Bearer ${token}` })).rejects.toEqual(
        refused('The access token is unknown, expired or revoked, or its account is not active'),
      )
    }
  })
})

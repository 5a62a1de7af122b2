import { beforeAll, expect, test, vi } from 'vitest'
import { db } from '../../src/database/db.ts'
import type { User } from '../../src/generated/prisma/client.ts'
import { unsubscribe } from '../../src/modules/notifications/unsubscribe.ts'
import { useApp } from '../support/app.ts'
import { query } from '../support/client.ts'
import * as create from '../support/factories.ts'
import { rest } from './rest/client.ts'

const app = useApp()
let token = ''
beforeAll(async () => {
  token = await create.tokenFor(await create.createUser({ admin: true }))
})

/** The broken rules. */
async function send(name: string, input: object): Promise<string[]> {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`
  const document = `mutation ($input: ${type}!) { ${name}(input: $input) { errors } }`
  const { data, errors } = await query<Record<string, { errors: string[] }>, never>(app, document, { input }, { token })
  return [...(errors ?? []).map(({ message }) => message), ...(data?.[name]?.errors ?? [])]
}

async function createGhost(): Promise<User> {
  const user = await create.createUser()
  expect(await send('userDelete', { username: user.username })).toEqual([])
  return db.user.findUniqueOrThrow({ where: { id: user.id } })
}

const missing = ({ username }: User) => [`There is no user '${username}'`]

/** What the rows of all tables say about the account. */
async function belongings({ id: userId }: User) {
  const where = { userId }
  const counts = await Promise.all([
    db.accessToken.count({ where }),
    db.session.count({ where }),
    db.identity.count({ where }),
    db.projectMember.count({ where }),
    db.groupMember.count({ where }),
    db.notificationSetting.count({ where }),
    db.protectedTagAccessLevel.count({ where }),
  ])
  return counts.reduce((sum, count) => sum + count, 0)
}

test('no mutation takes a ghost for an account', async () => {
  const [ghost, group] = [await createGhost(), await create.createGroup()]
  const project = await create.createProject({ groupId: group.id })
  const { username } = ghost
  const avatarUrl = 'https://example.com/a.png'
  for (const [name, input] of Object.entries({
    memberSet: { groupPath: group.fullPath, username, role: 'OWNER' },
    userUpdate: { username, avatarUrl },
    userBlock: { username },
    userUnblock: { username: username.toUpperCase() },
    userDelete: { username },
  })) {
    expect([name, await send(name, input)]).toEqual([name, [expect.stringMatching(/^There is no user 'ghost-\d+'$/i)]])
  }
  expect(await send('memberSet', { projectPath: project.fullPath, username, role: 'GUEST' })).toEqual(missing(ghost))
  const allowed = { allowedToCreate: [{ userId: `gid://gitlab/User/${ghost.id}` }] }
  expect(await send('protectedTagCreate', { projectPath: project.fullPath, name: 'v*', ...allowed })).toEqual([
    `User ${ghost.id} is not a member of the project`,
  ])
  expect(await db.user.findUnique({ where: { id: ghost.id } })).toEqual(ghost)
  expect(await belongings(ghost)).toBe(0)
})

test('an account that has left comes not back, also when the operator has noted it by hand', async () => {
  const { id, username } = await create.createUser({ state: 'deactivated' })
  expect(await send('userUnblock', { username })).toEqual([`${username} is not blocked`])
  expect(await send('userBlock', { username })).toEqual([`${username} is not active`])
  expect((await db.user.findUniqueOrThrow({ where: { id } })).state).toBe('deactivated')
})

test('REST finds no ghost to block, to unblock or to delete', async () => {
  const ghost = await createGhost()
  for (const [method, path] of [
    ['POST', '/block'],
    ['POST', '/unblock'],
    ['DELETE', ''],
  ] as const) {
    const { status, body } = await rest(app, method, `/users/${ghost.id}${path}`, { token })
    expect([path, status, body]).toEqual([path, 404, { message: missing(ghost)[0] }])
  }
})

test('the link in an old mail sets nothing for a ghost', async () => {
  const [ghost, project] = [await createGhost(), await create.createProject()]
  await unsubscribe({ userId: ghost.id, projectId: project.id })
  expect(await belongings(ghost)).toBe(0)
})

test('an account that is deleted while it is made a member stays a ghost without memberships', async () => {
  const [user, group] = [await create.createUser(), await create.createGroup()]
  const waits = async () => {
    const [row] = await db.$queryRaw<{ n: number }[]>`
      SELECT count(*)::int AS n FROM pg_locks WHERE locktype = 'advisory' AND NOT granted`
    expect(row?.n).toBe(1)
  }
  const asked = await db.$transaction(async (tx) => {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`members ${group.id}`}, 0))`
    const answer = send('memberSet', { groupPath: group.fullPath, username: user.username, role: 'GUEST' })
    await vi.waitFor(waits, { timeout: 10_000 })
    expect(await send('userDelete', { username: user.username })).toEqual([])
    return { answer }
  })
  expect(await asked.answer).toEqual(missing(user))
  expect(await belongings(user)).toBe(0)
})

test('an account is deleted without a deadlock while one of its tokens is changed by a write that then names the account', async () => {
  const user = await create.createUser()
  await create.tokenFor(user)
  const waits = async () => {
    const [row] = await db.$queryRaw<{ n: number }[]>`
      SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`
    expect(row?.n).toBe(1)
  }
  const asked = await db.$transaction(async (tx) => {
    await tx.$executeRaw`SELECT FROM access_tokens WHERE user_id = ${user.id} FOR UPDATE`
    const answer = send('userDelete', { username: user.username })
    await vi.waitFor(waits, { timeout: 10_000 })
    await tx.$executeRaw`SELECT FROM users WHERE id = ${user.id} FOR KEY SHARE`
    return { answer }
  })
  expect(await asked.answer).toEqual([])
  expect(await belongings(user)).toBe(0)
})

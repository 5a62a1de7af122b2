import { describe, expect, test } from 'vitest'
import { db } from '../../src/database/db.ts'
import type { User } from '../../src/generated/prisma/client.ts'
import { startAnotherServer } from '../support/another-server.ts'
import { useApp } from '../support/app.ts'
import { query } from '../support/client.ts'
import * as create from '../support/factories.ts'
import { createWorld, type ViewerName, viewers, type World } from '../support/world.ts'
import { basic } from './git/lfs-client.ts'
import { jobToken, jwt, trustedIssuer } from './pipelines/credentials.ts'
import { rest } from './rest/client.ts'

const app = useApp({ jwtIssuers: () => [trustedIssuer] })

async function administrator(): Promise<string> {
  return create.tokenFor(await create.createUser({ admin: true }))
}

const endings = ['userBlock', 'userUnblock', 'userDelete'] as const
type Ending = (typeof endings)[number]

/** The codes and broken rules, and the account that is left. */
async function end(name: Ending, { username }: Pick<User, 'username'>, token: string | null) {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`
  const document = `mutation ($input: ${type}!) { ${name}(input: $input) { errors user { username name state } } }`
  type Payload = { errors: string[]; user: { username: string; name: string; state: string } | null }
  const { data, errors } = await query<Record<Ending, Payload | null>, never>(
    app,
    document,
    { input: { username } },
    { token },
  )
  const codes = (errors ?? []).map(({ extensions }) => String(extensions?.code))
  return { problems: [...codes, ...(data?.[name]?.errors ?? [])], user: data?.[name]?.user ?? null }
}

describe('the right to end accounts', () => {
  test('nobody but an administrator ends an account, or learns whether it exists', async () => {
    const world = await createWorld(app)
    const missing = { username: 'no-such-account', id: 2_000_000_000 }
    for (const viewer of viewers) {
      const token = world.tokens[viewer]
      for (const user of [world.users.guest, missing]) {
        for (const name of endings)
          expect([viewer, await end(name, user, token)]).toEqual([viewer, { problems: ['NOT_FOUND'], user: null }])
        for (const [method, path] of [
          ['POST', '/block'],
          ['POST', '/unblock'],
          ['DELETE', ''],
        ] as const) {
          const { status } = await rest(app, method, `/users/${user.id}${path}`, { token })
          expect([viewer, status]).toEqual([viewer, viewer === 'anonymous' ? 401 : 403])
        }
      }
    }
    expect(await db.user.count({ where: { state: { not: 'active' } } })).toBe(0)
  })

  test('an administrator is told which account is missing, and ends no account of its own', async () => {
    const admin = await create.createUser({ admin: true })
    const token = await create.tokenFor(admin)
    expect((await end('userBlock', { username: 'no-such' }, token)).problems).toEqual(["There is no user 'no-such'"])
    expect((await rest(app, 'POST', '/users/2000000000/block', { token })).status).toBe(404)
    for (const name of endings) {
      expect((await end(name, admin, token)).problems).toEqual(['You cannot do this to your own account'])
    }
    expect((await rest(app, 'DELETE', `/users/${admin.id}`, { token })).status).toBe(403)
  })
})

describe('a blocked account', () => {
  /** What each credential of the Developer gets from each door. Only the first server trusts the issuer of the last. */
  async function statuses(world: World, job: string, servers: readonly { url: string }[]) {
    const path = `/${world.project.fullPath}.git/info/refs?service=git-upload-pack`
    const token = world.tokens.developer ?? ''
    const claim = await jwt({ user_login: world.users.developer.username })
    const document = { query: `{ project(fullPath: "${world.project.fullPath}") { name } }` }
    const json = { 'private-token': token, 'content-type': 'application/json' }
    const asks = servers.flatMap(({ url }) => [
      fetch(`${url}/api/v4/user`, { headers: { 'private-token': token } }),
      fetch(`${url}/api/v4/projects/${world.project.id}`, { headers: { 'job-token': job } }),
      fetch(`${url}${path}`, { headers: basic(token) }),
      fetch(`${url}/graphql`, { method: 'POST', headers: json, body: JSON.stringify(document) }),
    ])
    asks.push(fetch(`${app.url}/api/v4/user`, { headers: { authorization: `Bearer ${claim}` } }))
    return new Set((await Promise.all(asks)).map(({ status }) => status))
  }

  test('all credentials of a blocked account end at once, on every server, and come back with it', async () => {
    const world = await createWorld(app, { project: { visibility: 'private' } })
    const [admin, job] = [await administrator(), await jobToken(app, world, 'developer')]
    const servers = [app, await startAnotherServer(app)]
    const { developer } = world.users
    expect(await statuses(world, job, servers)).toEqual(new Set([200]))
    expect(await end('userBlock', developer, admin)).toMatchObject({ problems: [], user: { state: 'blocked' } })
    expect(await statuses(world, job, servers)).toEqual(new Set([401]))
    expect((await end('userBlock', developer, admin)).problems).toEqual([])
    expect(await end('userUnblock', developer, admin)).toMatchObject({ problems: [], user: { state: 'active' } })
    expect(await statuses(world, job, servers)).toEqual(new Set([200]))
    const events = await db.auditEvent.findMany({ where: { targetId: developer.id, targetType: 'User' } })
    expect(events.map(({ eventType }) => eventType)).toEqual(['user_blocked', 'user_unblocked'])
  })

  test('REST blocks and unblocks', async () => {
    const [token, user] = [await administrator(), await create.createUser()]
    const stateAfter = async (verb: string) => {
      const { status, body } = await rest(app, 'POST', `/users/${user.id}/${verb}`, { token })
      expect([status, body]).toEqual([201, true])
      return (await db.user.findUniqueOrThrow({ where: { id: user.id } })).state
    }
    expect(await stateAfter('block')).toBe('blocked')
    expect(await stateAfter('unblock')).toBe('active')
  })
})

describe('a deleted account', () => {
  test('a deleted account leaves what it wrote, by a ghost, and nothing of its own', async () => {
    const world = await createWorld(app, { project: { visibility: 'private' } })
    const { developer } = world.users
    const { id: userId } = developer
    await db.user.update({
      where: { id: userId },
      data: { email: 'dev@example.com', avatarUrl: 'https://example.com/a.png' },
    })
    await create.addMember({ group: world.group }, developer, 'developer')
    await create.createIssue(world.project, { authorId: userId, iid: 77 })
    await db.notificationSetting.create({ data: { userId, projectId: world.project.id } })
    const job = await jobToken(app, world, 'developer')
    const evidence = await db.evidence.findFirstOrThrow({ where: { releaseId: world.release.id } })
    const authorOf = async () => {
      const read = `{ project(fullPath: "${world.project.fullPath}") { releases { nodes { tagName author { username name avatarUrl state } } } } }`
      type Read = { project: { releases: { nodes: { author: Record<string, unknown> }[] } } }
      const { data } = await query<Read, never>(app, read, {}, { token: world.tokens.reporter })
      return data.project.releases.nodes[0]?.author
    }
    expect((await authorOf())?.username).toBe(developer.username)
    const { problems, user } = await end('userDelete', developer, await administrator())
    const ghost = { username: `ghost-${userId}`, name: 'Ghost User', state: 'deactivated' }
    expect([problems, user]).toEqual([[], ghost])
    expect(await authorOf()).toEqual({ ...ghost, avatarUrl: null })
    expect(await db.issue.count({ where: { authorId: userId, iid: 77 } })).toBe(1)
    expect(await db.evidence.findFirst({ where: { id: evidence.id } })).toEqual(evidence)
    const row = await db.user.findUniqueOrThrow({ where: { id: userId } })
    expect([row.email, row.avatarUrl, row.admin]).toEqual([null, null, false])
    const where = { userId }
    const left = await Promise.all([
      db.accessToken.count({ where }),
      db.projectMember.count({ where }),
      db.groupMember.count({ where }),
      db.notificationSetting.count({ where }),
      db.idempotencyRecord.count({ where }),
    ])
    expect(left).toEqual([0, 0, 0, 0, 0])
    for (const headers of [{ 'private-token': world.tokens.developer ?? '' }, { 'job-token': job }]) {
      expect((await fetch(`${app.url}/api/v4/projects/${world.project.id}`, { headers })).status).toBe(401)
    }
    for (const login of [developer.username, ghost.username]) {
      const authorization = `Bearer ${await jwt({ user_login: login })}`
      expect((await fetch(`${app.url}/api/v4/user`, { headers: { authorization } })).status).toBe(401)
    }
  })

  test('a ghost comes not back, and its former name is free', async () => {
    const [token, user] = [await administrator(), await create.createUser()]
    expect((await rest(app, 'DELETE', `/users/${user.id}`, { token })).status).toBe(204)
    const ghost = { username: `ghost-${user.id}` }
    expect((await end('userUnblock', ghost, token)).problems).toEqual([`There is no user '${ghost.username}'`])
    await create.createUser({ username: user.username })
    const [event] = await db.auditEvent.findMany({ where: { targetId: user.id, eventType: 'user_destroyed' } })
    expect(event?.targetDetails).toBe(user.username)
  })

  test('the only owner of a group stays until somebody else owns it', async () => {
    const [token, [owner, another, gone]] = [await administrator(), await create.createUsers(3)]
    if (!owner || !another || !gone) throw new Error('three accounts were made')
    const group = await create.createGroup()
    await create.addMember({ group }, owner, 'owner')
    await create.addMember({ group }, gone, 'owner')
    await db.user.update({ where: { id: gone.id }, data: { state: 'blocked' } })
    const refused = `Make somebody else an owner first, because only ${owner.username} owns ${group.fullPath}`
    expect((await end('userDelete', owner, token)).problems).toEqual([refused])
    expect(await db.groupMember.count({ where: { userId: owner.id } })).toBe(1)
    await create.addMember({ group }, another, 'owner')
    const both = await Promise.all([owner, another].map((user) => end('userDelete', user, token)))
    // Of the last two owners one stays, even when both are deleted at the same time.
    expect(both.filter(({ problems }) => problems.length === 0)).toHaveLength(1)
    expect(await db.groupMember.count({ where: { groupId: group.id, role: 50, user: { state: 'active' } } })).toBe(1)
  })

  test('the deletion of an account takes as many statements for many memberships as for one', async () => {
    const token = await administrator()
    const deletion = async (groups: number) => {
      const user = await create.createUser()
      for (let at = 0; at < groups; at++) await create.addMember({ group: await create.createGroup() }, user, 'guest')
      return app.statementsOf(() => end('userDelete', user, token))
    }
    expect((await deletion(7)).length).toBe((await deletion(1)).length)
  })
})

describe('the personal data of an account', () => {
  const dataOf = (world: World, viewer: ViewerName) =>
    rest(app, 'GET', '/user/personal_data', { token: world.tokens[viewer] })

  test('an account reads what the server knows about it, and no names of what it may not see', async () => {
    const world = await createWorld(app, { project: { visibility: 'private' }, tag: 'canary-tag' })
    const { developer } = world.users
    const { status, body } = await dataOf(world, 'developer')
    expect(status).toBe(200)
    expect(body.account).toMatchObject({ username: developer.username, state: 'active' })
    expect(body.access_tokens).toHaveLength(1)
    expect(JSON.stringify(body.access_tokens)).not.toContain('digest')
    expect(body.memberships).toMatchObject([{ full_path: world.project.fullPath, role: 30 }])
    expect(body.written).toContainEqual({
      type: 'Release',
      id: `gid://gitlab/Release/${world.release.id}`,
      created_at: expect.any(String),
    })
    expect(JSON.stringify(body)).not.toContain('canary-tag')
    await db.projectMember.updateMany({ where: { userId: developer.id }, data: { expiresAt: new Date(0) } })
    expect(JSON.stringify((await dataOf(world, 'developer')).body)).not.toContain(world.project.fullPath)
  })

  test('an account reads from which addresses it wrote, and no account reads about another', async () => {
    const world = await createWorld(app)
    await rest(app, 'PUT', '/user', { token: world.tokens.guest, json: { avatar_url: 'https://example.com/a.png' } })
    expect((await dataOf(world, 'guest')).body.audit_events).toMatchObject([
      { event_type: 'user_updated', ip_address: expect.stringContaining('127.0.0.1') },
    ])
    expect((await dataOf(world, 'planner')).body.audit_events).toEqual([])
    expect((await dataOf(world, 'anonymous')).status).toBe(401)
    const job = await jobToken(app, world)
    expect((await rest(app, 'GET', '/user/personal_data', { headers: { 'job-token': job } })).status).toBe(403)
  })
})

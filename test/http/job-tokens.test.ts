import { decodeJwt, decodeProtectedHeader, importJWK, type JWK, SignJWT } from 'jose'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { db } from '../../src/database/db.ts'
import type { SigningKey } from '../../src/generated/prisma/client.ts'
import { rotateSigningKey } from '../../src/signing/signing-keys.ts'
import { useApp } from '../support/app.ts'
import { query } from '../support/client.ts'
import * as create from '../support/factories.ts'
import { createWorld, type ViewerName, type World } from '../support/world.ts'
import { clone, commit, remoteOf } from './git/git-client.ts'
import { rest } from './rest/client.ts'

const app = useApp()

let world: World
beforeEach(async () => {
  world = await createWorld(app, { project: { visibility: 'private' } })
})

type Answer = { token: string; expiresAt: string; errors: string[] }

async function make(viewer: ViewerName | { headers: Record<string, string> }, fields = '', { project } = world) {
  const document = `mutation { jobTokenCreate(input: { projectPath: "${project.fullPath}" ${fields} }) { token expiresAt errors } }`
  const options = typeof viewer === 'string' ? { token: world.tokens[viewer] } : viewer
  const { data, errors } = await query<{ jobTokenCreate: Answer }, never>(app, document, {}, options)
  return { ...data?.jobTokenCreate, code: errors?.[0]?.extensions?.code }
}

const tokenOf = async (viewer: ViewerName = 'developer', fields = '') => (await make(viewer, fields)).token ?? ''

const statusOf = async (token: string, { project } = world, path = '/releases/v1.0.0', header = 'job-token') => {
  const headers = { [header]: header === 'authorization' ? `Bearer ${token}` : token }
  return (await rest(app, 'GET', `/projects/${project.id}${path}`, { headers })).status
}

const publish = (token: string, { project } = world, tag = 'v2.0.0') =>
  rest(app, 'POST', `/projects/${project.id}/releases`, {
    headers: { 'job-token': token },
    json: { tag_name: tag, ref: 'main' },
  })

describe('a job token', () => {
  test('a job token acts as its maker, as JOB-TOKEN and as Bearer', async () => {
    const token = await tokenOf()
    expect(await statusOf(token)).toBe(200)
    expect(await statusOf(token, world, '/releases/v1.0.0', 'authorization')).toBe(200)
    expect(await statusOf(token, world, '/releases/v1.0.0', 'private-token')).toBe(401)
    const { status, body } = await publish(token)
    expect([status, body.author.username]).toEqual([201, world.users.developer.username])
  })

  test('a job token is the password of git', async () => {
    const own = await clone(remoteOf(app, world, await tokenOf()))
    await commit(own)
    expect((await own.run('push', 'origin', 'main')).code).toBe(0)
  })

  test('a job token ends at the time that it names', async () => {
    const { token = '', expiresAt = '' } = await make('developer', 'expiresIn: 1')
    expect(new Date(expiresAt).getTime() / 1000).toBe(decodeJwt(token).exp)
    await vi.waitFor(async () => expect(await statusOf(token)).toBe(401), { timeout: 4000, interval: 200 })
  })

  test('a job token lasts an hour, and a day at most', async () => {
    const { iat = 0, exp = 0 } = decodeJwt(await tokenOf())
    expect(exp - iat).toBe(3600)
    expect((await make('developer', 'expiresIn: 86400')).errors).toEqual([])
    for (const expiresIn of [0, -1, 86401]) {
      const { errors, token } = await make('developer', `expiresIn: ${expiresIn}`)
      expect([errors, token]).toEqual([['Expires in must be from 1 to 86400 seconds'], null])
    }
  })

  test('a job token is recorded, and its text is not kept', async () => {
    const token = await tokenOf()
    const [event] = await db.auditEvent.findMany({ where: { eventType: 'job_token_created' }, orderBy: { id: 'desc' } })
    expect(event?.message).toMatch(`Created a job token of ${world.users.developer.username} that ends at 20`)
    expect(JSON.stringify([event, app.logged()])).not.toContain(token)
  })

  test.each<[ViewerName, string | undefined]>([
    ['anonymous', 'NOT_FOUND'],
    ['stranger', 'NOT_FOUND'],
    ['reporter', 'NOT_FOUND'],
    ['developer', undefined],
    ['owner', undefined],
  ])('a job token that %s asks for is answered with %s', async (viewer, code) => {
    expect((await make(viewer)).code).toBe(code)
  })

  test('a job token makes no token that would outlive it', async () => {
    const headers = { 'job-token': await tokenOf('owner') }
    expect((await make({ headers })).code).toBe('FORBIDDEN')
    const document = 'mutation { accessTokenCreate(input: { name: "x", scopes: [API] }) { errors } }'
    const { errors } = await query(app, document, {}, { headers })
    expect(errors?.[0]?.extensions?.code).toBe('FORBIDDEN')
  })
})

describe('a job token outside its project', () => {
  test('a job token reads of other projects what every account may, whatever its maker may', async () => {
    const token = await tokenOf('owner')
    for (const [visibility, status] of [
      ['public', 200],
      ['internal', 200],
      ['private', 404],
    ] as const) {
      const other = await createWorld(app, { project: { visibility } })
      await create.addMember(other, world.users.owner, 'owner')
      expect([visibility, await statusOf(token, other)]).toEqual([visibility, status])
      expect((await publish(token, other)).status).toBe(visibility === 'private' ? 404 : 403)
    }
  })

  test('a job token does nothing that belongs to the account', async () => {
    const headers = { 'job-token': await tokenOf() }
    const { id } = await db.accessToken.findFirstOrThrow({ where: { userId: world.users.developer.id } })
    const revoke = `mutation { accessTokenRevoke(input: { id: "gid://gitlab/AccessToken/${id}" }) { errors } }`
    const begin = 'mutation { groupCreate(input: { path: "mine", name: "Mine" }) { errors } }'
    for (const document of [revoke, begin]) {
      const { errors } = await query(app, document, {}, { headers })
      expect(errors?.[0]?.extensions?.code).toBe('NOT_FOUND')
    }
    const tokens = '{ currentUser { username accessTokens { nodes { id } } } }'
    const { data } = await query(app, tokens, {}, { headers })
    expect(data).toEqual({ currentUser: { username: world.users.developer.username, accessTokens: { nodes: [] } } })
  })

  test('a job token is no administrator, even when its maker is an administrator', async () => {
    await db.user.update({ where: { id: world.users.stranger.id }, data: { admin: true } })
    const token = await tokenOf('stranger')
    expect(await statusOf(token)).toBe(200)
    expect(await statusOf(token, await createWorld(app, { project: { visibility: 'private' } }))).toBe(404)
  })

  test('a job token counts as no credential for freeze periods', async () => {
    const token = await tokenOf('maintainer')
    expect(await statusOf(token, world, '/freeze_periods')).toBe(401)
    expect(await statusOf(token, world, '/freeze_periods', 'authorization')).toBe(401)
  })
})

describe('the end of a job token', () => {
  const memberKey = () => ({ userId: world.users.developer.id, projectId: world.project.id })

  test.each<[string, () => Promise<unknown>]>([
    ['its maker is blocked', () => db.user.update({ where: { id: memberKey().userId }, data: { state: 'blocked' } })],
    ['its maker leaves', () => db.projectMember.deleteMany({ where: memberKey() })],
    ['its maker becomes a Reporter', () => db.projectMember.updateMany({ where: memberKey(), data: { role: 20 } })],
    ['the project is archived', () => db.project.update({ where: { id: world.project.id }, data: { archived: true } })],
    ['the signing key is replaced', () => db.$transaction(rotateSigningKey)],
  ])('a job token ends at once when %s', async (_event, end) => {
    const token = await tokenOf()
    expect(await statusOf(token)).toBe(200)
    await end()
    expect(await statusOf(token)).toBe(401)
  })
})

describe('a forged job token', () => {
  const sign = async (change: { header?: object; claims?: object; key?: JWK }) => {
    const key: SigningKey = await db.signingKey.findFirstOrThrow({ where: { retiredAt: null } })
    const token = await tokenOf()
    const { alg = '', kid, typ } = decodeProtectedHeader(token)
    return new SignJWT({ ...decodeJwt(token), ...change.claims })
      .setProtectedHeader({ alg, kid, typ, ...change.header } as { alg: string })
      .sign(await importJWK(change.key ?? (key.privateJwk as JWK), alg))
  }

  test("a token that was not made as a job token is refused, even when the server's own key signed it", async () => {
    expect(await statusOf(await sign({}))).toBe(200)
    const wrong = [
      { header: { typ: 'evidence+jws' } },
      { header: { typ: 'JWT' } },
      { header: { typ: undefined } },
      { header: { kid: 'unknown' } },
      { header: { kid: undefined } },
      { claims: { aud: 'somebody else' } },
      { claims: { exp: undefined } },
      { claims: { iss: 'https://ci.example.com' } },
      { claims: { sub: '999999' } },
      { claims: { project_id: 999999 } },
    ]
    for (const change of wrong) expect([change, await statusOf(await sign(change))]).toEqual([change, 401])
  })
})

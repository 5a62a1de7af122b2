import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connectDatabase, db } from '../../../src/db.ts'
import type { Prisma } from '../../../src/generated/prisma/client.ts'
import { type Authenticate, createAuthenticator } from '../../../src/modules/access/authenticate.ts'
import { role } from '../../../src/modules/access/roles.ts'
import { generateToken, issueToken, type TokenIssue } from '../../../src/modules/access/tokens.ts'
import { anonymous } from '../../../src/modules/access/viewer.ts'
import { createDatabase, type TestDatabase } from '../../support/database.ts'
import { type Changes, createIssuer, createKey, type Key, sign, writeKeySet } from './issuer.ts'

const PIPELINES = 'https://pipelines.example'

let database: TestDatabase
let key: Key
let authenticate: Authenticate
const statements: string[] = []

beforeAll(async () => {
  database = await createDatabase()
  connectDatabase({ url: database.url, onStatement: (sql) => statements.push(sql) })
  key = await createKey()
  const { file } = await writeKeySet([key])
  authenticate = createAuthenticator({
    jwtIssuers: [
      createIssuer({ jwks: file }),
      createIssuer({
        issuer: PIPELINES,
        jwks: file,
        projectRoles: [
          { claim: 'project', role: 'reporter', where: {} },
          { claim: 'project', role: 'developer', where: { protected: 'true', branch: 'main' } },
          { claim: 'upstream', role: 'guest', where: {} },
        ],
      }),
    ],
  })
})

afterAll(async () => {
  await db.$disconnect()
  await database.drop()
})

const PAST = new Date(Date.now() - 60_000)
const FUTURE = new Date(Date.now() + 60_000)

const unique = (word: string) => `${word}-${randomBytes(6).toString('hex')}`

const createUser = (data: Partial<Prisma.UserUncheckedCreateInput> = {}) =>
  db.user.create({ data: { username: unique('User'), name: 'Ann', ...data } })

const createToken = (userId: number, changes: Partial<TokenIssue> = {}) =>
  issueToken({ userId, name: 'laptop', scopes: ['api'], ...changes })

async function createProject() {
  const group = await db.group.create({ data: { name: 'Group', path: unique('group') } })
  const project = await db.project.create({ data: { name: 'Project', path: 'project', groupId: group.id } })
  return { group, project }
}

const pipelineToken = (claims: Changes) => sign(key, { iss: PIPELINES, ...claims })

const ask = (headers: Record<string, string>) => authenticate(new Headers(headers))

const refused = (message: string) =>
  expect.objectContaining({ name: 'AppError', code: 'UNAUTHENTICATED', message: expect.stringContaining(message) })

/** The statements that the database got while `work` ran. */
async function countStatements(work: () => Promise<unknown>): Promise<number> {
  const before = statements.length
  await work()
  return statements.length - before
}

describe('a request', () => {
  test.each([
    ['without credentials', {}],
    ['with empty credentials', { 'PRIVATE-TOKEN': '', 'JOB-TOKEN': ' ', Authorization: '' }],
  ])('%s is anonymous and asks the database nothing', async (_title, headers) => {
    expect(await countStatements(async () => expect(await ask(headers)).toEqual(anonymous()))).toBe(0)
  })

  test.each([
    ['PRIVATE-TOKEN', (token: string) => ({ 'PRIVATE-TOKEN': token })],
    ['Authorization: Bearer', (token: string) => ({ Authorization: `Bearer ${token}` })],
    ['Authorization in other letters', (token: string) => ({ Authorization: `bEARER   ${token}` })],
  ])('with an access token in %s is its user, in one statement', async (_title, headers) => {
    const user = await createUser()
    const token = await createToken(user.id)
    const count = await countStatements(async () => expect((await ask(headers(token))).user).toEqual(user))
    expect(count).toBe(1)
  })

  test.each([
    ['JOB-TOKEN', (token: string) => ({ 'JOB-TOKEN': token })],
    ['Authorization: Bearer', (token: string) => ({ Authorization: `Bearer ${token}` })],
  ])('with a JWT in %s is the account it names, in one statement', async (_title, headers) => {
    const user = await createUser()
    const token = await sign(key, { user: user.username })
    const count = await countStatements(async () => expect((await ask(headers(token))).user).toEqual(user))
    expect(count).toBe(1)
  })

  test('is decided by PRIVATE-TOKEN before JOB-TOKEN before Authorization', async () => {
    const [first, second, third] = [await createUser(), await createUser(), await createUser()]
    const accessToken = { 'PRIVATE-TOKEN': await createToken(first.id) }
    const jobToken = { 'JOB-TOKEN': await sign(key, { user: second.username }) }
    const bearer = { Authorization: `Bearer ${await createToken(third.id)}` }
    expect((await ask({ ...bearer, ...jobToken, ...accessToken })).user?.id).toBe(first.id)
    expect((await ask({ ...bearer, ...jobToken })).user?.id).toBe(second.id)
    expect((await ask({ ...bearer, 'JOB-TOKEN': '' })).user?.id).toBe(third.id)
  })

  test('with a wrong credential is refused even when another header holds a good one', async () => {
    const token = await createToken((await createUser()).id)
    const good = { Authorization: `Bearer ${token}` }
    await expect(ask({ ...good, 'PRIVATE-TOKEN': generateToken() })).rejects.toEqual(refused('access token'))
    await expect(ask({ ...good, 'JOB-TOKEN': token })).rejects.toEqual(refused('not a well-formed JWT'))
  })

  test.each(['Basic YW5uOnNlY3JldA==', 'Token abc', 'Bearerabc', 'wbt_abc'])(
    'with the Authorization "%s" is refused and told to use Bearer',
    async (value) => {
      await expect(ask({ Authorization: value })).rejects.toEqual(refused('Bearer'))
    },
  )

  test.each([
    ['is too long', 'PRIVATE-TOKEN', 'x'.repeat(8193)],
    ['is too long', 'JOB-TOKEN', `e30.${'x'.repeat(8192)}.e30`],
    ['is too long', 'Authorization', `Bearer ${'x'.repeat(8193)}`],
    ['is missing', 'Authorization', 'Bearer'],
    ['is two tokens', 'PRIVATE-TOKEN', 'wbt_a, wbt_b'],
    ['is not ASCII', 'PRIVATE-TOKEN', 'wbt_\u00e9'],
  ])('whose token %s in %s is refused before any work', async (_title, header, value) => {
    const count = await countStatements(() => expect(ask({ [header]: value })).rejects.toEqual(refused(header)))
    expect(count).toBe(0)
  })

  test('whose token holds a NUL is refused before any work', async () => {
    // What Node's own Headers would not even hold.
    const headers = { get: (name: string) => (name === 'PRIVATE-TOKEN' ? 'wbt_\0' : null) } as Headers
    await expect(authenticate(headers)).rejects.toEqual(refused('PRIVATE-TOKEN'))
  })
})

describe('an access token', () => {
  test('gives its scopes and all roles of its user that have not expired', async () => {
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
      scopes: new Set(['read_api']),
      projectRoles: new Map([[direct.project.id, role.developer]]),
      groupRoles: new Map([[direct.group.id, role.guest]]),
    })
  })

  test('gives no roles of other users', async () => {
    const { project } = await createProject()
    await db.projectMember.create({
      data: { projectId: project.id, userId: (await createUser()).id, role: role.owner },
    })
    const viewer = await ask({ 'PRIVATE-TOKEN': await createToken((await createUser()).id) })
    expect(viewer.projectRoles.size).toBe(0)
  })

  test('is refused with the same words whether it is unknown, expired, revoked or of an inactive account', async () => {
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

describe('a JWT', () => {
  test('finds its account in any case, with the scope api', async () => {
    const user = await createUser()
    const viewer = await ask({ 'JOB-TOKEN': await sign(key, { user: user.username.toUpperCase() }) })
    expect(viewer).toMatchObject({ user, scopes: new Set(['api']) })
  })

  test.each([['nobody-of-that-name'], [''], [7], [['ann']], [undefined], ["' OR true --"], ['ann\0']])(
    'whose user is %j is refused',
    async (user) => {
      await expect(ask({ 'JOB-TOKEN': await sign(key, { user }) })).rejects.toEqual(refused('names no account'))
    },
  )

  test('of a blocked account is refused, even where the issuer gives a role', async () => {
    const { project } = await createProject()
    const { username } = await createUser({ state: 'blocked' })
    const token = await pipelineToken({ user: username, project: project.fullPath })
    const count = await countStatements(() =>
      expect(ask({ 'JOB-TOKEN': token })).rejects.toEqual(refused('not active')),
    )
    expect(count).toBe(1)
  })

  test('without an account has the role that its issuer gives in the named project, in one statement', async () => {
    const { project } = await createProject()
    const token = await pipelineToken({ project: project.fullPath })
    const count = await countStatements(async () =>
      expect(await ask({ 'JOB-TOKEN': token })).toEqual({
        ...anonymous(),
        scopes: new Set(['api']),
        projectRoles: new Map([[project.id, role.reporter]]),
      }),
    )
    expect(count).toBe(1)
  })

  test('with a name that no account has still has the roles that its issuer gives', async () => {
    const { project } = await createProject()
    const token = await pipelineToken({ user: 'stranger', project: project.fullPath })
    expect(await ask({ 'JOB-TOKEN': token })).toMatchObject({ user: null, projectRoles: new Map([[project.id, 20]]) })
  })

  test.each([
    ['all conditions are met', { protected: 'true', branch: 'main' }, role.developer],
    ['one condition is not met', { protected: 'true', branch: 'topic' }, role.reporter],
    ['one claim is missing', { branch: 'main' }, role.reporter],
    ['a claim has another type', { protected: true, branch: 'main' }, role.reporter],
  ])('has the highest role whose rule counts when %s', async (_title, claims, held) => {
    const { project } = await createProject()
    const viewer = await ask({ 'JOB-TOKEN': await pipelineToken({ ...claims, project: project.fullPath }) })
    expect(viewer.projectRoles).toEqual(new Map([[project.id, held]]))
  })

  test('has roles in each project that its claims name', async () => {
    const [own, upstream] = [await createProject(), await createProject()]
    const token = await pipelineToken({ project: own.project.fullPath, upstream: upstream.project.fullPath })
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
  ])('keeps the higher role when the own one of its account is %s, in two statements', async (_title, own, held) => {
    const { project } = await createProject()
    const user = await createUser()
    await db.projectMember.create({ data: { projectId: project.id, userId: user.id, role: own } })
    const token = await pipelineToken({ user: user.username, project: project.fullPath })
    const count = await countStatements(async () =>
      expect(await ask({ 'JOB-TOKEN': token })).toMatchObject({ user, projectRoles: new Map([[project.id, held]]) }),
    )
    expect(count).toBe(2)
  })

  test.each([['no/such/project'], [''], ['../project'], ['a\0b'], [{ path: 'x' }]])(
    'that names the project %j and no account is refused',
    async (project) => {
      await expect(ask({ 'JOB-TOKEN': await pipelineToken({ project }) })).rejects.toEqual(
        refused('no role in a project'),
      )
    },
  )
})

import { describe, expect, test } from 'vitest'
import { db } from '../../src/database/db.ts'
import type { User } from '../../src/generated/prisma/client.ts'
import { useApp } from '../support/app.ts'
import { query } from '../support/client.ts'
import * as create from '../support/factories.ts'
import { createTrustedIssuer } from '../support/jwt.ts'
import { mutate } from '../support/mutate.ts'
import { createWorld } from '../support/world.ts'
import { rest } from './rest/client.ts'

const { issuer, signed } = await createTrustedIssuer({
  userClaim: 'login',
  projectRoles: [{ claim: 'project_path', role: 'developer', where: {} }],
})
const app = useApp({ jwtIssuers: () => [issuer] })

const PICTURE = 'https://pictures.example.com/ada.png'

const avatarOf = async ({ id }: User) => (await db.user.findUniqueOrThrow({ where: { id } })).avatarUrl

async function signIn(user: User, claims: Record<string, unknown> = {}) {
  const authorization = `Bearer ${await signed({ login: user.username, ...claims })}`
  return rest(app, 'GET', '/user', { headers: { authorization } })
}

describe('the picture of an account', () => {
  test('an account sets its picture in REST and GraphQL, and both show it', async () => {
    const world = await createWorld(app)
    const token = world.tokens.developer
    const set = await rest(app, 'PUT', '/user', { token, json: { avatar_url: PICTURE } })
    expect([set.status, set.body.avatar_url]).toEqual([200, PICTURE])
    const releases = `/projects/${world.project.id}/releases`
    expect((await rest(app, 'GET', releases)).body[0].author.avatar_url).toBe(PICTURE)
    expect(await mutate(app, token, 'userUpdate', { avatarUrl: `${PICTURE}?2` })).toEqual([])
    const document = `{ currentUser { avatarUrl } project(fullPath: "${world.project.fullPath}") { releases { nodes { author { avatarUrl } } } } }`
    const { data } = await query(app, document, {}, { token })
    expect(data).toEqual({
      currentUser: { avatarUrl: `${PICTURE}?2` },
      project: { releases: { nodes: [{ author: { avatarUrl: `${PICTURE}?2` } }] } },
    })
    expect((await rest(app, 'PUT', '/user', { token, json: { avatar_url: null } })).body.avatar_url).toBeNull()
    expect(
      await db.auditEvent.count({ where: { eventType: 'user_updated', authorId: world.users.developer.id } }),
    ).toBe(3)
  })

  test('a picture stays when the request does not mention it', async () => {
    const user = await create.createUser({ avatarUrl: PICTURE })
    const token = await create.tokenFor(user)
    expect((await rest(app, 'PUT', '/user', { token, json: {} })).body.avatar_url).toBe(PICTURE)
    expect(await mutate(app, token, 'userUpdate', {})).toEqual([])
    expect(await avatarOf(user)).toBe(PICTURE)
  })

  test.each([
    ['no URL', 'picture'],
    ['a script', 'javascript:alert(1)'],
    ['data', 'data:image/png;base64,AAAA'],
    ['a password', 'https://user:secret@pictures.example.com/a.png'],
    ['blanks', 'https://pictures.example.com/a b.png'],
    ['no host', 'https:///a.png'],
    ['more than 2,048 characters', `https://pictures.example.com/${'a'.repeat(2048)}`],
  ])('a picture is refused when it is or holds %s', async (_name, url) => {
    const user = await create.createUser()
    const token = await create.tokenFor(user)
    expect((await rest(app, 'PUT', '/user', { token, json: { avatar_url: url } })).status).toBe(400)
    expect(await mutate(app, token, 'userUpdate', { avatarUrl: url })).toEqual([expect.stringContaining('Avatar url')])
    expect(await avatarOf(user)).toBeNull()
  })

  test('only administrators set the picture of another account', async () => {
    const [user, other, admin] = [
      await create.createUser(),
      await create.createUser(),
      await create.createUser({ admin: true }),
    ]
    const input = { username: user.username, avatarUrl: PICTURE }
    const document = 'mutation ($input: UserUpdateInput!) { userUpdate(input: $input) { errors } }'
    const { errors } = await query(app, document, { input }, { token: await create.tokenFor(other) })
    expect(errors).toMatchObject([{ extensions: { code: 'NOT_FOUND' } }])
    expect(await avatarOf(user)).toBeNull()
    expect(await mutate(app, await create.tokenFor(admin), 'userUpdate', input)).toEqual([])
    expect(await avatarOf(user)).toBe(PICTURE)
    expect(await avatarOf(admin)).toBeNull()
  })

  test('a token that may only read sets no picture, and neither does an anonymous viewer', async () => {
    const user = await create.createUser()
    const token = await create.tokenFor(user, ['read_api'])
    expect((await rest(app, 'PUT', '/user', { token, json: { avatar_url: PICTURE } })).status).toBe(403)
    expect((await rest(app, 'PUT', '/user', { json: { avatar_url: PICTURE } })).status).toBe(401)
    expect(await avatarOf(user)).toBeNull()
  })
})

describe('the claim "picture" of a token', () => {
  test('the claim "picture" is the picture of its account, and follows the issuer', async () => {
    const user = await create.createUser()
    expect((await signIn(user, { picture: PICTURE })).body.avatar_url).toBe(PICTURE)
    expect(await avatarOf(user)).toBe(PICTURE)
    expect((await signIn(user, { picture: `${PICTURE}?new` })).body.avatar_url).toBe(`${PICTURE}?new`)
    expect((await signIn(user)).body.avatar_url).toBe(`${PICTURE}?new`)
  })

  test('the claim "picture" costs a statement only when the picture has changed', async () => {
    const user = await create.createUser()
    await signIn(user, { picture: PICTURE })
    const without = await app.statementsOf(() => signIn(user))
    const same = await app.statementsOf(() => signIn(user, { picture: PICTURE }))
    expect(same.length).toBe(without.length)
  })

  test.each<[string, string | null]>([
    ['a picture', `${PICTURE}?own`],
    ['none', null],
  ])('the claim "picture" changes nothing when the account has chosen %s', async (_name, chosen) => {
    const user = await create.createUser()
    await rest(app, 'PUT', '/user', { token: await create.tokenFor(user), json: { avatar_url: chosen } })
    expect((await signIn(user, { picture: PICTURE })).body.avatar_url).toBe(chosen)
    expect(await avatarOf(user)).toBe(chosen)
  })

  test.each([['javascript:alert(1)'], [7], [`https://x.example/${'a'.repeat(3000)}`], ['https://x.example/\0'], [{}]])(
    'the claim "picture" is ignored when it is %j',
    async (picture) => {
      const user = await create.createUser()
      expect(await signIn(user, { picture })).toMatchObject({ status: 200, body: { avatar_url: null } })
    },
  )

  test('the claim "picture" of a pipeline changes no account', async () => {
    const { project, users } = await createWorld(app)
    await signIn(users.developer, { picture: PICTURE, project_path: project.fullPath })
    expect(await avatarOf(users.developer)).toBeNull()
  })
})

// When the keys of an issuer cannot be read, the token may be good, so no answer says that it is wrong.
import { beforeAll, beforeEach, expect, test } from 'vitest'
import { useApp } from '../support/app.ts'
import { createIssuer, createKey, type Key, serveKeySet, sign } from '../support/jwt.ts'
import { createWorld, type World } from '../support/world.ts'

const key: Key = await createKey()
const keySet = await serveKeySet([key])
const issuer = createIssuer({ jwks: keySet.url, userClaim: 'login' })
const app = useApp({ jwtIssuers: () => [issuer] })

let world: World
beforeAll(async () => {
  world = await createWorld(app)
})
beforeEach(() => {
  keySet.state.status = 500
})

const doors: Record<string, (token: string) => Promise<Response>> = {
  REST: (token) => get(`/api/v4/projects/${world.project.id}/releases`, `Bearer ${token}`),
  'a page': (token) => get(`/${world.project.fullPath}/-/releases`, `Bearer ${token}`),
  git: (token) => get(`/${world.project.fullPath}.git/info/refs?service=git-upload-pack`, `Basic ${basic(token)}`),
  GraphQL: (token) =>
    fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: '{"query": "{ currentUser { username } }"}',
    }),
}

const get = (path: string, authorization: string) => fetch(app.url + path, { headers: { authorization } })
const basic = (token: string) => Buffer.from(`token:${token}`).toString('base64')
const signedToken = () => sign(key, { login: world.users.developer.username })
const errorsLogged = () => app.logged().filter(({ msg }) => msg === 'cannot tell who asks')

test.each(Object.keys(doors))(
  '%s answers 503 with Retry-After when the keys of the issuer cannot be read, and logs why',
  async (name) => {
    const before = errorsLogged().length
    const answer = await doors[name]?.(await signedToken())
    expect([answer?.status, answer?.headers.get('retry-after')]).toEqual([503, '10'])
    expect(answer?.headers.get('www-authenticate')).toBeNull()
    const text = (await answer?.text()) ?? ''
    // The address of the keys is the operator's business.
    expect(text).not.toContain(keySet.url)
    const lines = errorsLogged().slice(before)
    expect(lines).toHaveLength(1)
    expect(JSON.stringify(lines[0])).toContain('Cannot load the keys of the issuer https://ci.example')
    expect(lines[0]).toMatchObject({ level: 50, requestId: expect.any(String) })
  },
)

test('the same token is good again when the keys are there', async () => {
  const token = await signedToken()
  expect((await doors.REST?.(token))?.status).toBe(503)
  keySet.state.status = 200
  for (const ask of Object.values(doors)) expect((await ask(token)).status).toBe(200)
})

test('a token of an issuer that is not trusted is wrong all the same', async () => {
  const answer = await doors.REST?.(await sign(key, { iss: 'https://other.example' }))
  expect(answer?.status).toBe(401)
})

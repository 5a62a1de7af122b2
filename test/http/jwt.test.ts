import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { expect, inject, test } from 'vitest'
import type { Config } from '../../src/config.ts'
import { useApp } from '../support/app.ts'
import { query } from '../support/client.ts'
import * as create from '../support/factories.ts'
import { createWorld } from '../support/world.ts'

const issuer = 'https://ci.example.com'
const { privateKey, publicKey } = await generateKeyPair('RS256')
const folder = path.join(inject('scratch'), 'jwt')
const jwks = path.join(folder, 'jwks.json')
await mkdir(folder, { recursive: true })
await writeFile(jwks, JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'k1', alg: 'RS256' }] }))

const trusted: Config['jwtIssuers'] = [
  {
    issuer,
    audience: 'waybill',
    algorithms: ['RS256'],
    jwks,
    userClaim: 'user_login',
    projectRoles: [{ claim: 'project_path', role: 'developer', where: { ref_protected: 'true' } }],
  },
]

const app = useApp({ jwtIssuers: () => trusted })

const sign = (claims: Record<string, unknown>) =>
  new SignJWT(claims)
    .setProtectedHeader({ alg: 'RS256', kid: 'k1' })
    .setIssuer(issuer)
    .setAudience('waybill')
    .setExpirationTime('5m')
    .sign(privateKey)

const look = async (fullPath: string, headers: Record<string, string>) => {
  const document = `{ currentUser { username } project(fullPath: "${fullPath}") { releases { nodes { tagName links { editUrl } } } } }`
  const { status, data } = await query(app, document, {}, { headers })
  return status === 200 ? data : status
}

test('an ID token of a pipeline reads, and may edit, the private project that it was issued for', async () => {
  const { project } = await createWorld(app, { project: { visibility: 'private' } })
  const token = await sign({ project_path: project.fullPath, ref_protected: 'true' })
  const editUrl = `${app.url}/${project.fullPath}/-/releases/v1.0.0/edit`
  const expected = { currentUser: null, project: { releases: { nodes: [{ tagName: 'v1.0.0', links: { editUrl } }] } } }
  expect(await look(project.fullPath, { 'job-token': token })).toEqual(expected)
  expect(await look(project.fullPath, { authorization: `Bearer ${token}` })).toEqual(expected)
})

test('an ID token opens no other project, and none from an unprotected ref', async () => {
  const { project } = await createWorld(app, { project: { visibility: 'private' } })
  const other = await create.createProject({ visibility: 'private' })
  const token = await sign({ project_path: other.fullPath, ref_protected: 'true' })
  expect(await look(project.fullPath, { 'job-token': token })).toEqual({ currentUser: null, project: null })
  const unprotected = await sign({ project_path: project.fullPath, ref_protected: 'false' })
  expect(await look(project.fullPath, { 'job-token': unprotected })).toBe(401)
})

test('a token that names an account has its roles', async () => {
  const { project, users } = await createWorld(app, { project: { visibility: 'private' } })
  const token = await sign({ user_login: users.guest.username })
  expect(await look(project.fullPath, { authorization: `Bearer ${token}` })).toEqual({
    currentUser: { username: users.guest.username },
    project: { releases: { nodes: [{ tagName: null, links: { editUrl: null } }] } },
  })
})

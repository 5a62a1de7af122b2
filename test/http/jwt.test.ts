import { expect, test } from 'vitest'
import { useApp } from '../support/app.ts'
import { query } from '../support/client.ts'
import * as create from '../support/factories.ts'
import { createTrustedIssuer } from '../support/jwt.ts'
import { createWorld } from '../support/world.ts'

const { issuer, signed } = await createTrustedIssuer({
  userClaim: 'user_login',
  projectRoles: [{ claim: 'project_path', role: 'developer', where: { ref_protected: 'true' } }],
})

const app = useApp({ jwtIssuers: () => [issuer] })

const look = async (fullPath: string, headers: Record<string, string>) => {
  const document = `{ currentUser { username } project(fullPath: "${fullPath}") { releases { nodes { tagName links { editUrl } } } } }`
  const { status, data } = await query(app, document, {}, { headers })
  return status === 200 ? data : status
}

test('an ID token of a pipeline reads, and may edit, the private project that it was issued for', async () => {
  const { project } = await createWorld(app, { project: { visibility: 'private' } })
  const token = await signed({ project_path: project.fullPath, ref_protected: 'true' })
  const editUrl = `${app.url}/${project.fullPath}/-/releases/v1.0.0/edit`
  const expected = { currentUser: null, project: { releases: { nodes: [{ tagName: 'v1.0.0', links: { editUrl } }] } } }
  expect(await look(project.fullPath, { 'job-token': token })).toEqual(expected)
  expect(await look(project.fullPath, { authorization: `Bearer ${token}` })).toEqual(expected)
})

test('an ID token may write the path of its project in any letter case, and opens no other by it', async () => {
  const { project } = await createWorld(app, { project: { visibility: 'private', path: 'App_One' } })
  const other = await create.createProject({ visibility: 'private', groupId: project.groupId, path: 'AppxOne' })
  const token = await signed({ project_path: project.fullPath.toUpperCase(), ref_protected: 'true' })
  expect(await look(project.fullPath, { 'job-token': token })).toMatchObject({
    project: { releases: { nodes: [{ tagName: 'v1.0.0' }] } },
  })
  expect(await look(other.fullPath, { 'job-token': token })).toEqual({ currentUser: null, project: null })
})

test('an ID token opens no other project, and none from an unprotected ref', async () => {
  const { project } = await createWorld(app, { project: { visibility: 'private' } })
  const other = await create.createProject({ visibility: 'private' })
  const token = await signed({ project_path: other.fullPath, ref_protected: 'true' })
  expect(await look(project.fullPath, { 'job-token': token })).toEqual({ currentUser: null, project: null })
  const unprotected = await signed({ project_path: project.fullPath, ref_protected: 'false' })
  expect(await look(project.fullPath, { 'job-token': unprotected })).toBe(401)
})

test('a token that names an account has the roles of the account', async () => {
  const { project, users } = await createWorld(app, { project: { visibility: 'private' } })
  const token = await signed({ user_login: users.guest.username })
  expect(await look(project.fullPath, { authorization: `Bearer ${token}` })).toEqual({
    currentUser: { username: users.guest.username },
    project: { releases: { nodes: [{ tagName: null, links: { editUrl: null } }] } },
  })
})

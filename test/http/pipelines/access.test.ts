import { beforeEach, describe, expect, test } from 'vitest'
import { db } from '../../../src/database/db.ts'
import { useApp } from '../../support/app.ts'
import { query } from '../../support/client.ts'
import * as create from '../../support/factories.ts'
import { createWorld, type World } from '../../support/world.ts'
import { clone, commit, remoteOf } from '../git/git-client.ts'
import { rest } from '../rest/client.ts'
import { type Headers, jobToken, jwt, pipelines, trustedIssuer, withToken } from './credentials.ts'

const app = useApp({ jwtIssuers: () => [trustedIssuer] })

let world: World
beforeEach(async () => {
  world = await createWorld(app, { project: { visibility: 'private' } })
  await create.addMember({ group: world.group }, world.users.owner, 'owner')
})

async function read<Data>(document: string, headers: Headers): Promise<Data> {
  const { data, errors } = await query<Data, never>(app, document, {}, { headers })
  expect(errors).toBeUndefined()
  return data
}

const projectFields = (fields: string, { project } = world) =>
  `{ project(fullPath: "${project.fullPath}") { ${fields} } }`

describe.each(Object.entries(pipelines))('%s of an Owner', (_kind, headersOf) => {
  test('reads what an Owner reads of the project, except freeze periods', async () => {
    const { id: projectId } = world.project
    const freeze = { projectId, freezeStart: '* * * * *', freezeEnd: '0 0 1 1 *' }
    const period = await db.freezePeriod.create({ data: freeze })
    await db.environment.create({ data: { projectId, name: 'production' } })
    await db.protectedTag.create({ data: { projectId, name: 'v*', accessLevels: { create: { accessLevel: 40 } } } })
    const open = `releases { nodes { tagName evidences { nodes { sha } } } } protectedTags { count } members { count }
      milestones { nodes { title } } deployFreezeActive environment(name: "production") { name }`
    const asOwner = withToken(world.tokens.owner)
    const headers = await headersOf(app, world)
    expect(await read(projectFields(open), headers)).toEqual(await read(projectFields(open), asOwner))
    const closed = `freezePeriods { count nodes { id } } environment(name: "production") { deployFreezes { id } }`
    const id = `gid://gitlab/Ci::FreezePeriod/${period.id}`
    expect(await read(projectFields(closed), headers)).toEqual({
      project: { freezePeriods: { count: 0, nodes: [] }, environment: { deployFreezes: null } },
    })
    expect(await read(`{ node(id: "${id}") { id } }`, headers)).toEqual({ node: null })
    expect(await read(projectFields(closed), asOwner)).toEqual({
      project: { freezePeriods: { count: 1, nodes: [{ id }] }, environment: { deployFreezes: [{ id }] } },
    })
  })

  test('reads nothing of a group, nor of other private projects of its account', async () => {
    const other = await createWorld(app, { project: { visibility: 'private' } })
    await create.addMember(other, world.users.owner, 'owner')
    const { fullPath } = world.group
    await db.group.update({ where: { id: world.group.id }, data: { visibility: 'public' } })
    const ofGroup = `{ group(fullPath: "${fullPath}") { releases { nodes { id } } members { nodes { role } } auditEvents { count } } }`
    const headers = await headersOf(app, world)
    expect(await read(ofGroup, headers)).toEqual({
      group: { releases: { nodes: [] }, members: { nodes: [] }, auditEvents: { count: 0 } },
    })
    expect(await read(projectFields('id', other), headers)).toEqual({ project: null })
    expect(await read(projectFields('id', other), withToken(world.tokens.owner))).not.toEqual({ project: null })
  })

  test('fetches, and pushes branches and tags', async () => {
    const headers = await headersOf(app, world)
    const token = headers['job-token'] ?? headers.authorization?.replace('Bearer ', '') ?? ''
    const own = await clone(remoteOf(app, world, token))
    await commit(own)
    await own.run('tag', 'pushed')
    expect((await own.run('push', 'origin', 'main', 'pushed')).code).toBe(0)
  })
})

test("the role and account of a job token's maker decide whether a protected tag admits the job token", async () => {
  const { id: projectId } = world.project
  const protect = { projectId, name: 'guarded-*', accessLevels: { create: [{ accessLevel: 40 }] } }
  await db.protectedTag.create({ data: protect })
  const push = async (token: string, tag: string) => {
    const own = await clone(remoteOf(app, world, token))
    await own.run('tag', tag)
    return own.run('push', 'origin', tag)
  }
  const refused = await push(await jobToken(app, world, 'developer'), 'guarded-1')
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('You are not allowed to create this tag')])
  expect((await push(await jobToken(app, world, 'maintainer'), 'guarded-2')).code).toBe(0)
})

test('an account and its pipelines share no kept answer', async () => {
  const { id: projectId } = world.project
  const accessLevels = { create: { groupId: world.group.id } }
  await db.protectedTag.create({ data: { projectId, name: '*', accessLevels } })
  const mayEdit = async (headers: Headers) => {
    const fields = `release(tagName: "${world.release.tag}") { links { editUrl } }`
    const { project } = await read<{ project: { release: { links: { editUrl: string | null } } } }>(
      projectFields(fields),
      headers,
    )
    return project.release.links.editUrl !== null
  }
  // The protected tag admits the account by its group, which does not count for a pipeline.
  for (const headersOf of Object.values(pipelines)) {
    const headers = await headersOf(app, world)
    const asOwner = withToken(world.tokens.owner)
    for (const _round of [1, 2]) expect([await mayEdit(asOwner), await mayEdit(headers)]).toEqual([true, false])
  }
})

const memberSet = (fields = 'errors') => {
  const { project, users } = world
  return `mutation { memberSet(input: { projectPath: "${project.fullPath}", username: "${users.guest.username}", role: REPORTER }) { ${fields} } }`
}

const bearer = (token: string): Headers => ({ authorization: `Bearer ${token}` })

describe("an issuer's token", () => {
  test('a token of an issuer that names an account and no project is a person, who may do what the account may', async () => {
    const headers = bearer(await jwt({ user_login: world.users.owner.username }))
    expect(await read(memberSet(), headers)).toEqual({ memberSet: { errors: [] } })
    const path = `/projects/${world.project.id}/freeze_periods`
    expect((await rest(app, 'GET', path, { headers })).status).toBe(200)
  })

  test.each([
    ['that no rule admits', (project: string) => ({ project_path: project, ref_protected: 'false' })],
    ['that is not here', () => ({ project_path: 'no/such', ref_protected: 'true' })],
    ['that is no path', () => ({ project_path: ['x'] })],
  ])(
    'a token of an issuer for a project %s reads what every account may, whoever it names',
    async (_case, claimsOf) => {
      const claims = claimsOf(world.project.fullPath)
      const headers = bearer(await jwt({ ...claims, user_login: world.users.owner.username }))
      expect(await read('{ currentUser { username } }', headers)).toEqual({
        currentUser: { username: world.users.owner.username },
      })
      expect(await read(projectFields('id'), headers)).toEqual({ project: null })
      await db.project.update({ where: { id: world.project.id }, data: { visibility: 'internal' } })
      expect(await read(projectFields('visibility'), headers)).toEqual({ project: { visibility: 'internal' } })
      const { errors } = await query(app, memberSet(), {}, { headers })
      expect(errors?.[0]?.extensions?.code).toBe('NOT_FOUND')
    },
  )

  test('a token of an issuer for a project makes nobody an administrator elsewhere', async () => {
    const issued = { project_path: world.project.fullPath, ref_protected: 'true' }
    const administrator = await create.createUser({ admin: true })
    const headers = bearer(await jwt({ ...issued, user_login: administrator.username }))
    expect(await read(projectFields('protectedTags { count }'), headers)).toEqual({
      project: { protectedTags: { count: 0 } },
    })
    const other = await createWorld(app, { project: { visibility: 'private' } })
    expect(await read(projectFields('id', other), headers)).toEqual({ project: null })
    const asPerson = bearer(await jwt({ user_login: administrator.username }))
    expect(await read(projectFields('id', other), asPerson)).not.toEqual({ project: null })
  })
})

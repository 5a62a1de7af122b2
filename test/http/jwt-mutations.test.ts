import { expect, test } from 'vitest'
import { db } from '../../src/database/db.ts'
import { findTag } from '../../src/git/tags.ts'
import { useApp } from '../support/app.ts'
import { query } from '../support/client.ts'
import * as create from '../support/factories.ts'
import { createTrustedIssuer } from '../support/jwt.ts'
import { createWorld, type World } from '../support/world.ts'

const { issuer, signed } = await createTrustedIssuer({
  userClaim: 'user_login',
  projectRoles: [
    { claim: 'project_path', role: 'developer', where: {} },
    { claim: 'project_path', role: 'maintainer', where: { ref_protected: 'true' } },
  ],
})

const app = useApp({ jwtIssuers: () => [issuer] })

/** A token of a pipeline of the project. On a protected ref the pipeline counts as a Maintainer. */
const pipelineOf = ({ project }: World, claims: Record<string, unknown> = {}) =>
  signed({ project_path: project.fullPath, ...claims })

const privateWorld = () => createWorld(app, { project: { visibility: 'private' } })

async function mutate(token: string, mutation: string, fields = 'errors') {
  const document = `mutation { ${mutation} { ${fields} } }`
  const { data, errors } = await query<Record<string, unknown>, object>(
    app,
    document,
    {},
    { headers: { 'job-token': token } },
  )
  return Object.values(data)[0] ?? errors?.[0]?.extensions?.code
}

const newRelease = (world: World) =>
  `releaseCreate(input: { projectPath: "${world.project.fullPath}", tagName: "v2.0.0", ref: "main", tagMessage: "Two" })`

test('a pipeline publishes a release: it makes the tag, and the release has no author', async () => {
  const world = await privateWorld()
  const token = await pipelineOf(world)
  const fields = 'errors release { tagName author { username } commit { sha } links { editUrl } }'
  expect(await mutate(token, newRelease(world), fields)).toEqual({
    errors: [],
    release: {
      tagName: 'v2.0.0',
      author: null,
      commit: { sha: world.release.sha },
      links: { editUrl: `${app.url}/${world.project.fullPath}/-/releases/v2.0.0/edit` },
    },
  })
  expect(await findTag(app.repositories.directory(world.project.id), 'v2.0.0')).toMatchObject({
    annotated: true,
    message: 'Two',
    tagger: { name: 'pipeline', email: 'pipeline@noreply.invalid' },
  })
  expect(await db.auditEvent.findMany({ where: { projectId: world.project.id } })).toMatchObject([
    { eventType: 'release_created', authorId: null, authorName: 'pipeline' },
  ])
})

test('a pipeline changes releases and links as a Developer may, and deletes as a Maintainer may', async () => {
  const world = await privateWorld()
  const token = await pipelineOf(world)
  const release = `projectPath: "${world.project.fullPath}", tagName: "v1.0.0"`
  const link = await db.assetLink.findFirstOrThrow({ where: { releaseId: world.release.id } })
  const id = `id: "gid://gitlab/Releases::Link/${link.id}"`
  const removal = `releaseDelete(input: { ${release} })`
  expect([
    await mutate(token, `releaseUpdate(input: { ${release}, name: "x" })`),
    await mutate(token, `releaseAssetLinkCreate(input: { ${release}, name: "n", url: "https://example.com/n" })`),
    await mutate(token, `releaseAssetLinkUpdate(input: { ${id}, name: "m" })`),
    await mutate(token, `releaseAssetLinkDelete(input: { ${id} })`),
  ]).toEqual(Array(4).fill({ errors: [] }))
  expect(await mutate(token, removal)).toBe('NOT_FOUND')
  expect(await mutate(await pipelineOf(world, { ref_protected: 'true' }), removal)).toEqual({ errors: [] })
})

test('a protected tag admits a pipeline by its role alone', async () => {
  const world = await privateWorld()
  const [developer, maintainer] = [await pipelineOf(world), await pipelineOf(world, { ref_protected: 'true' })]
  const protection = await db.protectedTag.create({
    data: {
      projectId: world.project.id,
      name: 'v*',
      accessLevels: { create: [{ accessLevel: 40 }, { userId: world.users.developer.id }] },
    },
  })
  const refused = { errors: ['You are not allowed to create this tag as it is protected.'] }
  expect(await mutate(developer, newRelease(world))).toEqual(refused)
  const where = { protectedTagId: protection.id, accessLevel: 40 }
  await db.protectedTagAccessLevel.updateMany({ where, data: { accessLevel: 0 } })
  expect(await mutate(maintainer, newRelease(world))).toEqual(refused)
  await db.protectedTagAccessLevel.updateMany({ where: { ...where, accessLevel: 0 }, data: { accessLevel: 40 } })
  expect(await mutate(maintainer, newRelease(world))).toEqual({ errors: [] })
})

test('a pipeline protects no tags and freezes no deployments, not even as a Maintainer', async () => {
  const world = await privateWorld()
  const path = `projectPath: "${world.project.fullPath}"`
  const protection = `protectedTagCreate(input: { ${path}, name: "v*" })`
  const freeze = `freezePeriodCreate(input: { ${path}, freezeStart: "0 23 * * 5", freezeEnd: "0 7 * * 1" })`
  const [developer, maintainer] = [await pipelineOf(world), await pipelineOf(world, { ref_protected: 'true' })]
  for (const token of [developer, maintainer]) {
    expect([await mutate(token, protection), await mutate(token, freeze)]).toEqual(['NOT_FOUND', 'NOT_FOUND'])
  }
  const { id: projectId } = world.project
  expect([
    await db.protectedTag.count({ where: { projectId } }),
    await db.freezePeriod.count({ where: { projectId } }),
  ]).toEqual([0, 0])
})

test('a pipeline writes to no other project', async () => {
  const [world, other] = [await privateWorld(), await createWorld(app)]
  const token = await pipelineOf(world, { ref_protected: 'true' })
  expect(await mutate(token, newRelease(other))).toBe('NOT_FOUND')
  const unknown = await signed({ project_path: 'no/such', ref_protected: 'true' })
  const response = await query(
    app,
    `mutation { ${newRelease(world)} { errors } }`,
    {},
    { headers: { 'job-token': unknown } },
  )
  expect(response.status).toBe(401)
})

test('a token that names an account and a project publishes in the name of the account', async () => {
  const world = await privateWorld()
  const user = await create.createUser()
  const token = await pipelineOf(world, { user_login: user.username })
  expect(await mutate(token, newRelease(world), 'errors release { author { username } }')).toEqual({
    errors: [],
    release: { author: { username: user.username } },
  })
})

test('a token of another issuer makes no access token, also where it names an account that is an administrator', async () => {
  const { project } = await privateWorld()
  const creation = 'accessTokenCreate(input: { name: "lasting", scopes: [API] })'
  for (const admin of [false, true]) {
    const user = await create.createUser({ admin })
    const token = await signed({ user_login: user.username, project_path: project.fullPath })
    const document = `mutation { ${creation} { token } }`
    const { data, errors } = await query(app, document, {}, { headers: { authorization: `Bearer ${token}` } })
    expect(data).toEqual({ accessTokenCreate: null })
    expect(errors?.[0]).toMatchObject({
      message: expect.stringContaining('signed in with an access token or in a browser, not with a JSON Web Token'),
      extensions: { code: 'FORBIDDEN' },
    })
    expect(await db.accessToken.count({ where: { userId: user.id } })).toBe(0)
  }
  // A pipeline without an account gets the answer of an anonymous viewer.
  expect(await mutate(await signed({ project_path: project.fullPath }), creation)).toBe('NOT_FOUND')
})

// The rights of each role on the release of a protected tag, through the API: the table of
// docs/contract/protected-tags.md#who-may-create-a-tag.
import { describe, expect, test } from 'vitest'
import { db } from '../../src/database/db.ts'
import { useApp } from '../support/app.ts'
import { query } from '../support/client.ts'
import * as create from '../support/factories.ts'
import { createWorld, type ViewerName, type World } from '../support/world.ts'

const app = useApp()

type Level = { accessLevel?: number; userId?: number; groupId?: number; deployKeyId?: number }

const protect = (world: World, name: string, ...levels: Level[]) =>
  db.protectedTag.create({ data: { projectId: world.project.id, name, accessLevels: { create: levels } } })

type Outcome = { errors: string[] } | null

/** The result of a mutation: done, refused in its payload, or refused as an error of the request. */
const DONE = 'done'
const PROTECTED = 'You are not allowed to create this tag as it is protected.'
const DENIED = 'Access Denied'
const TOP_LEVEL = 'top-level error'

async function mutate(world: World, viewer: ViewerName, mutation: string): Promise<string> {
  const { data, errors } = await query<Record<string, Outcome>, object>(
    app,
    `mutation { ${mutation} { errors } }`,
    {},
    { token: world.tokens[viewer] },
  )
  const [payload] = Object.values(data)
  if (payload) return payload.errors.join() || DONE
  expect(errors?.[0]).toMatchObject({
    message: expect.stringContaining("don't have permission"),
    extensions: { code: 'NOT_FOUND' },
  })
  return TOP_LEVEL
}

async function mayEdit(world: World, viewer: ViewerName): Promise<boolean> {
  const document = `{ release(id: "gid://gitlab/Release/${world.release.id}") { links { editUrl } } }`
  const token = world.tokens[viewer]
  type Data = { release: { links: { editUrl: string | null } } }
  return (await query<Data, object>(app, document, {}, { token })).data.release.links.editUrl !== null
}

/** Runs every mutation that makes or changes a release, and the deletion last. */
async function tryAll(world: World, viewer: ViewerName) {
  const project = `projectPath: "${world.project.fullPath}"`
  const link = await db.assetLink.findFirstOrThrow({ where: { releaseId: world.release.id } })
  const id = `id: "gid://gitlab/Releases::Link/${link.id}"`
  const run = (mutation: string) => mutate(world, viewer, mutation)
  return {
    editUrl: await mayEdit(world, viewer),
    'releaseCreate of a new tag': await run(`releaseCreate(input: { ${project}, tagName: "v2.0.0", ref: "main" })`),
    'releaseCreate of an existing tag': await run(`releaseCreate(input: { ${project}, tagName: "v0.9.0" })`),
    releaseUpdate: await run(`releaseUpdate(input: { ${project}, tagName: "v1.0.0", name: "x" })`),
    releaseAssetLinkCreate: await run(
      `releaseAssetLinkCreate(input: { ${project}, tagName: "v1.0.0", name: "x", url: "https://example.com/x" })`,
    ),
    releaseAssetLinkUpdate: await run(`releaseAssetLinkUpdate(input: { ${id}, name: "y" })`),
    releaseAssetLinkDelete: await run(`releaseAssetLinkDelete(input: { ${id} })`),
    releaseDelete: await run(`releaseDelete(input: { ${project}, tagName: "v1.0.0" })`),
  }
}

const allowed = {
  editUrl: true,
  'releaseCreate of a new tag': DONE,
  'releaseCreate of an existing tag': DONE,
  releaseUpdate: DONE,
  releaseAssetLinkCreate: DONE,
  releaseAssetLinkUpdate: DONE,
  releaseAssetLinkDelete: DONE,
  releaseDelete: DONE,
}
const denied = {
  editUrl: false,
  'releaseCreate of a new tag': PROTECTED,
  'releaseCreate of an existing tag': PROTECTED,
  releaseUpdate: DENIED,
  releaseAssetLinkCreate: TOP_LEVEL,
  releaseAssetLinkUpdate: TOP_LEVEL,
  releaseAssetLinkDelete: TOP_LEVEL,
  releaseDelete: DENIED,
}
/** Deleting a release needs a Maintainer whatever its tag is, so the project itself refuses. */
const asDeveloper = { releaseDelete: TOP_LEVEL }

const newWorld = () => createWorld(app, { repository: { tags: ['v0.9.0', 'v1.0.0'] } })

const releasesOf = async (world: World) => {
  const rows = await db.release.findMany({
    where: { projectId: world.project.id },
    include: { links: { orderBy: { id: 'asc' } } },
    orderBy: { id: 'asc' },
  })
  return rows
}

describe.each([
  ['not protected', null, { developer: true, maintainer: true, owner: true }],
  ['protected for Developers and Maintainers', 30, { developer: true, maintainer: true, owner: true }],
  ['protected for Maintainers', 40, { developer: false, maintainer: true, owner: true }],
  ['protected from everybody', 0, { developer: false, maintainer: false, owner: false }],
] as const)('a tag that is %s', (_name, accessLevel, roles) => {
  test.each(Object.entries(roles))('%s may change its release: %s', async (role, may) => {
    const world = await newWorld()
    if (accessLevel !== null) await protect(world, 'v*', { accessLevel })
    const before = await releasesOf(world)
    const viewer = role as keyof typeof roles
    const expected = { ...(may ? allowed : denied), ...(viewer === 'developer' ? asDeveloper : {}) }
    expect(await tryAll(world, viewer)).toEqual(expected)
    if (!may) expect(await releasesOf(world)).toEqual(before)
  })

  test('nobody below a Developer may change its release', async () => {
    const world = await newWorld()
    if (accessLevel !== null) await protect(world, 'v*', { accessLevel })
    const before = await releasesOf(world)
    const nothing = Object.fromEntries(Object.keys(allowed).map((name) => [name, TOP_LEVEL]))
    for (const viewer of ['anonymous', 'stranger', 'guest', 'planner', 'reporter'] as const) {
      expect([viewer, await tryAll(world, viewer)]).toEqual([viewer, { ...nothing, editUrl: false }])
    }
    expect(await releasesOf(world)).toEqual(before)
  })
})

describe('whom a protected tag admits', () => {
  const update = (world: World, viewer: ViewerName) =>
    mutate(
      world,
      viewer,
      `releaseUpdate(input: { projectPath: "${world.project.fullPath}", tagName: "v1.0.0", name: "x" })`,
    )

  const outcomes = async (world: World) => ({
    developer: await update(world, 'developer'),
    maintainer: await update(world, 'maintainer'),
    owner: await update(world, 'owner'),
  })
  const all = { developer: DONE, maintainer: DONE, owner: DONE }
  const nobody = { developer: DENIED, maintainer: DENIED, owner: DENIED }

  test.each([
    ['v1.0.0', nobody],
    ['v*', nobody],
    ['*', nobody],
    ['v*.0', nobody],
    ['*1*0*', nobody],
    ['v1', all],
    ['V1.0.0', all],
    ['*.0.1', all],
    ['1.0.0', all],
  ])('the rule for %s admits whom it says', async (name, expected) => {
    const world = await newWorld()
    await protect(world, name, { accessLevel: 0 })
    expect(await outcomes(world)).toEqual(expected)
  })

  test('several rules that match admit whom any of the rules admits', async () => {
    const world = await newWorld()
    await protect(world, 'v1.0.0', { accessLevel: 0 })
    expect(await outcomes(world)).toEqual(nobody)
    await protect(world, 'v*', { accessLevel: 40 })
    expect(await outcomes(world)).toEqual({ ...all, developer: DENIED })
    await protect(world, '*', { accessLevel: 30 })
    expect(await outcomes(world)).toEqual(all)
  })

  test('an entry of a user admits that user, who still needs the role Developer', async () => {
    const world = await newWorld()
    const { developer, reporter } = world.users
    await protect(world, 'v*', { userId: developer.id }, { userId: reporter.id })
    expect(await outcomes(world)).toEqual({ ...nobody, developer: DONE })
    expect(await update(world, 'reporter')).toBe(TOP_LEVEL)
  })

  test('an entry of a group admits its Developers, who need that role in the project too', async () => {
    const world = await newWorld()
    const group = await create.createGroup()
    await create.addMember({ group }, world.users.developer, 'developer')
    await create.addMember({ group }, world.users.maintainer, 'reporter')
    await create.addMember({ group }, world.users.reporter, 'owner')
    await protect(world, 'v*', { groupId: group.id })
    expect(await outcomes(world)).toEqual({ ...nobody, developer: DONE })
    expect(await update(world, 'reporter')).toBe(TOP_LEVEL)
  })

  test('an entry of a group does not admit a user whose membership of the group has expired', async () => {
    const world = await newWorld()
    const group = await create.createGroup()
    await create.addMember({ group }, world.users.developer, 'developer')
    await protect(world, 'v*', { groupId: group.id })
    expect(await outcomes(world)).toEqual({ ...nobody, developer: DONE })
    const data = { expiresAt: new Date(Date.now() - 1000) }
    await db.groupMember.updateMany({ where: { groupId: group.id }, data })
    expect(await outcomes(world)).toEqual(nobody)
  })

  test('an entry of a deploy key admits nobody who signs in here', async () => {
    const world = await newWorld()
    await protect(world, 'v*', { deployKeyId: 7 })
    expect(await outcomes(world)).toEqual(nobody)
  })

  test('a role counts when it comes from a group above the project', async () => {
    const world = await newWorld()
    await create.addMember({ group: world.group }, world.users.developer, 'maintainer')
    await protect(world, 'v*', { accessLevel: 40 })
    expect(await outcomes(world)).toEqual(all)
  })

  test('a level admits an administrator as an Owner, and "no one" refuses both', async () => {
    const world = await newWorld()
    await db.user.update({ where: { id: world.users.stranger.id }, data: { admin: true } })
    await protect(world, 'v*', { accessLevel: 40 })
    expect(await update(world, 'stranger')).toBe(DONE)
    const where = { protectedTag: { projectId: world.project.id } }
    await db.protectedTagAccessLevel.updateMany({ where, data: { accessLevel: 0 } })
    expect(await update(world, 'stranger')).toBe(DENIED)
  })
})

test('a change of a release that does not exist says that it does not exist, also where the tag is protected', async () => {
  const world = await newWorld()
  await protect(world, '*', { accessLevel: 0 })
  const project = `projectPath: "${world.project.fullPath}"`
  const release = `${project}, tagName: "v0.9.0"`
  for (const mutation of [`releaseUpdate(input: { ${release}, name: "x" })`, `releaseDelete(input: { ${release} })`]) {
    expect(await mutate(world, 'owner', mutation)).toBe('Release does not exist')
  }
})

test('everyone who may read the project may read the release of a protected tag', async () => {
  const world = await newWorld()
  await protect(world, '*', { accessLevel: 0 })
  const document = `{ project(fullPath: "${world.project.fullPath}") { release(tagName: "v1.0.0") { tagName assets { count } } } }`
  const { data } = await query<{ project: { release: object } }, object>(app, document)
  expect(data.project.release).toMatchObject({ tagName: 'v1.0.0' })
})

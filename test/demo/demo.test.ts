import { rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pino } from 'pino'
import { expect, onTestFinished, test } from 'vitest'
import { loadConfig } from '../../src/config.ts'
import { connectDatabase, db } from '../../src/db.ts'
import { createDemo, readDemo } from '../../src/demo/demo.ts'
import { demoFile } from '../../src/demo/demo-file.ts'
import { digestOf } from '../../src/modules/access/tokens.ts'
import { digestOf as digestOfEvidence, type Json } from '../../src/modules/evidence/evidence-snapshot.ts'
import { listBranches } from '../../src/modules/git/branches.ts'
import { runGit } from '../../src/modules/git/git.ts'
import { listTags } from '../../src/modules/git/tags.ts'
import { isHistorical, isUpcoming } from '../../src/modules/releases/release-text.ts'
import { createDatabase } from '../support/database.ts'
import { temporaryDirectory } from '../support/git.ts'

const TAGS = ['v0.1.0', 'v0.10.0', 'v0.2.0', 'v0.3.0', 'v0.9.0', 'v1.0.0', 'v1.0.0-rc.1', 'v1.1.0-rc.1', 'v2.0.0']
const PATHS = ['demo/secret', 'demo/waybill']

/** An empty database and data folder, and a function that makes the demo there. */
async function world() {
  const database = await createDatabase()
  connectDatabase({ url: database.url })
  onTestFinished(async () => {
    await db.$disconnect()
    await database.drop()
  })
  const config = loadConfig({ DATA_DIR: await temporaryDirectory(), PORT: '4321' })
  return { config, create: () => createDemo({ config, log: pino({ level: 'silent' }) }) }
}

/** Every row that a second run might add to or change. */
async function contents() {
  const [releases, links, milestones, issues, evidences, members, tokens, users] = await Promise.all([
    db.release.findMany({ orderBy: { id: 'asc' } }),
    db.assetLink.count(),
    db.milestone.findMany({ orderBy: { id: 'asc' } }),
    db.issue.count(),
    db.evidence.count(),
    db.projectMember.count(),
    db.accessToken.findMany({ orderBy: { id: 'asc' } }),
    db.user.count(),
  ])
  return { releases, links, milestones, issues, evidences, members, tokens, users }
}

test('the demo has a public and a private project with real repositories and everything around releases', async () => {
  const { config, create } = await world()
  await create()
  const projects = await db.project.findMany({
    orderBy: { path: 'asc' },
    include: { group: true, members: { include: { user: true } }, milestones: true, issues: true },
  })
  expect(projects).toMatchObject([
    { fullPath: 'demo/secret', visibility: 'private', group: { visibility: 'public' } },
    { fullPath: 'demo/waybill', visibility: 'public' },
  ])
  for (const { id, members, milestones, issues } of projects) {
    const repository = join(config.repositoriesDir, `${id}.git`)
    expect((await listBranches(repository)).map(({ name }) => name)).toEqual(['main', 'stable'])
    const tags = await listTags(repository)
    expect(tags.map(({ name }) => name)).toEqual(TAGS)
    expect(new Set(tags.map(({ annotated }) => annotated))).toEqual(new Set([true, false]))
    expect(Number(await runGit(repository, ['rev-list', '--count', 'main']))).toBeGreaterThanOrEqual(8)
    await runGit(repository, ['fsck', '--strict'])
    expect(members.map(({ user, role }) => [role, user.username]).sort()).toEqual([
      [10, 'guest'],
      [20, 'reporter'],
      [30, 'developer'],
      [40, 'maintainer'],
      [50, 'owner'],
    ])
    expect(milestones.map(({ state }) => state)).toContain('closed')
    expect(issues.filter(({ confidential }) => confidential)).toHaveLength(1)
    expect(new Set(issues.map(({ state }) => state))).toEqual(new Set(['opened', 'closed']))
  }
  expect(await db.milestone.count({ where: { group: { path: 'demo' } } })).toBe(1)
  expect(await db.protectedTag.findMany({ include: { accessLevels: true } })).toMatchObject([
    { name: 'v*', accessLevels: [{ accessLevel: 40 }] },
  ])
  expect([await db.freezePeriod.count(), await db.environment.count()]).toEqual([1, 1])
})

test('the demo has releases of each kind, with links of each type', async () => {
  const { create } = await world()
  await create()
  const now = new Date()
  for (const fullPath of PATHS) {
    const releases = await db.release.findMany({ where: { project: { fullPath } }, include: { links: true } })
    expect(releases.map(({ tag }) => tag).sort()).toEqual(TAGS)
    expect(releases.filter(isHistorical).map(({ tag }) => tag)).toEqual(['v0.1.0'])
    expect(releases.filter((release) => isUpcoming(release, now)).map(({ tag }) => tag)).toEqual(['v2.0.0'])
    const links = releases.flatMap((release) => release.links)
    expect(new Set(links.map(({ linkType }) => linkType))).toEqual(new Set(['other', 'runbook', 'package', 'image']))
    expect(new Set(links.map(({ filepath }) => filepath === null))).toEqual(new Set([true, false]))
    expect(releases.find(({ tag }) => tag === 'v1.0.0')).toMatchObject({
      name: 'Waybill 1.0',
      descriptionHtml: expect.stringContaining('<table'),
    })
  }
})

test('the demo has evidence of its plain releases, whose digest can be recomputed and which hold no confidential issue', async () => {
  const { create } = await world()
  await create()
  const evidences = await db.evidence.findMany({ include: { release: true } })
  const plain = TAGS.filter((tag) => tag !== 'v0.1.0' && tag !== 'v2.0.0')
  expect(evidences.map(({ release }) => release.tag).sort()).toEqual([...plain, ...plain].sort())
  for (const { sha, summary } of evidences) expect(digestOfEvidence(summary as Json)).toBe(sha)
  const text = JSON.stringify(evidences)
  expect(text).toContain('Explain how to check a digest')
  expect(text).not.toContain('Tokens are shown in a log')
})

test('demo.json names the server, the projects and a working token for each role, for its owner only', async () => {
  const { config, create } = await world()
  const demo = await create()
  expect(demo).toEqual({
    baseUrl: 'http://127.0.0.1:4321',
    projectPath: 'demo/waybill',
    privateProjectPath: 'demo/secret',
    groupPath: 'demo',
    tokens: expect.anything(),
  })
  expect(await readDemo(config)).toEqual(demo)
  expect((await stat(demoFile(config))).mode & 0o777).toBe(0o600)
  for (const [username, token] of Object.entries(demo.tokens)) {
    const row = await db.accessToken.findUnique({ where: { digest: digestOf(token) }, include: { user: true } })
    expect(row).toMatchObject({ scopes: ['api'], revokedAt: null, user: { username } })
  }
})

test('a second run changes nothing', async () => {
  const { create } = await world()
  const demo = await create()
  const before = await contents()
  expect(await create()).toEqual(demo)
  expect(await contents()).toEqual(before)
})

test('two first runs at the same time make one demo', async () => {
  const { create } = await world()
  const [one, other] = await Promise.all([create(), create()])
  expect(one).toEqual(other)
  expect(await db.project.count()).toBe(2)
})

test('a run after a crash between import and furnishing completes the demo', async () => {
  const { config, create } = await world()
  await create()
  const project = { project: { fullPath: 'demo/waybill' } }
  const before = await contents()
  // As the import leaves a project.
  await db.milestone.deleteMany({ where: project })
  await db.issue.deleteMany({ where: project })
  await db.evidence.deleteMany({ where: { release: project } })
  await db.assetLink.deleteMany({ where: { release: project } })
  await db.protectedTag.deleteMany({ where: project })
  await db.freezePeriod.deleteMany({ where: project })
  await db.environment.deleteMany({ where: project })
  await db.project.update({ where: { fullPath: 'demo/waybill' }, data: { description: null } })
  await rm(demoFile(config))
  await create()
  const { releases, links, issues, evidences, members } = await contents()
  expect({ links, issues, evidences, members }).toEqual({
    links: before.links,
    issues: before.issues,
    evidences: before.evidences,
    members: before.members,
  })
  expect(releases).toHaveLength(before.releases.length)
})

test('a deleted demo.json is written again with new tokens, and the old ones are revoked', async () => {
  const { config, create } = await world()
  const { tokens: old } = await create()
  await rm(demoFile(config))
  const { tokens } = await create()
  expect(Object.values(tokens)).not.toEqual(Object.values(old))
  const valid = await db.accessToken.findMany({ where: { revokedAt: null } })
  expect(valid).toHaveLength(5)
  expect(valid.map(({ digest }) => Buffer.from(digest).toString('hex')).sort()).toEqual(
    Object.values(tokens)
      .map((token) => Buffer.from(digestOf(token)).toString('hex'))
      .sort(),
  )
})

test('what people changed in the demo stays', async () => {
  const { create } = await world()
  await create()
  await db.release.updateMany({ where: { tag: 'v1.0.0' }, data: { name: 'Renamed' } })
  await db.assetLink.deleteMany({})
  await create()
  expect(await db.release.count({ where: { name: 'Renamed' } })).toBe(2)
  expect(await db.assetLink.count()).toBe(0)
})

test('no token is given for an account that only shares a username with the demo', async () => {
  const { config, create } = await world()
  await db.user.create({ data: { username: 'owner', name: 'A real one', email: 'real@example.com' } })
  await expect(create()).rejects.toThrow("The user 'owner' exists, but not as the demo's")
  expect(await db.accessToken.count()).toBe(0)
  expect(await readDemo(config)).toBeNull()
})

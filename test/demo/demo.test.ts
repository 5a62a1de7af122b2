import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { digestOf } from '../../src/authentication/token-secrets.ts'
import type { Config } from '../../src/config.ts'
import { db } from '../../src/database/db.ts'
import { readDemo } from '../../src/demo/demo.ts'
import { type Demo, demoFile } from '../../src/demo/demo-file.ts'
import { listBranches } from '../../src/git/branches.ts'
import { runGit } from '../../src/git/git.ts'
import { listTags } from '../../src/git/tags.ts'
import { digestOf as digestOfEvidence, type Json } from '../../src/modules/evidence/evidence-snapshot.ts'
import { isHistorical, isUpcoming } from '../../src/modules/releases/release-text.ts'
import { jobsOf } from '../jobs/job-world.ts'
import { openWorld, TAGS } from './demo-world.ts'

const BY_DATE = ['v0.1.0', 'v0.2.0', 'v0.3.0', 'v0.9.0', 'v0.10.0', 'v1.0.0-rc.1', 'v1.0.0', 'v1.1.0-rc.1', 'v2.0.0']
const PATHS = ['demo/secret', 'demo/waybill']

describe('the demo', () => {
  let config: Config
  let demo: Demo
  let close = async () => {}

  beforeAll(async () => {
    const opened = await openWorld()
    ;({ config, close } = opened)
    demo = await opened.create()
  })
  afterAll(() => close())

  test('the demo has a public and a private project with real repositories and everything around releases', async () => {
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
      expect(milestones.map(({ title, state }) => [title, state]).sort()).toEqual([
        ['1.0', 'closed'],
        ['1.1', 'active'],
        ['2.0', 'active'],
      ])
      expect(issues.filter(({ confidential }) => confidential)).toHaveLength(1)
      expect(new Set(issues.map(({ state }) => state))).toEqual(new Set(['opened', 'closed']))
    }
    expect(await db.milestone.findMany({ where: { group: { path: 'demo' } } })).toMatchObject([{ issuesCount: 2 }])
    expect(await db.protectedTag.findMany({ include: { accessLevels: true } })).toMatchObject([
      { name: 'v*', accessLevels: [{ accessLevel: 40 }] },
    ])
    expect([await db.freezePeriod.count(), await db.environment.count()]).toEqual([1, 1])
  })

  test('the demo has a release for each tag, dated by the tag, one of them upcoming, with links of each type', async () => {
    for (const fullPath of PATHS) {
      const releases = await db.release.findMany({
        where: { project: { fullPath } },
        include: { links: true, milestones: true },
        orderBy: { releasedAt: 'asc' },
      })
      expect(releases.map(({ tag }) => tag)).toEqual(BY_DATE)
      const now = new Date()
      expect(releases.filter((release) => isUpcoming(release, now)).map(({ tag }) => tag)).toEqual(['v2.0.0'])
      expect(releases.filter((release) => !isHistorical(release)).map(({ tag }) => tag)).toEqual(['v2.0.0'])
      const links = releases.flatMap((release) => release.links)
      expect(new Set(links.map(({ linkType }) => linkType))).toEqual(new Set(['other', 'runbook', 'package', 'image']))
      expect(new Set(links.map(({ filepath }) => filepath === null))).toEqual(new Set([true, false]))
      expect(new Set(releases.map(({ milestones }) => milestones.length))).toEqual(new Set([0, 1, 2]))
      expect(releases.find(({ tag }) => tag === 'v1.0.0')).toMatchObject({
        name: 'Waybill 1.0',
        descriptionHtml: expect.stringContaining('<table'),
      })
    }
  })

  test('the demo has evidence whose digest can be recomputed and which holds no confidential issue, and a job collects the next', async () => {
    const evidences = await db.evidence.findMany({ include: { release: true } })
    const plain = TAGS.filter((tag) => tag !== 'v0.1.0' && tag !== 'v2.0.0')
    expect(evidences.map(({ release }) => release.tag).sort()).toEqual([...plain, ...plain].sort())
    for (const { sha, summary } of evidences) expect(digestOfEvidence(summary as Json)).toBe(sha)
    const text = JSON.stringify(evidences)
    expect(text).toContain('Explain how to check a digest')
    expect(text).not.toContain('Tokens are shown in a log')
    for (const release of await db.release.findMany({ where: { tag: 'v2.0.0' } })) {
      expect(await jobsOf(release)).toMatchObject([{ runAt: release.releasedAt }])
    }
  })

  test('the demo is made by its people as clients make projects, and each write has its audit event in the name of an account that may write', async () => {
    const events = await db.auditEvent.findMany()
    const authors = (type: string) => [
      ...new Set(events.filter(({ eventType }) => eventType === type).map(({ authorName }) => authorName)),
    ]
    expect(authors('user_created')).toEqual(['operator'])
    expect(authors('project_created')).toEqual(['Olivia Example'])
    expect(authors('release_created')).toEqual(['Ada Example'])
    expect(authors('release_link_created')).toEqual(['Ben Example'])
    expect(authors('issue_created')).toEqual(expect.arrayContaining(['Rosa Example', 'Gus Example']))
    const count = (type: string) => events.filter(({ eventType }) => eventType === type).length
    expect({
      projects: count('project_created'),
      members: count('member_created'),
      milestones: count('milestone_created'),
      issues: count('issue_created'),
      evidences: count('release_evidence_collected'),
      protectedTags: count('protected_tag_created'),
      freezePeriods: count('freeze_period_created'),
      tokens: count('access_token_created'),
    }).toEqual({
      projects: await db.project.count(),
      members: await db.projectMember.count(),
      milestones: await db.milestone.count(),
      issues: await db.issue.count(),
      evidences: await db.evidence.count(),
      protectedTags: await db.protectedTag.count(),
      freezePeriods: await db.freezePeriod.count(),
      tokens: await db.accessToken.count(),
    })
  })

  test('the demo writes demo.json, for its owner only, with the server, the projects and a working token for each role', async () => {
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
})

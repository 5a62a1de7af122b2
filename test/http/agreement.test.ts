import fc from 'fast-check'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { db } from '../../src/database/db.ts'
import type { Prisma, Release } from '../../src/generated/prisma/client.ts'
import { linkTypes } from '../../src/http/rest/releases/present-link.ts'
import { withoutPipeline } from '../commands/release-world.ts'
import { runCommand } from '../commands/run-command.ts'
import { useApp } from '../support/app.ts'
import * as create from '../support/factories.ts'
import { createWorld, type ViewerName, viewers, type World } from '../support/world.ts'
import {
  askAtomFeed,
  askGraphql,
  askJsonFeed,
  askRest,
  type FeedEntry,
  type FlatRelease,
  ofFlat,
  type ReleaseFacts,
  type Told,
} from './release-facts.ts'

const app = useApp()
withoutPipeline()

/** A mark in every tag, which must not stand in any answer to a viewer without code access. */
const MARK = 'zqx'
const DAY_MS = 86_400_000
const CREATED = Date.parse('2025-06-01T12:00:00.250Z')

/** A release of any kind. The numbers choose among what the world has. */
const anyRelease = fc.record({
  tag: fc.constantFrom('v1.%.0', 'lib/v%', 'release %', 'v%+a&b', '%/\u00e9'),
  title: fc.constantFrom(null, 'Big <release> & "more"', ' \u{1f680} '),
  notes: fc.constantFrom(null, '', 'Plain', '# Title\n\n* <b>a</b> & `b` :tada:'),
  days: fc.constantFrom(0, -400, 1, 40_000),
  sha: fc.boolean(),
  author: fc.constantFrom(null, 'developer' as const, 'owner' as const),
  links: fc.array(fc.record({ type: fc.constantFrom(...linkTypes), path: fc.boolean() }), { maxLength: 4 }),
  milestones: fc.nat(3),
  evidence: fc.nat(2),
})
type Kind = typeof anyRelease extends fc.Arbitrary<infer Value> ? Value : never

const kinds = fc.sample(anyRelease, { seed: 18, numRuns: 18 })

async function createLike(world: World, kind: Kind, n: number): Promise<Release> {
  const release = await create.createRelease(world.project, {
    tag: `${MARK}-${kind.tag.replace('%', String(n))}`,
    name: kind.title,
    description: kind.notes,
    createdAt: new Date(CREATED + n),
    releasedAt: new Date(CREATED + kind.days * DAY_MS + n * 1000),
    sha: kind.sha ? world.release.sha : null,
    authorId: kind.author && world.users[kind.author].id,
  })
  for (const [at, { type, path }] of kind.links.entries()) {
    await create.createLink(release, {
      name: `"${type}" & ${at}`,
      url: `https://downloads.example.com/${at}?a=1&b='2'`,
      linkType: type,
      filepath: path ? `/files/${at}/a-b.tgz` : null,
    })
  }
  for (let at = 0; at < kind.evidence; at++) await create.createEvidence(release)
  return release
}

async function createReleases(world: World): Promise<void> {
  const project = { projectId: world.project.id }
  await db.release.update({ where: { id: world.release.id }, data: { releasedAt: new Date(CREATED) } })
  const milestones = [await create.createMilestone(project), await create.createMilestone({ groupId: world.group.id })]
  for (const [n, kind] of kinds.entries()) {
    const release = await createLike(world, kind, n)
    const attached = milestones.filter((_, at) => kind.milestones & (1 << at))
    for (const milestone of attached) await create.attachMilestone(release, milestone)
  }
}

async function askCommand({ project, tokens }: World, viewer: ViewerName): Promise<Told> {
  vi.stubEnv('WAYBILL_URL', app.url)
  vi.stubEnv('WAYBILL_TOKEN', tokens[viewer] ?? '')
  const { stdout, stderr, exitCode } = await runCommand('release', 'list', '--json', '--project', project.fullPath)
  const releases = exitCode === 0 ? (JSON.parse(stdout) as FlatRelease[]).map(ofFlat) : null
  return { releases, text: stdout + stderr }
}

type Sight = 'all' | 'masked' | 'nothing'
const sights = (anonymous: Sight, stranger: Sight, guest: Sight, planner: Sight): Record<ViewerName, Sight> => ({
  ...{ anonymous, stranger, guest, planner },
  ...{ reporter: 'all', developer: 'all', maintainer: 'all', owner: 'all' },
})

type Case = { project: Partial<Prisma.ProjectUncheckedCreateInput>; sees: Partial<Record<ViewerName, Sight>> }
const cases: Record<string, Case> = {
  'public project': { project: {}, sees: sights('all', 'all', 'all', 'all') },
  'private project': { project: { visibility: 'private' }, sees: sights('nothing', 'nothing', 'masked', 'masked') },
  'public project with a repository for members': {
    project: { repositoryLevel: 'private' },
    sees: sights('masked', 'masked', 'all', 'all'),
  },
  'public project with issues for members': {
    project: { issuesLevel: 'private' },
    sees: { anonymous: 'all', guest: 'all' },
  },
  'public project with planning for members': {
    project: { issuesLevel: 'private', mergeRequestsLevel: 'private' },
    sees: { anonymous: 'all', guest: 'all' },
  },
}

async function askAll(world: World, viewer: ViewerName) {
  // Runs alone, because the command writes to the output of this process.
  const command = await askCommand(world, viewer)
  const [graphql, rest, json, atom] = await Promise.all([
    askGraphql(app, world, viewer),
    askRest(app, world, viewer),
    askJsonFeed(app, world, viewer),
    askAtomFeed(app, world, viewer),
  ])
  return { command, graphql, rest, json, atom }
}

/** The part of the releases that a feed shows. */
function asEntries({ releases, html }: Awaited<ReturnType<typeof askGraphql>>, { users }: World): FeedEntry[] | null {
  const names = new Map(Object.values(users).map(({ username, name }) => [username, name]))
  const entries = releases?.map(({ name, page, releasedAt, author, links }, at) => ({
    ...{ name, page, releasedAt, html: html?.[at] ?? '', author: author && (names.get(author) ?? null) },
    links: links.map(({ name, direct }) => ({ name, direct })),
  }))
  return entries ?? null
}

/** Checks that the facts on which the doors agree are the right ones. */
async function expectRight(sight: Sight, { project }: World, releases: ReleaseFacts[] | null): Promise<void> {
  const orderBy: Prisma.ReleaseOrderByWithRelationInput[] = [{ releasedAt: 'desc' }, { id: 'desc' }]
  const rows = await db.release.findMany({ where: { projectId: project.id }, orderBy })
  const names = rows.map(({ id, name, tag }) =>
    sight === 'all' ? { name: name ?? tag, tag } : { name: `Release-${id}`, tag: null },
  )
  const all = rows.map(({ description, linksCount }, at) => ({ ...names[at], notes: description, links: linksCount }))
  const told = releases?.map(({ name, tag, notes, links }) => ({ name, tag, notes, links: links.length }))
  expect(told).toEqual(sight === 'nothing' ? undefined : all)
}

describe.each(Object.entries(cases))('the answers about a %s', (_name, { project, sees }) => {
  let world: World

  beforeAll(async () => {
    world = await createWorld(app, { project, tag: `${MARK}/v1` })
    await createReleases(world)
  })

  const each = viewers.flatMap((viewer) => (sees[viewer] ? [[viewer, sees[viewer]] as const] : []))

  test.each(each)('all doors show %s the same facts and hide the same facts: %s', async (viewer, sight) => {
    const { graphql, rest, json, command, atom } = await askAll(world, viewer)
    for (const { releases } of [rest, json, command]) expect(releases).toEqual(graphql.releases)
    expect(rest.html).toEqual(graphql.html)
    expect(atom.releases).toEqual(asEntries(graphql, world))
    await expectRight(sight, world, graphql.releases)
    for (const { text } of [graphql, rest, json, command, atom]) {
      expect(text.includes(MARK)).toBe(sight === 'all')
    }
  })
})

test('the test has releases of every kind', () => {
  const has = (property: (kind: Kind) => unknown) => kinds.some(property)
  for (const key of ['title', 'notes', 'author'] as const) expect(has((kind) => kind[key] === null)).toBe(true)
  for (const days of [0, -400, 1, 40_000]) expect(has((kind) => kind.days === days)).toBe(true)
  for (const count of [0, 1, 2, 3]) expect(has(({ milestones }) => milestones === count)).toBe(true)
  for (const type of linkTypes) {
    for (const path of [true, false]) {
      expect(has(({ links }) => links.some((link) => link.type === type && link.path === path))).toBe(true)
    }
  }
  expect([has(({ sha }) => sha), has(({ sha }) => !sha), has(({ evidence }) => evidence === 0)]).not.toContain(false)
})

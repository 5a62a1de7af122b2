import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { db } from '../../src/database/db.ts'
import type { Project } from '../../src/generated/prisma/client.ts'
import { graphql } from '../generated/gql.ts'
import { useApp } from '../support/app.ts'
import { query } from '../support/client.ts'
import * as create from '../support/factories.ts'
import { createWorld } from '../support/world.ts'

const app = useApp()

const Latest = graphql(`
  query latest($fullPath: ID!, $orderBy: ReleaseLatestOrder, $includePrereleases: Boolean, $includeUpcoming: Boolean) {
    project(fullPath: $fullPath) {
      latestRelease(orderBy: $orderBy, includePrereleases: $includePrereleases, includeUpcoming: $includeUpcoming) { tagName }
    }
  }
`)

type Options = {
  orderBy?: 'RELEASED_AT' | 'SEMVER' | null
  includePrereleases?: boolean | null
  includeUpcoming?: boolean | null
}

const latest = async (project: Project, options: Options = {}, token: string | null = null) => {
  const { data, errors } = await query(app, Latest, { fullPath: project.fullPath, ...options }, { token })
  return errors?.[0]?.extensions?.code ?? data.project?.latestRelease?.tagName ?? null
}

const DAY = 86_400_000

async function publish(releases: Record<string, number>) {
  const project = await create.createProject()
  for (const [tag, days] of Object.entries(releases)) {
    await create.createRelease(project, { tag, releasedAt: new Date(Date.now() + days * DAY) })
  }
  return project
}

describe('the latest release', () => {
  test('the latest release is the one with the greatest date, and future releases and prereleases count', async () => {
    const project = await publish({ 'v1.0.0': -9, 'v1.9.0': -8, 'v2.0.0-rc.1': -2, 'v3.0.0': 5, latest: -1 })
    expect(await latest(project)).toBe('v3.0.0')
    expect(await latest(project, { orderBy: null, includePrereleases: null, includeUpcoming: null })).toBe('v3.0.0')
    expect(await latest(project, { includeUpcoming: false })).toBe('latest')
    expect(await latest(project, { includeUpcoming: false, includePrereleases: false })).toBe('latest')
  })

  test('the latest release by version is the highest one, by the rules asked for', async () => {
    const project = await publish({ 'v1.9.0': -1, 'v1.10.0': -9, 'v1.11.0-rc.1': -2, 'v2.0.0': 5, latest: -1 })
    expect(await latest(project, { orderBy: 'SEMVER' })).toBe('v2.0.0')
    expect(await latest(project, { orderBy: 'SEMVER', includeUpcoming: false })).toBe('v1.11.0-rc.1')
    expect(await latest(project, { orderBy: 'SEMVER', includeUpcoming: false, includePrereleases: false })).toBe(
      'v1.10.0',
    )
  })

  test('the latest release is null without releases, and the latest by version is null without versions', async () => {
    expect(await latest(await publish({}))).toBeNull()
    expect(await latest(await publish({ latest: 0, nightly: -1 }), { orderBy: 'SEMVER' })).toBeNull()
  })

  test('the latest among releases of the same date has the highest ID', async () => {
    const project = await create.createProject()
    const releasedAt = new Date()
    for (const tag of ['a', 'b', 'c']) await create.createRelease(project, { tag, releasedAt })
    expect(await latest(project)).toBe('c')
  })
})

describe('an order of versions, which would reveal tags', () => {
  const SemverSort = graphql(`
    query semverSort($fullPath: ID!, $semverSort: ReleaseSemverSort) {
      project(fullPath: $fullPath) { releases(semverSort: $semverSort) { nodes { id } } }
    }
  `)

  test.each(['guest', 'planner'] as const)(
    '%s may not sort by version, and gets the same refusal whatever the tags are',
    async (viewer) => {
      const [full, other] = [
        await createWorld(app, { project: { visibility: 'private' } }),
        await createWorld(app, { project: { visibility: 'private' }, tag: 'no-version' }),
      ]
      await db.release.deleteMany({ where: { projectId: other.project.id } })
      for (const options of [{ orderBy: 'SEMVER' }, { includePrereleases: false }] as const) {
        for (const { project, tokens } of [full, other])
          expect(await latest(project, options, tokens[viewer])).toBe('FORBIDDEN')
      }
      const answers = []
      for (const { project, tokens } of [full, other]) {
        const { data, errors } = await query(
          app,
          SemverSort,
          { fullPath: project.fullPath, semverSort: 'SEMVER_ASC' },
          { token: tokens[viewer] },
        )
        expect(data.project?.releases).toBeNull()
        answers.push(errors)
      }
      expect(answers[0]).toEqual(answers[1])
      expect(answers[0]?.[0]).toMatchObject({ extensions: { code: 'FORBIDDEN' } })
    },
  )

  test('a viewer without code access may still ask for the latest release by date', async () => {
    const { project, release, tokens } = await createWorld(app, { project: { visibility: 'private' } })
    const ById = `{ project(fullPath: "${project.fullPath}") { latestRelease { name } } }`
    expect((await query(app, ById, {}, { token: tokens.guest })).data).toEqual({
      project: { latestRelease: { name: `Release-${release.id}` } },
    })
  })
})

describe('a link by its stored path', () => {
  const ByPath = graphql(`
    query byPath($fullPath: ID!, $path: String!) {
      project(fullPath: $fullPath) {
        latestReleaseAssetLink(directAssetPath: $path) { name directAssetUrl }
        releases { nodes { assetLink(directAssetPath: $path) { name } } }
      }
    }
  `)

  test('a link is found by its stored path with and without a leading slash', async () => {
    const { project } = await createWorld(app)
    for (const path of ['/bin/linux', 'bin/linux']) {
      const { data } = await query(app, ByPath, { fullPath: project.fullPath, path })
      expect(data.project).toEqual({
        latestReleaseAssetLink: {
          name: 'binary',
          directAssetUrl: `${app.url}/${project.fullPath}/-/releases/v1.0.0/downloads/bin/linux`,
        },
        releases: { nodes: [{ assetLink: { name: 'binary' } }] },
      })
    }
    const { data } = await query(app, ByPath, { fullPath: project.fullPath, path: 'bin' })
    expect(data.project?.latestReleaseAssetLink).toBeNull()
  })
})

describe('filters by time', () => {
  const Filtered = graphql(`
    query filtered($fullPath: ID!, $updatedAfter: Time, $updatedBefore: Time, $releasedAfter: Time, $releasedBefore: Time) {
      project(fullPath: $fullPath) {
        releases(updatedAfter: $updatedAfter, updatedBefore: $updatedBefore, releasedAfter: $releasedAfter, releasedBefore: $releasedBefore) {
          count
          nodes { tagName }
        }
      }
    }
  `)
  const seconds = fc.nat(6)
  const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second))

  test('filters by time keep what lies strictly between their bounds, and the count follows', async () => {
    const project = await create.createProject()
    const rows = Array.from({ length: 7 }, (_, second) => ({
      tag: `r${second}`,
      updatedAt: at(second),
      releasedAt: at(6 - second),
    }))
    await db.release.createMany({ data: rows.map((row) => ({ ...row, projectId: project.id })) })
    const bounds = fc.record(
      { updatedAfter: seconds, updatedBefore: seconds, releasedAfter: seconds, releasedBefore: seconds },
      { requiredKeys: [] },
    )
    await fc.assert(
      fc.asyncProperty(bounds, async (given) => {
        const variables = Object.fromEntries(
          Object.entries(given).map(([name, second]) => [name, at(second).toISOString()]),
        )
        const { data } = await query(app, Filtered, { fullPath: project.fullPath, ...variables })
        const expected = rows.filter(
          ({ updatedAt, releasedAt }) =>
            (given.updatedAfter === undefined || updatedAt > at(given.updatedAfter)) &&
            (given.updatedBefore === undefined || updatedAt < at(given.updatedBefore)) &&
            (given.releasedAfter === undefined || releasedAt > at(given.releasedAfter)) &&
            (given.releasedBefore === undefined || releasedAt < at(given.releasedBefore)),
        )
        expect(data.project?.releases?.nodes?.map((node) => node?.tagName)).toEqual(expected.map(({ tag }) => tag))
        expect(data.project?.releases?.count).toBe(expected.length)
      }),
      { numRuns: 40 },
    )
  })

  test.each(['yesterday', '2026-13-01', '2026-01-01T25:00:00Z', '', '1700000000'])(
    'the text "%s" is refused as a time',
    async (updatedAfter) => {
      const project = await create.createProject()
      const { errors } = await query(app, Filtered, { fullPath: project.fullPath, updatedAfter })
      expect(errors?.[0]?.message).toContain('Time cannot represent')
      expect(errors?.[0]?.message).toContain('is expected')
    },
  )

  test.each([
    '2026-01-01',
    '2026-01-01T00:00:00Z',
    '2026-01-01T01:00:00+01:00',
    '2026-01-01T00:00',
    '2026-01-01 00:00:00.000',
  ])('the text %s is read as the first of January', async (updatedAfter) => {
    const project = await create.createProject()
    await db.release.createMany({
      data: [at(-1), at(1)].map((updatedAt, n) => ({ projectId: project.id, tag: `r${n}`, updatedAt })),
    })
    const { data } = await query(app, Filtered, { fullPath: project.fullPath, updatedAfter })
    expect(data.project?.releases?.nodes).toEqual([{ tagName: 'r1' }])
  })
})

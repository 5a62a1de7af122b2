import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { db } from '../../src/database/db.ts'
import type { Project } from '../../src/generated/prisma/client.ts'
import { versionKeyOf, versionOf } from '../../src/modules/releases/tag-name.ts'
import { graphql } from '../generated/gql.ts'
import { useApp } from '../support/app.ts'
import { query } from '../support/client.ts'
import * as create from '../support/factories.ts'

const app = useApp()

const Walk = graphql(`
  query walk($fullPath: ID!, $first: Int, $last: Int, $after: String, $before: String, $sort: ReleaseSort, $semverSort: ReleaseSemverSort) {
    project(fullPath: $fullPath) {
      releases(first: $first, last: $last, after: $after, before: $before, sort: $sort, semverSort: $semverSort) {
        count
        nodes { id tagName }
        edges { cursor node { id } }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      }
    }
  }
`)

const projectSorts = ['RELEASED_AT_DESC', 'RELEASED_AT_ASC', 'CREATED_DESC', 'CREATED_ASC'] as const
const semverSorts = ['SEMVER_DESC', 'SEMVER_ASC'] as const
type Sort = (typeof projectSorts)[number] | (typeof semverSorts)[number]
const sorts: readonly Sort[] = [...projectSorts, ...semverSorts]

const isSemver = (sort: Sort): sort is (typeof semverSorts)[number] => sort.startsWith('SEMVER')
const sortArgument = (sort: Sort) => (isSemver(sort) ? { semverSort: sort } : { sort })

type PageOptions = { first?: number; last?: number; after?: string | null; before?: string | null }

async function page(project: Project, sort: Sort, options: PageOptions) {
  const { data, errors } = await query(app, Walk, { fullPath: project.fullPath, ...sortArgument(sort), ...options })
  expect(errors).toBeUndefined()
  const releases = data.project?.releases
  if (!releases) throw new Error('no releases')
  return {
    ids: (releases.nodes ?? []).map((node) => node?.id ?? ''),
    pageInfo: releases.pageInfo,
    count: releases.count,
  }
}

/** All IDs, page by page. The sizes of the pages repeat. */
async function walk(project: Project, sort: Sort, sizes: readonly number[], backward: boolean): Promise<string[]> {
  const found: string[] = []
  let cursor: string | null = null
  for (let at = 0; ; at++) {
    const size = sizes[at % sizes.length] ?? 1
    const { ids, pageInfo } = await page(
      project,
      sort,
      backward ? { last: size, before: cursor } : { first: size, after: cursor },
    )
    if (backward) found.unshift(...ids)
    else found.push(...ids)
    const more = backward ? pageInfo.hasPreviousPage : pageInfo.hasNextPage
    if (!more) return found
    cursor = (backward ? pageInfo.startCursor : pageInfo.endCursor) ?? null
  }
}

/** The order of the contract, computed as simply as possible: among equals the IDs descend, also when the key ascends. */
function sorted(rows: { id: number; tag: string; releasedAt: Date; createdAt: Date }[], sort: Sort): string[] {
  const byVersion = (a: string, b: string) => {
    const [left, right] = [versionOf(a), versionOf(b)]
    if (!left || !right) return Number(left === null) - Number(right === null)
    return sort === 'SEMVER_ASC' ? left.compare(right) : right.compare(left)
  }
  const key = (row: (typeof rows)[number]) => (sort.startsWith('RELEASED') ? row.releasedAt : row.createdAt).getTime()
  const ascending = sort.endsWith('ASC') ? 1 : -1
  return [...rows]
    .sort((a, b) => (isSemver(sort) ? byVersion(a.tag, b.tag) : ascending * (key(a) - key(b))) || b.id - a.id)
    .map(({ id }) => `gid://gitlab/Release/${id}`)
}

const tags = fc.oneof(
  fc.tuple(fc.nat(3), fc.nat(11), fc.nat(3)).map((parts) => `v${parts.join('.')}`),
  fc
    .tuple(fc.nat(2), fc.nat(2), fc.constantFrom('alpha', 'alpha.1', 'rc.2', 'rc.10', '1', 'rc-1', 'a.b.c'))
    .map(([a, b, pre]) => `${a}.${b}.0-${pre}`),
  fc.tuple(fc.constantFrom('app-', 'lib/v', 'go'), fc.nat(12)).map(([prefix, minor]) => `${prefix}1.${minor}.0`),
  fc.constantFrom('latest', 'nightly', 'v1', 'v1.2', '2026-01-01', 'release'),
)

/** Only a few different times, so that many releases share one. */
const time = fc.nat(4).map((day) => new Date(Date.UTC(2026, 0, 1 + day)))
const releases = fc.uniqueArray(fc.record({ tag: tags, releasedAt: time, createdAt: time }), {
  maxLength: 14,
  selector: ({ tag }) => tag,
})

async function publish(rows: { tag: string; releasedAt: Date; createdAt: Date }[]) {
  const project = await create.createProject()
  await db.release.createMany({
    data: rows.map((row) => ({ ...row, ...versionKeyOf(row.tag), projectId: project.id })),
  })
  return { project, rows: await db.release.findMany({ where: { projectId: project.id } }) }
}

const sizes = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 3 })

describe('walking through the releases', () => {
  test('a walk page by page, of any sizes, in both directions and every sort, shows each release exactly once and in order', async () => {
    await fc.assert(
      fc.asyncProperty(releases, sizes, async (given, pageSizes) => {
        const { project, rows } = await publish(given)
        for (const sort of sorts) {
          for (const backward of [false, true]) {
            expect(await walk(project, sort, pageSizes, backward)).toEqual(sorted(rows, sort))
          }
        }
      }),
      { numRuns: 15 },
    )
  }, 60_000)

  test('a walk misses and repeats nothing while releases are added at the newer end', async () => {
    const { project, rows } = await publish(
      Array.from({ length: 12 }, (_, at) => ({
        tag: `v1.${at}.0`,
        releasedAt: new Date(2026, 0, 1 + (at % 3)),
        createdAt: new Date(2026, 0, 1),
      })),
    )
    const found: string[] = []
    let after: string | null = null
    for (let more = true, n = 0; more; n++) {
      const { ids, pageInfo } = await page(project, 'RELEASED_AT_DESC', { first: 3, after })
      found.push(...ids)
      after = pageInfo.endCursor ?? null
      more = pageInfo.hasNextPage
      await create.createRelease(project, { tag: `v2.${n}.0`, releasedAt: new Date(2026, 1, 1 + n) })
    }
    expect(found).toEqual(sorted(rows, 'RELEASED_AT_DESC'))
  })

  test('a page says by the rules of the contract whether rows precede and follow', async () => {
    const { project } = await publish(
      Array.from({ length: 5 }, (_, at) => ({
        tag: `v1.${at}.0`,
        releasedAt: new Date(2026, 0, 1),
        createdAt: new Date(2026, 0, 1),
      })),
    )
    const info = async (options: PageOptions) => {
      const { pageInfo } = await page(project, 'RELEASED_AT_DESC', options)
      return [pageInfo.hasPreviousPage, pageInfo.hasNextPage]
    }
    const { pageInfo } = await page(project, 'RELEASED_AT_DESC', { first: 2 })
    const { endCursor: after, startCursor: before } = {
      endCursor: pageInfo.endCursor ?? null,
      startCursor: pageInfo.startCursor ?? null,
    }
    expect(await info({})).toEqual([false, false])
    expect(await info({ first: 5 })).toEqual([false, false])
    expect(await info({ last: 5 })).toEqual([false, false])
    expect(await info({ first: 3, after })).toEqual([true, false])
    expect(await info({ first: 2 })).toEqual([false, true])
    expect(await info({ first: 9, after })).toEqual([true, false])
    expect(await info({ last: 2 })).toEqual([true, false])
    expect(await info({ last: 9 })).toEqual([false, false])
    expect(await info({ last: 2, before })).toEqual([false, true])
    expect(await info({ first: 2, before })).toEqual([false, true])
    expect(await info({ first: 0 })).toEqual([false, true])
    expect((await page(project, 'RELEASED_AT_DESC', { first: 0 })).pageInfo).toMatchObject({
      startCursor: null,
      endCursor: null,
    })
    expect((await page(project, 'RELEASED_AT_DESC', { first: 1000 })).ids).toHaveLength(5)
  })

  test('every page, also an empty one, counts all rows', async () => {
    const rows = (length: number) =>
      Array.from({ length }, (_, at) => ({ tag: `v1.${at}.0`, releasedAt: new Date(), createdAt: new Date() }))
    const counts = async (length: number) => {
      const { project } = await publish(rows(length))
      const { pageInfo, count } = await page(project, 'CREATED_ASC', { first: 2 })
      const after = pageInfo.endCursor ?? null
      const others = [{ first: 2, after }, { last: 1 }, { first: 0 }]
      return [count, ...(await Promise.all(others.map(async (of) => (await page(project, 'CREATED_ASC', of)).count)))]
    }
    expect(await counts(0)).toEqual([0, 0, 0, 0])
    expect(await counts(5)).toEqual([5, 5, 5, 5])
  })

  test('two pages of one list in one query each have their own rows', async () => {
    const { project } = await publish(
      Array.from({ length: 3 }, (_, at) => ({ tag: `v1.${at}.0`, releasedAt: new Date(), createdAt: new Date() })),
    )
    const pages = `b: releases(first: 3) { nodes { id } } a: releases(first: 1) { nodes { id } }`
    type Data = { project: Record<'a' | 'b', { nodes: object[] }> }
    const { data } = await query<Data, object>(app, `{ project(fullPath: "${project.fullPath}") { ${pages} } }`)
    expect([data.project.a.nodes.length, data.project.b.nodes.length]).toEqual([1, 3])
  })

  test('a page has at most 100 releases, and says that more follow', async () => {
    const { project } = await publish(
      Array.from({ length: 101 }, (_, at) => ({ tag: `v1.${at}.0`, releasedAt: new Date(), createdAt: new Date() })),
    )
    for (const options of [{}, { first: 1000 }, { last: 1000 }]) {
      const { ids, pageInfo } = await page(project, 'RELEASED_AT_DESC', options)
      expect(ids).toHaveLength(100)
      expect(pageInfo.hasNextPage || pageInfo.hasPreviousPage).toBe(true)
    }
  })
})

describe('a page that cannot be given', () => {
  const refuse = async (project: Project, options: Record<string, unknown>) => {
    const { data, errors } = await query(app, Walk, { fullPath: project.fullPath, ...options })
    expect(data.project?.releases).toBeNull()
    return errors?.[0]
  }

  test('a page with both first and last is refused', async () => {
    const { project } = await publish([])
    expect(await refuse(project, { first: 1, last: 2 })).toMatchObject({
      message: 'Only one of "first" and "last" may be given',
      extensions: { code: 'INVALID' },
    })
  })

  test.each([
    ['nonsense', 'nonsense'],
    ['no array', Buffer.from('{}').toString('base64url')],
    ['no position', Buffer.from('["RELEASED_AT_DESC"]').toString('base64url')],
    ['words for numbers', Buffer.from('["RELEASED_AT_DESC","a","b"]').toString('base64url')],
    ['times out of range', Buffer.from('["RELEASED_AT_DESC",1e300,1]').toString('base64url')],
  ])('a cursor that is %s is refused', async (_name, after) => {
    const { project } = await publish([])
    expect((await refuse(project, { after }))?.message).toContain('valid cursor')
  })

  test('a cursor of versions that holds a NUL byte is refused', async () => {
    const { project } = await publish([])
    const after = Buffer.from('["SEMVER_DESC","\\u0000",1]').toString('base64url')
    expect((await refuse(project, { after, semverSort: 'SEMVER_DESC' }))?.message).toContain('valid cursor')
  })

  test('a cursor of another sort is refused', async () => {
    const { project } = await publish([{ tag: 'v1.0.0', releasedAt: new Date(), createdAt: new Date() }])
    const cursors = new Map<Sort, string>()
    for (const sort of sorts) cursors.set(sort, (await page(project, sort, { first: 1 })).pageInfo.endCursor ?? '')
    for (const from of sorts) {
      for (const to of sorts) {
        const options = { ...sortArgument(to), after: cursors.get(from) }
        if (from === to)
          expect((await query(app, Walk, { fullPath: project.fullPath, ...options })).errors).toBeUndefined()
        else expect((await refuse(project, options))?.message).toContain('valid cursor')
      }
    }
  })

  test('a negative size is refused, and null counts as absent', async () => {
    const { project } = await publish([{ tag: 'v1', releasedAt: new Date(), createdAt: new Date() }])
    expect((await refuse(project, { first: -1 }))?.message).toBe('"first" must not be negative, but is -1')
    expect((await refuse(project, { last: -5 }))?.message).toBe('"last" must not be negative, but is -5')
    const nulls = { first: null, last: null, after: null, before: null, sort: null, semverSort: null }
    const answer = await query(app, Walk, { fullPath: project.fullPath, ...nulls })
    expect(answer).toEqual({ ...(await query(app, Walk, { fullPath: project.fullPath })), headers: answer.headers })
    expect(answer.data.project?.releases?.count).toBe(1)
  })
})

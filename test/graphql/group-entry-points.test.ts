import { describe, expect, test } from 'vitest'
import { graphql } from '../generated/gql.ts'
import type { ReleasesOfGroupQuery } from '../generated/graphql.ts'
import { useApp } from '../support/app.ts'
import { type Answer, query } from '../support/client.ts'
import * as create from '../support/factories.ts'

const app = useApp()

describe('a group', () => {
  const Releases = graphql(`
    query releasesOfGroup($fullPath: ID!, $sort: GroupReleaseSort, $first: Int, $after: String) {
      group(fullPath: $fullPath) {
        stats { releaseStats { releasesCount releasesPercentage } }
        releaseStats { releasesCount }
        releases(sort: $sort, first: $first, after: $after) { count nodes { tagName } pageInfo { hasNextPage endCursor } }
      }
    }
  `)

  async function tree() {
    const top = await create.createGroup()
    const below = await create.createGroup({ parentId: top.id })
    const projects = [
      await create.createProject({ groupId: top.id }),
      await create.createProject({ groupId: below.id, visibility: 'private' }),
      await create.createProject({ groupId: below.id }),
    ]
    const at = (day: number) => new Date(Date.UTC(2026, 0, day))
    const [a, b] = projects as [(typeof projects)[number], (typeof projects)[number]]
    for (const [project, tag, day] of [
      [a, 'a1', 1],
      [b, 'b2', 2],
      [a, 'a2', 2],
      [b, 'b1', 1],
      [a, 'a9', 9],
    ] as const) {
      await create.createRelease(project, { tag, releasedAt: at(day) })
    }
    const member = await create.createUser()
    await create.addMember({ group: top }, member, 'reporter')
    return { top, below, token: await create.tokenFor(member) }
  }

  test('a group shows its members the releases of the whole tree, and sorts equal dates by ID in the direction of the sort', async () => {
    const { top, below, token } = await tree()
    const tags = async (fullPath: string, sort: 'RELEASED_AT_DESC' | 'RELEASED_AT_ASC' | null) =>
      (await query(app, Releases, { fullPath, sort }, { token })).data.group?.releases?.nodes?.map(
        (node) => node?.tagName,
      )
    expect(await tags(top.fullPath, null)).toEqual(['a9', 'a2', 'b2', 'b1', 'a1'])
    expect(await tags(top.fullPath, 'RELEASED_AT_ASC')).toEqual(['a1', 'b1', 'b2', 'a2', 'a9'])
    expect(await tags(below.fullPath, 'RELEASED_AT_DESC')).toEqual(['b2', 'b1'])
  })

  test('the releases of a group come in pages', async () => {
    const { top, token } = await tree()
    const seen: (string | null | undefined)[] = []
    let after: string | null = null
    for (let more = true; more; ) {
      const page: Answer<ReleasesOfGroupQuery> = await query(
        app,
        Releases,
        { fullPath: top.fullPath, first: 2, after },
        { token },
      )
      const releases = page.data.group?.releases
      seen.push(...(releases?.nodes ?? []).map((node) => node?.tagName))
      more = releases?.pageInfo.hasNextPage ?? false
      after = releases?.pageInfo.endCursor ?? null
      expect(releases?.count).toBe(5)
    }
    expect(seen).toEqual(['a9', 'a2', 'b2', 'b1', 'a1'])
  })

  test('a group shows strangers none of its releases, even though the group and its projects are public', async () => {
    const { top } = await tree()
    const token = await create.tokenFor(await create.createUser())
    for (const who of [null, token]) {
      const { data, errors } = await query(app, Releases, { fullPath: top.fullPath }, { token: who })
      expect(errors).toBeUndefined()
      expect(data.group).toEqual({
        stats: { releaseStats: null },
        releaseStats: null,
        releases: { count: 0, nodes: [], pageInfo: { hasNextPage: false, endCursor: null } },
      })
    }
  })

  test('a group shows its guests the releases of private projects without their tags', async () => {
    const { top } = await tree()
    const guest = await create.createUser()
    await create.addMember({ group: top }, guest, 'guest')
    const { data } = await query(app, Releases, { fullPath: top.fullPath }, { token: await create.tokenFor(guest) })
    expect(data.group?.releases?.nodes?.map((node) => node?.tagName)).toEqual(['a9', 'a2', null, null, 'a1'])
  })

  test('a group computes its figures over its whole tree: 2 of 3 projects are 67 percent, and 0 of 0 are 0', async () => {
    const { top, token } = await tree()
    const figures = async (fullPath: string, as: string) =>
      (await query(app, Releases, { fullPath }, { token: as })).data.group?.stats?.releaseStats
    expect(await figures(top.fullPath, token)).toEqual({ releasesCount: 5, releasesPercentage: 67 })
    const empty = await create.createGroup()
    const member = await create.createUser()
    await create.addMember({ group: empty }, member, 'guest')
    expect(await figures(empty.fullPath, await create.tokenFor(member))).toEqual({
      releasesCount: 0,
      releasesPercentage: 0,
    })
  })
})

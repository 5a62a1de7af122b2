import { beforeAll, describe, expect, test } from 'vitest'
import { db } from '../../src/database/db.ts'
import type { Group, Project, User } from '../../src/generated/prisma/client.ts'
import { graphql } from '../generated/gql.ts'
import { useApp } from '../support/app.ts'
import { query } from '../support/client.ts'
import * as create from '../support/factories.ts'
import { createRepository } from '../support/git.ts'
import { AllReleases, GroupReleaseStats, OneRelease, OneReleaseForEditing } from '../support/operations.ts'

const app = useApp()

const MOST_STATEMENTS = 10
const RELEASES = 110

let group: Group
let project: Project
let developer: User
let token: string

/** 110 releases, each with 2 links, 1 evidence, a project and a group milestone, an author of its own and a commit. */
beforeAll(async () => {
  group = await create.createGroup()
  project = await create.createProject({ groupId: group.id })
  developer = await create.createUser()
  await create.addMember({ project }, developer, 'developer')
  token = await create.tokenFor(developer)
  const names = Array.from({ length: RELEASES }, (_, at) => `v1.${at}.0`)
  const { tags } = await createRepository(app.repositories.directory(project.id), {
    commits: RELEASES,
    tags: names.map((name, commit) => ({ name, commit })),
  })
  await db.protectedTag.create({
    data: { projectId: project.id, name: 'v*', accessLevels: { create: { accessLevel: 30 } } },
  })
  const shared = await create.createMilestone({ groupId: group.id })
  for (const tag of names) {
    const author = await create.createUser()
    const release = await create.createRelease(project, {
      tag,
      sha: tags[tag] ?? null,
      authorId: author.id,
      description: `Notes of **${tag}**`,
    })
    await create.createLink(release)
    await create.createLink(release)
    await create.createEvidence(release)
    await create.attachMilestone(release, shared)
    await create.attachMilestone(release, await create.createMilestone({ projectId: project.id }))
  }
}, 60_000)

async function count(run: () => ReturnType<typeof query>, label: string): Promise<number> {
  const statements = await app.statementsOf(async () => {
    const { errors } = await run()
    expect(errors).toBeUndefined()
  })
  console.info(`${label}: ${statements.length} SQL statements`)
  return statements.length
}

describe('the number of SQL statements does not depend on the size of the page', () => {
  test('allReleases takes as many statements for a long page as for a short one', async () => {
    const ask = (first: number, as: string | null) => () =>
      query(app, AllReleases, { fullPath: project.fullPath, first }, { token: as })
    await ask(100, token)() // Notes are rendered on the first read and kept.
    for (const [who, as] of [
      ['anonymous', null],
      ['developer', token],
    ] as const) {
      const counts = []
      for (const size of [1, 10, 100]) counts.push(await count(ask(size, as), `allReleases, page of ${size}, ${who}`))
      expect(new Set(counts).size).toBe(1)
      expect(counts[0]).toBeLessThanOrEqual(MOST_STATEMENTS)
    }
  })

  test('rendering the notes of a page for the first time takes two statements more, however long the page is', async () => {
    const ask = (first: number) => () => query(app, AllReleases, { fullPath: project.fullPath, first }, { token })
    // A kept answer needs fewer statements, so the test makes a new version.
    await db.project.update({ where: { id: project.id }, data: { description: 'changed' } })
    const kept = await count(ask(10), 'allReleases, notes kept')
    for (const size of [1, 100]) {
      await db.release.updateMany({ data: { descriptionHtml: null } })
      expect(await count(ask(size), `allReleases, page of ${size}, notes not yet rendered`)).toBe(kept + 2)
    }
  })

  test('oneRelease and oneReleaseForEditing take as many statements for many links as for few', async () => {
    const variables = { fullPath: project.fullPath, tagName: 'v1.7.0' }
    expect(await count(() => query(app, OneRelease, variables, { token }), 'oneRelease')).toBeLessThanOrEqual(
      MOST_STATEMENTS,
    )
    const editing = await count(() => query(app, OneReleaseForEditing, variables, { token }), 'oneReleaseForEditing')
    expect(editing).toBeLessThanOrEqual(MOST_STATEMENTS)
  })

  test('the releases and statistics of a group take as many statements for a long page as for a short one', async () => {
    const GroupReleases = graphql(`
      query groupReleases($fullPath: ID!, $first: Int) {
        group(fullPath: $fullPath) {
          releases(first: $first) {
            count
            nodes {
              tagName
              commit { title }
              author { username }
              assets { links { nodes { name } } }
              milestones { nodes { title stats { totalIssuesCount } } }
            }
          }
        }
      }
    `)
    await create.addMember({ group }, developer, 'guest')
    for (const first of [1, 10, 100]) {
      const ask = () => query(app, GroupReleases, { fullPath: group.fullPath, first }, { token })
      // One statement reads the viewer, and one the group with its releases and their projects.
      expect(await count(ask, `groupReleases, page of ${first}`)).toBe(2)
    }
    const stats = () => query(app, GroupReleaseStats, { fullPath: group.fullPath }, { token })
    expect(await count(stats, 'groupReleaseStats')).toBeLessThanOrEqual(MOST_STATEMENTS)
  })

  test('the releases of milestones of releases take as many statements for a long page as for a short one', async () => {
    const Nested = graphql(`
      query nested($fullPath: ID!, $first: Int) {
        project(fullPath: $fullPath) {
          releases(first: $first) {
            nodes { milestones(first: 1) { nodes { releases(first: 2) { count nodes { name } } } } }
          }
        }
      }
    `)
    const counts = []
    for (const first of [1, 10, 100]) {
      counts.push(
        await count(
          () => query(app, Nested, { fullPath: project.fullPath, first }, { token }),
          `nested, page of ${first}`,
        ),
      )
    }
    expect(new Set(counts).size).toBe(1)
  })

  test('the number of all releases comes from a counter, not from the releases', async () => {
    const Count = graphql(`
      query countReleases($fullPath: ID!) {
        project(fullPath: $fullPath) { releases(first: 1) { count limited: count(limit: 20) } }
      }
    `)
    const statements = await app.statementsOf(async () => {
      const { data } = await query(app, Count, { fullPath: project.fullPath })
      expect(data.project?.releases).toEqual({ count: RELEASES, limited: 21 })
    })
    // One statement reads the version, and one the project with the page.
    expect(statements).toHaveLength(2)
    expect(statements.join('\n')).not.toMatch(/\bcount\(/i)
  })
})

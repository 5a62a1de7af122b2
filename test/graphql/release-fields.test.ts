import { setTimeout } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { db } from '../../src/database/db.ts'
import { graphql } from '../generated/gql.ts'
import { useApp } from '../support/app.ts'
import { query } from '../support/client.ts'
import * as create from '../support/factories.ts'
import { OneRelease } from '../support/operations.ts'
import { createWorld } from '../support/world.ts'

const app = useApp()

const Times = graphql(`
  query times($fullPath: ID!, $tagName: String!) {
    project(fullPath: $fullPath) {
      release(tagName: $tagName) { name description descriptionHtml createdAt releasedAt upcomingRelease historicalRelease }
    }
  }
`)

const HOUR = 3_600_000

describe('the date of a release', () => {
  const kinds = async (offsets: { released: number; created?: number }) => {
    const project = await create.createProject()
    const now = Date.now()
    const { tag } = await create.createRelease(project, {
      releasedAt: new Date(now + offsets.released),
      createdAt: new Date(now + (offsets.created ?? 0)),
    })
    const { data } = await query(app, Times, { fullPath: project.fullPath, tagName: tag })
    const { upcomingRelease: upcoming, historicalRelease: historical } = data.project?.release ?? {}
    return { upcoming, historical }
  }

  test.each([
    ['in the future', { released: HOUR }, { upcoming: true, historical: false }],
    ['in the past, before it was created', { released: -HOUR }, { upcoming: false, historical: true }],
    ['when it was created', { released: 0 }, { upcoming: false, historical: false }],
    [
      'in the past, but after it was created: its time has come',
      { released: -HOUR, created: -2 * HOUR },
      { upcoming: false, historical: false },
    ],
  ])('a release whose date is %s is upcoming or historical accordingly', async (_name, offsets, expected) => {
    expect(await kinds(offsets)).toEqual(expected)
  })

  test('the date of a release is the time of its creation when none is given', async () => {
    const project = await create.createProject()
    const release = await create.createRelease(project)
    expect(release.releasedAt).toEqual(release.createdAt)
  })

  test('an upcoming release becomes a plain one while time passes', async () => {
    const project = await create.createProject()
    const { tag } = await create.createRelease(project, { releasedAt: new Date(Date.now() + 1500) })
    const isUpcoming = async () =>
      (await query(app, Times, { fullPath: project.fullPath, tagName: tag })).data.project?.release?.upcomingRelease
    expect(await isUpcoming()).toBe(true)
    await expect.poll(isUpcoming, { timeout: 4000 }).toBe(false)
  })

  test('a release is not upcoming in its own second', async () => {
    const project = await create.createProject()
    // Waits for the start of a second, so that the answer comes within it.
    await setTimeout(1020 - (Date.now() % 1000))
    const releasedAt = new Date(Math.floor(Date.now() / 1000) * 1000 + 999)
    const { tag } = await create.createRelease(project, { releasedAt })
    const { data } = await query(app, Times, { fullPath: project.fullPath, tagName: tag })
    expect(data.project?.release?.upcomingRelease).toBe(false)
  })

  test('the date of a release is shown in whole seconds of UTC', async () => {
    const project = await create.createProject()
    const { tag } = await create.createRelease(project, { releasedAt: new Date('2018-12-10T01:02:03.987Z') })
    const { data } = await query(app, Times, { fullPath: project.fullPath, tagName: tag })
    expect(data.project?.release?.releasedAt).toBe('2018-12-10T01:02:03Z')
  })
})

describe('the texts of a release', () => {
  test('the title falls back to the tag, and an empty title stays empty', async () => {
    const project = await create.createProject()
    await create.createRelease(project, { tag: 'v1.0.0', name: null })
    await create.createRelease(project, { tag: 'v2.0.0', name: '' })
    const name = async (tagName: string) =>
      (await query(app, Times, { fullPath: project.fullPath, tagName })).data.project?.release?.name
    expect([await name('v1.0.0'), await name('v2.0.0')]).toEqual(['v1.0.0', ''])
  })

  test('the notes are rendered as safe HTML, kept, and rendered again when they change by any path', async () => {
    const project = await create.createProject()
    const { id, tag, updatedAt } = await create.createRelease(project, {
      description: '**bold** <script>alert(1)</script>',
    })
    const html = async () =>
      (await query(app, Times, { fullPath: project.fullPath, tagName: tag })).data.project?.release?.descriptionHtml
    expect(await html()).toContain('<strong>bold</strong>')
    expect(await html()).not.toContain('script')
    const kept = await db.release.findUniqueOrThrow({ where: { id } })
    expect(kept.descriptionHtml).toContain('<strong>bold</strong>')
    expect(kept.updatedAt).toEqual(updatedAt)
    await db.$executeRaw`UPDATE releases SET description = '*slanted*' WHERE id = ${id}`
    expect(await html()).toContain('<em>slanted</em>')
    await db.$executeRaw`UPDATE releases SET description = NULL WHERE id = ${id}`
    expect(await html()).toBe('')
  })

  test('the notes that an older version rendered are rendered again', async () => {
    const project = await create.createProject()
    const kept = { description: '*new*', descriptionHtml: '<p>as it was rendered once</p>', rendererVersion: 0 }
    const { tag } = await create.createRelease(project, kept)
    const { data } = await query(app, OneRelease, { fullPath: project.fullPath, tagName: tag })
    expect(data.project?.release?.descriptionHtml).toContain('<em>new</em>')
  })

  test('the tag is matched with upper and lower case as it is', async () => {
    const project = await create.createProject()
    await create.createRelease(project, { tag: 'V1.0.0' })
    expect(
      (await query(app, Times, { fullPath: project.fullPath, tagName: 'v1.0.0' })).data.project?.release,
    ).toBeNull()
  })
})

describe('a tag with a slash', () => {
  test('a tag with a slash is encoded in every URL but the folder of its archives', async () => {
    const world = await createWorld(app, { tag: 'debian/2.4.0-1 ü', repository: { tags: [] } })
    const { data } = await query(app, OneRelease, { fullPath: world.project.fullPath, tagName: 'debian/2.4.0-1 ü' })
    const release = data.project?.release
    const encoded = 'debian%2F2.4.0-1%20%C3%BC'
    expect(release?.tagPath).toBe(`/${world.project.fullPath}/-/tags/${encoded}`)
    expect(release?.links?.selfUrl).toBe(`${app.url}/${world.project.fullPath}/-/releases/${encoded}`)
    expect(release?.links?.openedIssuesUrl).toContain(`release_tag=${encoded}&`)
    expect(release?.assets?.sources?.nodes?.[0]?.url).toBe(
      `${app.url}/${world.project.fullPath}/-/archive/debian/2.4.0-1%20%C3%BC/${world.project.path}-debian-2.4.0-1%20%C3%BC.zip`,
    )
    expect(release?.evidences?.nodes?.[0]?.filepath).toContain(`/-/releases/${encoded}/evidences/`)
  })
})

describe('milestones of a release', () => {
  const Milestones = graphql(`
    query milestones($fullPath: ID!, $first: Int, $after: String) {
      project(fullPath: $fullPath) {
        releases { nodes { milestones(first: $first, after: $after) { count nodes { title } pageInfo { hasNextPage endCursor } } } }
      }
    }
  `)

  test('the milestones come by due date, start date and title, missing dates last, page by page', async () => {
    const project = await create.createProject()
    const release = await create.createRelease(project)
    const day = (text: string) => new Date(text)
    const milestones = [
      { title: 'due late', dueDate: day('2026-06-01') },
      { title: 'no dates b' },
      { title: 'no dates a' },
      { title: 'no due', startDate: day('2026-01-01') },
      { title: 'due early, starts late', dueDate: day('2026-03-01'), startDate: day('2026-02-02') },
      { title: 'due early, starts early', dueDate: day('2026-03-01'), startDate: day('2026-02-01') },
      { title: 'due early, no start', dueDate: day('2026-03-01') },
    ]
    for (const data of milestones)
      await create.attachMilestone(release, await create.createMilestone({ projectId: project.id }, data))
    const titles: (string | undefined)[] = []
    let after: string | null = null
    for (let more = true; more; ) {
      const answer: Awaited<ReturnType<typeof ask>> = await ask(after)
      expect(answer?.count).toBe(7)
      titles.push(...(answer?.nodes ?? []).map((node) => node?.title))
      more = answer?.pageInfo.hasNextPage ?? false
      after = answer?.pageInfo.endCursor ?? null
    }
    async function ask(cursor: string | null) {
      const { data } = await query(app, Milestones, { fullPath: project.fullPath, first: 2, after: cursor })
      return data.project?.releases?.nodes?.[0]?.milestones
    }
    expect(titles).toEqual([
      'due early, starts early',
      'due early, starts late',
      'due early, no start',
      'due late',
      'no due',
      'no dates a',
      'no dates b',
    ])
  })

  test('the milestones may belong to the project and to its group, with equal titles, and may be closed', async () => {
    const project = await create.createProject()
    const release = await create.createRelease(project)
    await create.attachMilestone(
      release,
      await create.createMilestone({ projectId: project.id }, { title: '1.0', state: 'closed' }),
    )
    await create.attachMilestone(release, await create.createMilestone({ groupId: project.groupId }, { title: '1.0' }))
    const { data } = await query(app, Milestones, { fullPath: project.fullPath })
    expect(data.project?.releases?.nodes?.[0]?.milestones?.nodes).toEqual([{ title: '1.0' }, { title: '1.0' }])
  })
})

describe('evidence', () => {
  const Evidence = graphql(`
    query evidence($fullPath: ID!) {
      project(fullPath: $fullPath) { releases { nodes { evidences { count nodes { sha collectedAt summary filepath } } } } }
    }
  `)
  const levels = [
    ['issues on', {}, true],
    ['the issue tracker off, for owners too', { issuesLevel: 'disabled' }, false],
    ['merge requests off', { mergeRequestsLevel: 'disabled' }, true],
    ['the repository off', { repositoryLevel: 'disabled' }, false],
  ] as const

  test.each(levels)('an owner sees or misses evidence with %s', async (_name, project, visible) => {
    const world = await createWorld(app, { project })
    const { data } = await query(app, Evidence, { fullPath: world.project.fullPath }, { token: world.tokens.owner })
    const evidences = data.project?.releases?.nodes?.[0]?.evidences
    expect(evidences?.nodes).toHaveLength(visible ? 1 : 0)
    expect(evidences?.count).toBe(visible ? 1 : 0)
  })

  test('the evidence of a release comes oldest first', async () => {
    const project = await create.createProject()
    const release = await create.createRelease(project)
    const at = (day: number) => new Date(Date.UTC(2026, 0, day))
    for (const day of [2, 1, 3]) await create.createEvidence(release, { createdAt: at(day), summary: { day } })
    const { data } = await query(app, Evidence, { fullPath: project.fullPath })
    expect(data.project?.releases?.nodes?.[0]?.evidences?.nodes?.map((node) => node?.summary)).toEqual([
      { day: 1 },
      { day: 2 },
      { day: 3 },
    ])
  })
})

describe('the switch of releases', () => {
  test.each([
    ['disabled, for owners too', 'disabled', { anonymous: 0, guest: 0, owner: 0 }],
    ['for members only', 'private', { anonymous: 0, guest: 1, owner: 1 }],
  ] as const)(
    'the releases of a project where they are %s are shown accordingly',
    async (_name, releasesLevel, counts) => {
      const world = await createWorld(app, { project: { releasesLevel } })
      const list = graphql(`
      query switchedOff($fullPath: ID!) {
        project(fullPath: $fullPath) { releases { count nodes { id } } latestRelease { id } }
      }
    `)
      for (const [viewer, count] of Object.entries(counts)) {
        const { data, errors } = await query(
          app,
          list,
          { fullPath: world.project.fullPath },
          { token: world.tokens[viewer as 'owner'] },
        )
        expect(errors).toBeUndefined()
        expect(data.project?.releases?.count).toBe(count)
        expect(data.project?.releases?.nodes).toHaveLength(count)
        expect(data.project?.latestRelease === null).toBe(count === 0)
      }
    },
  )
})

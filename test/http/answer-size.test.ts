import { setTimeout } from 'node:timers/promises'
import { beforeAll, describe, expect, test } from 'vitest'
import { db } from '../../src/database/db.ts'
import type { Project } from '../../src/generated/prisma/client.ts'
import { RENDERER_VERSION } from '../../src/markdown/render.ts'
import { useApp } from '../support/app.ts'
import { query } from '../support/client.ts'
import * as create from '../support/factories.ts'
import { createRepository } from '../support/git.ts'

const app = useApp()

const MEGABYTE = 1_000_000

/**
 * Makes releases with notes of these lengths, the newest first, and with stored HTML of half the length. `wide` makes the letters
 * four bytes long.
 */
async function createReleases(project: Project, sizes: readonly number[], wide = false): Promise<void> {
  await db.$executeRaw`
    INSERT INTO releases (project_id, tag, description, description_html, renderer_version, released_at)
    SELECT ${project.id}, 'v' || at, repeat(chr(${wide ? 0x1f600 : 97}::int + at::int % 26), size), repeat(chr(65 + at::int % 26), size / 2),
      ${RENDERER_VERSION}::smallint, now() - at * interval '1 day'
    FROM unnest(${sizes}::int[]) WITH ORDINALITY AS given (size, at)`
}

const letterOf = (at: number) => String.fromCharCode(97 + ((at + 1) % 26))

type Notes = { project: { releases: { nodes: { description: string; descriptionHtml?: string }[] } } }

const page = (project: Project, paging: string, fields = 'description') =>
  query<Notes, object>(
    app,
    `{ project(fullPath: "${project.fullPath}") { releases(${paging}) { nodes { ${fields} } } } }`,
  )

function suggestedFirst(errors: { message: string; extensions?: Record<string, unknown> }[] | undefined): number {
  expect(errors?.[0]?.extensions?.code).toBe('TOO_LARGE')
  const [, first] = /`first: (\d+)` of `project\.releases`/.exec(errors?.[0]?.message ?? '') ?? []
  expect(errors?.[0]?.message).toMatch(/`first: \d+` of `project\.releases`/)
  return Number(first)
}

describe('a page of a hundred releases with notes of a megabyte', () => {
  let project: Project

  beforeAll(async () => {
    project = await create.createProject()
    await createReleases(project, Array(100).fill(MEGABYTE))
  }, 60_000)

  test('a page that is too large is refused in GraphQL with the field and the size of a page that would do', async () => {
    const { errors } = await page(project, 'first: 100')
    expect(errors?.[0]?.message).toBe(
      'The answer would hold more than 20000000 bytes with `project.releases.nodes.description`: ask for `first: 19` of `project.releases`',
    )
    expect(errors?.[0]?.extensions).toEqual({ code: 'TOO_LARGE' })
  })

  test('a page that is too large is given in the pages that the refusal names, every text as it is', async () => {
    let after = 'null'
    const lengths: string[] = []
    for (;;) {
      const answer = await query<
        {
          project: {
            releases: Notes['project']['releases'] & { pageInfo: { hasNextPage: boolean; endCursor: string } }
          }
        },
        object
      >(
        app,
        `{ project(fullPath: "${project.fullPath}") { releases(first: 19, after: ${after}) {
            nodes { description } pageInfo { hasNextPage endCursor } } } }`,
      )
      expect(answer.errors).toBeUndefined()
      const { nodes, pageInfo } = answer.data.project.releases
      for (const { description } of nodes) lengths.push(`${description.length} ${description[0]} ${description.at(-1)}`)
      if (!pageInfo.hasNextPage) break
      after = `"${pageInfo.endCursor}"`
    }
    expect(lengths).toEqual(Array.from({ length: 100 }, (_, at) => `${MEGABYTE} ${letterOf(at)} ${letterOf(at)}`))
  }, 60_000)

  test('a page counts what is asked for twice twice, and counts the HTML as well', async () => {
    const first = suggestedFirst(
      (await page(project, 'first: 100', 'a: description b: description descriptionHtml')).errors,
    )
    expect(first).toBe(7)
    const { errors, data } = await page(project, `first: ${first}`, 'a: description description descriptionHtml')
    expect(errors).toBeUndefined()
    expect(data.project.releases.nodes[0]?.descriptionHtml).toBe('B'.repeat(MEGABYTE / 2))
  })

  test('a page that is too large is refused for `last` and for edges, too', async () => {
    expect(suggestedFirst((await page(project, 'last: 100')).errors)).toBe(19)
    const { errors } = await query(
      app,
      `{ project(fullPath: "${project.fullPath}") { releases { e: edges { node { description } } } } }`,
    )
    expect(suggestedFirst(errors)).toBe(19)
  })

  test('a page that is refused is not read', async () => {
    const statements = await app.statementsOf(() => page(project, 'first: 100'))
    expect(statements.filter((text) => /AS text FROM releases/.test(text))).toEqual([])
    const rest = await app.statementsOf(() => fetch(`${app.url}/api/v4/projects/${project.id}/releases?per_page=100`))
    expect(rest.filter((text) => /AS text FROM releases/.test(text))).toEqual([])
  })

  test('a page is given when the query does not ask for the notes', async () => {
    const { errors, data } = await page(project, 'first: 100', 'id name')
    expect(errors).toBeUndefined()
    expect(data.project.releases.nodes).toHaveLength(100)
  })

  test('a page that is too large is refused in REST as JSON, and given with the `per_page` that the refusal names', async () => {
    const releases = `${app.url}/api/v4/projects/${project.id}/releases`
    const refused = await fetch(`${releases}?per_page=100`)
    expect(refused.status).toBe(413)
    const { message } = (await refused.json()) as { message: string }
    expect(message).toBe('The answer would hold more than 20000000 bytes with `description`: ask for `per_page=20`')
    const given = await fetch(`${releases}?per_page=20&page=2`)
    expect(given.status).toBe(200)
    const rows = (await given.json()) as { description: string }[]
    expect(rows.map(({ description }) => description)).toEqual(
      Array.from({ length: 20 }, (_, at) => letterOf(at + 20).repeat(MEGABYTE)),
    )
  })

  test('a page for people is given without notes', async () => {
    const html = await fetch(`${app.url}/${project.fullPath}/-/releases`)
    expect(html.status).toBe(200)
    expect((await html.text()).length).toBeLessThan(100_000)
  })
})

test('a feed has as many entries as fit, each with all of its notes', async () => {
  const project = await create.createProject()
  await createReleases(project, Array(9).fill(10))
  await db.$executeRaw`UPDATE releases SET description_html = repeat('x', 3000000) WHERE project_id = ${project.id}`
  const feed = await fetch(`${app.url}/${project.fullPath}/-/releases.atom`)
  expect(feed.status).toBe(200)
  expect((await feed.text()).match(/<content type="html">x{3000000}</g)).toHaveLength(6)
}, 30_000)

describe('pages of releases of any sizes', () => {
  /** Numbers by chance, the same in every run. */
  function* numbers(seed: number) {
    let state = seed
    for (;;) {
      state = (state * 1_103_515_245 + 12_345) % 2 ** 31
      yield state / 2 ** 31
    }
  }

  test.for([1, 2, 3, 4])(
    'every page of the size that a refusal names is given, from any place and from both ends (%i)',
    { timeout: 60_000 },
    async (seed) => {
      const random = numbers(seed)
      const next = () => random.next().value as number
      const project = await create.createProject()
      const sizes = Array.from({ length: 60 }, () => Math.floor(next() ** 3 * MEGABYTE))
      await createReleases(project, sizes, true)
      const fields = next() < 0.5 ? 'id description' : 'descriptionHtml description'
      const ask = `first: ${40 + Math.floor(next() * 20)}`
      const first = suggestedFirst((await page(project, ask, fields)).errors)
      for (const paging of [`first: ${first}`, `last: ${Math.min(first, 3)}`]) {
        expect((await page(project, paging, fields)).errors).toBeUndefined()
      }
      const refused = await fetch(`${app.url}/api/v4/projects/${project.id}/releases?per_page=60`)
      const [, perPage] = /`per_page=(\d+)`/.exec(((await refused.json()) as { message: string }).message) ?? []
      for (let number = 1; (number - 1) * Number(perPage) < 60; number++) {
        const url = `${app.url}/api/v4/projects/${project.id}/releases?per_page=${perPage}&page=${number}`
        const given = await fetch(url)
        expect(given.status).toBe(200)
        const from = (number - 1) * Number(perPage)
        const rows = (await given.json()) as { description: string }[]
        // Each letter has two code units. Half the length is used, because splitting the texts takes longer than the server does.
        const letters = rows.map(({ description }) => description.length / 2)
        expect(letters).toEqual(sizes.slice(from, from + Number(perPage)))
      }
    },
  )
})

describe('what belongs to releases', () => {
  test('a milestone that many releases share counts as often as it is shown', async () => {
    const project = await create.createProject()
    await createReleases(project, Array(60).fill(10))
    const description = 'm'.repeat(MEGABYTE)
    const milestone = await create.createMilestone({ projectId: project.id }, { description })
    await db.$executeRaw`
      INSERT INTO milestone_releases (milestone_id, release_id) SELECT ${milestone.id}, id FROM releases WHERE project_id = ${project.id}`
    const fields = 'milestones { nodes { description } }'
    const { errors } = await page(project, 'first: 60', fields)
    expect(errors?.[0]?.message).toContain(
      'with `project.releases.nodes.milestones.nodes.description`: ask for `first: 19`',
    )
    const answer = await query<{ project: { releases: { nodes: { milestones: { nodes: unknown[] } }[] } } }, object>(
      app,
      `{ project(fullPath: "${project.fullPath}") { releases(first: 19) { nodes { ${fields} } } } }`,
    )
    expect(answer.errors).toBeUndefined()
    expect(answer.data.project.releases.nodes[18]).toEqual({ milestones: { nodes: [{ description }] } })
    const rest = await fetch(`${app.url}/api/v4/projects/${project.id}/releases?per_page=60`)
    expect(rest.status).toBe(413)
    expect(await rest.json()).toEqual({
      message: 'The answer would hold more than 20000000 bytes with `milestones.description`: ask for `per_page=19`',
    })
  })

  test('a refusal names both sizes when one release is too much', async () => {
    const project = await create.createProject()
    await createReleases(project, [10, 10])
    await db.$executeRaw`
      INSERT INTO milestones (project_id, iid, title, description)
      SELECT ${project.id}, at, 'm' || at, repeat('x', 1000000) FROM generate_series(1, 50) AS at`
    await db.$executeRaw`
      INSERT INTO milestone_releases (milestone_id, release_id)
      SELECT m.id, r.id FROM milestones m JOIN releases r ON r.project_id = m.project_id WHERE m.project_id = ${project.id}`
    const { errors } = await page(project, 'first: 2', 'milestones { nodes { description } }')
    expect(errors?.[0]?.message).toMatch(
      /ask for `first: 1` of `project\.releases` and `first: 19` of `project\.releases\.nodes\.milestones`$/,
    )
    const given = await page(project, 'first: 1', 'milestones(first: 19) { nodes { description } }')
    expect(given.errors).toBeUndefined()
    const all = await query(
      app,
      `{ project(fullPath: "${project.fullPath}") { milestones { nodes { description } } } }`,
    )
    expect(all.errors?.[0]?.message).toMatch(/ask for `first: 19` of `project\.milestones`$/)
    const rest = await fetch(`${app.url}/api/v4/projects/${project.id}/milestones?per_page=50`)
    expect(rest.status).toBe(413)
    expect(((await rest.json()) as { message: string }).message).toMatch(/with `description`: ask for `per_page=20`$/)
  })

  test('the summaries of evidence, messages of commits, and descriptions of issues are bounded as well', async () => {
    const project = await create.createProject()
    await createRepository(app.repositories.directory(project.id), { commits: 1, tags: [] })
    await createReleases(project, Array(50).fill(10))
    const summary = JSON.stringify({ text: 's'.repeat(MEGABYTE) })
    await db.$executeRaw`
      INSERT INTO evidences (release_id, sha, summary)
      SELECT id, lpad(id::text, 64, '0'), ${summary}::jsonb FROM releases WHERE project_id = ${project.id}`
    await db.$executeRaw`
      INSERT INTO issues (project_id, iid, title, description)
      SELECT ${project.id}, at, 'i' || at, repeat('x', 1000000) FROM generate_series(1, 50) AS at`
    const evidence = await page(project, 'first: 50', 'evidences { nodes { summary } }')
    expect(evidence.errors?.[0]?.message).toMatch(
      /evidences\.nodes\.summary`: ask for `first: 19` of `project\.releases`$/,
    )
    const some = await query<{ project: { releases: { nodes: { evidences: { nodes: unknown[] } }[] } } }, object>(
      app,
      `{ project(fullPath: "${project.fullPath}") { releases(first: 19) { nodes { evidences { nodes { summary } } } } } }`,
    )
    expect(some.errors).toBeUndefined()
    expect(some.data.project.releases.nodes[18]?.evidences.nodes).toEqual([{ summary: JSON.parse(summary) }])
    const issues = await query(app, `{ project(fullPath: "${project.fullPath}") { issues { nodes { description } } } }`)
    expect(issues.errors?.[0]?.message).toMatch(/ask for `first: 19` of `project\.issues`$/)
    const rest = await fetch(`${app.url}/api/v4/projects/${project.id}/issues?per_page=50`)
    expect(rest.status).toBe(413)
  }, 60_000)

  test('objects found by their global IDs count as well', async () => {
    const project = await create.createProject()
    const description = 'm'.repeat(4 * MEGABYTE)
    const milestone = await create.createMilestone({ projectId: project.id }, { description })
    const node = (alias: string) =>
      `${alias}: node(id: "gid://gitlab/Milestone/${milestone.id}") { ... on Milestone { description } }`
    const many = await query(app, `{ ${['a', 'b', 'c', 'd', 'e', 'f'].map(node).join(' ')} }`)
    expect(many.errors?.[0]?.extensions?.code).toBe('TOO_LARGE')
    const one = await query<{ a: { description: string } }, object>(app, `{ ${node('a')} }`)
    expect(one.data.a.description).toBe(description)
  })
})

test('what the viewer may not see does not count', async () => {
  const project = await create.createProject({ issuesLevel: 'private', mergeRequestsLevel: 'private' })
  await createReleases(project, Array(50).fill(10))
  const milestone = await create.createMilestone({ projectId: project.id }, { description: 'm'.repeat(MEGABYTE) })
  await db.$executeRaw`
    INSERT INTO milestone_releases (milestone_id, release_id) SELECT ${milestone.id}, id FROM releases WHERE project_id = ${project.id}`
  const hidden = await page(project, 'first: 50', 'milestones { nodes { description } }')
  expect(hidden.errors).toBeUndefined()
  expect((await fetch(`${app.url}/api/v4/projects/${project.id}/releases?per_page=50`)).status).toBe(200)
  const member = await create.createUser()
  await create.addMember({ project }, member, 'developer')
  const shown = await query(
    app,
    `{ project(fullPath: "${project.fullPath}") { releases { nodes { milestones { nodes { description } } } } } }`,
    {},
    { token: await create.tokenFor(member) },
  )
  expect(shown.errors?.[0]?.extensions?.code).toBe('TOO_LARGE')
})

test('other requests are answered while notes are rendered on the first read', async () => {
  const project = await create.createProject()
  await createReleases(project, Array(100).fill(10))
  const notes = '## Changes\n\n- a *thing* with `code` and a [link](https://example.com)\n'.repeat(40)
  await db.$executeRaw`
    UPDATE releases SET description = ${notes}, description_html = NULL, renderer_version = 0 WHERE project_id = ${project.id}`
  let longest = 0
  let done = false
  const reading = page(project, 'first: 100', 'descriptionHtml').finally(() => {
    done = true
  })
  while (!done) {
    const asked = performance.now()
    await fetch(`${app.url}/health`)
    longest = Math.max(longest, performance.now() - asked)
    // Without a pause these requests would take most of the processor from the rendering.
    await setTimeout(10)
  }
  const { errors, data } = await reading
  expect(errors).toBeUndefined()
  expect(data.project.releases.nodes[99]?.descriptionHtml).toContain('<em>thing</em>')
  expect(longest).toBeLessThan(2_000)
}, 60_000)

import { describe, expect, test } from 'vitest'
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
 * Makes releases with notes of these lengths, the newest first, and kept HTML of half the length. `wide`: letters of four
 * bytes.
 */
async function createReleases(project: Project, sizes: readonly number[], wide = false): Promise<void> {
  await db.$executeRaw`
    INSERT INTO releases (project_id, tag, description, description_html, renderer_version, released_at)
    SELECT ${project.id}, 'v' || at, repeat(chr(${wide ? 0x1f600 : 97}::int + at::int % 26), size), repeat(chr(65 + at::int % 26), size / 2),
      ${RENDERER_VERSION}::smallint, now() - at * interval '1 day'
    FROM unnest(${sizes}::int[]) WITH ORDINALITY AS given (size, at)`
}

type Notes = { project: { releases: { nodes: { description: string; descriptionHtml?: string }[] } } }

const page = (project: Project, paging: string, fields = 'description') =>
  query<Notes, object>(
    app,
    `{ project(fullPath: "${project.fullPath}") { releases(${paging}) { nodes { ${fields} } } } }`,
  )

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

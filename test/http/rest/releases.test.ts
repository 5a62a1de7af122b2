import { beforeAll, expect, test } from 'vitest'
import { db } from '../../../src/database/db.ts'
import { runGit } from '../../../src/git/git.ts'
import { useApp } from '../../support/app.ts'
import * as create from '../../support/factories.ts'
import { createWorld, type World } from '../../support/world.ts'
import { encoded, rest } from './client.ts'

const app = useApp()

let world: World
let releases: string
beforeAll(async () => {
  world = await createWorld(app, { repository: { branches: ['next'] } })
  releases = `/projects/${encoded(world.project.fullPath)}/releases`
})

const developer = () => ({ token: world.tokens.developer })

test('a release has the keys of the contract, in its order', async () => {
  const { body } = await rest(app, 'GET', `${releases}/v1.0.0?include_html_description=true`, developer())
  const { project, release, users } = world
  const page = `${app.url}/${project.fullPath}/-/releases/v1.0.0`
  const filtered = (list: string, state: string) =>
    `${app.url}/${project.fullPath}/-/${list}?release_tag=v1.0.0&scope=all&state=${state}`
  const archive = (format: string) => `${app.url}/${project.fullPath}/-/archive/v1.0.0/${project.path}-v1.0.0.${format}`
  expect(Object.keys(body)).toEqual(
    (
      'name tag_name description created_at released_at upcoming_release historical_release description_html author ' +
      'commit milestones commit_path tag_path evidence_sha assets evidences _links'
    ).split(' '),
  )
  expect(body).toMatchObject({
    name: 'First light',
    tag_name: 'v1.0.0',
    created_at: release.createdAt.toISOString(),
    upcoming_release: false,
    historical_release: false,
    description_html: expect.stringContaining('It works.</p>'),
    author: { id: users.developer.id, username: users.developer.username, state: 'active', avatar_url: null },
    commit_path: `/${project.fullPath}/-/commit/${release.sha}`,
    tag_path: `/${project.fullPath}/-/tags/v1.0.0`,
    milestones: [
      { due_date: '2026-12-24', start_date: null, project_id: project.id, issue_stats: { total: 2, closed: 1 } },
    ],
    assets: {
      count: 6,
      sources: ['zip', 'tar.gz', 'tar.bz2', 'tar'].map((format) => ({ format, url: archive(format) })),
      links: [
        { name: 'handbook', direct_asset_url: 'https://docs.example.com/', link_type: 'runbook' },
        { name: 'binary', direct_asset_url: `${page}/downloads/bin/linux`, link_type: 'package' },
      ],
    },
    evidences: [{ filepath: expect.stringMatching(`^${page}/evidences/\\d+\\.json$`) }],
  })
  expect(body._links).toEqual({
    closed_issues_url: filtered('issues', 'closed'),
    closed_merge_requests_url: filtered('merge_requests', 'closed'),
    edit_url: `${page}/edit`,
    merged_merge_requests_url: filtered('merge_requests', 'merged'),
    opened_issues_url: filtered('issues', 'opened'),
    opened_merge_requests_url: filtered('merge_requests', 'opened'),
    self: page,
  })
})

test("a commit shows its writers' times with their own offset", async () => {
  const { body } = await rest(app, 'GET', `${releases}/v1.0.0`)
  expect(body.commit).toMatchObject({
    id: world.release.sha,
    short_id: world.release.sha?.slice(0, 8),
    title: 'Commit 1',
    message: 'Commit 1\n',
    author_email: 'ada@example.com',
    authored_date: '2024-01-01T01:00:00.000+00:00',
    committed_date: '2024-01-01T01:10:00.000+00:00',
    trailers: {},
  })
  expect(body.commit.parent_ids).toHaveLength(1)
})

test('a commit from elsewhere shows the time on the clocks of who wrote it', async () => {
  const directory = app.repositories.directory(world.project.id)
  const env = {
    ...{ GIT_AUTHOR_NAME: 'Ada', GIT_AUTHOR_EMAIL: 'ada@example.com', GIT_AUTHOR_DATE: '1700000000 +0530' },
    ...{ GIT_COMMITTER_NAME: 'Ben', GIT_COMMITTER_EMAIL: 'ben@example.com', GIT_COMMITTER_DATE: '1700000000 -0330' },
  }
  const tree = `${world.release.sha}^{tree}`
  const sha = (await runGit(directory, ['commit-tree', '-m', 'From afar', tree], { env })).trim()
  await create.createRelease(world.project, { tag: 'afar', sha })
  expect((await rest(app, 'GET', `${releases}/afar`)).body.commit).toMatchObject({
    authored_date: '2023-11-15T03:43:20.000+05:30',
    committed_date: '2023-11-14T18:43:20.000-03:30',
  })
})

test('a release leaves out the keys that have no value', async () => {
  const bare = await create.createRelease(world.project, { tag: 'bare' })
  const { body } = await rest(app, 'GET', `${releases}/bare`)
  expect(Object.keys(body)).toEqual(
    (
      'name tag_name description created_at released_at upcoming_release historical_release commit tag_path assets ' +
      'evidences _links'
    ).split(' '),
  )
  expect(body).toMatchObject({ name: 'bare', description: null, commit: null, evidences: [] })
  expect(body._links.edit_url).toBeUndefined()
  await db.release.delete({ where: { id: bare.id } })
})

test('a project is found by its number as well, and a tag with slashes is encoded', async () => {
  await create.createRelease(world.project, { tag: 'debian/2.4.0-1' })
  const found = await rest(app, 'GET', `/projects/${world.project.id}/releases/debian%2F2.4.0-1`)
  expect([found.status, found.body.tag_name]).toEqual([200, 'debian/2.4.0-1'])
  expect(found.body._links.self).toMatch(/debian%2F2\.4\.0-1$/)
  const dotted = await rest(app, 'GET', `/projects/${world.project.id}/releases/debian%2F2%2E4%2E0-1/`)
  expect(dotted.body.tag_name).toBe('debian/2.4.0-1')
})

test('a refusal says which kind of thing is missing or hidden', async () => {
  const missing = await rest(app, 'GET', `${releases}/v9`)
  expect([missing.status, missing.body]).toEqual([404, { message: '404 Not found' }])
  for (const id of ['999999', 'no%2Fsuch']) {
    const { status, body } = await rest(app, 'GET', `/projects/${id}/releases`)
    expect([status, body]).toEqual([404, { message: '404 Project Not Found' }])
  }
})

test('releases come by the date and in the direction asked for, and by the time of their change', async () => {
  const { project } = await createWorld(app)
  const path = `/projects/${project.id}/releases`
  const at = (day: number) => new Date(Date.UTC(2030, 0, day))
  await create.createRelease(project, { tag: 'a', releasedAt: at(2), createdAt: at(1), updatedAt: at(1) })
  await create.createRelease(project, { tag: 'b', releasedAt: at(1), createdAt: at(2), updatedAt: at(2) })
  await create.createRelease(project, { tag: 'c', releasedAt: at(1), createdAt: at(3), updatedAt: at(3) })
  const tags = async (query: string) =>
    (await rest(app, 'GET', `${path}?${query}`)).body.map((release: { tag_name: string }) => release.tag_name)
  expect(await tags('')).toEqual(['a', 'c', 'b', 'v1.0.0'])
  expect(await tags('sort=asc')).toEqual(['v1.0.0', 'c', 'b', 'a'])
  expect(await tags('order_by=created_at&sort=desc&nonsense=1')).toEqual(['c', 'b', 'a', 'v1.0.0'])
  expect(await tags('updated_after=2030-01-01&updated_before=2030-01-03T01:00:00%2B01:00')).toEqual(['b'])
})

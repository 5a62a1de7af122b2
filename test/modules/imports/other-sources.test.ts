// GitHub and Gitea, by answers that were written by hand from their documentation. The git repository is a real one.
import { expect, test } from 'vitest'
import { db } from '../../../src/database/db.ts'
import { work } from '../../jobs/job-world.ts'
import { useApp } from '../../support/app.ts'
import { contentsOf, emptyTarget, fullSource, importFrom, startProxy } from './import-world.ts'

const app = useApp({ rateLimits: null, allowedPrivateAddresses: ['0.0.0.0/0', '::/0'] })

const asset = (name: string) => ({
  id: 1,
  name,
  label: null,
  state: 'uploaded',
  content_type: 'application/zip',
  size: 1024,
  browser_download_url: `https://downloads.example.com/${name}`,
})

/** GitHub and Gitea list the newest first. */
const releases = [
  {
    id: 4,
    tag_name: 'v4',
    name: 'Four',
    body: '',
    draft: true,
    prerelease: true,
    target_commitish: 'topic',
    created_at: '2024-05-04T10:00:00Z',
    published_at: null,
    assets: [asset('next.zip')],
  },
  {
    id: 3,
    tag_name: 'v2',
    name: 'A draft of a release',
    draft: true,
    created_at: '2024-05-03T10:00:00Z',
    published_at: null,
    assets: [],
  },
  {
    id: 2,
    tag_name: 'v2',
    name: 'Two',
    body: 'Second',
    draft: false,
    prerelease: true,
    created_at: '2024-05-01T10:00:00Z',
    published_at: '2024-05-02T10:00:00Z',
    assets: [asset('app.zip'), asset('app.tar.gz')],
  },
  {
    id: 1,
    tag_name: 'v1',
    name: '',
    body: null,
    draft: false,
    prerelease: false,
    created_at: '2024-05-01T09:00:00Z',
    published_at: '2024-05-01T09:00:00Z',
    assets: [],
  },
]

const milestones = [
  {
    id: 1002604,
    number: 3,
    title: 'Spring',
    description: 'Tracking',
    state: 'closed',
    open_issues: 0,
    closed_issues: 1,
    due_on: '2024-05-09T23:39:01Z',
  },
]

const issues = [
  {
    id: 1,
    number: 5,
    title: 'Found a bug',
    body: 'It breaks.',
    state: 'closed',
    milestone: { number: 3, title: 'Spring' },
    pull_request: null,
  },
  {
    id: 2,
    number: 6,
    title: 'A pull request',
    body: null,
    state: 'open',
    milestone: { number: 3, title: 'Spring' },
    pull_request: { url: 'https://api.example.com/pulls/6' },
  },
]

/** The first page of each list, by what its address ends with. All other pages are empty. */
const answersOf = (api: string, lists: Record<string, object[]>) => (path: string) => {
  const url = new URL(path, 'http://source.example.com')
  if (!url.pathname.startsWith('/api/')) return null
  if (url.pathname === '/api/v1/version') return api === '/api/v1' ? { version: '1.23.0' } : 404
  if (!url.pathname.startsWith(`${api}/repos/`)) return 404
  const list = url.pathname.split('/').slice(6).join('/')
  if (list === '') return { id: 1296269, full_name: url.pathname.split('/').slice(4).join('/'), private: true }
  const rows = lists[list]
  if (rows === undefined) return 404
  return (url.searchParams.get('page') ?? '1') === '1' ? rows : []
}

const brought = {
  releases: [
    { tag: 'v1', name: 'v1', description: null, links: [], evidences: 0, milestones: [] },
    {
      ...{ tag: 'v2', name: 'Two', description: 'Second', evidences: 0, milestones: [] },
      links: [
        ['app.tar.gz', 'https://downloads.example.com/app.tar.gz', null, 'other'],
        ['app.zip', 'https://downloads.example.com/app.zip', null, 'other'],
      ],
    },
  ],
  issues: [{ iid: 5, title: 'Found a bug', state: 'closed', confidential: false, milestone: 'Spring' }],
}

test('releases, milestones and issues come along from GitHub with their numbers, and pull requests do not', async () => {
  const repository = await fullSource(app)
  const target = await emptyTarget(app)
  await work(app)
  const server = await startProxy(app, answersOf('/api/v3', { releases, milestones, issues }))
  const done = await importFrom(app, server, repository, target, { kind: 'GITHUB' })
  expect(done).toMatchObject({ state: 'FINISHED', error: null, leftCount: 3 })
  expect(done.left).toEqual([
    expect.stringContaining('Packages: GitHub has no generic packages'),
    'The draft of v2: another draft or release has its tag',
    expect.stringContaining('Protected tags: GitHub has rulesets'),
  ])
  expect(await contentsOf(target.project)).toMatchObject({
    ...brought,
    milestones: [{ iid: 3, title: 'Spring', state: 'closed', issuesCount: 1, closedIssuesCount: 1 }],
  })
  const dates = await db.release.findMany({ where: { projectId: target.project.id }, orderBy: { createdAt: 'asc' } })
  expect(dates.map(({ releasedAt }) => releasedAt.toISOString())).toEqual([
    '2024-05-01T09:00:00.000Z',
    '2024-05-02T10:00:00.000Z',
  ])
  expect(dates.map(({ prereleaseMark, prerelease }) => [prereleaseMark, prerelease])).toEqual([
    [false, false],
    [true, true],
  ])
})

test('a draft comes along as a draft, and is published when the source has published it', async () => {
  const repository = await fullSource(app)
  const target = await emptyTarget(app)
  await work(app)
  const rows = structuredClone(releases)
  const server = await startProxy(app, (path) => answersOf('/api/v3', { releases: rows })(path))
  const draftsOf = () => db.releaseDraft.findMany({ where: { projectId: target.project.id } })
  await importFrom(app, server, repository, target, { kind: 'GITHUB' })
  const [draft, ...others] = await draftsOf()
  expect(others).toEqual([])
  expect(draft).toMatchObject({ tag: 'v4', name: 'Four', ref: 'topic', prerelease: true, releasedAt: null })
  expect(JSON.parse(draft?.links ?? '')).toMatchObject([{ name: 'next.zip', linkType: 'other' }])
  Object.assign(rows[0] ?? {}, { name: 'Four!' })
  await importFrom(app, server, repository, target, { kind: 'GITHUB' })
  expect(await draftsOf()).toMatchObject([{ tag: 'v4', name: 'Four!', ref: 'topic' }])

  // The source has published it under a tag that the repository has.
  Object.assign(rows[0] ?? {}, { tag_name: 'v3' })
  await importFrom(app, server, repository, target, { kind: 'GITHUB' })
  Object.assign(rows[0] ?? {}, { draft: false, prerelease: false, published_at: '2024-05-05T10:00:00Z' })
  await importFrom(app, server, repository, target, { kind: 'GITHUB' })
  expect((await draftsOf()).map(({ tag }) => tag)).toEqual(['v4'])
  const published = await db.release.findFirstOrThrow({ where: { projectId: target.project.id, tag: 'v3' } })
  expect(published).toMatchObject({ name: 'Four!', prereleaseMark: false })
})

test('a server that answers as Gitea does is taken for one, and its tag protections come along', async () => {
  const repository = await fullSource(app)
  const target = await emptyTarget(app)
  await work(app)
  const tag_protections = [
    { id: 1, name_pattern: 'v*', whitelist_usernames: [], whitelist_teams: [] },
    { id: 2, name_pattern: '/^r[0-9]+$/', whitelist_usernames: ['somebody'], whitelist_teams: [] },
  ]
  const lists = { releases, milestones: milestones.map(({ number: _none, ...row }) => row), issues, tag_protections }
  const server = await startProxy(app, answersOf('/api/v1', lists))
  const done = await importFrom(app, server, repository, target)
  expect(done).toMatchObject({ state: 'FINISHED', error: null, leftCount: 3 })
  expect(done.left[2]).toBe(
    'Protected tag /^r[0-9]+$/: it is a regular expression, and here * stands for any characters',
  )
  expect(await contentsOf(target.project)).toMatchObject({
    ...brought,
    // Gitea's milestones have no numbers within the project.
    milestones: [{ iid: 1, title: 'Spring', state: 'closed' }],
    protectedTags: [['v*', [40]]],
  })
})

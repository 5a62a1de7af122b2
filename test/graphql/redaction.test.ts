import { beforeAll, describe, expect, test } from 'vitest'
import type { AllReleasesQuery } from '../generated/graphql.ts'
import { useApp } from '../support/app.ts'
import { type Answer, query } from '../support/client.ts'
import { AllReleases, OneRelease } from '../support/operations.ts'
import { createWorld, type ViewerName, viewers, type World } from '../support/world.ts'

const app = useApp()

/** What a viewer sees of a project: nothing, its releases without repository data, or everything. */
type Sight = 'hidden' | 'redacted' | 'full'

const rows = (hidden: number, redacted: number): Record<ViewerName, Sight> =>
  Object.fromEntries(
    viewers.map((name, at) => [name, at < hidden ? 'hidden' : at < redacted ? 'redacted' : 'full']),
  ) as Record<ViewerName, Sight>

// Columns: anonymous, stranger, guest, planner, reporter, developer, maintainer, owner.
const matrix: [string, Parameters<typeof createWorld>[1], Record<ViewerName, Sight>][] = [
  ['a public project', { project: { visibility: 'public' } }, rows(0, 0)],
  ['an internal project', { project: { visibility: 'internal' } }, rows(1, 1)],
  ['a private project', { project: { visibility: 'private' } }, rows(2, 4)],
  [
    'a public project with a members-only repository',
    { project: { visibility: 'public', repositoryLevel: 'private' } },
    rows(0, 2),
  ],
  [
    'an internal project with a members-only repository',
    { project: { visibility: 'internal', repositoryLevel: 'private' } },
    rows(1, 2),
  ],
  [
    'a private project with a members-only repository',
    { project: { visibility: 'private', repositoryLevel: 'private' } },
    rows(2, 4),
  ],
  [
    'a public project without a repository',
    { project: { visibility: 'public', repositoryLevel: 'disabled' } },
    rows(0, 8),
  ],
]

type ReleaseNode = NonNullable<
  NonNullable<NonNullable<NonNullable<AllReleasesQuery['project']>['releases']>['nodes']>[number]
>

const TAG = 'secret/tag-v1.0.0'

describe.each(matrix)('%s', (_name, options, sights) => {
  let world: World
  beforeAll(async () => {
    world = await createWorld(app, { ...options, tag: TAG })
  })

  const list = (viewer: ViewerName, first = 10) =>
    query(app, AllReleases, { fullPath: world.project.fullPath, first }, { token: world.tokens[viewer] })

  const numberIn = () => world.release.id

  const expectations: Record<Sight, (answer: Answer<AllReleasesQuery>, viewer: ViewerName) => void> = {
    hidden: ({ data }) => expect(data).toEqual({ project: null }),
    redacted: (answer) => {
      const release = answer.data.project?.releases?.nodes?.[0] as ReleaseNode
      const byNumber = `${app.url}/${world.project.fullPath}/-/releases/id/${numberIn()}`
      expect(release).toMatchObject({
        id: `gid://gitlab/Release/${numberIn()}`,
        name: `Release-${numberIn()}`,
        tagName: null,
        tagPath: null,
        commit: null,
        descriptionHtml: expect.stringContaining('It works.'),
        upcomingRelease: false,
        historicalRelease: false,
        author: { username: world.users.developer.username },
        evidences: { nodes: [] },
        milestones: { nodes: [{ stats: { totalIssuesCount: 2, closedIssuesCount: 1 } }] },
        links: {
          selfUrl: byNumber,
          editUrl: null,
          openedIssuesUrl: null,
          closedIssuesUrl: null,
          openedMergeRequestsUrl: null,
          mergedMergeRequestsUrl: null,
          closedMergeRequestsUrl: null,
        },
        assets: {
          count: 2,
          sources: { nodes: [] },
          links: {
            nodes: [
              { name: 'handbook', directAssetUrl: 'https://docs.example.com/', linkType: 'RUNBOOK' },
              { name: 'binary', directAssetUrl: `${byNumber}/downloads/bin/linux`, linkType: 'PACKAGE' },
            ],
          },
        },
      })
      expect(JSON.stringify(answer)).not.toMatch(/secret|tag-v1/)
    },
    full: (answer, viewer) => {
      const release = answer.data.project?.releases?.nodes?.[0] as ReleaseNode
      const page = `${app.url}/${world.project.fullPath}/-/releases/secret%2Ftag-v1.0.0`
      const archive = `${app.url}/${world.project.fullPath}/-/archive/secret/tag-v1.0.0/${world.project.path}-secret-tag-v1.0.0`
      const mayEdit = ['developer', 'maintainer', 'owner'].includes(viewer)
      expect(release).toMatchObject({
        name: 'First light',
        tagName: TAG,
        tagPath: `/${world.project.fullPath}/-/tags/secret%2Ftag-v1.0.0`,
        commit: { sha: world.release.sha, title: 'Commit 1' },
        links: {
          selfUrl: page,
          editUrl: mayEdit ? `${page}/edit` : null,
          openedIssuesUrl: `${app.url}/${world.project.fullPath}/-/issues?release_tag=secret%2Ftag-v1.0.0&scope=all&state=opened`,
        },
        assets: {
          count: 6,
          sources: {
            nodes: ['zip', 'tar.gz', 'tar.bz2', 'tar'].map((format) => ({ format, url: `${archive}.${format}` })),
          },
          links: { nodes: [{}, { directAssetUrl: `${page}/downloads/bin/linux` }] },
        },
      })
      expect(release.evidences?.nodes?.[0]?.filepath).toMatch(new RegExp(`^${page}/evidences/\\d+\\.json$`))
    },
  }

  test.each(viewers)('the list of releases shows %s what this viewer may see', async (viewer) => {
    const answer = await list(viewer)
    expect(answer.errors).toBeUndefined()
    expectations[sights[viewer]](answer, viewer)
  })

  test('viewers who share a statement share no answer when all ask at the same moment', async () => {
    // Each size is new, so that no kept answer serves it.
    const asked = [7, 8, 9].flatMap((first) => viewers.map((viewer) => ({ viewer, first })))
    const answers = await Promise.all(
      asked.map(async ({ viewer, first }) => ({ viewer, answer: await list(viewer, first) })),
    )
    for (const { viewer, answer } of answers) expectations[sights[viewer]](answer, viewer)
  })

  test('the server reads no release for a viewer who may not see it, because a slower answer would tell that it exists', async () => {
    // A viewer who sees everything has read the releases before.
    await list('owner', 6)
    const byTag = { fullPath: world.project.fullPath, tagName: TAG }
    const readsReleases = async (ask: () => Promise<unknown>) =>
      (await app.stepsOf(ask)).some((step) => step['Relation Name'] === 'releases')
    for (const viewer of viewers) {
      const isAsked = await readsReleases(() => query(app, OneRelease, byTag, { token: world.tokens[viewer] }))
      const isListed = await readsReleases(() => list(viewer, 5))
      const sight = sights[viewer]
      expect({ viewer, isAsked, isListed }).toEqual({ viewer, isAsked: sight === 'full', isListed: sight !== 'hidden' })
    }
  })

  test.each(viewers)('asking by tag tells %s nothing more', async (viewer) => {
    const ask = (tagName: string) =>
      query(app, OneRelease, { fullPath: world.project.fullPath, tagName }, { token: world.tokens[viewer] })
    const [existing, missing] = [await ask(TAG), await ask('no-such-tag')]
    expect(missing.errors).toBeUndefined()
    expect(missing.data.project?.release ?? null).toBeNull()
    if (sights[viewer] === 'full') expect(existing.data.project?.release?.tagName).toBe(TAG)
    else expect(existing.data).toEqual(missing.data)
  })
})

import { beforeAll, expect, test } from 'vitest'
import { useApp } from '../support/app.ts'
import { query } from '../support/client.ts'
import * as create from '../support/factories.ts'
import { addCommits } from '../support/history.ts'
import { createWorld, type ViewerName, viewers, type World } from '../support/world.ts'

const app = useApp()

let world: World

beforeAll(async () => {
  // The release v1.0.0 is of the last commit, with the links `binary` and `handbook`, and a milestone with a closed issue.
  world = await createWorld(app, { project: { visibility: 'private' } })
  const { project, users } = world
  const dir = app.repositories.directory(project.id)
  const sha = await addCommits(dir, 'main', [{ message: 'Three\n' }, { message: 'Four\n' }])
  const release = await create.createRelease(project, { tag: 'v1.1.0', sha })
  await create.createLink(release, { name: 'handbook', url: 'https://docs.example.com/2' })
  await create.createLink(release, { name: 'macos', url: 'https://downloads.example.com/macos' })
  const milestone = await create.createMilestone({ projectId: project.id }, { title: 'Two' })
  await create.attachMilestone(release, milestone)
  const issue = (iid: number, data: object) =>
    create.createIssue(project, { iid, title: `Issue ${iid}`, milestoneId: milestone.id, state: 'closed', ...data })
  await issue(101, {})
  await issue(102, { confidential: true, authorId: users.owner.id })
  await issue(103, { state: 'opened' })
  const elsewhere = await create.createProject({ groupId: world.group.id })
  await create.createRelease(elsewhere, { tag: 'v0.5.0' })
  const shared = await create.createMilestone({ groupId: world.group.id })
  await create.attachMilestone(release, shared)
  await create.createIssue(elsewhere, { title: 'Of another project', milestoneId: shared.id, state: 'closed' })
  await create.createRelease(project, { tag: 'gone', sha: 'a'.repeat(40) })
}, 60_000)

type Named = { name: string }
type Page<Node> = { nodes: Node[]; count: number }
type Comparison = {
  with: { tagName: string }
  commits: Page<{ title: string }>
  commitsCut: boolean
  closedIssues: Page<{ title: string }>
  assetsAdded: Named[]
  assetsGone: Named[]
}
type Data = { project: { release: { compare: Comparison | null } | null } | null }

const FIELDS = `with { tagName } commits { nodes { title } count } commitsCut closedIssues { nodes { title } count }
  assetsAdded { name } assetsGone { name }`

const ask = (viewer: ViewerName, tag: string, args = '', fields = FIELDS) =>
  query<Data, object>(
    app,
    `{ project(fullPath: "${world.project.fullPath}") { release(tagName: "${tag}") { compare${args} { ${fields} } } } }`,
    {},
    { token: world.tokens[viewer] },
  )

const comparison = async (viewer: ViewerName, tag: string, args?: string) => {
  const { data, errors } = await ask(viewer, tag, args)
  expect(errors).toBeUndefined()
  return data.project?.release?.compare
}

const titles = (page: Page<{ title: string }> | undefined) => page?.nodes.map(({ title }) => title)
const names = (links: Named[] | undefined) => links?.map(({ name }) => name)

test('a release is compared with the previous version: commits, closed issues, links added and gone', async () => {
  const found = await comparison('owner', 'v1.1.0')
  expect(found?.with.tagName).toBe('v1.0.0')
  expect([titles(found?.commits), found?.commits.count, found?.commitsCut]).toEqual([['Four', 'Three'], 2, false])
  expect(titles(found?.closedIssues)).toEqual(['Issue 102', 'Issue 101'])
  expect([names(found?.assetsAdded), names(found?.assetsGone)]).toEqual([['macos'], ['binary']])
})

test('a release is compared with the release of a tag, in any direction', async () => {
  const back = await comparison('reporter', 'v1.0.0', '(with: "v1.1.0")')
  expect([titles(back?.commits), back?.closedIssues.count]).toEqual([[], 1])
  expect([names(back?.assetsAdded), names(back?.assetsGone)]).toEqual([['binary'], ['macos']])
  expect((await comparison('reporter', 'v1.1.0', '(with: "gone")'))?.commits.nodes).toEqual([])
})

test('without another release there is nothing to compare with', async () => {
  expect(await comparison('owner', 'v1.0.0')).toBeNull()
  expect(await comparison('owner', 'v1.1.0', '(with: "v0.5.0")')).toBeNull()
  expect(await comparison('owner', 'v1.1.0', '(with: "none")')).toBeNull()
})

test('a comparison is for viewers who may read the code, and confidential issues are for some of them', async () => {
  for (const viewer of viewers) {
    const { data, errors } = await query<
      { project: { releases: { nodes: { compare: Comparison | null }[] } } | null },
      object
    >(
      app,
      `{ project(fullPath: "${world.project.fullPath}") { releases { nodes { compare { ${FIELDS} } } } } }`,
      {},
      { token: world.tokens[viewer] },
    )
    expect(errors).toBeUndefined()
    const found = data.project?.releases.nodes.flatMap(({ compare }) => compare ?? []) ?? []
    const reads = viewers.indexOf(viewer) >= viewers.indexOf('reporter')
    expect([viewer, found.length]).toEqual([viewer, reads ? 1 : 0])
    if (reads) expect([viewer, found[0]?.closedIssues.count]).toEqual([viewer, 2])
  }
  const { data } = await ask('guest', 'v1.1.0', '(with: "v1.0.0")')
  expect(data.project?.release ?? null).toBeNull()
})

test('one request compares the histories of at most ten releases', async () => {
  const aliases = (count: number) =>
    Array.from({ length: count }, (_, at) => `a${at}: release(tagName: "v1.1.0") { compare { commitsCut } }`).join(' ')
  const of = (count: number) =>
    query(
      app,
      `{ project(fullPath: "${world.project.fullPath}") { ${aliases(count)} } }`,
      {},
      { token: world.tokens.owner },
    )
  expect((await of(10)).errors).toBeUndefined()
  const cost = (await of(11)).errors?.map(({ message }) => message)
  expect(cost?.[0]).toMatch(/at most 10 changelogs and comparisons/)
})

test('the comparisons of a page take as many statements as one comparison', async () => {
  const project = await create.createProject({ visibility: 'public' })
  for (let at = 0; at < 6; at++) {
    const release = await create.createRelease(project, { tag: `v1.${at}.0` })
    await create.createLink(release)
  }
  const count = async (first: number) => {
    const fields = 'closedIssues { count } assetsAdded { name } assetsGone { name }'
    const text = `{ project(fullPath: "${project.fullPath}") { releases(first: ${first}) { nodes { compare { ${fields} } } } } }`
    const statements = await app.statementsOf(async () => {
      expect((await query(app, text, {})).errors).toBeUndefined()
    })
    return statements.length
  }
  expect(await count(6)).toBe(await count(2))
})

test('a comparison of a long history is cut, and says so', async () => {
  const many = Array.from({ length: 1_001 }, (_, at) => ({ message: `Commit ${at}\n` }))
  const sha = await addCommits(app.repositories.directory(world.project.id), 'long', many, 'main')
  await create.createRelease(world.project, { tag: 'v9.0.0', sha })
  const found = await comparison('reporter', 'v9.0.0')
  expect([found?.commits.count, found?.commitsCut, found?.commits.nodes[0]?.title]).toEqual([
    1_000,
    true,
    'Commit 1000',
  ])
}, 60_000)

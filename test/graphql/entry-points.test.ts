import { describe, expect, test } from 'vitest'
import { db } from '../../src/database/db.ts'
import { graphql } from '../generated/gql.ts'
import { useApp } from '../support/app.ts'
import { query } from '../support/client.ts'
import * as create from '../support/factories.ts'
import { createFullRelease, createWorld } from '../support/world.ts'

const app = useApp()

const errorOf = async (document: string, variables: Record<string, unknown> = {}, token: string | null = null) =>
  (await query(app, document, variables, { token })).errors?.[0]?.message

describe('a project and a group', () => {
  const Names = graphql(`
    query names($project: ID!, $group: ID!) {
      project(fullPath: $project) { id name path fullPath visibility archived webUrl group { id fullPath } }
      group(fullPath: $group) { id name path fullPath visibility webUrl }
    }
  `)

  test('a project and a group are found by their full path', async () => {
    const parent = await create.createGroup()
    const group = await create.createGroup({ parentId: parent.id })
    const project = await create.createProject({ groupId: group.id })
    const { data } = await query(app, Names, { project: project.fullPath, group: group.fullPath })
    expect(data.project).toMatchObject({
      id: `gid://gitlab/Project/${project.id}`,
      fullPath: `${parent.path}/${group.path}/${project.path}`,
      webUrl: `${app.url}/${project.fullPath}`,
      group: { id: `gid://gitlab/Group/${group.id}` },
    })
    expect(data.group).toMatchObject({ fullPath: `${parent.path}/${group.path}`, visibility: 'public' })
  })

  test('a hidden project or group answers as a missing one does', async () => {
    const group = await create.createGroup({ visibility: 'private' })
    const project = await create.createProject({ groupId: group.id, visibility: 'private' })
    const hidden = await query(app, Names, { project: project.fullPath, group: group.fullPath })
    const missing = await query(app, Names, { project: 'no/such', group: 'none' })
    expect(hidden.data).toEqual({ project: null, group: null })
    expect(missing.data).toEqual(hidden.data)
    expect(hidden.errors).toBeUndefined()
  })

  test('a membership of a group above opens the project and the group', async () => {
    const parent = await create.createGroup({ visibility: 'private' })
    const group = await create.createGroup({ visibility: 'private', parentId: parent.id })
    const project = await create.createProject({ groupId: group.id, visibility: 'private' })
    const user = await create.createUser()
    await create.addMember({ group: parent }, user, 'guest')
    const token = await create.tokenFor(user)
    const { data } = await query(app, Names, { project: project.fullPath, group: group.fullPath }, { token })
    expect(data.project?.group?.id).toBe(`gid://gitlab/Group/${group.id}`)
    expect(data.group?.fullPath).toBe(group.fullPath)
  })

  test('an expired membership opens nothing', async () => {
    const project = await create.createProject({ visibility: 'private' })
    const user = await create.createUser()
    await db.projectMember.create({
      data: { projectId: project.id, userId: user.id, role: 50, expiresAt: new Date(Date.now() - 1000) },
    })
    const { data } = await query(
      app,
      Names,
      { project: project.fullPath, group: 'none' },
      { token: await create.tokenFor(user) },
    )
    expect(data.project).toBeNull()
  })
})

describe('a release by its global ID', () => {
  const ById = graphql(`
    query releaseById($id: ReleaseID!) { release(id: $id) { id name tagName } }
  `)

  test('a viewer who may read the release finds it, and a guest sees no tag', async () => {
    const { release, tokens } = await createWorld(app, { project: { visibility: 'private' } })
    const id = `gid://gitlab/Release/${release.id}`
    const ask = async (token: string | null) => (await query(app, ById, { id }, { token })).data.release
    expect(await ask(tokens.reporter)).toEqual({ id, name: 'First light', tagName: 'v1.0.0' })
    expect(await ask(tokens.guest)).toEqual({ id, name: `Release-${release.id}`, tagName: null })
    expect(await ask(tokens.stranger)).toBeNull()
    expect(await ask(null)).toBeNull()
  })

  test.each([
    ['12', 'is not a valid GitLab ID'],
    ['gid://other/Release/1', 'is not a valid GitLab ID'],
    ['gid://gitlab/Release/', 'is not a valid GitLab ID'],
    ['gid://gitlab/Release/99999999999', 'is not a valid GitLab ID'],
    ['gid://gitlab/Milestone/1', 'does not represent an instance of Release'],
  ])('the ID %s is refused', async (id, message) => {
    expect(await errorOf(ById.toString(), { id })).toContain(message)
    expect(await errorOf(`{ release(id: "${id}") { id } }`)).toContain(message)
  })
})

describe('node and nodes', () => {
  const Nodes = graphql(`
    query nodes($ids: [ID!]!) {
      nodes(ids: $ids) {
        __typename
        id
        ... on ReleaseAssetLink { name directAssetUrl }
        ... on ReleaseEvidence { sha filepath }
        ... on Milestone { title }
        ... on Project { fullPath }
        ... on Group { fullPath }
      }
    }
  `)

  async function idsOf(world: Awaited<ReturnType<typeof createWorld>>) {
    const link = await db.assetLink.findFirstOrThrow({ where: { releaseId: world.release.id, filepath: '/bin/linux' } })
    const evidence = await db.evidence.findFirstOrThrow({ where: { releaseId: world.release.id } })
    const { milestone } = await db.milestoneRelease.findFirstOrThrow({
      where: { releaseId: world.release.id },
      include: { milestone: true },
    })
    return [
      `gid://gitlab/Releases::Link/${link.id}`,
      `gid://gitlab/Releases::Evidence/${evidence.id}`,
      `gid://gitlab/Milestone/${milestone.id}`,
      `gid://gitlab/Project/${world.project.id}`,
      `gid://gitlab/Group/${world.group.id}`,
    ]
  }

  test('node and nodes find every object that has a global ID, in the order asked for', async () => {
    const world = await createWorld(app)
    const ids = await idsOf(world)
    const { data, errors } = await query(app, Nodes, { ids })
    expect(errors).toBeUndefined()
    expect(data.nodes.map((node) => [node?.__typename, node?.id])).toEqual([
      ['ReleaseAssetLink', ids[0]],
      ['ReleaseEvidence', ids[1]],
      ['Milestone', ids[2]],
      ['Project', ids[3]],
      ['Group', ids[4]],
    ])
  })

  test('node and nodes treat what the viewer may not read as missing, and redact the rest', async () => {
    const world = await createWorld(app, { project: { visibility: 'private' } })
    const ids = await idsOf(world)
    const asGuest = await query(app, Nodes, { ids }, { token: world.tokens.guest })
    expect(asGuest.data.nodes.map((node) => node?.__typename ?? null)).toEqual([
      'ReleaseAssetLink',
      null,
      'Milestone',
      'Project',
      'Group',
    ])
    expect(JSON.stringify(asGuest.data)).not.toContain('v1.0.0')
    const asStranger = await query(
      app,
      Nodes,
      { ids: [...ids, 'gid://gitlab/Project/2000000000'] },
      { token: world.tokens.stranger },
    )
    expect(asStranger.data.nodes.map((node) => node?.__typename ?? null)).toEqual([
      null,
      null,
      null,
      null,
      'Group',
      null,
    ])
    expect(asStranger.errors).toBeUndefined()
  })

  test('node and nodes refuse what is no global ID, and more than 100 IDs', async () => {
    expect(await errorOf('{ node(id: "nonsense") { id } }')).toContain('"nonsense" is not a valid GitLab ID')
    expect(
      await errorOf('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', {
        ids: Array(101).fill('gid://gitlab/Project/1'),
      }),
    ).toBe('"ids" takes at most 100 IDs, but has 101')
  })

  test('node answers null for a class that has no node', async () => {
    const { data, errors } = await query(app, '{ node(id: "gid://gitlab/Nothing/1") { id } }')
    expect(data).toEqual({ node: null })
    expect(errors?.[0]?.message ?? '').not.toContain('Internal server error')
  })
})

describe('a milestone', () => {
  const ById = graphql(`
    query milestoneById($id: MilestoneID!) {
      milestone(id: $id) {
        id iid title description state expired upcoming webPath dueDate startDate createdAt updatedAt
        project { fullPath } projectMilestone group { fullPath } groupMilestone subgroupMilestone
        stats { totalIssuesCount closedIssuesCount }
        releases(first: 5) { count nodes { name tagName } pageInfo { hasNextPage } }
      }
    }
  `)
  const ask = async (id: number, token: string | null = null) =>
    (await query(app, ById, { id: `gid://gitlab/Milestone/${id}` }, { token })).data.milestone

  test('a milestone of a project shows all its fields, and its dates as dates', async () => {
    const { project, release } = await createWorld(app)
    const { milestoneId } = await db.milestoneRelease.findFirstOrThrow({ where: { releaseId: release.id } })
    await db.milestone.update({
      where: { id: milestoneId },
      data: { startDate: new Date('2020-01-01'), dueDate: new Date('2020-02-29') },
    })
    const milestone = await ask(milestoneId)
    expect(milestone).toMatchObject({
      state: 'active',
      expired: true,
      upcoming: false,
      startDate: '2020-01-01',
      dueDate: '2020-02-29',
      project: { fullPath: project.fullPath },
      projectMilestone: true,
      group: null,
      groupMilestone: false,
      subgroupMilestone: false,
      stats: { totalIssuesCount: 2, closedIssuesCount: 1 },
      releases: { count: 1, nodes: [{ name: 'First light', tagName: 'v1.0.0' }], pageInfo: { hasNextPage: false } },
    })
    expect(milestone?.webPath).toBe(`/${project.fullPath}/-/milestones/${milestone?.iid}`)
    expect(milestone?.createdAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
  })

  test('a milestone is expired after its due day and upcoming before its start day, both in UTC', async () => {
    const { id: projectId } = await create.createProject()
    const day = (from: number) => new Date(new Date(Date.now() + from * 86_400_000).toISOString().slice(0, 10))
    const seen = async (dates: { startDate?: Date; dueDate?: Date }) => {
      const { expired, upcoming } = (await ask((await create.createMilestone({ projectId }, dates)).id)) ?? {}
      return { expired, upcoming }
    }
    expect(await seen({})).toEqual({ expired: false, upcoming: false })
    expect(await seen({ dueDate: day(-1) })).toEqual({ expired: true, upcoming: false })
    expect(await seen({ startDate: day(0), dueDate: day(0) })).toEqual({ expired: false, upcoming: false })
    expect(await seen({ startDate: day(1), dueDate: day(1) })).toEqual({ expired: false, upcoming: true })
  })

  test('a milestone of a group shows the releases that the viewer may read, whatever their project', async () => {
    const parent = await create.createGroup()
    const group = await create.createGroup({ parentId: parent.id })
    const author = await create.createUser()
    const [open, closed] = [
      await create.createProject({ groupId: group.id }),
      await create.createProject({ groupId: group.id, visibility: 'private' }),
    ]
    const milestone = await create.createMilestone({ groupId: group.id }, { startDate: new Date('2999-01-01') })
    for (const project of [open, closed])
      await create.attachMilestone(await createFullRelease(project, author, {}), milestone)
    const seen = await ask(milestone.id)
    expect(seen).toMatchObject({
      projectMilestone: false,
      groupMilestone: true,
      subgroupMilestone: true,
      upcoming: true,
      project: null,
      group: { fullPath: group.fullPath },
      webPath: `/groups/${group.fullPath}/-/milestones/${milestone.iid}`,
      releases: { count: 1 },
    })
    const member = await create.createUser()
    await create.addMember({ group }, member, 'reporter')
    expect((await ask(milestone.id, await create.tokenFor(member)))?.releases?.count).toBe(2)
  })

  test('a milestone is hidden when both issues and merge requests are hidden', async () => {
    for (const [issuesLevel, mergeRequestsLevel, visible] of [
      ['disabled', 'enabled', true],
      ['enabled', 'disabled', true],
      ['disabled', 'disabled', false],
    ] as const) {
      const { project, release, tokens } = await createWorld(app, { project: { issuesLevel, mergeRequestsLevel } })
      const { milestoneId } = await db.milestoneRelease.findFirstOrThrow({ where: { releaseId: release.id } })
      expect((await ask(milestoneId, tokens.owner)) !== null).toBe(visible)
      const list = `{ project(fullPath: "${project.fullPath}") { releases { nodes { milestones { nodes { id } } } } } }`
      const { data } = (await query(app, list, {}, { token: tokens.owner })) as {
        data: { project: { releases: { nodes: { milestones: { nodes: unknown[] } }[] } } }
      }
      expect(data.project.releases.nodes[0]?.milestones.nodes).toHaveLength(visible ? 1 : 0)
    }
  })
})

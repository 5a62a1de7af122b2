import { describe, expect, test } from 'vitest'
import { db } from '../../src/database/db.ts'
import { graphql } from '../generated/gql.ts'
import type { IssueCreateInput, IssueUpdateInput } from '../generated/graphql.ts'
import { useApp } from '../support/app.ts'
import { query } from '../support/client.ts'
import * as create from '../support/factories.ts'
import { createWorld, type ViewerName, viewers, type World } from '../support/world.ts'

const app = useApp()

const Create = graphql(`
  mutation createIssue($input: IssueCreateInput!) {
    issueCreate(input: $input) {
      errors
      issue {
        iid title description state confidential dueDate closedAt webUrl author { username }
        milestone { title groupMilestone stats { totalIssuesCount closedIssuesCount } }
      }
    }
  }
`)

const Update = graphql(`
  mutation updateIssue($input: IssueUpdateInput!) {
    issueUpdate(input: $input) {
      errors
      issue {
        title description state confidential dueDate closedAt
        milestone { title stats { totalIssuesCount closedIssuesCount } }
      }
    }
  }
`)

const Delete = graphql(`
  mutation deleteIssue($input: IssueDeleteInput!) { issueDelete(input: $input) { errors issue { title } } }
`)

const List = graphql(`
  query issues($path: ID!, $state: IssueState, $iid: String!) {
    project(fullPath: $path) {
      issue(iid: $iid) { title }
      issues(state: $state) { count nodes { iid title confidential } }
    }
  }
`)

const make = ({ project, tokens }: World, input: Partial<IssueCreateInput>, viewer: ViewerName = 'planner') =>
  query(app, Create, { input: { projectPath: project.fullPath, title: 'Do it', ...input } }, { token: tokens[viewer] })

const change = (
  { project, tokens }: World,
  input: Omit<IssueUpdateInput, 'projectPath'>,
  viewer: ViewerName = 'planner',
) => query(app, Update, { input: { projectPath: project.fullPath, ...input } }, { token: tokens[viewer] })

const iidOf = async (made: ReturnType<typeof make>) => (await made).data.issueCreate?.issue?.iid ?? ''

const list = async (
  { project, tokens }: World,
  viewer: ViewerName,
  variables: { iid?: string; state?: 'opened' | 'closed' } = {},
) =>
  (await query(app, List, { path: project.fullPath, iid: '1', ...variables }, { token: tokens[viewer] })).data.project

describe('issueCreate', () => {
  test('issueCreate makes an issue with everything given', async () => {
    const world = await createWorld(app)
    await create.createMilestone({ groupId: world.group.id }, { title: 'Shared' })
    const { data } = await make(world, {
      description: 'soon',
      confidential: true,
      dueDate: '2026-03-01',
      milestone: 'Shared',
    })
    const iid = data.issueCreate?.issue?.iid
    expect(data.issueCreate).toEqual({
      errors: [],
      issue: {
        iid,
        title: 'Do it',
        description: 'soon',
        state: 'opened',
        confidential: true,
        dueDate: '2026-03-01',
        closedAt: null,
        webUrl: `${app.url}/${world.project.fullPath}/-/issues/${iid}`,
        author: { username: world.users.planner.username },
        milestone: { title: 'Shared', groupMilestone: true, stats: { totalIssuesCount: 1, closedIssuesCount: 0 } },
      },
    })
  })

  test('issueCreate numbers issues one after the other when they are made at the same time', async () => {
    const world = await createWorld(app)
    const iids = await Promise.all(Array.from({ length: 5 }, () => iidOf(make(world, {}))))
    const [first = 0, ...rest] = iids.map(Number).sort((a, b) => a - b)
    expect(rest).toEqual([first + 1, first + 2, first + 3, first + 4])
  })

  test('issueCreate takes milestones of the project and of its immediate group only, by title or ID', async () => {
    const world = await createWorld(app)
    const above = await create.createGroup()
    await db.group.update({ where: { id: world.group.id }, data: { parentId: above.id } })
    const { fullPath } = await db.project.findUniqueOrThrow({ where: { id: world.project.id } })
    const moved = { ...world, project: { ...world.project, fullPath } }
    const far = await create.createMilestone({ groupId: above.id }, { title: 'Far' })
    await create.createMilestone({ groupId: world.group.id }, { title: 'Both' })
    const own = await create.createMilestone({ projectId: world.project.id }, { title: 'Both' })
    const errorsOf = async (input: Partial<IssueCreateInput>) => (await make(moved, input)).data.issueCreate?.errors
    expect(await errorsOf({ milestone: 'Far' })).toEqual(['Milestone(s) not found: Far'])
    expect(await errorsOf({ milestoneId: `gid://gitlab/Milestone/${far.id}` })).toEqual([
      `Milestone id(s) not found: ${far.id}`,
    ])
    expect(await errorsOf({ milestone: 'Both' })).toEqual([])
    expect(await db.issue.count({ where: { milestoneId: own.id } })).toBe(1)
    const { errors } = await make(moved, { milestone: 'Both', milestoneId: `gid://gitlab/Milestone/${own.id}` })
    expect(errors?.[0]).toMatchObject({ extensions: { code: 'INVALID' } })
  })

  test.each(viewers)('issueCreate by %s succeeds for members of the project only', async (viewer) => {
    const answer = await make(await createWorld(app), {}, viewer)
    if (viewer !== 'anonymous' && viewer !== 'stranger') expect(answer.data.issueCreate?.errors).toEqual([])
    else expect(answer.errors?.[0]).toMatchObject({ extensions: { code: 'NOT_FOUND' } })
  })

  test.each([
    ['an archived project', { archived: true }],
    ['a project without issues', { issuesLevel: 'disabled' as const }],
  ])('issueCreate is refused in %s', async (_name, project) => {
    const { errors } = await make(await createWorld(app, { project }), {}, 'owner')
    expect(errors?.[0]).toMatchObject({ extensions: { code: 'NOT_FOUND' } })
  })
})

describe('issueUpdate', () => {
  test('issueUpdate closes, reopens and moves an issue, and the statistics of the milestones follow at once', async () => {
    const world = await createWorld(app)
    await create.createMilestone({ projectId: world.project.id }, { title: 'A' })
    await create.createMilestone({ projectId: world.project.id }, { title: 'B' })
    const iid = await iidOf(make(world, { milestone: 'A' }))
    const stats = (total: number, closed: number) => ({ totalIssuesCount: total, closedIssuesCount: closed })
    const ask = async (input: object) => (await change(world, { iid, ...input })).data.issueUpdate?.issue
    const closed = await ask({ stateEvent: 'CLOSE' })
    expect(closed).toMatchObject({ state: 'closed', milestone: { title: 'A', stats: stats(1, 1) } })
    expect(closed?.closedAt).not.toBeNull()
    expect(await ask({ milestone: 'B' })).toMatchObject({ milestone: { title: 'B', stats: stats(1, 1) } })
    expect(await ask({ stateEvent: 'REOPEN' })).toMatchObject({
      state: 'opened',
      closedAt: null,
      milestone: { stats: stats(1, 0) },
    })
    expect(await ask({ milestone: null })).toMatchObject({ milestone: null })
    expect(
      await db.milestone.findMany({ where: { projectId: world.project.id, title: { in: ['A', 'B'] } } }),
    ).toMatchObject([
      { issuesCount: 0, closedIssuesCount: 0 },
      { issuesCount: 0, closedIssuesCount: 0 },
    ])
  })

  test('issueUpdate changes what is given, and only that', async () => {
    const world = await createWorld(app)
    const iid = await iidOf(make(world, { description: 'old', dueDate: '2026-03-01' }))
    const { data } = await change(world, { iid, title: 'New', dueDate: null })
    expect(data.issueUpdate).toMatchObject({ errors: [], issue: { title: 'New', description: 'old', dueDate: null } })
    expect((await change(world, { iid, title: '' })).data.issueUpdate?.errors).toEqual(["Title can't be blank"])
  })

  test("issueUpdate lets an author below Planner change the words and the state of the author's own issue, and nothing else", async () => {
    const world = await createWorld(app)
    const iid = await iidOf(make(world, {}, 'guest'))
    expect((await change(world, { iid, title: 'Mine', stateEvent: 'CLOSE' }, 'guest')).data.issueUpdate).toMatchObject({
      errors: [],
      issue: { title: 'Mine', state: 'closed' },
    })
    for (const input of [
      { confidential: true },
      { dueDate: '2026-01-01' },
      { milestone: 'Any' },
      { milestoneId: null },
    ]) {
      expect((await change(world, { iid, ...input }, 'guest')).data.issueUpdate?.errors).toEqual([
        'Milestone, due date and confidentiality are changed from the role Planner on',
      ])
    }
  })

  test('issueUpdate in an archived project is refused to authors and to planners', async () => {
    const world = await createWorld(app)
    const iid = await iidOf(make(world, { title: 'Old' }, 'guest'))
    await db.project.update({ where: { id: world.project.id }, data: { archived: true } })
    for (const viewer of ['guest', 'planner', 'owner'] as const) {
      const { errors } = await change(world, { iid, title: 'New' }, viewer)
      expect(errors?.[0], viewer).toMatchObject({ extensions: { code: 'NOT_FOUND' } })
    }
    expect((await list(world, 'guest', { iid }))?.issue).toEqual({ title: 'Old' })
  })

  test.each(viewers)("issueUpdate of somebody else's issue by %s succeeds from the role Planner on", async (viewer) => {
    const world = await createWorld(app)
    const answer = await change(world, { iid: await iidOf(make(world, {}, 'owner')), title: 'x' }, viewer)
    if (!['anonymous', 'stranger', 'guest'].includes(viewer)) expect(answer.data.issueUpdate?.errors).toEqual([])
    else expect(answer.errors?.[0]).toMatchObject({ extensions: { code: 'NOT_FOUND' } })
  })
})

describe('issueDelete', () => {
  const remove = ({ project, tokens }: World, iid: string, viewer: ViewerName) =>
    query(app, Delete, { input: { projectPath: project.fullPath, iid } }, { token: tokens[viewer] })

  test.each(viewers)('issueDelete by %s succeeds for Owners only', async (viewer) => {
    const world = await createWorld(app)
    const iid = await iidOf(make(world, { title: 'Gone' }, 'planner'))
    const { data, errors } = await remove(world, iid, viewer)
    if (viewer === 'owner') expect(data.issueDelete).toEqual({ errors: [], issue: { title: 'Gone' } })
    else expect(errors?.[0]).toMatchObject({ extensions: { code: 'NOT_FOUND' } })
    expect((await list(world, 'owner', { iid }))?.issue).toEqual(viewer === 'owner' ? null : { title: 'Gone' })
  })

  test('issueDelete is refused in an archived project', async () => {
    const world = await createWorld(app, { project: { archived: true } })
    expect((await remove(world, '1', 'owner')).errors?.[0]).toMatchObject({ extensions: { code: 'NOT_FOUND' } })
  })

  test('issueDelete takes the issue out of the statistics of its milestone, and records an event', async () => {
    const world = await createWorld(app)
    const { id: projectId } = world.project
    const issue = await db.issue.findFirstOrThrow({ where: { projectId, state: 'closed' } })
    expect((await remove(world, `${issue.iid}`, 'owner')).data.issueDelete?.errors).toEqual([])
    const counted = { issuesCount: 1, closedIssuesCount: 0 }
    expect(await db.milestone.findFirst({ where: { projectId } })).toMatchObject(counted)
    expect(await db.auditEvent.count({ where: { projectId, eventType: 'issue_deleted' } })).toBe(1)
    expect((await remove(world, `${issue.iid}`, 'owner')).errors?.[0]).toMatchObject({
      extensions: { code: 'NOT_FOUND' },
    })
  })
})

describe('a confidential issue', () => {
  test.each(viewers)(
    'a confidential issue of a public project is shown to %s from the role Planner on',
    async (viewer) => {
      const world = await createWorld(app)
      const iid = await iidOf(make(world, { title: 'Secret', confidential: true }, 'owner'))
      const sees = !['anonymous', 'stranger', 'guest'].includes(viewer)
      const shown = await list(world, viewer, { iid })
      expect(shown?.issue).toEqual(sees ? { title: 'Secret' } : null)
      expect(shown?.issues?.count).toBe(sees ? 3 : 2)
      expect(JSON.stringify(shown).includes('Secret')).toBe(sees)
    },
  )

  test('a confidential issue is shown to its author, and an issue that is marked as confidential becomes hidden from others', async () => {
    const world = await createWorld(app)
    const iid = await iidOf(make(world, { title: 'Leak' }, 'guest'))
    expect((await list(world, 'stranger', { iid }))?.issue).toEqual({ title: 'Leak' })
    await change(world, { iid, confidential: true })
    expect((await list(world, 'stranger', { iid }))?.issue).toBeNull()
    expect((await list(world, 'guest', { iid }))?.issue).toEqual({ title: 'Leak' })
    const hidden = await change(world, { iid, title: 'x' }, 'stranger')
    const missing = await change(world, { iid: '999', title: 'x' }, 'stranger')
    expect(hidden.errors).toEqual(missing.errors)
  })
})

test('the issues of a project are listed newest first and by state, and not at all where issues are switched off', async () => {
  const world = await createWorld(app)
  const iid = await iidOf(make(world, {}))
  expect((await list(world, 'guest'))?.issues?.nodes?.[0]).toMatchObject({ iid })
  expect((await list(world, 'guest', { state: 'closed' }))?.issues?.count).toBe(1)
  await db.project.update({ where: { id: world.project.id }, data: { issuesLevel: 'disabled' } })
  expect(await list(world, 'owner', { iid })).toEqual({ issue: null, issues: { count: 0, nodes: [] } })
})

import { describe, expect, test } from 'vitest'
import { db } from '../../src/database/db.ts'
import { graphql } from '../generated/gql.ts'
import type { MilestoneCreateInput, MilestoneUpdateInput } from '../generated/graphql.ts'
import { useApp } from '../support/app.ts'
import { query } from '../support/client.ts'
import * as create from '../support/factories.ts'
import { mutate } from '../support/mutate.ts'
import { createWorld, type ViewerName, viewers, type World } from '../support/world.ts'

const app = useApp()

const Create = graphql(`
  mutation createMilestone($input: MilestoneCreateInput!) {
    milestoneCreate(input: $input) {
      errors
      milestone {
        id iid title description state startDate dueDate projectMilestone groupMilestone webPath
        stats { totalIssuesCount closedIssuesCount }
      }
    }
  }
`)

const Update = graphql(`
  mutation updateMilestone($input: MilestoneUpdateInput!) {
    milestoneUpdate(input: $input) { errors milestone { title description state startDate dueDate } }
  }
`)

const Delete = graphql(`
  mutation deleteMilestone($input: MilestoneDeleteInput!) { milestoneDelete(input: $input) { errors milestone { id title } } }
`)

const List = graphql(`
  query milestonesOfProject($path: ID!, $state: MilestoneStateEnum, $title: String, $first: Int, $after: String) {
    project(fullPath: $path) {
      milestones(state: $state, title: $title, first: $first, after: $after) {
        count
        nodes { title }
        pageInfo { endCursor hasNextPage }
      }
    }
  }
`)

const OfGroup = graphql(`
  query milestonesOfGroup($path: ID!, $state: MilestoneStateEnum) {
    group(fullPath: $path) { milestones(state: $state) { count nodes { title groupMilestone } } }
  }
`)

const make = (
  { project, tokens }: World,
  input: Partial<MilestoneCreateInput>,
  viewer: (typeof viewers)[number] = 'planner',
) => query(app, Create, { input: { projectPath: project.fullPath, title: '1.0', ...input } }, { token: tokens[viewer] })

const change = ({ tokens }: World, input: MilestoneUpdateInput, viewer: (typeof viewers)[number] = 'planner') =>
  query(app, Update, { input }, { token: tokens[viewer] })

const newMilestone = async ({ project }: World) => {
  const milestone = await create.createMilestone({ projectId: project.id }, { title: 'Spring' })
  return `gid://gitlab/Milestone/${milestone.id}`
}

describe('milestoneCreate', () => {
  test('milestoneCreate makes a milestone of a project, which releases and issues can have', async () => {
    const world = await createWorld(app)
    const { data } = await make(world, { description: '*goal*', startDate: '2026-01-01', dueDate: '2026-01-01' })
    expect(data.milestoneCreate).toMatchObject({
      errors: [],
      milestone: {
        title: '1.0',
        description: '*goal*',
        state: 'active',
        startDate: '2026-01-01',
        dueDate: '2026-01-01',
        projectMilestone: true,
        groupMilestone: false,
        stats: { totalIssuesCount: 0, closedIssuesCount: 0 },
      },
    })
    const release = { projectPath: world.project.fullPath, tagName: 'v1.0.0', milestones: ['1.0'] }
    expect(await mutate(app, world.tokens.developer, 'releaseUpdate', release)).toEqual([])
    const issue = { projectPath: world.project.fullPath, title: 'x', milestone: '1.0' }
    expect(await mutate(app, world.tokens.developer, 'issueCreate', issue)).toEqual([])
  })

  test('milestoneCreate makes a milestone of a group for members of the group from the role Planner on', async () => {
    const world = await createWorld(app)
    await create.addMember({ group: world.group }, world.users.stranger, 'planner')
    const input = { projectPath: null, groupPath: world.group.fullPath, title: 'Shared' }
    const { data } = await make(world, input, 'stranger')
    expect(data.milestoneCreate?.milestone).toMatchObject({
      groupMilestone: true,
      webPath: `/groups/${world.group.fullPath}/-/milestones/1`,
    })
    await create.addMember({ group: world.group }, world.users.guest, 'guest')
    expect((await make(world, input, 'guest')).errors?.[0]).toMatchObject({ extensions: { code: 'NOT_FOUND' } })
    // A role in one project of the group is no role in the group.
    expect((await make(world, input, 'owner')).errors?.[0]).toMatchObject({ extensions: { code: 'NOT_FOUND' } })
    const { data: listed } = await query(app, OfGroup, { path: world.group.fullPath, state: 'active' })
    expect(listed.group?.milestones).toEqual({ count: 1, nodes: [{ title: 'Shared', groupMilestone: true }] })
  })

  test.each([
    ['a blank title', { title: ' ' }, "Title can't be blank"],
    ['a long title', { title: 'x'.repeat(256) }, 'Title is too long (maximum is 255 characters)'],
    [
      'dates in the wrong order',
      { startDate: '2026-01-02', dueDate: '2026-01-01' },
      'The due date must not be before the start date',
    ],
    ['a title that is taken', { title: 'Taken' }, 'Title has already been taken'],
  ])('milestoneCreate refuses %s in the payload', async (_name, input, message) => {
    const world = await createWorld(app)
    await make(world, { title: 'Taken' })
    expect((await make(world, input)).data.milestoneCreate).toEqual({ errors: [message], milestone: null })
  })

  test('milestoneCreate makes a milestone that ends on the day on which it begins', async () => {
    const { data } = await make(await createWorld(app), { startDate: '2026-01-01', dueDate: '2026-01-01' })
    expect(data.milestoneCreate).toMatchObject({ errors: [], milestone: { dueDate: '2026-01-01' } })
  })

  test('milestoneCreate numbers milestones one after the other when they are made at the same time', async () => {
    const world = await createWorld(app)
    const answers = await Promise.all(Array.from({ length: 5 }, (_, n) => make(world, { title: `M${n}` })))
    const iids = answers.map(({ data }) => Number(data.milestoneCreate?.milestone?.iid)).sort((a, b) => a - b)
    expect(new Set(iids).size).toBe(5)
    expect((iids.at(-1) ?? 0) - (iids[0] ?? 0)).toBe(4)
  })
})

describe('milestoneUpdate', () => {
  test('milestoneUpdate changes, closes and reopens a milestone', async () => {
    const world = await createWorld(app)
    const id = await newMilestone(world)
    const changed = await change(world, { id, title: 'Summer', dueDate: '2026-08-31', stateEvent: 'CLOSE' })
    expect(changed.data.milestoneUpdate).toEqual({
      errors: [],
      milestone: { title: 'Summer', description: null, state: 'closed', startDate: null, dueDate: '2026-08-31' },
    })
    const opened = await change(world, { id, dueDate: null, stateEvent: 'ACTIVATE' })
    expect(opened.data.milestoneUpdate?.milestone).toMatchObject({ title: 'Summer', state: 'active', dueDate: null })
  })

  test('milestoneUpdate checks the new dates against the old dates, and the title against other milestones', async () => {
    const world = await createWorld(app)
    const id = await newMilestone(world)
    await change(world, { id, startDate: '2026-06-01' })
    expect((await change(world, { id, dueDate: '2026-05-31' })).data.milestoneUpdate?.errors).toEqual([
      'The due date must not be before the start date',
    ])
    await make(world, { title: 'Other' })
    expect((await change(world, { id, title: 'Other' })).data.milestoneUpdate?.errors).toEqual([
      'Title has already been taken',
    ])
  })

  test.each(viewers)('milestoneCreate and milestoneUpdate by %s succeed from the role Planner on', async (viewer) => {
    const world = await createWorld(app)
    const may = !['anonymous', 'stranger', 'guest'].includes(viewer)
    const [made, changed] = [
      await make(world, {}, viewer),
      await change(world, { id: await newMilestone(world) }, viewer),
    ]
    if (may) expect([made.data.milestoneCreate?.errors, changed.data.milestoneUpdate?.errors]).toEqual([[], []])
    else
      for (const { errors } of [made, changed]) expect(errors?.[0]).toMatchObject({ extensions: { code: 'NOT_FOUND' } })
  })

  test('milestoneUpdate is refused in an archived project', async () => {
    const world = await createWorld(app, { project: { archived: true } })
    const { errors } = await change(world, { id: await newMilestone(world), title: 'x' }, 'owner')
    expect(errors?.[0]).toMatchObject({ extensions: { code: 'NOT_FOUND' } })
  })
})

test('the milestones of a project are listed by due date, by state and by title, page by page', async () => {
  const { project, tokens } = await createWorld(app)
  await create.createMilestone({ projectId: project.id }, { title: 'late', dueDate: new Date('2027-01-01') })
  await create.createMilestone({ projectId: project.id }, { title: 'done', state: 'closed' })
  const path = project.fullPath
  const page = async (variables: object) =>
    (await query(app, List, { path, ...variables }, { token: tokens.guest })).data.project?.milestones
  expect((await page({}))?.count).toBe(3)
  const first = await page({ state: 'active', first: 1 })
  expect(first).toMatchObject({ count: 2, pageInfo: { hasNextPage: true } })
  expect((await page({ state: 'active', after: first?.pageInfo.endCursor }))?.nodes).toEqual([{ title: 'late' }])
  expect((await page({ title: 'done' }))?.nodes).toEqual([{ title: 'done' }])
})

test('two changes at the same time never leave a milestone that ends before it begins', async () => {
  const world = await createWorld(app)
  const dates = { startDate: new Date('2026-01-01'), dueDate: new Date('2026-12-31') }
  for (let round = 0; round < 10; round++) {
    const { id } = await create.createMilestone({ projectId: world.project.id }, dates)
    const gid = `gid://gitlab/Milestone/${id}`
    const answers = await Promise.all([
      mutate(app, world.tokens.planner, 'milestoneUpdate', { id: gid, startDate: '2026-11-01' }),
      mutate(app, world.tokens.planner, 'milestoneUpdate', { id: gid, dueDate: '2026-02-01' }),
    ])
    expect(answers.toSorted((a, b) => a.length - b.length)).toEqual([
      [],
      ['The due date must not be before the start date'],
    ])
  }
})

describe('milestoneDelete', () => {
  const remove = ({ tokens }: World, id: string, viewer: ViewerName) =>
    query(app, Delete, { input: { id } }, { token: tokens[viewer] })

  test.each(viewers)('milestoneDelete by %s succeeds from the role Planner on', async (viewer) => {
    const world = await createWorld(app)
    const id = await newMilestone(world)
    const { data, errors } = await remove(world, id, viewer)
    const may = !['anonymous', 'stranger', 'guest'].includes(viewer)
    if (may) expect(data.milestoneDelete).toEqual({ errors: [], milestone: { id, title: 'Spring' } })
    else expect(errors?.[0]).toMatchObject({ extensions: { code: 'NOT_FOUND' } })
    expect(await db.milestone.count({ where: { title: 'Spring', projectId: world.project.id } })).toBe(may ? 0 : 1)
  })

  test('milestoneDelete leaves the issues, the releases and the evidence, and records an event', async () => {
    const world = await createWorld(app)
    const { id: projectId } = world.project
    const milestone = await db.milestone.findFirstOrThrow({ where: { projectId } })
    const evidence = await db.evidence.findFirstOrThrow({ where: { releaseId: world.release.id } })
    const id = `gid://gitlab/Milestone/${milestone.id}`
    expect((await remove(world, id, 'planner')).data.milestoneDelete?.errors).toEqual([])
    expect(await db.issue.count({ where: { projectId, milestoneId: null } })).toBe(2)
    expect(await db.release.count({ where: { projectId, milestones: { none: {} } } })).toBe(1)
    expect(await db.evidence.findFirst({ where: { releaseId: world.release.id } })).toEqual(evidence)
    expect(await db.auditEvent.count({ where: { projectId, eventType: 'milestone_deleted' } })).toBe(1)
    expect((await remove(world, id, 'planner')).errors?.[0]).toMatchObject({ extensions: { code: 'NOT_FOUND' } })
  })
})

import { beforeAll, expect, test } from 'vitest'
import type { Group, Project } from '../../../src/generated/prisma/client.ts'
import { useApp } from '../../support/app.ts'
import * as create from '../../support/factories.ts'
import { createWorld, type ViewerName, viewers, type World } from '../../support/world.ts'
import { rest } from './client.ts'

const app = useApp()

let world: World
let below: Group
let other: Project
let milestoneId: number
let groupMilestoneId: number
beforeAll(async () => {
  world = await createWorld(app)
  const { group, project, users } = world
  below = await create.createGroup({ parentId: group.id })
  other = await create.createProject({ groupId: below.id, visibility: 'private' })
  const closedTracker = await create.createProject({ groupId: group.id, issuesLevel: 'disabled' })
  const members = await create.createProject({ groupId: group.id, issuesLevel: 'private' })
  await create.addMember({ project: other }, users.guest, 'guest')
  await create.addMember({ project: other }, users.owner, 'owner')
  await create.addMember({ project: members }, users.reporter, 'reporter')
  groupMilestoneId = (await create.createMilestone({ groupId: group.id }, { title: '1.0' })).id
  milestoneId = (await create.createMilestone({ projectId: project.id }, { title: '2.0' })).id
  const issue = (to: Project, iid: number, title: string, data = {}) =>
    create.createIssue(to, { iid, title, milestoneId: groupMilestoneId, authorId: users.owner.id, ...data })
  await issue(project, 101, 'open to all')
  await issue(project, 102, 'confidential', { confidential: true })
  await issue(project, 103, 'confidential, by the reporter', { confidential: true, authorId: users.reporter.id })
  await issue(other, 201, 'of a private project')
  await issue(other, 202, 'confidential, of a private project', { confidential: true })
  await issue(closedTracker, 301, 'where issues are off')
  await issue(members, 401, 'where issues are for members')
  for (let iid = 1001; iid <= 1005; iid += 1) await issue(project, iid, `of the project ${iid}`, { milestoneId })
  await issue(project, 1006, 'confidential', { milestoneId, confidential: true })
})

const get = (path: string, viewer: ViewerName = 'owner') => rest(app, 'GET', path, { token: world.tokens[viewer] })
const iidsOf = (body: { iid: number }[]) => body.map(({ iid }) => iid)
const ofProject = () => `/projects/${world.project.id}/milestones/${milestoneId}`
const ofGroup = () => `/groups/${world.group.id}/milestones/${groupMilestoneId}`

test('the issues of a milestone of a project come by number, the highest first, in pages', async () => {
  const { body, headers } = await get(`${ofProject()}/issues?per_page=2&page=2`)
  expect(iidsOf(body)).toEqual([1004, 1003])
  expect(['x-total', 'x-next-page', 'x-prev-page'].map((name) => headers.get(name))).toEqual(['6', '3', '1'])
  expect(body[0]).toMatchObject({
    title: 'of the project 1004',
    project_id: world.project.id,
    milestone: { title: '2.0' },
  })
})

test('each viewer sees the issues of a milestone that the projects show to this viewer, and no others', async () => {
  const all = [1001, 1002, 1003, 1004, 1005].reverse()
  for (const viewer of viewers) {
    const plans = ['planner', 'reporter', 'developer', 'maintainer', 'owner'].includes(viewer)
    const { status, body, headers } = await get(`${ofProject()}/issues`, viewer)
    expect([viewer, status, iidsOf(body)]).toEqual([viewer, 200, plans ? [1006, ...all] : all])
    expect(headers.get('x-total')).toBe(String(plans ? 6 : 5))
  }
  const seen: Partial<Record<ViewerName, number[]>> = {
    anonymous: [101],
    stranger: [101],
    guest: [201, 101],
    planner: [103, 102, 101],
    reporter: [401, 103, 102, 101],
    owner: [202, 201, 103, 102, 101],
  }
  for (const [viewer, expected] of Object.entries(seen)) {
    const { status, body, headers } = await get(`${ofGroup()}/issues`, viewer as ViewerName)
    expect([viewer, status, iidsOf(body)]).toEqual([viewer, 200, expected])
    expect(headers.get('x-total')).toBe(String(expected.length))
  }
})

test('a milestone has no merge requests', async () => {
  for (const path of [ofProject(), ofGroup()]) {
    const { status, body, headers } = await get(`${path}/merge_requests`)
    expect([status, body, headers.get('x-total')]).toEqual([200, [], '0'])
  }
})

test('a milestone that is unknown, of another parent or of a hidden project is not found', async () => {
  for (const list of ['issues', 'merge_requests']) {
    for (const path of [
      `/projects/${world.project.id}/milestones/${groupMilestoneId}`,
      `/groups/${world.group.id}/milestones/${milestoneId}`,
      `/projects/${world.project.id}/milestones/2000000000`,
      `/projects/${other.id}/milestones/1`,
    ]) {
      expect([path, (await get(`${path}/${list}`, 'stranger')).status]).toEqual([path, 404])
    }
    expect((await get(`/projects/${world.project.id}/milestones/x/${list}`)).status).toBe(400)
  }
})

test('the number of statements does not grow with the page', async () => {
  const statements = (size: number) => app.statementsOf(() => get(`${ofGroup()}/issues?per_page=${size}`))
  await statements(100)
  const [short, long] = [await statements(2), await statements(100)]
  expect(long.length).toBe(short.length)
})

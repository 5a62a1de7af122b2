import { beforeAll, expect, test } from 'vitest'
import { db } from '../../src/database/db.ts'
import { toGlobalId } from '../../src/foundation/global-id.ts'
import { useApp } from '../support/app.ts'
import { query } from '../support/client.ts'
import * as create from '../support/factories.ts'
import { mutate } from '../support/mutate.ts'

const app = useApp()
let token = ''
beforeAll(async () => {
  token = await create.tokenFor(await create.createUser({ admin: true }))
})

type Made = Record<string, Record<string, { iid: string; id: string }>>

/** Makes an issue or a milestone, and returns its number and ID. */
async function make(kind: 'issue' | 'milestone', input: object) {
  const type = `${kind === 'issue' ? 'Issue' : 'Milestone'}CreateInput`
  const document = `mutation ($input: ${type}!) { ${kind}Create(input: $input) { ${kind} { id iid } } }`
  const { data } = await query<Made, never>(app, document, { input }, { token })
  const { id = '', iid } = data[`${kind}Create`]?.[kind] ?? {}
  return { id, iid: Number(iid) }
}

async function remove(kind: 'issue' | 'milestone', input: Record<string, unknown>) {
  expect(await mutate(app, token, `${kind}Delete`, input)).toEqual([])
}

test('the number of a deleted issue leads to no other issue', async () => {
  const [{ fullPath: projectPath }, other] = [await create.createProject(), await create.createProject()]
  const next = async (path = projectPath) => (await make('issue', { projectPath: path, title: 'x' })).iid
  expect([await next(), await next(), await next()]).toEqual([1, 2, 3])
  await remove('issue', { projectPath, iid: '3' })
  await remove('issue', { projectPath, iid: '2' })
  expect([await next(), await next(other.fullPath)]).toEqual([4, 1])
  await remove('issue', { projectPath, iid: '1' })
  await remove('issue', { projectPath, iid: '4' })
  expect(await next()).toBe(5)
})

test('the number of a deleted milestone leads to no other milestone, in projects and in groups', async () => {
  const group = await create.createGroup()
  const project = await create.createProject({ groupId: group.id })
  for (const owner of [{ projectPath: project.fullPath }, { groupPath: group.fullPath }]) {
    const first = await make('milestone', { ...owner, title: 'first' })
    const last = await make('milestone', { ...owner, title: 'last' })
    await remove('milestone', { id: last.id })
    expect([first.iid, last.iid, (await make('milestone', { ...owner, title: 'next' })).iid]).toEqual([1, 2, 3])
    await remove('milestone', { id: first.id })
  }
  expect((await make('issue', { projectPath: project.fullPath, title: 'x' })).iid).toBe(1)
})

test('a number that an import gave counts, also when its issue is deleted', async () => {
  const project = await create.createProject()
  const [issue, milestone] = [
    await create.createIssue(project, { iid: 70 }),
    await create.createMilestone({ projectId: project.id }, { iid: 80 }),
  ]
  await remove('issue', { projectPath: project.fullPath, iid: String(issue.iid) })
  await remove('milestone', { id: toGlobalId('Milestone', milestone.id) })
  const owner = { projectPath: project.fullPath, title: 'next' }
  expect([(await make('issue', owner)).iid, (await make('milestone', owner)).iid]).toEqual([71, 81])
})

test('the milestones that a project takes along get numbers that no deleted milestone had', async () => {
  const [group, other] = [await create.createGroup(), await create.createGroup()]
  const project = await create.createProject({ groupId: group.id })
  const own = await make('milestone', { projectPath: project.fullPath, title: 'own' })
  for (const title of ['A', 'B']) {
    await make('milestone', { groupPath: group.fullPath, title })
    await make('issue', { projectPath: project.fullPath, title, milestone: title })
  }
  await remove('milestone', { id: own.id })
  const moved = { projectPath: project.fullPath, groupPath: other.fullPath }
  expect(await mutate(app, token, 'projectTransfer', moved)).toEqual([])
  const rows = await db.milestone.findMany({ where: { projectId: project.id }, orderBy: { iid: 'asc' } })
  expect(rows.map(({ iid, title }) => [iid, title])).toEqual([
    [2, 'A'],
    [3, 'B'],
  ])
})

test('numbers end with their project and group', async () => {
  const group = await create.createGroup()
  const project = await create.createProject({ groupId: group.id })
  const issue = await create.createIssue(project, { iid: 9 })
  await create.createMilestone({ groupId: group.id }, { iid: 9 })
  await create.createIssue(project, { iid: 8 })
  await remove('issue', { projectPath: project.fullPath, iid: String(issue.iid) })
  const kept = { where: { OR: [{ projectId: project.id }, { groupId: group.id }] } }
  expect(await db.lastNumber.count(kept)).toBe(1)
  await db.group.delete({ where: { id: group.id } })
  expect(await db.lastNumber.count(kept)).toBe(0)
})

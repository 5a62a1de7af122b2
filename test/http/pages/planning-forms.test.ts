// Milestones and issues are made, changed and deleted in pages, by those who may do so in the API.
import { beforeAll, describe, expect, test } from 'vitest'
import { db } from '../../../src/database/db.ts'
import { useApp } from '../../support/app.ts'
import * as create from '../../support/factories.ts'
import { mutate } from '../../support/mutate.ts'
import { createWorld, type ViewerName, type World } from '../../support/world.ts'
import { type Visitor, visitor } from './forms.ts'
import { BROWSER, web } from './web-client.ts'

const app = useApp()

let world: World
const people = {} as Record<Exclude<ViewerName, 'anonymous'>, Visitor>
beforeAll(async () => {
  world = await createWorld(app, { project: { visibility: 'private' } })
  for (const name of ['stranger', 'guest', 'planner', 'owner'] as const) {
    people[name] = await visitor(app, world, world.tokens[name] ?? '')
  }
})

const urlOf = (path: string) => `${app.url}/${world.project.fullPath}/-/${path}`

describe('milestones', () => {
  test('a Planner makes a milestone, changes it, closes it and deletes it', async () => {
    const { open, send } = people.planner
    expect((await open('milestones')).text).toContain(`href="${urlOf('milestones/new')}"`)
    expect((await open('milestones/new')).text).toContain('name="title"')
    const values = {
      title: 'Harbour',
      description: 'First\r\nsecond',
      start_date: '2026-01-01',
      due_date: '2026-02-01',
    }
    const made = await send('milestones/new', values)
    const stored = await db.milestone.findFirstOrThrow({ where: { projectId: world.project.id, title: 'Harbour' } })
    expect([made.status, made.location]).toEqual([303, urlOf(`milestones/${stored.iid}`)])
    expect(stored).toMatchObject({ description: 'First\nsecond', dueDate: new Date('2026-02-01') })
    const form = (await open(`milestones/${stored.iid}/edit`)).text
    for (const fact of ['value="Harbour"', 'value="2026-02-01"', 'First\nsecond']) expect(form).toContain(fact)
    await send(`milestones/${stored.iid}/edit`, { ...values, due_date: '', state: 'closed' })
    expect(await db.milestone.findUnique({ where: { id: stored.id } })).toMatchObject({
      state: 'closed',
      dueDate: null,
    })
    expect((await open(`milestones/${stored.iid}/delete`)).text).toContain('Delete Harbour')
    const gone = await send(`milestones/${stored.iid}/delete`)
    expect([gone.status, gone.location]).toEqual([303, urlOf('milestones')])
    expect(await db.milestone.findUnique({ where: { id: stored.id } })).toBeNull()
  })

  test('a broken rule shows the form again, with what was given', async () => {
    for (const [fields, message] of [
      [{ title: ' ' }, 'Title can&#39;t be blank'],
      [{ title: 'Quay', start_date: '2026-02-01', due_date: '2026-01-01' }, 'must not be before the start date'],
      [{ title: 'Quay', due_date: 'soon' }, 'Due is not a date'],
    ] as const) {
      const refused = await people.planner.send('milestones/new', fields)
      expect([refused.status, refused.text.includes(message)]).toEqual([400, true])
      expect(refused.text).toContain('role="alert"')
    }
    const again = await people.planner.send('milestones/new', { title: '', description: '<b>kept' })
    expect(again.text).toContain('&lt;b&gt;kept')
  })

  test('nobody else is offered a form, and none of theirs is taken', async () => {
    const { iid, id } = await create.createMilestone({ projectId: world.project.id }, { title: 'Kept' })
    for (const name of ['guest', 'stranger'] as const) {
      const { open, send } = people[name]
      expect((await open(`milestones/${iid}`)).text).not.toContain(`${iid}/edit`)
      for (const path of ['milestones/new', `milestones/${iid}/edit`, `milestones/${iid}/delete`]) {
        expect([name, path, (await open(path)).status]).toEqual([name, path, 404])
        expect([name, path, (await send(path, { title: 'Taken', state: 'closed' })).status]).toEqual([name, path, 404])
      }
    }
    expect(await db.milestone.findUnique({ where: { id } })).toMatchObject({ title: 'Kept' })
    expect(await db.milestone.count({ where: { title: 'Taken' } })).toBe(0)
    const signIn = await web(app, world, 'milestones/new', { headers: BROWSER })
    expect(signIn.status).toBe(404)
  })

  test('a form of another server, or of another session, is refused', async () => {
    const { send } = people.planner
    const title = 'Smuggled'
    expect((await send('milestones/new', { title }, { 'sec-fetch-site': 'cross-site' })).status).toBe(403)
    expect((await send('milestones/new', { title, form_token: 'x' })).status).toBe(403)
    expect(await db.milestone.count({ where: { title } })).toBe(0)
  })

  test('a Planner of a group makes a milestone of the group', async () => {
    const group = await create.createGroup()
    await create.addMember({ group }, world.users.planner, 'planner')
    const path = `/groups/${group.fullPath}/-/milestones`
    const { open, send } = await visitor(app, world, world.tokens.planner ?? '')
    expect((await open(path)).text).toContain('New milestone')
    const made = await send(`${path}/new`, { title: 'Fleet' })
    const stored = await db.milestone.findFirstOrThrow({ where: { groupId: group.id } })
    expect(made.location).toBe(`${app.url}${path}/${stored.iid}`)
    expect((await people.stranger.send(`${path}/new`, { title: 'Pirates' })).status).toBe(404)
  })
})

describe('issues', () => {
  test('a Guest makes an issue and changes its own texts, but not its plan', async () => {
    const { open, send } = people.guest
    const made = await send('issues/new', { title: 'Leak', description: 'In the hull' })
    const issue = await db.issue.findFirstOrThrow({ where: { projectId: world.project.id, title: 'Leak' } })
    expect([made.status, made.location]).toEqual([303, urlOf(`issues/${issue.iid}`)])
    const form = (await open(`issues/${issue.iid}/edit`)).text
    expect([form.includes('name="title"'), form.includes('name="due_date"')]).toEqual([true, false])
    await send(`issues/${issue.iid}/edit`, {
      title: 'Leaks',
      state: 'closed',
      due_date: '2026-01-01',
      confidential: '1',
    })
    expect(await db.issue.findUnique({ where: { id: issue.id } })).toMatchObject({
      ...{ title: 'Leaks', state: 'closed', dueDate: null, confidential: false, description: null },
    })
    for (const path of [`issues/${issue.iid}/delete`]) {
      expect([(await open(path)).status, (await send(path)).status]).toEqual([404, 404])
    }
  })

  test('a Planner plans an issue, and an Owner deletes it', async () => {
    const group = await create.createMilestone({ groupId: world.group.id }, { title: 'Both' })
    await create.createMilestone({ projectId: world.project.id }, { title: 'Both' })
    const issue = await create.createIssue(world.project, { title: 'Rope', milestoneId: group.id })
    const path = `issues/${issue.iid}`
    expect((await people.planner.open(`${path}/edit`)).text).toContain('<option value="Both"></option>')
    const values = { title: 'Rope', state: 'opened', due_date: '2026-03-01', confidential: '1', milestone: 'Both' }
    expect((await people.planner.send(`${path}/edit`, values)).status).toBe(303)
    const planned = await db.issue.findUniqueOrThrow({ where: { id: issue.id } })
    expect(planned).toMatchObject({ dueDate: new Date('2026-03-01'), confidential: true, milestoneId: group.id })
    await people.planner.send(`${path}/edit`, { title: 'Rope', state: 'opened' })
    const bare = await db.issue.findUniqueOrThrow({ where: { id: issue.id } })
    expect(bare).toMatchObject({ dueDate: null, confidential: false, milestoneId: null })
    const refused = await people.planner.send(`${path}/edit`, { title: 'Rope', state: 'opened', milestone: 'None' })
    expect([refused.status, refused.text.includes('Milestone(s) not found: None')]).toEqual([400, true])
    expect((await people.planner.open(path)).text).not.toContain(`${path}/delete`)
    expect((await people.owner.open(path)).text).toContain(`${path}/delete`)
    const gone = await people.owner.send(`${path}/delete`)
    expect([gone.status, gone.location]).toEqual([303, urlOf('issues')])
    expect(await db.issue.findUnique({ where: { id: issue.id } })).toBeNull()
  })

  test('the form of an issue offers the open milestones of the project and of its group', async () => {
    const [ofGroup, ofProject] = [{ groupId: world.group.id }, { projectId: world.project.id }]
    await create.createMilestone(ofGroup, { title: 'Of the group' })
    await create.createMilestone(ofProject, { title: 'Of the project' })
    await create.createMilestone(ofProject, { title: 'Closed', state: 'closed' })
    const issue = await create.createIssue(world.project, { title: 'Sail', dueDate: new Date('2026-05-04') })
    for (const path of ['issues/new', `issues/${issue.iid}/edit`]) {
      const { text } = await people.planner.open(path)
      const titles = [...text.matchAll(/<option value="([^"]*)"><\/option>/g)].map(([, title]) => title)
      expect(titles).toEqual(expect.arrayContaining(['Of the group', 'Of the project']))
      expect(titles).not.toContain('Closed')
    }
    expect((await people.planner.open(`issues/${issue.iid}/edit`)).text).toContain('value="2026-05-04"')
    const planned = { title: 'Sail', state: 'opened', milestone: 'Of the group' }
    expect((await people.planner.send(`issues/${issue.iid}/edit`, planned)).status).toBe(303)
    expect((await people.planner.open(`issues/${issue.iid}/edit`)).text).toContain('value="Of the group"')
  })

  test('an issue of somebody else is changed by Planners alone', async () => {
    const issue = await create.createIssue(world.project, { title: 'Theirs', authorId: world.users.planner.id })
    for (const name of ['guest', 'stranger'] as const) {
      const path = `issues/${issue.iid}/edit`
      expect([
        (await people[name].open(path)).status,
        (await people[name].send(path, { title: 'Mine', state: 'closed' })).status,
      ]).toEqual([404, 404])
    }
    expect(await db.issue.findUnique({ where: { id: issue.id } })).toMatchObject({ title: 'Theirs' })
  })
})

test('a form that was opened before its project moved is refused, writes nothing, and leads on when it is opened again', async () => {
  const { project, tokens } = await createWorld(app, { project: { visibility: 'private' } })
  const { open, send } = await visitor(app, { project }, tokens.maintainer ?? '')
  const path = `renamed-${project.id}`
  expect(await mutate(app, tokens.maintainer, 'projectUpdate', { projectPath: project.fullPath, path })).toEqual([])
  for (const form of ['milestones/new', 'issues/new', 'create-tag']) {
    const sent = await send(form, { title: 'Late', name: 'late', ref: 'main' })
    expect([form, sent.status]).toEqual([form, 405])
    expect(sent.text).toContain('has moved')
    expect((await open(form)).location).toContain(`/${path}/-/${form}`)
  }
  const counted = { where: { projectId: project.id, title: 'Late' } }
  expect([await db.milestone.count(counted), await db.issue.count(counted)]).toEqual([0, 0])
})

import { beforeAll, describe, expect, test } from 'vitest'
import { useApp } from '../../support/app.ts'
import * as create from '../../support/factories.ts'
import { createWorld, type ViewerName, type World } from '../../support/world.ts'
import { encoded, rest } from './client.ts'

const app = useApp()

let world: World
beforeAll(async () => {
  world = await createWorld(app)
  await create.addMember({ group: world.group }, world.users.planner, 'planner')
})

const send = (method: string, path: string, json?: unknown, viewer: ViewerName = 'planner') =>
  rest(app, method, path, { token: world.tokens[viewer], json })

const titles = ({ body }: { body: { title: string }[] }) => body.map(({ title }) => title)

describe.each(['project', 'group'] as const)('a milestone of a %s', (owner) => {
  const path = () => `/${owner}s/${encoded(world[owner].fullPath)}/milestones`

  test('can be made, shown, listed, changed and deleted', async () => {
    const made = await send('POST', path(), { title: 'Life', due_date: '2027-02-03', description: 'All of it' })
    expect(made.status).toBe(201)
    expect(made.body).toMatchObject({
      [`${owner}_id`]: world[owner].id,
      title: 'Life',
      description: 'All of it',
      state: 'active',
      due_date: '2027-02-03',
      start_date: null,
      expired: false,
      web_url: expect.stringMatching(`/-/milestones/${made.body.iid}$`),
    })
    const closed = await send('PUT', `${path()}/${made.body.id}`, { state_event: 'close', due_date: '' })
    expect(closed.body).toMatchObject({ title: 'Life', state: 'closed', due_date: null })
    expect((await send('GET', `${path()}/${made.body.id}`)).body).toEqual(closed.body)
    expect(titles(await send('GET', `${path()}?state=closed&search=LIF`))).toEqual(['Life'])
    expect(titles(await send('GET', `${path()}?title=Life&iids[]=${made.body.iid}`))).toEqual(['Life'])
    expect(titles(await send('GET', `${path()}?state=active`))).not.toContain('Life')
  })

  test('needs a title of its own, and ends after its start', async () => {
    await send('POST', path(), { title: 'Twice' })
    const again = await send('POST', path(), { title: 'Twice' })
    expect([again.status, again.body]).toEqual([409, { message: 'Title has already been taken' }])
    expect((await send('POST', path(), {})).body).toEqual({ error: 'title is missing' })
    const dates = { title: 'Back', start_date: '2027-01-02', due_date: '2027-01-01' }
    expect((await send('POST', path(), dates)).body).toEqual({
      message: 'The due date must not be before the start date',
    })
    expect((await send('PUT', `${path()}/999999`, { title: 'x' })).status).toBe(404)
  })

  test('is written only by viewers who may write it', async () => {
    expect((await send('POST', path(), { title: 'No' }, 'guest')).status).toBe(403)
    expect((await send('POST', path(), { title: 'No' }, 'anonymous')).status).toBe(401)
  })
})

describe('an issue', () => {
  const path = () => `/projects/${world.project.id}/issues`

  test('an issue can be made, moved to a milestone, closed and opened again', async () => {
    const milestone = await create.createMilestone({ projectId: world.project.id }, { title: 'Target' })
    const made = await send('POST', path(), { title: 'Do it', milestone_id: milestone.id, due_date: '2027-01-01' })
    expect(made.status).toBe(201)
    expect(made.body).toMatchObject({
      project_id: world.project.id,
      title: 'Do it',
      state: 'opened',
      closed_at: null,
      due_date: '2027-01-01',
      assignees: [],
      milestone: { id: milestone.id },
      author: { username: world.users.planner.username },
    })
    const issue = `${path()}/${made.body.iid}`
    const closed = await send('PUT', issue, { state_event: 'close' })
    expect(closed.body).toMatchObject({
      state: 'closed',
      closed_at: expect.any(String),
      milestone: { id: milestone.id },
    })
    expect(titles(await send('GET', `${path()}?state=closed&milestone=Target`))).toEqual(['Do it'])
    expect(titles(await send('GET', `${path()}?state=opened&milestone=Target`))).toEqual([])
    expect(titles(await send('GET', `${path()}?state=all&milestone=Target`))).toEqual(['Do it'])
    const reopened = await send('PUT', issue, { state_event: 'reopen', milestone_id: 0 })
    expect(reopened.body).toMatchObject({ state: 'opened', closed_at: null, milestone: null })
    expect((await send('GET', issue)).body).toEqual(reopened.body)
    expect((await send('PUT', issue, { state_event: 'burn' })).body).toEqual({
      error: 'state_event does not have a valid value',
    })
  })

  test('a confidential issue is shown to planners and to its author', async () => {
    const { body } = await send('POST', path(), { title: 'Secret', confidential: true }, 'guest')
    for (const viewer of ['guest', 'planner'] as const) {
      expect(titles(await send('GET', path(), undefined, viewer))).toContain('Secret')
    }
    for (const viewer of ['anonymous', 'stranger'] as const) {
      expect(titles(await send('GET', path(), undefined, viewer))).not.toContain('Secret')
      expect((await send('GET', `${path()}/${body.iid}`, undefined, viewer)).status).toBe(404)
    }
  })

  test("a Guest cannot change somebody else's issue", async () => {
    const issue = await create.createIssue(world.project, { iid: 900 })
    const { status, body } = await send('PUT', `${path()}/${issue.iid}`, { title: 'Mine' }, 'guest')
    expect([status, body]).toEqual([403, { message: '403 Forbidden' }])
  })
})

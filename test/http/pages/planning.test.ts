// Pages of milestones, issues and merge requests: each shows a viewer what the API would show.
import { beforeAll, describe, expect, test } from 'vitest'
import { db } from '../../../src/database/db.ts'
import { useApp } from '../../support/app.ts'
import * as create from '../../support/factories.ts'
import { createWorld, type ViewerName, viewers, type World } from '../../support/world.ts'
import { rest } from '../rest/client.ts'
import { BROWSER, web, wholeAnswer } from './web-client.ts'

const app = useApp()

/** A mark in the tag, which no page may show to a viewer without code access. */
const MARK = 'zqx'
const TAG = `${MARK}/v1.0.0`

let world: World
let milestone: Awaited<ReturnType<typeof create.createMilestone>>
beforeAll(async () => {
  world = await createWorld(app, { project: { visibility: 'private' }, tag: TAG })
  await db.release.update({ where: { id: world.release.id }, data: { name: null } })
  milestone = await db.milestone.findFirstOrThrow({ where: { projectId: world.project.id } })
  await create.createIssue(world.project, { title: 'Whispered', confidential: true, milestoneId: milestone.id })
  await create.createIssue(world.project, { title: 'Apart', description: '**Now** see %1 and [a](docs/x.md)' })
})

const open = (path: string, viewer: ViewerName = 'developer', of: World = world) =>
  web(app, of, path, { token: of.tokens[viewer], headers: BROWSER })
const textOf = async (path: string, viewer: ViewerName = 'developer', of: World = world) =>
  (await open(path, viewer, of)).text()
const titlesOn = (text: string) => [...text.matchAll(/<li><h2><a href="[^"]+">([^<]+)</g)].map(([, title]) => title)

test('every address of issues, merge requests and milestones that a release gives out answers', async () => {
  const path = `/projects/${world.project.id}/releases/${encodeURIComponent(TAG)}`
  const { body } = await rest(app, 'GET', path, { token: world.tokens.developer })
  const { _links, milestones } = body
  const addresses: string[] = [
    ...['closed_issues_url', 'opened_issues_url'].map((name) => _links[name]),
    ...['closed_merge_requests_url', 'merged_merge_requests_url', 'opened_merge_requests_url'].map(
      (name) => _links[name],
    ),
    milestones[0].web_url,
  ]
  for (const address of addresses) {
    expect(address).toMatch(/^http/)
    const response = await fetch(address, { headers: { ...BROWSER, 'private-token': world.tokens.developer ?? '' } })
    expect([address, response.status]).toEqual([address, 200])
    await response.body?.cancel()
  }
})

describe('milestones', () => {
  test('the list shows dates, progress and releases', async () => {
    const text = await textOf('milestones')
    expect(text).toContain(`>${milestone.title}</a>`)
    expect(text).toContain('Until <time datetime="2026-12-24">2026-12-24</time>')
    expect(text).toContain('value="1" aria-label="Progress of')
    expect(text).toContain('33% complete')
    expect(text).toContain('1 of 3 issues closed, 2 open')
    expect(text).toContain(`>${TAG}</a>`)
    expect(text).toContain('New milestone')
    expect(await textOf('milestones', 'guest')).not.toContain('New milestone')
  })

  test('the list is narrowed by state and words, and has pages', async () => {
    const project = await create.createProject()
    const of = { ...world, project }
    for (let n = 1; n <= 21; n++) {
      await create.createMilestone({ projectId: project.id }, { iid: n, title: `Goal ${String(n).padStart(2, '0')}` })
    }
    await create.createMilestone({ projectId: project.id }, { iid: 22, title: 'Reached', state: 'closed' })
    const titles = async (query: string) => titlesOn(await textOf(`milestones${query}`, 'stranger', of))
    expect(await titles('?state=closed')).toEqual(['Reached'])
    expect(await titles('?search=goal+07')).toEqual(['Goal 07'])
    expect(await titles('?state=constructor')).toHaveLength(20)
    expect(await titles('?state=all&page=2')).toEqual(['Goal 21', 'Reached'])
    const text = await textOf('milestones?search=goal', 'stranger', of)
    expect(text).toContain('href="?state=active&amp;search=goal&amp;page=2">Next</a>')
    expect((await open('milestones?page=x', 'stranger', of)).status).toBe(400)
    expect((await open(`milestones?search=${'a'.repeat(1025)}`, 'stranger', of)).status).toBe(400)
  })

  test('a milestone of a group is at the address that the API gives, for those who read the group', async () => {
    const group = await create.createGroup({ visibility: 'private' })
    const project = await create.createProject({ groupId: group.id })
    const shared = await create.createMilestone({ groupId: group.id }, { title: 'Shared', description: '*Together*' })
    await create.createIssue(project, { title: 'Below', milestoneId: shared.id })
    await create.addMember({ group }, world.users.stranger, 'guest')
    const path = `/groups/${group.fullPath}/-/milestones`
    const get = async (address: string, token: string | null) =>
      wholeAnswer(
        await fetch(app.url + address, { headers: { ...BROWSER, ...(token ? { 'private-token': token } : {}) } }),
      )
    const { text, status } = await get(`${path}/${shared.iid}`, world.tokens.stranger)
    expect(status).toBe(200)
    for (const fact of ['<h1>Shared', '<em>Together</em>', '>Below</a>']) expect(text).toContain(fact)
    expect((await get(path, world.tokens.stranger)).text).toContain('>Shared</a>')
    for (const token of [null, world.tokens.developer]) {
      const hidden = await get(`${path}/${shared.iid}`, token)
      expect(hidden.status).toBe(404)
      expect(hidden).toEqual(await get(`/groups/missing/-/milestones/${shared.iid}`, token))
    }
  })

  test('a missing milestone is not found', async () => {
    for (const path of ['milestones/999999', 'milestones/0', 'milestones/9999999999', 'milestones/x']) {
      expect([path, (await open(path)).status]).toEqual([path, 404])
    }
  })
})

describe('issues', () => {
  test('the links of a release lead to the issues of its milestones, by state', async () => {
    const query = `issues?release_tag=${encodeURIComponent(TAG)}&scope=all&state=`
    expect(titlesOn(await textOf(`${query}opened`))).toHaveLength(2)
    expect(titlesOn(await textOf(`${query}closed`))).toHaveLength(1)
    expect(titlesOn(await textOf('issues?release_tag=v0&state=all'))).toEqual([])
    expect(titlesOn(await textOf(`issues?milestone=${encodeURIComponent(milestone.title)}&state=all`))).toHaveLength(3)
    expect(titlesOn(await textOf('issues?search=apar'))).toEqual(['Apart'])
    expect((await open(`issues?milestone=${'a'.repeat(256)}`)).status).toBe(400)
  })

  test('an issue is shown with its rendered description, and leads to its milestone', async () => {
    const issue = await db.issue.findFirstOrThrow({ where: { title: 'Apart' } })
    const text = await textOf(`issues/${issue.iid}`)
    expect(text).toContain('<strong>Now</strong>')
    expect(text).toContain(`/-/blob/HEAD/docs/x.md"`)
    expect(await textOf(`issues/${issue.iid}`, 'guest')).not.toContain('/-/blob/')
  })

  test('a confidential issue is shown to Planners and hidden from Guests, like a missing one', async () => {
    const { iid } = await db.issue.findFirstOrThrow({ where: { title: 'Whispered' } })
    for (const path of ['issues', `milestones/${milestone.iid}`]) {
      expect(await textOf(path, 'planner')).toContain('Whispered')
      expect(await textOf(path, 'guest')).not.toContain('Whispered')
    }
    expect(await wholeAnswer(await open(`issues/${iid}`, 'guest'))).toEqual(
      await wholeAnswer(await open('issues/999999', 'guest')),
    )
  })
})

const paths = () => ['milestones', `milestones/${milestone.iid}`, 'issues', 'issues/1', 'merge_requests']

describe.each(viewers)('to %s', (viewer) => {
  const readsCode = !['anonymous', 'stranger', 'guest', 'planner'].includes(viewer)
  const reads = !['anonymous', 'stranger'].includes(viewer)

  test('every page is found by those who may read it, and names no tag to others', async () => {
    for (const path of paths()) {
      const { status, text, headers } = await wholeAnswer(await open(path, viewer))
      const isFound = path === 'merge_requests' ? readsCode : reads && path !== 'issues/1'
      expect([path, status]).toEqual([path, isFound ? 200 : 404])
      if (!readsCode) expect(JSON.stringify([headers, text])).not.toContain(MARK)
    }
    expect((await textOf(`milestones/${milestone.iid}`, viewer)).includes(MARK)).toBe(readsCode)
  })

  test('a filter by a tag tells nothing about the tag without code access', async () => {
    const answer = async (tag: string) =>
      wholeAnswer(await open(`issues?release_tag=${encodeURIComponent(tag)}`, viewer))
    const [of, missing] = [await answer(TAG), await answer('zqy/v1.0.0')]
    expect(of.status).toBe(readsCode ? 200 : 404)
    if (!readsCode) expect(of).toEqual(missing)
  })
})

test('a project without issues and merge requests has no milestones, and a hidden one looks missing', async () => {
  const closed = await createWorld(app, { project: { issuesLevel: 'disabled', mergeRequestsLevel: 'disabled' } })
  const { iid } = await db.milestone.findFirstOrThrow({ where: { projectId: closed.project.id } })
  for (const path of ['milestones', `milestones/${iid}`, 'issues']) {
    expect([path, (await open(path, 'owner', closed)).status]).toEqual([path, 404])
    const missing = { ...world, project: { ...world.project, fullPath: `${world.group.fullPath}/missing` } }
    const [hidden, gone] = [await open(path, 'stranger'), await open(path, 'stranger', missing)]
    expect(await wholeAnswer(hidden)).toEqual(await wholeAnswer(gone))
  }
})

test('the lists take as many statements for many rows as for few', async () => {
  const project = await create.createProject()
  const add = async (count: number, from: number) => {
    for (let n = from; n < from + count; n++) {
      const { id } = await create.createMilestone({ projectId: project.id }, { iid: n })
      await create.attachMilestone(await create.createRelease(project), { id })
      await create.createIssue(project, { milestoneId: id, authorId: world.users.owner.id })
    }
  }
  const counts = async () => {
    const all: number[] = []
    for (const path of ['milestones', 'issues']) {
      const read = async () => (await web(app, { project }, path)).text()
      all.push((await app.statementsOf(read)).length)
    }
    return all
  }
  await add(2, 1)
  const few = await counts()
  await add(15, 3)
  expect(await counts()).toEqual(few)
})

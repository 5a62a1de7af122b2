// What the visibility of a project and the levels of its features hide, at every door.
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { db } from '../../src/database/db.ts'
import type { Project } from '../../src/generated/prisma/client.ts'
import { useApp } from '../support/app.ts'
import { query } from '../support/client.ts'
import * as create from '../support/factories.ts'
import { subscribe } from '../support/subscribe.ts'
import { createWorld, type World } from '../support/world.ts'
import { type Entrances, type Need, needs, openEntrances } from './entrances.ts'
import { put } from './packages/package-client.ts'
import { encoded, rest } from './rest/client.ts'

const app = useApp({ rateLimits: null })

type Settings = Partial<
  Pick<Project, 'visibility' | 'releasesLevel' | 'repositoryLevel' | 'issuesLevel' | 'mergeRequestsLevel'>
>

type Visitor = { name: string; token: string | null; role: number; inGroup: boolean }

let world: World
let visitors: Visitor[]

async function createVisitors({ group, tokens }: World): Promise<Visitor[]> {
  const [grouped, admin] = [await create.createUser(), await create.createUser({ admin: true })]
  await create.addMember({ group }, grouped, 'guest')
  return [
    { name: 'nobody', token: null, role: 0, inGroup: false },
    { name: 'a stranger', token: tokens.stranger, role: 0, inGroup: false },
    { name: 'a Guest of the group', token: await create.tokenFor(grouped), role: 10, inGroup: true },
    { name: 'a Reporter', token: tokens.reporter, role: 20, inGroup: false },
    { name: 'an administrator', token: await create.tokenFor(admin), role: 50, inGroup: true },
  ]
}

let entrances: Entrances
beforeAll(async () => {
  world = await createWorld(app)
  const milestone = await create.createMilestone({ groupId: world.group.id })
  await create.attachMilestone(world.release, milestone)
  await put(app, world, 'content')
  visitors = await createVisitors(world)
  entrances = await openEntrances(app, world, milestone)
})

/** The rules in plain words (docs/contract/access.md#features-of-a-project). */
function allowed({ role, inGroup, token }: Visitor, project: Project): Record<Need, boolean> {
  const reads = role > 0 || project.visibility === 'public' || (project.visibility === 'internal' && token !== null)
  const has = (level: Project['releasesLevel']) => reads && (level === 'enabled' || (level === 'private' && role > 0))
  const releases = has(project.releasesLevel)
  const code = has(project.repositoryLevel) && (project.visibility !== 'private' || role >= 20)
  const issues = has(project.issuesLevel)
  const milestones = issues || has(project.mergeRequestsLevel)
  return {
    project: reads,
    releases,
    code,
    issues,
    milestones,
    'releases and code': releases && code,
    'releases and milestones': releases && milestones,
    'releases as a member of the group': releases && inGroup,
    evidence: releases && code && issues,
  }
}

const OPEN = {
  visibility: 'public',
  releasesLevel: 'enabled',
  repositoryLevel: 'enabled',
  issuesLevel: 'enabled',
  mergeRequestsLevel: 'enabled',
} as const

const set = (settings: Settings) =>
  db.project.update({ where: { id: world.project.id }, data: { ...OPEN, ...settings } })

const cases: [string, Settings][] = [
  ['all is open', {}],
  ['the project is internal', { visibility: 'internal' }],
  ['the project is private', { visibility: 'private' }],
  ['releases are for members', { releasesLevel: 'private' }],
  ['releases are switched off', { releasesLevel: 'disabled' }],
  ['the repository is for members', { repositoryLevel: 'private' }],
  ['the repository is switched off', { repositoryLevel: 'disabled' }],
  ['issues are for members', { issuesLevel: 'private' }],
  ['issues are switched off', { issuesLevel: 'disabled' }],
  ['issues and merge requests are for members', { issuesLevel: 'private', mergeRequestsLevel: 'private' }],
  ['merge requests are for members, issues for nobody', { issuesLevel: 'disabled', mergeRequestsLevel: 'private' }],
  ['issues are for members, merge requests for nobody', { issuesLevel: 'private', mergeRequestsLevel: 'disabled' }],
  ['issues and merge requests are switched off', { issuesLevel: 'disabled', mergeRequestsLevel: 'disabled' }],
  ['releases of an internal project are for members', { visibility: 'internal', releasesLevel: 'private' }],
]

describe('the doors of the project where a setting changes who may see what', () => {
  test.each(cases)(
    'every door shows its content to the viewers who may see it, and to nobody else, where %s',
    async (_title, settings) => {
      const project = await set(settings)
      for (const visitor of visitors) {
        // An account alone opens no more than an anonymous viewer sees when nothing is internal.
        if (visitor.name === 'a stranger' && project.visibility !== 'internal') continue
        const may = allowed(visitor, project)
        const expected = Object.fromEntries(Object.entries(needs).map(([entrance, need]) => [entrance, may[need]]))
        expect(await entrances.lookInto(visitor.token), visitor.name).toEqual(expected)
      }
    },
  )
})

const documentOf = (name: string) => `subscription { ${name}(projectPath: "${world.project.fullPath}") { id } }`

describe('a subscription', () => {
  test.each(['private', 'disabled'] as const)(
    'a subscription is refused to viewers who may not see releases where releases are %s',
    async (releasesLevel) => {
      const project = await set({ releasesLevel })
      for (const visitor of visitors) {
        if (allowed(visitor, project).releases) continue
        const stream = await subscribe(app, documentOf('releasePublished'), { token: visitor.token })
        expect(await stream.rest(), visitor.name).toMatchObject([{ errors: [{ extensions: { code: 'NOT_FOUND' } }] }])
      }
    },
  )

  test('a subscription ends when releases become visible to members only', async () => {
    await set({})
    const { users, tokens } = world
    const [stranger, guest] = await Promise.all(
      [tokens.stranger, tokens.guest].map((token) => subscribe(app, documentOf('releaseUpdated'), { token })),
    )
    onTestFinished(() => guest?.close())
    await set({ releasesLevel: 'private' })
    await db.release.update({ where: { id: world.release.id }, data: { authorId: users.owner.id } })
    expect(await stranger?.next()).toMatchObject({ errors: [{ extensions: { code: 'NOT_FOUND' } }] })
    expect(await guest?.next()).toMatchObject({ data: { releaseUpdated: { id: expect.any(String) } } })
  })
})

test('a group and its milestones are shown to viewers who may read the group', async () => {
  const parent = await create.createGroup({ visibility: 'private' })
  const member = await create.createUser()
  await create.addMember({ group: parent }, member, 'guest')
  const tokens = [null, await create.tokenFor(await create.createUser()), await create.tokenFor(member)]
  const seenIn = async (visibility: 'public' | 'internal' | 'private') => {
    const group = await create.createGroup({ visibility, parentId: parent.id })
    const milestone = await create.createMilestone({ groupId: group.id })
    const [groupId, id] = [`gid://gitlab/Group/${group.id}`, `gid://gitlab/Milestone/${milestone.id}`]
    const document = `{ group(fullPath: "${group.fullPath}") { id } milestone(id: "${id}") { id group { id } }
      nodes(ids: ["${groupId}", "${id}"]) { id } }`
    for (const [at, token] of tokens.entries()) {
      const seen = at >= { public: 0, internal: 1, private: 2 }[visibility]
      const data = seen
        ? { group: { id: groupId }, milestone: { id, group: { id: groupId } }, nodes: [{ id: groupId }, { id }] }
        : { group: null, milestone: null, nodes: [null, null] }
      expect((await query(app, document, {}, { token })).data, `${visibility} ${at}`).toEqual(data)
      for (const name of [group.id, encoded(group.fullPath)]) {
        const { status } = await rest(app, 'GET', `/groups/${name}/milestones/${milestone.id}`, { token })
        expect(status, `${visibility} ${at}`).toBe(seen ? 200 : 404)
      }
    }
  }
  for (const visibility of ['public', 'internal', 'private'] as const) await seenIn(visibility)
})

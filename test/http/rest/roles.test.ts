import { beforeAll, describe, expect, test } from 'vitest'
import { db } from '../../../src/database/db.ts'
import { useApp } from '../../support/app.ts'
import * as create from '../../support/factories.ts'
import { createWorld, type ViewerName, viewers, type World } from '../../support/world.ts'
import { encoded, type RestOptions, rest } from './client.ts'

const app = useApp()

type Endpoint = {
  method: string
  path: (world: World) => string | Promise<string>
  options?: RestOptions
  /** The statuses in the order of `viewers`: anonymous, stranger, guest, planner, reporter, developer, maintainer, owner. */
  private: readonly number[]
  public: readonly number[]
}

// Each request makes anew what it uses up.
let count = 0

async function spareRelease({ project }: World): Promise<string> {
  return (await create.createRelease(project, { tag: `spare-${++count}` })).tag
}

async function spareLink(world: World): Promise<string> {
  const spare = await create.createRelease(world.project, { tag: `spare-${++count}` })
  const link = await create.createLink(spare)
  return `${release(world, spare.tag)}/assets/links/${link.id}`
}

async function sparePeriod(world: World): Promise<string> {
  const { id } = await db.freezePeriod.create({
    data: { projectId: world.project.id, freezeStart: '0 23 * * 5', freezeEnd: '0 7 * * 1' },
  })
  return `${project(world)}/freeze_periods/${id}`
}

async function spareProtectedTag(world: World): Promise<string> {
  const name = `never-${++count}-*`
  await db.protectedTag.create({
    data: { projectId: world.project.id, name, accessLevels: { create: { accessLevel: 40 } } },
  })
  return `${project(world)}/protected_tags/${encoded(name)}`
}

async function spareIssue(world: World): Promise<string> {
  const iid = ++count * 100
  await create.createIssue(world.project, { iid, authorId: world.users.owner.id })
  return `${project(world)}/issues/${iid}`
}

async function spareMilestone(world: World): Promise<string> {
  return `${project(world)}/milestones/${(await create.createMilestone({ projectId: world.project.id })).id}`
}

const readers = (hidden: number, guest: number, reader: number) => [
  hidden,
  hidden,
  guest,
  guest,
  reader,
  reader,
  reader,
  reader,
]
const all = (status: number) => viewers.map(() => status)
/**
 * The status `good` from this role on and 403 below it; `none` for anonymous viewers, `stranger` for viewers who are no
 * members.
 */
const from = (role: ViewerName, good: number, { none = 403, stranger = 403 } = {}) =>
  viewers.map((viewer, at) => {
    if (viewer === 'anonymous') return none
    if (viewer === 'stranger') return stranger
    return at >= viewers.indexOf(role) ? good : 403
  })
const hidden = { none: 404, stranger: 404 }
const signedIn = { none: 401, stranger: 404 }

const project = ({ project }: World) => `/projects/${encoded(project.fullPath)}`
const release = (world: World, tag = world.release.tag) => `${project(world)}/releases/${tag}`

const endpoints: Record<string, Endpoint> = {
  'list of releases': {
    method: 'GET',
    path: (world) => `${project(world)}/releases`,
    private: readers(404, 200, 200),
    public: all(200),
  },
  'release by tag': {
    method: 'GET',
    path: (world) => release(world),
    private: readers(404, 403, 200),
    public: all(200),
  },
  download: {
    method: 'GET',
    path: (world) => `${release(world)}/downloads/bin/linux`,
    private: readers(404, 403, 302),
    public: all(302),
  },
  'latest release': {
    method: 'GET',
    path: (world) => `${project(world)}/releases/permalink/latest`,
    private: readers(404, 403, 302),
    public: all(302),
  },
  'list of links': {
    method: 'GET',
    path: (world) => `${release(world)}/assets/links`,
    private: readers(404, 200, 200),
    public: all(200),
  },
  link: {
    method: 'GET',
    path: spareLink,
    private: readers(404, 200, 200),
    public: all(200),
  },
  'new release': {
    method: 'POST',
    path: (world) => `${project(world)}/releases`,
    options: { json: { tag_name: 'unused', ref: 'main' } },
    private: from('developer', 201, hidden),
    public: from('developer', 201),
  },
  'change of a release': {
    method: 'PUT',
    path: (world) => release(world),
    options: { json: { name: 'Renamed' } },
    private: from('developer', 200, hidden),
    public: from('developer', 200),
  },
  'deletion of a release': {
    method: 'DELETE',
    path: async (world) => release(world, await spareRelease(world)),
    private: from('maintainer', 200, hidden),
    public: from('maintainer', 200),
  },
  'new link': {
    method: 'POST',
    path: async (world) => `${release(world, await spareRelease(world))}/assets/links`,
    options: { json: { name: 'new', url: 'https://downloads.example.com/new' } },
    private: from('developer', 201, hidden),
    public: from('developer', 201),
  },
  'change of a link': {
    method: 'PUT',
    path: spareLink,
    options: { json: { name: 'changed' } },
    private: from('developer', 200, hidden),
    public: from('developer', 200),
  },
  'deletion of a link': {
    method: 'DELETE',
    path: spareLink,
    private: from('developer', 200, hidden),
    public: from('developer', 200),
  },
  'new evidence': {
    method: 'POST',
    path: (world) => `${release(world)}/evidence`,
    private: from('developer', 202, hidden),
    public: from('developer', 202),
  },
  'list of freeze periods': {
    method: 'GET',
    path: (world) => `${project(world)}/freeze_periods`,
    private: from('reporter', 200, signedIn),
    public: from('reporter', 200, { none: 401 }),
  },
  'freeze period': {
    method: 'GET',
    path: sparePeriod,
    private: from('reporter', 200, signedIn),
    public: from('reporter', 200, { none: 401 }),
  },
  'new freeze period': {
    method: 'POST',
    path: (world) => `${project(world)}/freeze_periods`,
    options: { json: { freeze_start: '0 23 * * 5', freeze_end: '0 7 * * 1' } },
    private: from('maintainer', 201, signedIn),
    public: from('maintainer', 201, { none: 401 }),
  },
  'change of a freeze period': {
    method: 'PUT',
    path: sparePeriod,
    options: { json: { cron_timezone: 'Berlin' } },
    private: from('maintainer', 200, signedIn),
    public: from('maintainer', 200, { none: 401 }),
  },
  'deletion of a freeze period': {
    method: 'DELETE',
    path: sparePeriod,
    private: from('maintainer', 204, signedIn),
    public: from('maintainer', 204, { none: 401 }),
  },
  'list of protected tags': {
    method: 'GET',
    path: (world) => `${project(world)}/protected_tags`,
    private: from('maintainer', 200, hidden),
    public: from('maintainer', 200),
  },
  'protected tag': {
    method: 'GET',
    path: spareProtectedTag,
    private: from('maintainer', 200, hidden),
    public: from('maintainer', 200),
  },
  'deletion of a protected tag': {
    method: 'DELETE',
    path: spareProtectedTag,
    private: from('maintainer', 204, hidden),
    public: from('maintainer', 204),
  },
  'list of tags': {
    method: 'GET',
    path: (world) => `${project(world)}/repository/tags`,
    private: readers(404, 403, 200),
    public: all(200),
  },
  commit: {
    method: 'GET',
    path: (world) => `${project(world)}/repository/commits/main`,
    private: readers(404, 403, 200),
    public: all(200),
  },
  'refs of a commit': {
    method: 'GET',
    path: (world) => `${project(world)}/repository/commits/main/refs`,
    private: readers(404, 403, 200),
    public: all(200),
  },
  'diff of a commit': {
    method: 'GET',
    path: (world) => `${project(world)}/repository/commits/main/diff`,
    private: readers(404, 403, 200),
    public: all(200),
  },
  'sequence of a commit': {
    method: 'GET',
    path: (world) => `${project(world)}/repository/commits/main/sequence`,
    private: readers(404, 403, 200),
    public: all(200),
  },
  changelog: {
    method: 'GET',
    path: (world) => `${project(world)}/repository/changelog?version=2.0.0`,
    private: readers(404, 403, 200),
    public: all(200),
  },
  'commit of a changelog': {
    method: 'POST',
    path: (world) => `${project(world)}/repository/changelog`,
    options: { json: { version: '2.0.0' } },
    private: from('developer', 200, hidden),
    public: from('developer', 200),
  },
  'list of branches': {
    method: 'GET',
    path: (world) => `${project(world)}/repository/branches`,
    private: readers(404, 403, 200),
    public: all(200),
  },
  project: { method: 'GET', path: project, private: readers(404, 200, 200), public: all(200) },
  'list of members': {
    method: 'GET',
    path: (world) => `${project(world)}/members/all`,
    private: from('guest', 200, hidden),
    public: from('guest', 200),
  },
  'list of milestones': {
    method: 'GET',
    path: (world) => `${project(world)}/milestones`,
    private: readers(404, 200, 200),
    public: all(200),
  },
  'change of a milestone': {
    method: 'PUT',
    path: spareMilestone,
    options: { json: { state_event: 'close' } },
    private: from('planner', 200, hidden),
    public: from('planner', 200, { none: 401 }),
  },
  'deletion of a milestone': {
    method: 'DELETE',
    path: spareMilestone,
    private: from('planner', 204, hidden),
    public: from('planner', 204, { none: 401 }),
  },
  'list of issues': {
    method: 'GET',
    path: (world) => `${project(world)}/issues`,
    private: readers(404, 200, 200),
    public: all(200),
  },
  'new issue': {
    method: 'POST',
    path: (world) => `${project(world)}/issues`,
    options: { json: { title: 'To do' } },
    private: from('guest', 201, hidden),
    public: from('guest', 201, { none: 401 }),
  },
  'change of an issue': {
    method: 'PUT',
    path: spareIssue,
    options: { json: { state_event: 'close' } },
    private: from('planner', 200, hidden),
    public: from('planner', 200, { none: 401 }),
  },
  'deletion of an issue': {
    method: 'DELETE',
    path: spareIssue,
    private: from('owner', 204, hidden),
    public: from('owner', 204, { none: 401 }),
  },
}

describe.each(['private', 'public'] as const)('in a %s project', (visibility) => {
  let world: World
  beforeAll(async () => {
    world = await createWorld(app, { project: { visibility } })
  })

  test.each(Object.entries(endpoints))('the endpoint "%s" answers each role as listed', async (name, endpoint) => {
    const statuses: Record<string, number> = {}
    for (const viewer of viewers) {
      const options = { ...endpoint.options }
      if (name === 'new release') options.json = { tag_name: `new-${viewer}`, ref: 'main' }
      const { status } = await rest(app, endpoint.method, await endpoint.path(world), {
        ...options,
        token: world.tokens[viewer],
      })
      statuses[viewer] = status
    }
    expect(statuses).toEqual(Object.fromEntries(viewers.map((viewer, at) => [viewer, endpoint[visibility][at]])))
  })
})

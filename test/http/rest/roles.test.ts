import { beforeAll, describe, expect, test } from 'vitest'
import { useApp } from '../../support/app.ts'
import { createWorld, viewers, type World } from '../../support/world.ts'
import { type RestOptions, rest } from './client.ts'
import { all, from, hidden, readers, signedIn } from './role-statuses.ts'
import {
  project,
  release,
  spareIssue,
  spareLink,
  spareMilestone,
  sparePeriod,
  spareProtectedTag,
  spareRelease,
} from './spare-rows.ts'

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

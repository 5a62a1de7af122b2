import { beforeAll, describe, expect, test } from 'vitest'
import type { Group, Project } from '../../../src/generated/prisma/client.ts'
import { createFindingWorld, type FindingWorld, type ViewerName, viewers } from '../../graphql/finding/finding-world.ts'
import { useApp } from '../../support/app.ts'
import * as create from '../../support/factories.ts'
import { encoded, rest } from './client.ts'

const app = useApp({ rateLimits: null })
let world: FindingWorld
beforeAll(async () => {
  world = await createFindingWorld()
})

const get = (viewer: ViewerName, path: string) => rest(app, 'GET', path, { token: world.tokens[viewer] })

type Item = { id: number; full_path?: string; path_with_namespace?: string }

async function idsAt(viewer: ViewerName, path: string): Promise<number[]> {
  const { status, body, headers } = await get(viewer, path)
  expect(status, path).toBe(200)
  if (headers.has('x-total')) expect(headers.get('x-total'), path).toBe(String(body.length))
  return body.map(({ id }: Item) => id)
}

const newestFirst = (rows: { id: number }[]) => rows.map(({ id }) => id).toSorted((a, b) => b - a)
const sorted = (ids: number[]) => ids.toSorted((a, b) => a - b)
const idsOf = (rows: { id: number }[]) => sorted(rows.map(({ id }) => id))
const readable = (viewer: ViewerName) => world.projects.filter((project) => world.readsProject(viewer, project))

describe.each(viewers)('%s', (viewer) => {
  test('lists and counts the projects that the viewer may read, the newest first', async () => {
    expect(await idsAt(viewer, '/projects?per_page=100')).toEqual(newestFirst(readable(viewer)))
    expect(await idsAt(viewer, '/projects?search=BEACON+internal')).toEqual(
      newestFirst(readable(viewer).filter(({ name }) => name.includes('internal'))),
    )
    expect(await idsAt(viewer, '/projects?archived=true&visibility=public&sort=asc')).toEqual(
      idsOf(readable(viewer).filter(({ archived, visibility }) => archived && visibility === 'public')),
    )
  })

  test('narrows to the projects where the viewer has a role', async () => {
    const own = world.projects.filter((project) => world.isMember(viewer, project))
    expect(await idsAt(viewer, '/projects?membership=true')).toEqual(newestFirst(own))
    const least = (name: ViewerName) => (viewer === name ? own : [])
    expect(await idsAt(viewer, '/projects?owned=true')).toEqual(newestFirst(least('owner')))
    expect(await idsAt(viewer, '/projects?min_access_level=30')).toEqual(
      newestFirst([...least('developer'), ...least('owner')]),
    )
    expect(await idsAt(viewer, '/projects?starred=true')).toEqual([])
    expect(sorted(await idsAt(viewer, '/projects?order_by=similarity&search=beacon'))).toEqual(idsOf(own))
  })

  test('pages by id give every project once, and count nothing', async () => {
    for (const sort of ['asc', 'desc']) {
      const seen: number[] = []
      let next: string | undefined = `/projects?order_by=id&sort=${sort}&pagination=keyset&per_page=4`
      while (next !== undefined) {
        const { body, headers } = await get(viewer, next)
        expect([...headers.keys()].filter((name) => name.startsWith('x-total') || name === 'x-page')).toEqual([])
        seen.push(...body.map(({ id }: Item) => id))
        next = /<[^>]*\/api\/v4([^>]*)>; rel="next"/.exec(headers.get('link') ?? '')?.[1]
      }
      expect(seen).toEqual(sort === 'asc' ? idsOf(readable(viewer)) : newestFirst(readable(viewer)))
    }
  })

  test('lists groups, and what is below each', async () => {
    const groups = world.groups.filter((group) => world.readsGroup(viewer, group))
    expect(sorted(await idsAt(viewer, '/groups?all_available=true'))).toEqual(idsOf(groups))
    for (const group of world.groups) {
      if (!groups.includes(group)) {
        const hidden = await get(viewer, `/groups/${group.id}`)
        const missing = await get(viewer, '/groups/999999')
        expect([hidden.status, hidden.body]).toEqual([404, missing.body])
        expect((await get(viewer, `/groups/${encoded(group.fullPath)}/projects`)).body).toEqual(missing.body)
        continue
      }
      const path = `/groups/${encoded(group.fullPath)}`
      const below = readable(viewer).filter(({ ancestorIds }) => ancestorIds.includes(group.id))
      const right = below.filter(({ groupId }) => groupId === group.id)
      expect(await idsAt(viewer, `${path}/projects?include_subgroups=true`)).toEqual(newestFirst(below))
      expect(await idsAt(viewer, `${path}/projects`)).toEqual(newestFirst(right))
      const { body } = await get(viewer, path)
      expect(body).toMatchObject({ id: group.id, full_path: group.fullPath, parent_id: group.parentId })
      expect(body.projects.map(({ id }: Item) => id)).toEqual(newestFirst(right))
      const children = groups.filter(({ parentId }) => parentId === group.id)
      for (const list of ['subgroups', 'descendant_groups']) {
        expect(sorted(await idsAt(viewer, `${path}/${list}?all_available=true`))).toEqual(idsOf(children))
      }
    }
  })

  test('is told nothing of a hidden project by any parameter', async () => {
    const hidden = world.projects.filter((project) => !world.readsProject(viewer, project))
    for (const { id, name, path } of hidden) {
      expect(await idsAt(viewer, `/projects?id_after=${id - 1}&id_before=${id + 1}`)).toEqual([])
      expect(await idsAt(viewer, `/projects?search=${path}`)).not.toContain(id)
      for (const order of ['name', 'path', 'last_activity_at']) {
        const { text } = await get(viewer, `/projects?order_by=${order}&per_page=100`)
        expect(text).not.toContain(`"${name}"`)
      }
    }
  })

  test('finds accounts by username, and all accounts only with a credential', async () => {
    const { guest } = world.users
    const found = await get(viewer, `/users?username=${guest.username.toUpperCase()}`)
    expect(found.body).toEqual([
      {
        ...{ id: guest.id, username: guest.username, name: guest.name, state: 'active', avatar_url: null },
        web_url: `${app.url}/${guest.username}`,
      },
    ])
    expect((await get(viewer, '/users?username=nobody-has-this')).body).toEqual([])
    const statuses = [
      (await get(viewer, '/users')).status,
      (await get(viewer, `/users?search=${guest.username}`)).status,
      (await get(viewer, `/users/${guest.id}`)).status,
      (await get(viewer, '/users/999999')).status,
    ]
    expect(statuses).toEqual(viewer === 'anonymous' ? [403, 403, 403, 403] : [200, 200, 200, 404])
  })

  test('sees the projects of an owner only where the viewer may read the members', async () => {
    const { owner, guest } = world.users
    const owned = world.projects.filter((project) => world.isMember('owner', project))
    const shown = viewer === 'admin' ? owned : owned.filter((project) => world.isMember(viewer, project))
    expect(await idsAt(viewer, `/users/${owner.username}/projects`)).toEqual(newestFirst(shown))
    expect(await idsAt(viewer, `/users/${guest.id}/projects`)).toEqual([])
    expect((await get(viewer, '/users/nobody-has-this/projects')).body).toEqual({ message: '404 User Not Found' })
  })
})

test('projects are sorted by what the parameters say', async () => {
  const by = (compare: (a: Project, b: Project) => number) => world.projects.toSorted(compare).map(({ id }) => id)
  const text = (field: 'name' | 'path') => (a: Project, b: Project) =>
    a[field].toLowerCase() < b[field].toLowerCase() ? -1 : 1
  for (const field of ['name', 'path'] as const) {
    expect(await idsAt('admin', `/projects?order_by=${field}&sort=asc&per_page=100`)).toEqual(by(text(field)))
  }
  for (const order of ['id', 'created_at', 'star_count']) {
    expect(await idsAt('admin', `/projects?order_by=${order}&sort=asc&per_page=100`)).toEqual(by((a, b) => a.id - b.id))
  }
  const [oldest] = await idsAt('admin', '/projects?order_by=last_activity_at&sort=asc&per_page=100')
  expect(oldest).toBe(by((a, b) => a.updatedAt.getTime() - b.updatedAt.getTime() || a.id - b.id)[0])
  const { updatedAt } = world.projects[3] as Project
  const later = world.projects.filter((project) => project.updatedAt > updatedAt)
  const query = `order_by=updated_at&updated_after=${updatedAt.toISOString()}&per_page=100`
  expect(sorted(await idsAt('admin', `/projects?${query}`))).toEqual(idsOf(later))
})

test.each([
  ['/projects?pagination=keyset', 405, 'Keyset pagination is not yet available for this type of request'],
  ['/projects?pagination=keyset&order_by=name', 405, 'Keyset pagination is not yet available for this type of request'],
  ['/projects?page=5002&per_page=10', 405, expect.stringContaining('maximum allowed offset of 50000')],
  ['/projects?min_access_level=25', 400, 'min_access_level does not have a valid value'],
  ['/projects?visibility=secret', 400, 'visibility does not have a valid value'],
  ['/projects?updated_after=2026-01-01', 400, expect.stringContaining('order_by=updated_at')],
  ['/groups?order_by=stars', 400, 'order_by does not have a valid value'],
])('%s is answered %i', async (path, status, error) => {
  const answer = await get('admin', path)
  expect([answer.status, answer.body]).toEqual([status, { error }])
})

test('a list without a credential is simple, and shows permissions to accounts but not below a group', async () => {
  const [group] = world.groups.slice(1) as [Group]
  const keys = async (viewer: ViewerName, path: string) => Object.keys((await get(viewer, path)).body[0])
  const simple = await keys('anonymous', '/projects')
  expect(simple).not.toContain('archived')
  expect(await keys('owner', '/projects?simple=true')).toEqual(expect.arrayContaining(simple.slice(0, 7)))
  expect(await keys('owner', '/projects?simple=true')).not.toContain('permissions')
  expect(await keys('owner', '/projects')).toEqual(expect.arrayContaining([...simple, 'archived', 'permissions']))
  expect(await keys('owner', `/groups/${group.id}/projects`)).not.toContain('permissions')
})

test('a list of projects and groups takes as many statements for a long page as for a short one', async () => {
  for (const path of ['/projects?', '/groups?all_available=true&', '/users?']) {
    const counts = []
    for (const size of [2, 4, 6]) {
      counts.push((await app.statementsOf(() => get('admin', `${path}per_page=${size}`))).length)
    }
    expect(new Set(counts).size, path).toBe(1)
  }
})

test('the name of a hidden group is in no list', async () => {
  const group = await create.createGroup({ name: 'Unspeakable', path: 'spoken', visibility: 'private' })
  const below = await create.createGroup({ name: 'Below', path: 'below', visibility: 'public', parentId: group.id })
  await create.createProject({ groupId: below.id, visibility: 'public', name: 'Open' })
  for (const path of ['/projects?search=open', '/groups?search=below', `/groups/${below.id}`]) {
    const { text } = await get('anonymous', path)
    expect(text).toContain('spoken')
    expect(text).not.toContain('Unspeakable')
  }
})

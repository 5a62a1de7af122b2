import { beforeAll, describe, expect, test } from 'vitest'
import { role } from '../../../src/access/roles.ts'
import { db } from '../../../src/database/db.ts'
import type { Group, Project } from '../../../src/generated/prisma/client.ts'
import { useApp } from '../../support/app.ts'
import { query } from '../../support/client.ts'
import * as create from '../../support/factories.ts'
import { createFindingWorld, type FindingWorld, type ViewerName, viewers } from './finding-world.ts'

const app = useApp({ rateLimits: null })
let world: FindingWorld
beforeAll(async () => {
  world = await createFindingWorld()
})

type Page = {
  count: number
  nodes: { fullPath: string }[]
  pageInfo: { hasNextPage: boolean; endCursor: string | null }
}

const FIELDS = '{ count nodes { fullPath } pageInfo { hasNextPage endCursor } }'

async function ask<Data>(viewer: ViewerName, document: string): Promise<Data> {
  const { data, errors } = await query<Data, object>(app, document, {}, { token: world.tokens[viewer] })
  expect(errors).toBeUndefined()
  return data
}

const list = async (viewer: ViewerName, args = ''): Promise<Page> =>
  (await ask<{ groups: Page }>(viewer, `{ groups${args && `(${args})`} ${FIELDS} }`)).groups

const pathsOf = (page: Page) => page.nodes.map(({ fullPath }) => fullPath)
const readable = (viewer: ViewerName) => world.groups.filter((group) => world.readsGroup(viewer, group))
const byName = (groups: Group[]) =>
  groups.toSorted((a, b) => (a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1)).map(({ fullPath }) => fullPath)
const top = () => world.groups[0] as Group

describe.each(viewers)('%s', (viewer) => {
  test('finds and counts the groups that the viewer may read, by name', async () => {
    const page = await list(viewer)
    expect(pathsOf(page)).toEqual(byName(readable(viewer)))
    expect(page.count).toBe(readable(viewer).length)
  })

  test('finds groups by their names and full paths', async () => {
    for (const search of ['canary', 'GROUP internal', 'canary-top/']) {
      const words = search.toLowerCase().split(' ')
      const found = readable(viewer).filter(({ name, fullPath }) =>
        words.every((word) => `${name} ${fullPath}`.toLowerCase().includes(word)),
      )
      expect(pathsOf(await list(viewer, `search: "${search}"`)), search).toEqual(byName(found))
    }
  })

  test('learns nothing about a hidden group', async () => {
    for (const group of world.groups.filter((each) => !world.readsGroup(viewer, each))) {
      const found = await list(viewer, `search: "${group.fullPath}"`)
      expect(pathsOf(found)).not.toContain(group.fullPath)
      expect(found.count).toBe(found.nodes.length)
      const parent = (path: string) =>
        query(app, `{ groups(parentPath: "${path}") { nodes { name } } }`, {}, { token: world.tokens[viewer] })
      const [hidden, missing] = [await parent(group.fullPath), await parent('canary-nowhere')]
      expect(hidden.errors?.map(({ message }) => message)).toEqual(missing.errors?.map(({ message }) => message))
      expect(hidden.errors).toHaveLength(1)
    }
  })

  test('narrows to groups at the top, to own groups and to a visibility', async () => {
    expect(pathsOf(await list(viewer, 'topLevelOnly: true'))).toEqual(
      byName(readable(viewer).filter(({ parentId }) => parentId === null)),
    )
    expect(pathsOf(await list(viewer, 'visibilityLevel: public'))).toEqual(
      byName(readable(viewer).filter(({ visibility }) => visibility === 'public')),
    )
    const owned = viewer === 'owner' ? world.groups.filter(({ ancestorIds }) => ancestorIds.includes(top().id)) : []
    expect(pathsOf(await list(viewer, 'ownedOnly: true'))).toEqual(byName(owned))
  })

  test('sees below a group only what the viewer may read', async () => {
    const document = `{ groups { nodes { fullPath
      all: projects(includeSubgroups: true, sort: NAME_ASC) { count nodes { fullPath } }
      own: projects { count nodes { fullPath } }
      open: projects(includeSubgroups: true, includeArchived: false) { count nodes { fullPath } }
      searched: projects(includeSubgroups: true, search: "internal", sort: PATH_DESC) { count nodes { fullPath } }
      openSearched: projects(includeSubgroups: true, search: "internal", includeArchived: false) { count nodes { fullPath } }
      ownSearched: projects(search: "LIGHT internal") { count nodes { fullPath } }
      descendantGroups { count nodes { fullPath parent { fullPath } } } } } }`
    type Below = Record<
      'all' | 'own' | 'open' | 'searched' | 'openSearched' | 'ownSearched' | 'descendantGroups',
      Page
    > & { fullPath: string }
    const { groups } = await ask<{ groups: { nodes: Below[] } }>(viewer, document)
    for (const node of groups.nodes) {
      const group = world.groups.find(({ fullPath }) => fullPath === node.fullPath) as Group
      const within = world.projects.filter(
        (project) => project.ancestorIds.includes(group.id) && world.readsProject(viewer, project),
      )
      const searched = within.filter(({ name, description }) => `${name} ${description}`.includes('internal'))
      const expected = {
        all: within,
        own: within.filter(({ groupId }) => groupId === group.id),
        open: within.filter(({ archived }) => !archived),
        searched,
        openSearched: searched.filter(({ archived }) => !archived),
        ownSearched: searched.filter(({ groupId }) => groupId === group.id),
        descendantGroups: readable(viewer).filter(
          ({ id, ancestorIds }) => id !== group.id && ancestorIds.includes(group.id),
        ),
      }
      for (const [name, rows] of Object.entries(expected)) {
        const page = node[name as keyof typeof expected]
        expect(pathsOf(page).toSorted(), name).toEqual(rows.map(({ fullPath }) => fullPath).toSorted())
        expect(page.count, name).toBe(rows.length)
      }
    }
  })

  test('pages by cursor give every group once', async () => {
    for (const sort of ['name_desc', 'path_asc', 'id_desc']) {
      const whole = pathsOf(await list(viewer, `sort: "${sort}"`))
      const seen: string[] = []
      let after = ''
      do {
        const page = await list(viewer, `sort: "${sort}", first: 2, after: "${after}"`)
        seen.push(...pathsOf(page))
        after = page.pageInfo.hasNextPage ? (page.pageInfo.endCursor ?? '') : ''
      } while (after !== '')
      expect(seen).toEqual(whole)
      expect(new Set(seen).size).toBe(readable(viewer).length)
    }
  })
})

test('only groups with a role are listed without `allAvailable`, and public groups for anonymous viewers', async () => {
  expect(pathsOf(await list('guest', 'allAvailable: false'))).toEqual(['canary-0-private'])
  expect(pathsOf(await list('stranger', 'allAvailable: false'))).toEqual([])
  expect(pathsOf(await list('anonymous', 'allAvailable: false'))).toEqual(byName(readable('anonymous')))
})

test('pages of a search in a group give every project once, forward and backward', async () => {
  const found = world.projects
    .filter(({ ancestorIds }) => ancestorIds.includes(top().id))
    .map(({ fullPath }) => fullPath)
  type Data = {
    group: { projects: { nodes: { fullPath: string }[]; pageInfo: Record<'startCursor' | 'endCursor', string> } }
  }
  const page = async (args: string) => {
    const projects = `projects(includeSubgroups: true, search: "lighthouse", ${args}) { nodes { fullPath } pageInfo { startCursor endCursor } }`
    return (await ask<Data>('owner', `{ group(fullPath: "canary-top") { ${projects} } }`)).group.projects
  }
  for (const sort of ['ID_ASC', 'ID_DESC', 'NAME_ASC', 'SIMILARITY']) {
    const forward: string[] = []
    const backward: string[] = []
    let [after, before] = ['', '']
    while (forward.length < found.length) {
      const { nodes, pageInfo } = await page(`sort: ${sort}, first: 4, after: "${after}"`)
      forward.push(...nodes.map(({ fullPath }) => fullPath))
      after = pageInfo.endCursor
    }
    while (backward.length < found.length) {
      const { nodes, pageInfo } = await page(`sort: ${sort}, last: 4, before: "${before}"`)
      backward.unshift(...nodes.map(({ fullPath }) => fullPath))
      before = pageInfo.startCursor
    }
    expect(backward, sort).toEqual(forward)
    expect(forward.toSorted(), sort).toEqual(found.toSorted())
  }
})

test('the parent of a group is null when it is hidden', async () => {
  const document = '{ group(fullPath: "canary-top/canary-1-public") { createdAt parent { fullPath } } }'
  expect(await ask('stranger', document)).toMatchObject({ group: { parent: null } })
  expect(await ask('owner', document)).toMatchObject({ group: { parent: { fullPath: 'canary-top' } } })
})

test('lists below groups take as many statements for a long page as for a short one', async () => {
  const document = (first: number) => `{ groups(first: ${first}) { count nodes { name parent { name }
    projects(first: 3, includeSubgroups: true) { count nodes { name group { name } } } descendantGroups { count nodes { name } } } } }`
  const counts = []
  // The first groups have no projects or no parents.
  for (const first of [5, 6, 7]) counts.push((await app.statementsOf(() => ask('owner', document(first)))).length)
  console.info(`groups, owner: ${counts} statements`)
  expect(new Set(counts).size).toBe(1)
})

test('the projects of a group are read with their releases only for viewers who may read the code', async () => {
  const path = 'canary-0-private'
  const project = world.projects.find(({ fullPath }) => fullPath === `${path}/beacon-0-private-private`) as Project
  await create.createRelease(project, { tag: 'canary-1' })
  const document = `{ group(fullPath: "${path}") { projects { nodes { releases { nodes { id } } } } } }`
  const readsApart = async () => {
    const statements = await app.statementsOf(() => ask('guest', document))
    return statements.some((text) => text.includes('releases.pageOfProject'))
  }
  expect(await readsApart()).toBe(true)
  const membership = { userId: world.users.guest.id, groupId: project.groupId }
  await db.groupMember.update({ where: { userId_groupId: membership }, data: { role: role.reporter } })
  expect(await readsApart()).toBe(false)
  await db.groupMember.update({ where: { userId_groupId: membership }, data: { role: role.guest } })
})

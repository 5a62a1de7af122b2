// Arguments of lists that GitLab has. What Waybill does not have narrows a list to nothing, or not at all.
import { beforeAll, describe, expect, test } from 'vitest'
import type { Group, Project } from '../../../src/generated/prisma/client.ts'
import { useApp } from '../../support/app.ts'
import { query } from '../../support/client.ts'
import { createFindingWorld, type FindingWorld, type ViewerName, viewers } from './finding-world.ts'

const app = useApp({ rateLimits: null })
let world: FindingWorld
let top: Group
beforeAll(async () => {
  world = await createFindingWorld()
  top = world.groups[0] as Group
})

type Page = { count: number; nodes: { fullPath: string }[] }

const send = (viewer: ViewerName, document: string) =>
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of all kinds
  query<any, object>(app, document, {}, { token: world.tokens[viewer] })

/** The paths of a list, which must be as many as it counts. */
async function pathsIn(viewer: ViewerName, list: string, above?: string): Promise<string[]> {
  const field = `${list} { count nodes { fullPath } }`
  const { data, errors } = await send(viewer, `{ ${above ? `${above} { list: ${field} }` : `list: ${field}`} }`)
  expect(errors, list).toBeUndefined()
  const { count, nodes } = ((above ? data[above.replace(/\W.*/, '')] : data) as { list: Page }).list
  expect(count, list).toBe(nodes.length)
  return nodes.map(({ fullPath }) => fullPath)
}

const gid = (kind: string, { id }: { id: number }) => `"gid://gitlab/${kind}/${id}"`
const paths = (rows: { fullPath: string }[]) => rows.map(({ fullPath }) => fullPath).toSorted()
const sorted = async (found: Promise<string[]>) => (await found).toSorted()

describe.each(viewers)('%s', (viewer) => {
  const readable = () => world.projects.filter((project) => world.readsProject(viewer, project))
  const groups = () => world.groups.filter((group) => world.readsGroup(viewer, group))

  test('finds active projects, and those of a namespace, with and without a search', async () => {
    const all = readable()
    for (const search of ['', ', search: "beacon"']) {
      const ask = (args: string) => sorted(pathsIn(viewer, `projects(${args}${search})`))
      expect(await ask('active: true')).toEqual(paths(all.filter(({ archived }) => !archived)))
      expect(await ask('active: false')).toEqual(paths(all.filter(({ archived }) => archived)))
      expect(await ask('active: true, archived: ONLY')).toEqual([])
      expect(await ask('active: false, archived: INCLUDE')).toEqual(paths(all.filter(({ archived }) => archived)))
      for (const group of world.groups) {
        const right = groups().includes(group) ? all.filter(({ groupId }) => groupId === group.id) : []
        expect(await ask(`namespacePath: "${group.fullPath.toUpperCase()}"`)).toEqual(paths(right))
      }
      expect(await ask('namespacePath: "canary-nowhere"')).toEqual([])
      for (const none of ['personal', 'trending']) {
        expect(await ask(`${none}: true`)).toEqual([])
        expect(await ask(`${none}: false`)).toEqual(paths(all))
      }
      expect(await ask('programmingLanguageName: "Ruby"')).toEqual([])
      expect(await ask('notAimedForDeletion: true')).toEqual(paths(all))
    }
  })

  test('finds groups by their IDs, and those that are active', async () => {
    const ids = world.groups.slice(0, 5)
    const found = ids.filter((group) => groups().includes(group))
    expect(await sorted(pathsIn(viewer, `groups(ids: [${ids.map((each) => gid('Group', each))}])`))).toEqual(
      paths(found),
    )
    expect(await pathsIn(viewer, 'groups(ids: [])')).toEqual([])
    expect(await sorted(pathsIn(viewer, 'groups(active: true)'))).toEqual(paths(groups()))
    expect(await pathsIn(viewer, 'groups(active: false)')).toEqual([])
  })

  test('narrows the projects of a group', async () => {
    const chosen = world.projects.filter((_, at) => at % 2 === 0)
    const ids = `ids: [${chosen.map((each) => gid('Project', each))}]`
    for (const group of groups()) {
      const ask = (args: string) => sorted(pathsIn(viewer, `projects(${args})`, `group(fullPath: "${group.fullPath}")`))
      const below = readable().filter(({ ancestorIds }) => ancestorIds.includes(group.id))
      const right = below.filter(({ groupId }) => groupId === group.id)
      const isChosen = (project: Project) => chosen.includes(project)
      expect(await ask(ids)).toEqual(paths(right.filter(isChosen)))
      for (const sort of ['ID_ASC', 'NAME_DESC', 'SIMILARITY']) {
        const args = `${ids}, includeSubgroups: true, search: "internal", sort: ${sort}`
        const found = below.filter(isChosen).filter(({ name }) => name.includes('internal'))
        expect(await ask(args), args).toEqual(paths(found))
      }
      expect(await ask(`${ids}, includeSubgroups: true, includeArchived: false`)).toEqual(
        paths(below.filter(isChosen).filter(({ archived }) => !archived)),
      )
      for (const search of ['', ', search: "beacon"']) {
        expect(await ask(`withIssuesEnabled: true, includeSiblingProjects: true${search}`)).toEqual(paths(right))
        expect(await ask(`withMergeRequestsEnabled: false${search}`)).toEqual([])
        expect(await ask(`notAimedForDeletion: true, withMergeRequestsEnabled: true${search}`)).toEqual(paths(right))
      }
    }
  })

  test('narrows and sorts the groups below a group', async () => {
    if (!groups().includes(top)) return
    const below = groups().filter(({ parentId }) => parentId === top.id)
    const ask = (args: string) => pathsIn(viewer, `descendantGroups(${args})`, `group(fullPath: "${top.fullPath}")`)
    const [first, second] = below as [Group, Group]
    expect(await ask(`ids: [${gid('Group', second)}, ${gid('Group', top)}]`)).toEqual([second.fullPath])
    expect(await sorted(ask('owned: true'))).toEqual(viewer === 'owner' ? paths(below) : [])
    const byId = below.toSorted((a, b) => a.id - b.id).map(({ fullPath }) => fullPath)
    expect(await ask('sort: ID_ASC')).toEqual(byId)
    expect(await ask('sort: ID_DESC, includeParentDescendants: false')).toEqual(byId.toReversed())
    expect((await ask('sort: PATH_DESC')).toReversed()).toEqual(await ask('sort: PATH_ASC'))
    expect(first.id).toBeLessThan(second.id)
  })
})

test.each([
  [
    `groups(ids: ${JSON.stringify(Array(101).fill('gid://gitlab/Group/1'))}) { count }`,
    '"ids" takes at most 100 values',
  ],
  ['groups(ids: ["gid://gitlab/Project/1"]) { count }', 'does not represent an instance of Group'],
  [
    `group(fullPath: "canary-top") { projects(ids: ${JSON.stringify(Array(101).fill('gid://gitlab/Project/1'))}) { count } }`,
    '"ids" takes at most 100 values',
  ],
  [
    `group(fullPath: "canary-top") { descendantGroups(ids: ${JSON.stringify(Array(101).fill('gid://gitlab/Group/1'))}) { count } }`,
    '"ids" takes at most 100 values',
  ],
])('refuses %.40s', async (selection, message) => {
  expect((await send('owner', `{ ${selection} }`)).errors?.[0]?.message).toContain(message)
})

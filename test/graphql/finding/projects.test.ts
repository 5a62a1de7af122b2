import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Project } from '../../../src/generated/prisma/client.ts'
import { useApp } from '../../support/app.ts'
import { query } from '../../support/client.ts'
import { createFindingWorld, type FindingWorld, type ViewerName, viewers } from './finding-world.ts'

const app = useApp({ rateLimits: null })
let world: FindingWorld
beforeAll(async () => {
  world = await createFindingWorld()
})

type Page = {
  count: number
  nodes: { fullPath: string; name: string }[]
  pageInfo: { hasNextPage: boolean; endCursor: string | null }
}

const FIELDS = '{ count nodes { fullPath name } pageInfo { hasNextPage endCursor } }'

async function list(viewer: ViewerName, args = ''): Promise<Page> {
  const document = `{ projects${args && `(${args})`} ${FIELDS} }`
  const { data, errors } = await query<{ projects: Page }, object>(app, document, {}, { token: world.tokens[viewer] })
  expect(errors).toBeUndefined()
  return data.projects
}

const pathsOf = (page: Page) => page.nodes.map(({ fullPath }) => fullPath)
const readable = (viewer: ViewerName) => world.projects.filter((project) => world.readsProject(viewer, project))
const newestFirst = (projects: Project[]) => projects.toSorted((a, b) => b.id - a.id).map(({ fullPath }) => fullPath)
const hidden = (viewer: ViewerName) => world.projects.filter((project) => !world.readsProject(viewer, project))

describe.each(viewers)('%s', (viewer) => {
  test('finds and counts the projects that the viewer may read, newest first', async () => {
    const page = await list(viewer)
    expect(pathsOf(page)).toEqual(newestFirst(readable(viewer)))
    expect(page.count).toBe(readable(viewer).length)
  })

  test.each(['beacon', 'LIGHTHOUSE', 'beacon private', 'lighthouse called'])(
    'finds by "%s" what the viewer may read',
    async (search) => {
      const words = search.toLowerCase().split(' ')
      const found = readable(viewer).filter(({ name, description }) =>
        words.every((word) => `${name} ${description}`.toLowerCase().includes(word)),
      )
      const page = await list(viewer, `search: "${search}"`)
      expect(pathsOf(page)).toEqual(newestFirst(found))
      expect(page.count).toBe(found.length)
    },
  )

  test('learns nothing about a hidden project, whatever is asked', async () => {
    for (const { id, fullPath, path, name } of hidden(viewer)) {
      const questions = [
        `search: "${name}"`,
        `search: "${path}", sort: "similarity"`,
        `ids: ["gid://gitlab/Project/${id}"]`,
        `fullPaths: ["${fullPath}"]`,
        `membership: true, search: "${path}"`,
      ]
      for (const args of questions) expect(await list(viewer, args), args).toMatchObject({ count: 0, nodes: [] })
    }
  })

  test('sees no name of a hidden project or group in any list', async () => {
    const document = `{
      projects { nodes { name fullPath description group { name projects(includeSubgroups: true) { nodes { name } } } } }
      groups { count nodes { name projects(includeSubgroups: true, search: "beacon") { count nodes { name } }
        descendantGroups { count nodes { name } } parent { name } } }
    }`
    const answer = JSON.stringify(await query(app, document, {}, { token: world.tokens[viewer] }))
    for (const { name } of hidden(viewer)) expect(answer).not.toContain(`"${name}"`)
    for (const group of world.groups) {
      if (!world.readsGroup(viewer, group)) expect(answer).not.toContain(`"${group.name}"`)
    }
    for (const { name } of readable(viewer)) expect(answer).toContain(`"${name}"`)
  })

  test('finds its own projects with `membership`', async () => {
    const own = world.projects.filter((project) => world.isMember(viewer, project))
    expect(pathsOf(await list(viewer, 'membership: true'))).toEqual(newestFirst(own))
  })

  test.each(['public', 'internal', 'private'])('narrows to %s projects and to archived projects', async (level) => {
    const ofLevel = readable(viewer).filter(({ visibility }) => visibility === level)
    expect(pathsOf(await list(viewer, `visibilityLevel: ${level}`))).toEqual(newestFirst(ofLevel))
    for (const [archived, keeps] of [
      ['ONLY', (project: Project) => project.archived],
      ['EXCLUDE', (project: Project) => !project.archived],
      ['INCLUDE', () => true],
    ] as const) {
      const kept = newestFirst(ofLevel.filter(keeps))
      const args = `visibilityLevel: ${level}, archived: ${archived}`
      expect(pathsOf(await list(viewer, args))).toEqual(kept)
      expect(pathsOf(await list(viewer, `${args}, search: "lighthouse"`))).toEqual(kept)
      expect(pathsOf(await list(viewer, `${args}, search: "lighthouse", topics: ["nowhere"]`))).toEqual([])
    }
  })
})

const byText = (field: 'name' | 'path') => (a: Project, b: Project) => {
  const [one, other] = [a[field].toLowerCase(), b[field].toLowerCase()]
  return one < other ? -1 : one > other ? 1 : a.id - b.id
}
const sorts: Record<string, (a: Project, b: Project) => number> = {
  id_asc: (a, b) => a.id - b.id,
  id_desc: (a, b) => b.id - a.id,
  created_asc: (a, b) => a.id - b.id,
  created_desc: (a, b) => b.id - a.id,
  name_asc: byText('name'),
  name_desc: (a, b) => byText('name')(b, a),
  path_asc: byText('path'),
  path_desc: (a, b) => byText('path')(b, a),
  latest_activity_asc: (a, b) => a.updatedAt.getTime() - b.updatedAt.getTime() || a.id - b.id,
  latest_activity_desc: (a, b) => b.updatedAt.getTime() - a.updatedAt.getTime() || b.id - a.id,
}

test('pages by cursor give every project once, in the order of the model', async () => {
  const asked = fc.record({
    viewer: fc.constantFrom(...viewers),
    sort: fc.constantFrom(...Object.keys(sorts)),
    size: fc.integer({ min: 1, max: 7 }),
    search: fc.constantFrom('', 'beacon', 'internal', 'lighthouse public'),
  })
  await fc.assert(
    fc.asyncProperty(asked, async ({ viewer, sort, size, search }) => {
      const words = search.split(' ')
      const model = readable(viewer)
        .filter(({ name, description }) => words.every((word) => `${name} ${description}`.includes(word)))
        .toSorted(sorts[sort])
        .map(({ fullPath }) => fullPath)
      const seen: string[] = []
      let after = ''
      for (let pages = 0; pages <= model.length; pages += 1) {
        const args = `first: ${size}, after: "${after}", sort: "${sort}", search: "${search}"`
        const page = await list(viewer, args)
        seen.push(...pathsOf(page))
        expect(page.count).toBe(model.length)
        if (!page.pageInfo.hasNextPage) break
        after = page.pageInfo.endCursor ?? ''
      }
      expect(seen).toEqual(model)
    }),
    { numRuns: 60 },
  )
}, 60_000)

test('pages by similarity put the best match first and give every match once', async () => {
  const search = 'beacon-1-public'
  const whole = pathsOf(await list('admin', `search: "${search}", sort: "similarity"`))
  expect(whole.slice(0, 3).every((path) => path.includes('/beacon-1-public-'))).toBe(true)
  const seen: string[] = []
  let after = ''
  do {
    const page = await list('admin', `search: "${search}", sort: "similarity", first: 2, after: "${after}"`)
    seen.push(...pathsOf(page))
    after = page.pageInfo.hasNextPage ? (page.pageInfo.endCursor ?? '') : ''
  } while (after !== '')
  expect(seen).toEqual(whole)
})

test('a search without three letters in a row finds whole names and paths', async () => {
  expect(pathsOf(await list('admin', 'search: "-"'))).toEqual([])
  expect(pathsOf(await list('admin', 'search: "%"'))).toEqual([])
  expect(pathsOf(await list('admin', 'search: "be%con"'))).toEqual([])
  expect(pathsOf(await list('admin', 'search: "  "'))).toEqual(newestFirst(world.projects))
})

test.each([
  ['sort: "stars"', '"sort" must be one of'],
  [
    `fullPaths: ${JSON.stringify(Array.from({ length: 51 }, (_, at) => `a/b${at}`))}`,
    '"fullPaths" takes at most 50 values',
  ],
  ['ids: ["gid://gitlab/Group/1"]', 'does not represent an instance of Project'],
  ['search: "one two three four five six seven eight nine ten eleven"', '"search" takes at most 10 words'],
  ['after: "nonsense"', 'Please provide a valid cursor'],
])('refuses %s', async (args, message) => {
  const { errors } = await query(app, `{ projects(${args}) { nodes { name } } }`)
  expect(errors?.[0]?.message).toContain(message)
})

test('paths are found in any letter case', async () => {
  const project = readable('anonymous')[0] as Project
  expect(pathsOf(await list('anonymous', `fullPaths: ["${project.fullPath.toUpperCase()}"]`))).toEqual([
    project.fullPath,
  ])
})

test('a list takes as many statements for a long page as for a short one', async () => {
  const document = (
    first: number,
  ) => `{ projects(first: ${first}) { count nodes { name description avatarUrl lastActivityAt
    group { name parent { name } projects(first: 2) { nodes { name } } } namespace { fullPath } userPermissions { createRelease readCode }
    releases(first: 2) { nodes { name tagName } } } } }`
  for (const viewer of ['anonymous', 'guest', 'admin'] as const) {
    const counts = []
    for (const first of [2, 5, 9]) {
      const run = async () => {
        const { errors } = await query(app, document(first), {}, { token: world.tokens[viewer] })
        expect(errors).toBeUndefined()
      }
      counts.push((await app.statementsOf(run)).length)
    }
    console.info(`projects, ${viewer}: ${counts} statements`)
    // The newest two may have no group that the viewer reads, so that nothing is read below it.
    expect(new Set(counts.slice(1)).size).toBe(1)
    expect(Math.max(...counts)).toBeLessThanOrEqual(12)
  }
})

test('tells what the viewer may do, and the place of the project', async () => {
  const document = `query ($path: ID!) { project(fullPath: $path) { namespace { id name fullPath } group { name }
    userPermissions { readProject readCode createRelease deleteRelease adminTag adminProject } } }`
  const project = world.projects.find(({ path }) => path === 'beacon-1-private-private') as Project
  const { data } = await query<{ project: unknown }, object>(
    app,
    document,
    { path: project.fullPath },
    { token: world.tokens.developer },
  )
  expect(data.project).toMatchObject({
    // The developer may not read the private group, and knows its path alone.
    namespace: { id: `gid://gitlab/Group/${project.groupId}`, name: 'canary-1-private' },
    group: null,
    userPermissions: { readProject: true, readCode: true, createRelease: false, adminTag: false, adminProject: false },
  })
})

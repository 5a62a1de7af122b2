import { beforeAll, describe, expect, test } from 'vitest'
import { db } from '../../../src/database/db.ts'
import type { Release } from '../../../src/generated/prisma/client.ts'
import { rest } from '../../http/rest/client.ts'
import { useApp } from '../../support/app.ts'
import { query } from '../../support/client.ts'
import * as create from '../../support/factories.ts'
import { createWorld, type ViewerName, viewers, type World } from '../../support/world.ts'

const app = useApp({ rateLimits: null })
let world: World
let rows: Release[]

const notes = ['The lamp burns again', 'The foghorn is louder', 'A lamp and a foghorn', null, 'Nothing at all'] as const
const tags = ['canary-1.0', 'canary-1.1', 'beacon-2.0', 'lamp-3.0', 'foghorn'] as const
const titles = [null, 'Foghorn release', 'Second lamp', null, null] as const

beforeAll(async () => {
  world = await createWorld(app, { project: { visibility: 'private' } })
  await create.addMember({ group: world.group }, world.users.guest, 'guest')
  await create.addMember({ group: world.group }, world.users.developer, 'developer')
  const milestone = await create.createMilestone({ projectId: world.project.id })
  await db.milestone.update({ where: { id: milestone.id }, data: { title: 'Storm season' } })
  rows = []
  for (const [at, tag] of tags.entries()) {
    const authorId = at % 2 === 0 ? world.users.owner.id : world.users.developer.id
    const values = { tag, name: titles[at] ?? null, description: notes[at] ?? null, authorId }
    rows.push(await create.createRelease(world.project, values))
  }
  await db.milestoneRelease.create({ data: { milestoneId: milestone.id, releaseId: rows[2]?.id ?? 0 } })
})

type Found = { count: number; nodes: { id: string }[]; pageInfo: { hasNextPage: boolean; endCursor: string | null } }

const send = (viewer: ViewerName, of: 'project' | 'group', args: string) =>
  query<Record<string, { releases: Found } | null>, object>(
    app,
    `{ ${of}(fullPath: "${world[of].fullPath}") { releases(${args}) { count nodes { id } pageInfo { hasNextPage endCursor } } } }`,
    {},
    { token: world.tokens[viewer] },
  )

/** The places of the rows that are found, in the order of `rows`. */
async function found(viewer: ViewerName, of: 'project' | 'group', args: string): Promise<number[]> {
  const { data, errors } = await send(viewer, of, args)
  expect(errors).toBeUndefined()
  const { count, nodes } = data[of]?.releases ?? { count: 0, nodes: [] }
  expect(count, args).toBe(nodes.length)
  const ids = nodes.map(({ id }) => Number(id.split('/').at(-1)))
  return rows.flatMap((row, at) => (ids.includes(row.id) ? [at] : []))
}

const titleOf = (at: number) => titles[at] ?? tags[at] ?? ''
const lower = (text: string) => text.toLowerCase()

/** What a viewer finds who searches these texts. */
const withWord = (word: string, texts: (at: number) => string) =>
  rows.flatMap((_row, at) =>
    lower(texts(at))
      .split(/[^a-z]+/)
      .includes(word)
      ? [at]
      : [],
  )

const inNotes = (at: number) => notes[at] ?? ''
const readsCode = (viewer: ViewerName) => !['anonymous', 'stranger', 'guest', 'planner'].includes(viewer)
const reads = (viewer: ViewerName) => !['anonymous', 'stranger'].includes(viewer)

describe.each(viewers)('%s', (viewer) => {
  test('finds releases by words in what the viewer may read', async () => {
    for (const word of ['lamp', 'foghorn', 'release', 'nothing']) {
      const expected = reads(viewer)
        ? withWord(word, (at) => (readsCode(viewer) ? `${titleOf(at)} ${inNotes(at)}` : inNotes(at)))
        : []
      expect(await found(viewer, 'project', `search: "${word.toUpperCase()}"`), word).toEqual(expected)
    }
  })

  test('excludes by words in what the viewer may read', async () => {
    const all = rows.map((_row, at) => at)
    const excluded = withWord('foghorn', (at) => (readsCode(viewer) ? `${titleOf(at)} ${inNotes(at)}` : inNotes(at)))
    // The release of the world is found as well, and has no place in `rows`.
    const { data } = await send(viewer, 'project', 'search: "-foghorn"')
    const ids = data.project?.releases.nodes.map(({ id }) => Number(id.split('/').at(-1))) ?? []
    expect(rows.flatMap(({ id }, at) => (ids.includes(id) ? [at] : []))).toEqual(
      reads(viewer) ? all.filter((at) => !excluded.includes(at)) : [],
    )
  })

  test('narrows by tags only with access to the code, and is refused alike for every prefix', async () => {
    const answers = []
    for (const prefix of ['canary', 'never']) {
      const { data, errors } = await send(viewer, 'project', `tagPrefix: "${prefix}"`)
      answers.push(JSON.stringify([data, errors?.map(({ message }) => message)]))
      if (readsCode(viewer)) expect(data.project?.releases.nodes).toHaveLength(prefix === 'canary' ? 2 : 0)
      else if (reads(viewer)) expect(errors?.[0]?.message).toContain('"tagPrefix"')
      else expect(data.project).toBeNull()
    }
    if (!readsCode(viewer)) expect(answers[0]).toBe(answers[1])
  })

  test('narrows by author and by milestone', async () => {
    const own = (name: 'owner' | 'developer') =>
      reads(viewer) ? rows.flatMap(({ authorId }, at) => (authorId === world.users[name].id ? [at] : [])) : []
    for (const name of ['owner', 'developer'] as const) {
      const ids = await send(viewer, 'project', `author: "${world.users[name].username.toUpperCase()}"`)
      const shown = ids.data.project?.releases.nodes.map(({ id }) => Number(id.split('/').at(-1))) ?? []
      expect(rows.flatMap(({ id }, at) => (shown.includes(id) ? [at] : []))).toEqual(own(name))
    }
    expect(await found(viewer, 'project', 'author: "nobody-has-this"')).toEqual([])
    expect(await found(viewer, 'project', 'milestoneTitle: "Storm season"')).toEqual(reads(viewer) ? [2] : [])
    expect(await found(viewer, 'project', 'milestoneTitle: "Storm"')).toEqual([])
  })
})

test('a group is searched in each project as far as the viewer may read there', async () => {
  for (const word of ['lamp', 'foghorn']) {
    expect(await found('developer', 'group', `search: "${word}"`)).toEqual(
      withWord(word, (at) => `${titleOf(at)} ${inNotes(at)}`),
    )
    expect(await found('guest', 'group', `search: "${word}"`)).toEqual(withWord(word, inNotes))
  }
  expect(await found('developer', 'group', 'tagPrefix: "canary"')).toEqual([0, 1])
  expect(await found('guest', 'group', 'tagPrefix: "canary"')).toEqual([])
  expect(await found('guest', 'group', 'milestoneTitle: "Storm season"')).toEqual([2])
  await db.project.update({
    where: { id: world.project.id },
    data: { issuesLevel: 'disabled', mergeRequestsLevel: 'disabled' },
  })
  expect(await found('guest', 'group', 'milestoneTitle: "Storm season"')).toEqual([])
  const { errors } = await send('guest', 'project', 'milestoneTitle: "Storm season"')
  expect(errors?.[0]?.message).toContain('"milestoneTitle"')
  await db.project.update({
    where: { id: world.project.id },
    data: { issuesLevel: 'enabled', mergeRequestsLevel: 'enabled' },
  })
})

test('pages of a search give every match once', async () => {
  const seen: string[] = []
  let after = ''
  do {
    const { data } = await send('developer', 'project', `search: "lamp or foghorn", first: 1, after: "${after}"`)
    const { nodes = [], pageInfo } = data.project?.releases ?? {}
    seen.push(...nodes.map(({ id }) => id))
    after = pageInfo?.hasNextPage ? (pageInfo.endCursor ?? '') : ''
  } while (after !== '')
  expect(new Set(seen).size).toBe(5)
  expect(seen).toHaveLength(5)
})

test.each(['"', "' OR 1=1", '!!! & | <->', '-', ':*', '%', '   '])('takes any text as a search: %s', async (text) => {
  const { errors } = await send('developer', 'project', `search: ${JSON.stringify(text)}`)
  expect(errors).toBeUndefined()
})

test('REST takes the same parameters and refuses the same', async () => {
  const get = async (viewer: ViewerName, path: string) => rest(app, 'GET', path, { token: world.tokens[viewer] })
  const list = `/projects/${world.project.id}/releases`
  const ofGroup = `/groups/${world.group.id}/releases`
  const tagsAt = async (path: string) =>
    (await get('developer', path)).body.map((row: { tag_name: string }) => row.tag_name)
  expect((await tagsAt(`${list}?search=foghorn&author=${world.users.developer.username}`)).toSorted()).toEqual([
    'canary-1.1',
  ])
  expect(await tagsAt(`${list}?milestone_title=Storm+season`)).toEqual(['beacon-2.0'])
  expect((await tagsAt(`${list}?tag_prefix=canary`)).toSorted()).toEqual(['canary-1.0', 'canary-1.1'])
  expect((await tagsAt(`${ofGroup}?tag_prefix=canary`)).toSorted()).toEqual(['canary-1.0', 'canary-1.1'])
  expect(await tagsAt(`${ofGroup}?search=louder&simple=true`)).toEqual(['canary-1.1'])
  expect((await get('guest', `${list}?search=foghorn`)).body).toHaveLength(2)
  for (const prefix of ['canary', 'never']) {
    const answer = await get('guest', `${list}?tag_prefix=${prefix}`)
    expect([answer.status, answer.text.includes('canary')]).toEqual([403, false])
  }
})

test('a search takes as many statements for a long page as for a short one', async () => {
  const counts = []
  for (const first of [1, 2, 4]) {
    counts.push(
      (await app.statementsOf(() => send('developer', 'project', `search: "lamp or foghorn", first: ${first}`))).length,
    )
  }
  expect(new Set(counts).size).toBe(1)
})

test('the notes of a release may have any length', async () => {
  const words = Array.from({ length: 120_000 }, (_, at) => at.toString(36)).join(' ')
  const release = await create.createRelease(world.project, { tag: 'long', description: words })
  expect((await send('developer', 'project', 'search: "9999"')).errors).toBeUndefined()
  await db.release.delete({ where: { id: release.id } })
})

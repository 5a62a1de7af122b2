import fc from 'fast-check'
import { expect, test } from 'vitest'
import { db } from '../../src/database/db.ts'
import { pathAside } from '../../src/modules/deletions/deletion-rows.ts'
import { useApp } from '../support/app.ts'
import { type GraphqlError, query } from '../support/client.ts'
import * as create from '../support/factories.ts'
import { fuzzTimeout, runs } from '../support/fuzz.ts'
import { createWorld, type World } from '../support/world.ts'
import { type Choose, type Entry, type RandomQuery, randomQuery } from './random-query.ts'
import { toldErrors } from './told-errors.ts'

const app = useApp()

/** A mark in the tag, which must not stand in any answer to a viewer without code access. */
const MARK = 'zqx'
const TAG = `${MARK}/v1.2.3-${MARK}.1`

/** A mark in the names and paths of projects and groups that the viewers may not see. */
const HIDDEN = 'qyx'
const OLD_PATH = 'old-place'

const given = {
  ...{ tagName: TAG, directAssetPath: '/bin/linux', name: 'production', with: TAG, iid: '1' },
  ...{ searchPattern: '*', version: '2.0.0', offset: 0, limit: 10, search: MARK },
  ...{ includeSubgroups: true, searchNamespaces: true, aimedForDeletion: true, membership: true },
}

/**
 * Hides a private project and a group beside the project, a private group above, and a deleted project. The author of the release
 * and all viewers but the stranger have a role elsewhere, which nobody else may learn.
 */
async function hide({ project, group, users }: World) {
  const above = await create.createGroup({ name: `${HIDDEN} above`, visibility: 'private' })
  await db.group.update({ where: { id: group.id }, data: { parentId: above.id } })
  const beside = await create.createGroup({
    ...{ name: `${HIDDEN} beside`, path: `${HIDDEN}-beside`, visibility: 'private', parentId: above.id },
  })
  const hidden = await create.createProject({
    ...{ name: `${HIDDEN} project`, path: `${HIDDEN}-project`, visibility: 'private', groupId: beside.id },
    ...{ description: `The ${HIDDEN} project`, topics: [HIDDEN] },
  })
  await create.addMember({ group: beside }, users.developer, 'owner')
  await create.addMember({ project: hidden }, users.developer, 'maintainer')
  await create.createRelease(hidden, { tag: `${HIDDEN}-1`, name: `${HIDDEN} release`, authorId: users.developer.id })
  const deleted = await create.createProject({
    name: `${HIDDEN} deleted`,
    path: `${HIDDEN}-deleted`,
    groupId: group.id,
  })
  await db.deletion.create({ data: { projectId: deleted.id, path: deleted.path } })
  await db.project.update({ where: { id: deleted.id }, data: { path: pathAside(deleted) } })
  const { fullPath } = await db.project.update({ where: { id: project.id }, data: { path: OLD_PATH } })
  await db.project.update({ where: { id: project.id }, data: { path: project.path } })
  return fullPath
}

async function worldWithTags(options: Parameters<typeof createWorld>[1]) {
  const world = await createWorld(app, { ...options, tag: TAG })
  const description = `#1 %1 ${world.release.sha} [a](docs/x.md) ![b](c.png)`
  await db.release.update({ where: { id: world.release.id }, data: { name: null, description } })
  await db.evidence.updateMany({
    where: { releaseId: world.release.id },
    data: { summary: { release: { tag_name: TAG } } },
  })
  await db.protectedTag.create({
    data: { projectId: world.project.id, name: `${MARK}*`, accessLevels: { create: { accessLevel: 40 } } },
  })
  await db.environment.create({ data: { projectId: world.project.id, name: 'production' } })
  await db.freezePeriod.create({
    data: { projectId: world.project.id, freezeStart: '0 0 * * 5', freezeEnd: '0 0 * * 1' },
  })
  await create.addMember({ group: world.group }, world.users.stranger, 'guest')
  await db.releaseDraft.create({ data: { projectId: world.project.id, tag: `${TAG}-draft`, name: TAG } })
  const oldPath = await hide(world)
  const project = await db.project.findUniqueOrThrow({ where: { id: world.project.id } })
  const group = await db.group.findUniqueOrThrow({ where: { id: world.group.id } })
  return { ...world, project, group, oldPath }
}

type Hiding = Awaited<ReturnType<typeof worldWithTags>>

async function entriesOf({ project, group, release, users, oldPath }: Hiding): Promise<Entry[]> {
  const { milestoneId } = await db.milestoneRelease.findFirstOrThrow({ where: { releaseId: release.id } })
  const releaseId = `gid://gitlab/Release/${release.id}`
  return [
    { type: 'Project', field: 'project', args: { fullPath: project.fullPath } },
    { type: 'Group', field: 'group', args: { fullPath: group.fullPath } },
    { type: 'Release', field: 'release', args: { id: releaseId } },
    { type: 'Milestone', field: 'milestone', args: { id: `gid://gitlab/Milestone/${milestoneId}` } },
    { type: 'Release', field: 'node', args: { id: releaseId } },
    { type: 'Release', field: 'nodes', args: { ids: [releaseId] } },
    { type: 'Project', field: 'project', args: { fullPath: oldPath } },
    { type: 'ProjectConnection', field: 'projects', args: { first: 2, sort: 'name_asc' } },
    { type: 'ProjectConnection', field: 'projects', args: { first: 2, search: HIDDEN, searchNamespaces: true } },
    { type: 'ProjectConnection', field: 'projects', args: { first: 2, topics: [HIDDEN] } },
    { type: 'GroupConnection', field: 'groups', args: { first: 2, search: HIDDEN } },
    { type: 'GroupConnection', field: 'groups', args: { first: 2, sort: 'path_desc' } },
    { type: 'CurrentUser', field: 'currentUser', args: {} },
    { type: 'UserCore', field: 'user', args: { username: users.developer.username } },
    { type: 'UserCoreConnection', field: 'users', args: { usernames: [users.developer.username] } },
    { type: 'Metadata', field: 'metadata', args: {} },
  ]
}

type Result = { data?: unknown; errors?: GraphqlError[] }

const toldIn = (result: Result) => ({ data: result.data ?? null, errors: toldErrors(result) })

let sent = 0

/** Runs the query interpreted, because its text never came before. It is sent in a batch, as that is another way in. */
async function interpreted({ query: text, variables }: RandomQuery, token: string | null): Promise<Result> {
  const response = await fetch(`${app.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token ? { 'private-token': token } : {}) },
    body: JSON.stringify([{ query: `${text} # ${sent++}`, variables }]),
  })
  const [answer] = (await response.json()) as Result[]
  return answer ?? {}
}

/** Runs the query compiled, because its text comes again. */
async function compiled({ query: text, variables }: RandomQuery, token: string | null): Promise<Result[]> {
  const answers: Result[] = []
  for (let time = 0; time < 3; time++) answers.push(await query(app, text, variables, { token, path: '/graphql' }))
  return answers
}

/** Gives one number per decision, and starts over at the end. */
const chooser = (choices: readonly number[]): Choose => {
  let at = 0
  return () => choices[at++ % choices.length] ?? 0
}

const choices = fc.array(fc.nat(1000), { minLength: 200, maxLength: 200 })

test(
  'no answer to a viewer without code access holds the tag, whatever the query is, and both executors give the same answer',
  async () => {
    const closed = await worldWithTags({ project: { visibility: 'private' } })
    const open = await worldWithTags({ project: { visibility: 'public', repositoryLevel: 'disabled' } })
    const entries = new Map([
      [closed, await entriesOf(closed)],
      [open, await entriesOf(open)],
    ])
    const viewers: [Hiding, string | null][] = [
      [closed, closed.tokens.guest],
      [closed, closed.tokens.planner],
      [closed, closed.tokens.stranger],
      [open, null],
      [open, open.tokens.owner],
    ]
    const seen = { all: 0, answered: 0, fragments: 0, introspection: 0, variables: 0 }
    await fc.assert(
      fc.asyncProperty(fc.nat(4), fc.nat(15), choices, async (who, at, numbers) => {
        const [world, token] = viewers[who] ?? [closed, null]
        const entry = entries.get(world)?.[at]
        if (!entry) throw new Error('there is no such entry')
        const asked = randomQuery(entry, chooser(numbers), given)
        const one = await interpreted(asked, token)
        const others = await compiled(asked, token)
        for (const other of others) expect(toldIn(other)).toEqual(toldIn(one))
        const text = JSON.stringify([one, others])
        for (const canary of [MARK, HIDDEN, 'INTERNAL_SERVER_ERROR']) expect(text, asked.query).not.toContain(canary)
        seen.all += 1
        if (one.errors) return
        seen.answered += 1
        if (asked.query.includes('fragment ')) seen.fragments += 1
        if (/__(schema|type)\b/.test(asked.query)) seen.introspection += 1
        if (asked.query.includes('$v')) seen.variables += 1
      }),
      // The query itself is told. Making it smaller would take longer than the test may.
      { ...runs(60), endOnFailure: true },
    )
    // The test means something only when enough queries of each kind are within the limits.
    expect(seen.answered).toBeGreaterThan(seen.all / 3)
    for (const kind of ['fragments', 'introspection', 'variables'] as const) expect(seen[kind], kind).toBeGreaterThan(0)
  },
  fuzzTimeout,
)

test(
  'a viewer with code access gets the tag from the very same queries',
  async () => {
    const world = await worldWithTags({ project: { visibility: 'private' } })
    const [, , entry] = await entriesOf(world)
    if (!entry) throw new Error('there is no such entry')
    let answered = 0
    for (const numbers of fc.sample(choices, { seed: 1, numRuns: 20 })) {
      const asked = randomQuery(entry, chooser(numbers), given)
      const answer = await query(app, asked.query, asked.variables, { token: world.tokens.reporter })
      if (answer.errors) continue
      answered += 1
      expect(JSON.stringify(answer.data)).toContain(MARK)
    }
    expect(answered).toBeGreaterThan(5)
  },
  fuzzTimeout,
)

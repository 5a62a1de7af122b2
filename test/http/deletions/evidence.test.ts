// Evidence is served by its digest, also of a deleted project, until the project is removed.
import { describe, expect, test } from 'vitest'
import { db } from '../../../src/database/db.ts'
import { removeProject } from '../../../src/modules/deletions/remove-project.ts'
import { collectEvidence } from '../../../src/modules/evidence/collect-evidence.ts'
import { useApp } from '../../support/app.ts'
import * as create from '../../support/factories.ts'
import { mutate } from '../../support/mutate.ts'
import { createWorld, type ViewerName, viewers, type World, type WorldOptions } from '../../support/world.ts'

const app = useApp()

type Kept = World & { sha: string; inGroup: string }

/** A world below two groups, with a Reporter of the upper group, and signed evidence. */
async function keptWorld(project: NonNullable<WorldOptions['project']>): Promise<Kept> {
  const world = await createWorld(app, { project })
  const above = await create.createGroup()
  const group = await db.group.update({ where: { id: world.group.id }, data: { parentId: above.id } })
  await create.addMember({ group: above }, world.users.owner, 'owner')
  const reporter = await create.createUser()
  await create.addMember({ group: above }, reporter, 'reporter')
  const evidence = await db.$transaction((tx) =>
    collectEvidence(tx, world.release.id, { occasion: null, baseUrl: app.url }),
  )
  return { ...world, group, sha: evidence?.sha ?? '', inGroup: await create.tokenFor(reporter) }
}

/** Everything of the answer that could tell something. */
async function answerTo(sha: string, token: string | null) {
  const response = await fetch(`${app.url}/-/evidence/${sha}.json`, {
    headers: token ? { 'private-token': token } : {},
  })
  const headers = [...response.headers].filter(([name]) => !/^(?:date|x-request-id|ratelimit-.*)$/.test(name))
  return { status: response.status, headers, body: await response.text() }
}

async function readersOf({ sha, tokens, inGroup }: Kept): Promise<string[]> {
  const admin = await create.tokenFor(await create.createUser({ admin: true }))
  const all = { ...tokens, 'of the group': inGroup, administrator: admin }
  const missing = await answerTo('0'.repeat(64), null)
  expect([missing.status, missing.body]).toEqual([404, '{"message":"404 Not Found"}'])
  const readers: string[] = []
  for (const [name, token] of Object.entries(all)) {
    const answer = await answerTo(sha, token)
    if (answer.status === 200) readers.push(name)
    else expect([name, answer]).toEqual([name, missing])
  }
  return readers.sort()
}

type Deletion = [mutation: string, input: Record<string, string>]

/** By the full path of the project, which is in a group of another group. */
const deletions: Record<string, (path: string) => Deletion> = {
  project: (path) => ['projectDelete', { projectPath: path }],
  group: (path) => ['groupDelete', { groupPath: path.split('/').slice(0, 2).join('/') }],
  'group above': (path) => ['groupDelete', { groupPath: path.split('/').slice(0, 1).join('/') }],
}

const members: readonly ViewerName[] = ['reporter', 'developer', 'maintainer', 'owner']
const readers = {
  public: viewers,
  internal: viewers.slice(1),
  private: members,
} satisfies Record<string, readonly ViewerName[]>

describe.each(Object.keys(deletions))('after the deletion of the %s', (what) => {
  test.each(Object.keys(readers) as (keyof typeof readers)[])(
    'those who could read the evidence of a %s project still read it by its digest, until it is removed',
    async (visibility) => {
      const world = await keptWorld({ visibility })
      const project = await db.project.findUniqueOrThrow({ where: { id: world.project.id } })
      const expected = [...readers[visibility], 'of the group', 'administrator'].sort()
      const before = await answerTo(world.sha, world.tokens.owner)
      expect([await readersOf(world), new Map(before.headers).get('etag')]).toEqual([expected, `"${world.sha}"`])

      const deletion = deletions[what]?.(project.fullPath) ?? ['', {}]
      expect(await mutate(app, world.tokens.owner, ...deletion)).toEqual([])
      expect(await readersOf(world)).toEqual(expected)
      expect(await answerTo(world.sha, world.tokens.owner)).toEqual(before)

      const places = { repositoriesDir: app.repositoriesDir, storage: app.storage, artifacts: app.storage }
      await removeProject(project.id, { ...places, signal: new AbortController().signal })
      expect(await readersOf(world)).toEqual([])
    },
  )
})

test('the features of the project that hide evidence hide it after the deletion', async () => {
  const world = await keptWorld({ visibility: 'public', issuesLevel: 'disabled' })
  const project = await db.project.findUniqueOrThrow({ where: { id: world.project.id } })
  expect(await mutate(app, world.tokens.owner, 'projectDelete', { projectPath: project.fullPath })).toEqual([])
  expect(await readersOf(world)).toEqual([])
})

test('a membership that has ended no longer opens the evidence of a deleted project', async () => {
  const world = await keptWorld({ visibility: 'private' })
  const project = await db.project.findUniqueOrThrow({ where: { id: world.project.id } })
  expect(await mutate(app, world.tokens.owner, 'projectDelete', { projectPath: project.fullPath })).toEqual([])
  await db.projectMember.deleteMany({ where: { userId: world.users.reporter.id } })
  expect(await readersOf(world)).toEqual(['administrator', 'developer', 'maintainer', 'of the group', 'owner'])
})

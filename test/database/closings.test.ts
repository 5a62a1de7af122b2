import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectDatabase, db } from '../../src/database/db.ts'
import { Prisma } from '../../src/generated/prisma/client.ts'
import { createDatabase } from '../support/database.ts'
import * as create from '../support/factories.ts'

let ids: { group: number; project: number; issue: number; user: number; package: number }
let close = async () => {}

beforeAll(async () => {
  const database = await createDatabase()
  const client = connectDatabase({ url: database.url })
  const group = await create.createGroup()
  const project = await create.createProject({ groupId: group.id, visibility: 'public' })
  const user = await create.createUser()
  await create.addMember({ project }, user, 'guest')
  const issue = await create.createIssue(project)
  const { id } = await db.package.create({ data: { projectId: project.id, name: 'p', version: '1' } })
  ids = { group: group.id, project: project.id, issue: issue.id, user: user.id, package: id }
  close = async () => {
    await client.$disconnect()
    await database.drop()
  }
})
afterAll(() => close())

const closings = async (): Promise<number> => {
  const [row] = await db.$queryRaw<[{ version: number }]>`
    SELECT coalesce(sum(version), 0)::int AS version FROM content_versions WHERE scope = 'closings'`
  return row.version
}

async function closes(write: () => PromiseLike<unknown>): Promise<boolean> {
  const before = await closings()
  await write()
  return (await closings()) > before
}

type Write = [what: string, write: () => PromiseLike<unknown>]

const set = (table: string, id: keyof typeof ids, change: string): Write => [
  `${table}: ${change}`,
  () => db.$executeRaw`UPDATE ${Prisma.raw(table)} SET ${Prisma.raw(change)} WHERE id = ${ids[id]}`,
]

const writes: Write[] = [
  set('projects', 'project', "visibility = 'private'"),
  set('projects', 'project', "releases_level = 'private'"),
  set('projects', 'project', "repository_level = 'disabled'"),
  set('projects', 'project', "issues_level = 'private'"),
  set('projects', 'project', "merge_requests_level = 'private'"),
  set('projects', 'project', "path = 'moved'"),
  set('groups', 'group', "visibility = 'internal'"),
  set('groups', 'group', "path = 'moved-group'"),
  set('issues', 'issue', 'confidential = true'),
  set('packages', 'package', 'hidden = true'),
  set('users', 'user', "state = 'blocked'"),
  ['a member leaves', () => db.projectMember.deleteMany({ where: { userId: ids.user } })],
  ['an issue is deleted', () => db.issue.deleteMany({ where: { id: ids.issue } })],
  [
    'a project is deleted',
    () =>
      db.$transaction([
        db.deletion.create({ data: { projectId: ids.project, path: 'moved' } }),
        db.project.update({ where: { id: ids.project }, data: { path: 'moved~1' } }),
      ]),
  ],
  ['a project is removed', () => db.project.deleteMany({ where: { id: ids.project } })],
]

const harmless: Write[] = [
  set('projects', 'project', "description = 'x', releases_count = 7, archived = true, updated_at = now()"),
  set('groups', 'group', "description = 'x', releases_count = 7"),
  set('users', 'user', "name = 'x'"),
  ['a statement that deletes nothing', () => db.issue.deleteMany({ where: { id: -1 } })],
]

test.for(harmless)('a write that takes nothing away is no closing: %s', async ([, write]) => {
  expect(await closes(write)).toBe(false)
})

test.for(writes)('a write that takes something away counts as a closing: %s', async ([, write]) => {
  expect(await closes(write)).toBe(true)
})

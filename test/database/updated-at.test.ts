import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectDatabase, db } from '../../src/database/db.ts'
import { createDatabase } from '../support/database.ts'
import * as create from '../support/factories.ts'

let close = async () => {}

beforeAll(async () => {
  const database = await createDatabase()
  const client = connectDatabase({ url: database.url })
  close = async () => {
    await client.$disconnect()
    await database.drop()
  }
})
afterAll(() => close())

const LONG_AGO = new Date('2020-01-01T00:00:00Z')

/** A project and a release that were last changed long ago. */
async function createOldRelease() {
  const project = await create.createProject()
  const release = await create.createRelease(project, { description: 'Notes' })
  await db.release.update({ where: { id: release.id }, data: { updatedAt: LONG_AGO } })
  await db.project.update({ where: { id: project.id }, data: { updatedAt: LONG_AGO } })
  return { project, release }
}

/** Says which of the two has a new time of change. */
async function touched({ project, release }: Awaited<ReturnType<typeof createOldRelease>>) {
  const { updatedAt: projectAt } = await db.project.findUniqueOrThrow({ where: { id: project.id } })
  const releaseAt = (await db.release.findUnique({ where: { id: release.id } }))?.updatedAt ?? LONG_AGO
  return { project: projectAt > LONG_AGO, release: releaseAt > LONG_AGO }
}

const both = { project: true, release: true }
const neither = { project: false, release: false }

test('a link that is saved updates its release, and the release updates the project', async () => {
  const old = await createOldRelease()
  expect(await touched(old)).toEqual(neither)
  await create.createLink(old.release)
  expect(await touched(old)).toEqual(both)
})

test.each(['renamed', 'deleted'])('a link that is %s updates its release and the project', async (how) => {
  const old = await createOldRelease()
  const link = await create.createLink(old.release)
  await db.release.update({ where: { id: old.release.id }, data: { updatedAt: LONG_AGO } })
  await db.project.update({ where: { id: old.project.id }, data: { updatedAt: LONG_AGO } })
  if (how === 'deleted') await db.assetLink.delete({ where: { id: link.id } })
  else await db.assetLink.update({ where: { id: link.id }, data: { name: 'another' } })
  expect(await touched(old)).toEqual(both)
})

test('a link that is written by plain SQL updates its release and the project', async () => {
  const old = await createOldRelease()
  await db.$executeRaw`INSERT INTO asset_links (release_id, name, url) VALUES (${old.release.id}, 'a', 'https://a')`
  expect(await touched(old)).toEqual(both)
})

test('evidence that is collected updates its release and the project', async () => {
  const old = await createOldRelease()
  await create.createEvidence(old.release)
  expect(await touched(old)).toEqual(both)
})

test('a release that is saved updates its project, and no other', async () => {
  const old = await createOldRelease()
  const other = await createOldRelease()
  await db.release.update({ where: { id: old.release.id }, data: { name: 'A name' } })
  expect(await touched(old)).toEqual(both)
  expect(await touched(other)).toEqual(neither)
})

test('a release that is created or deleted updates its project', async () => {
  const created = await createOldRelease()
  await create.createRelease(created.project)
  expect(await touched(created)).toEqual({ project: true, release: false })
  const deleted = await createOldRelease()
  await db.release.delete({ where: { id: deleted.release.id } })
  expect(await touched(deleted)).toEqual({ project: true, release: false })
})

test('a project that was changed later than now keeps its time', async () => {
  const { project } = await createOldRelease()
  const later = new Date('2100-01-01T00:00:00Z')
  await db.project.update({ where: { id: project.id }, data: { updatedAt: later } })
  await create.createRelease(project)
  expect(await db.project.findUnique({ where: { id: project.id } })).toMatchObject({ updatedAt: later })
})

const keepHtml = (id: number, html: string) =>
  db.$executeRaw`UPDATE releases SET description_html = ${html}, renderer_version = 1 WHERE id = ${id}`

const htmlOf = async ({ id }: { id: number }) => (await db.release.findUniqueOrThrow({ where: { id } })).descriptionHtml

test('rendered notes that are kept update no time', async () => {
  const old = await createOldRelease()
  await keepHtml(old.release.id, '<p>Notes</p>')
  expect(await touched(old)).toEqual(neither)
  expect(await htmlOf(old.release)).toBe('<p>Notes</p>')
})

test('rendered notes are forgotten when the notes change, and only then', async () => {
  const { release } = await createOldRelease()
  await keepHtml(release.id, '<p>Notes</p>')
  await db.release.update({ where: { id: release.id }, data: { name: 'A name', description: 'Notes' } })
  expect(await htmlOf(release)).toBe('<p>Notes</p>')
  await db.release.update({ where: { id: release.id }, data: { description: 'Other notes' } })
  expect(await htmlOf(release)).toBeNull()
  await keepHtml(release.id, '<p>Other notes</p>')
  await db.$executeRaw`UPDATE releases SET description = NULL WHERE id = ${release.id}`
  expect(await htmlOf(release)).toBeNull()
})

test('notes that are written together with their rendering keep it', async () => {
  const { release } = await createOldRelease()
  await db.release.update({ where: { id: release.id }, data: { description: 'New', descriptionHtml: '<p>New</p>' } })
  expect(await htmlOf(release)).toBe('<p>New</p>')
})

test('a release without dates has its creation as its date', async () => {
  const project = await create.createProject()
  await db.$executeRaw`INSERT INTO releases (project_id, tag) VALUES (${project.id}, 'sql')`
  const releases = [await create.createRelease(project), await db.release.findFirstOrThrow({ where: { tag: 'sql' } })]
  for (const release of releases) expect(release.releasedAt).toEqual(release.createdAt)
})

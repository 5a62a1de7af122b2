import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectDatabase, db } from '../../../src/database/db.ts'
import { collectEvidence } from '../../../src/modules/evidence/collect-evidence.ts'
import { digestOf, type Json } from '../../../src/modules/evidence/evidence-snapshot.ts'

import { createDatabase, type TestDatabase } from '../../support/database.ts'
import * as create from '../../support/factories.ts'

const baseUrl = 'https://waybill.example.com'
let database: TestDatabase
let statements = 0

beforeAll(async () => {
  database = await createDatabase()
  const onStatement = () => {
    statements += 1
  }
  connectDatabase({ url: database.url, onStatement })
})

afterAll(async () => {
  await db.$disconnect()
  await database.drop()
})

/** A release with this many milestones, each with an open, a closed and a confidential issue. */
async function releaseWith(milestones: number) {
  const project = await create.createProject({ visibility: 'private' })
  const release = await db.release.create({ data: { projectId: project.id, tag: 'v1' } })
  for (let number = 1; number <= milestones; number++) {
    const { id } = await create.createMilestone({ projectId: project.id }, { title: `M${number}` })
    await create.createIssue(project, { milestoneId: id, title: 'Open' })
    await create.createIssue(project, { milestoneId: id, title: 'Closed', state: 'closed' })
    await create.createIssue(project, { milestoneId: id, title: 'Confidential', confidential: true })
    await create.attachMilestone(release, { id })
  }
  return release
}

test('evidence is stored with the digest and the signature of its snapshot, without confidential issues', async () => {
  const { id } = await releaseWith(1)
  const evidence = await collectEvidence(db, id, { occasion: null, baseUrl })
  expect(evidence).toMatchObject({ releaseId: id, occasion: null })
  expect(evidence?.signature).toMatch(/^[\w-]+\.\.[\w-]+$/)
  expect(evidence?.sha).toBe(digestOf(evidence?.summary as Json))
  expect(evidence?.summary).toMatchObject({
    release: { tag_name: 'v1', milestones: [{ issues: [{ title: 'Open' }, { title: 'Closed' }] }] },
  })
})

test('evidence of a release with many milestones needs two statements, as evidence of any release does', async () => {
  const counts: number[] = []
  for (const release of [await releaseWith(1), await releaseWith(5)]) {
    statements = 0
    await collectEvidence(db, release.id, { occasion: null, baseUrl })
    counts.push(statements)
  }
  // One statement reads and one inserts. The signing key exists since the first test.
  expect(counts).toEqual([2, 2])
})

test('an occasion gives one piece of evidence however often it is collected, and each collection by hand gives another', async () => {
  const { id } = await releaseWith(0)
  const first = await collectEvidence(db, id, { occasion: 'created', baseUrl })
  expect(await collectEvidence(db, id, { occasion: 'created', baseUrl })).toEqual(first)
  await collectEvidence(db, id, { occasion: null, baseUrl })
  await collectEvidence(db, id, { occasion: null, baseUrl })
  expect(await db.evidence.count({ where: { releaseId: id } })).toBe(3)
})

test('a release that is gone gives no evidence', async () => {
  expect(await collectEvidence(db, 2_000_000_000, { occasion: 'created', baseUrl })).toBeNull()
})

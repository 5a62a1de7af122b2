// Changes of a release between its snapshot and the insertion of the evidence.
import { Client } from 'pg'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { connectDatabase, db } from '../../../src/database/db.ts'
import type { Evidence, Release } from '../../../src/generated/prisma/client.ts'
import { collectEvidence } from '../../../src/modules/evidence/collect-evidence.ts'
import type { SnapshotRow } from '../../../src/modules/evidence/snapshot-rows.ts'
import { createDatabase, type TestDatabase } from '../../support/database.ts'
import * as create from '../../support/factories.ts'

const baseUrl = 'https://waybill.example.com'
const SHA = 'a'.repeat(40)
let database: TestDatabase

beforeAll(async () => {
  database = await createDatabase()
  connectDatabase({ url: database.url })
})

afterAll(async () => {
  await db.$disconnect()
  await database.drop()
})

async function releaseWithArtifact(): Promise<Release> {
  const project = await create.createProject()
  const file = { fileName: 'tests.xml', size: 4n, sha256: '1'.repeat(64), storageKey: `${project.id}/old` }
  const expiresAt = new Date(Date.now() + 60_000)
  await db.reportArtifact.create({ data: { projectId: project.id, sha: SHA, ...file, expiresAt } })
  return create.createRelease(project, { sha: SHA, name: 'Before' })
}

const waiting = async () => {
  const [row] = await db.$queryRaw<[{ n: number }]>`
    SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`
  return row.n
}

/** Writes in a transaction that ends only when the evidence waits for it. The snapshot does not show the write. */
async function collectDuring(release: Release, writes: readonly string[], occasion: string | null = null) {
  const client = new Client(database.url)
  await client.connect()
  onTestFinished(() => client.end())
  await client.query('BEGIN')
  for (const write of writes) await client.query(write)
  const seen: (string | null | undefined)[] = []
  const isWanted = (row: SnapshotRow | null) => {
    seen.push(row?.name)
    return true
  }
  const collected = collectEvidence(db, release.id, { occasion, baseUrl, isWanted })
  await expect.poll(waiting).toBe(1)
  await client.query('COMMIT')
  return { evidence: await collected, seen }
}

const evidencesOf = ({ id }: Release) => db.evidence.findMany({ where: { releaseId: id } })
const summaryOf = (evidence: Evidence | null) => evidence?.summary as { release: Record<string, unknown> }

test('the evidence of a release that is being changed, with its milestones, shows the release after the change', async () => {
  const release = await releaseWithArtifact()
  const milestone = await create.createMilestone({ projectId: release.projectId }, { title: 'After' })
  const { evidence, seen } = await collectDuring(release, [
    `UPDATE releases SET name = 'After', updated_at = now() WHERE id = ${release.id}`,
    `INSERT INTO milestone_releases (milestone_id, release_id) VALUES (${milestone.id}, ${release.id})`,
  ])
  expect(seen).toEqual(['Before', 'After'])
  expect(summaryOf(evidence)).toMatchObject({ release: { name: 'After', milestones: [{ title: 'After' }] } })
  expect(await evidencesOf(release)).toEqual([evidence])
})

test('a release that is being deleted, alone or with its project, gets no evidence and neither side waits for ever', async () => {
  for (const table of ['releases', 'projects'] as const) {
    const release = await releaseWithArtifact()
    const id = table === 'releases' ? release.id : release.projectId
    const { evidence, seen } = await collectDuring(release, [`DELETE FROM ${table} WHERE id = ${id}`])
    expect([evidence, seen]).toEqual([null, ['Before', undefined]])
    expect(await evidencesOf(release)).toEqual([])
  }
})

test('evidence that waits for a change of the tree holds no row that the change needs', async () => {
  const release = await releaseWithArtifact()
  const client = new Client(database.url)
  await client.connect()
  onTestFinished(() => client.end())
  await client.query('BEGIN')
  // The statement that the deletion of a project sends before it comes to the releases.
  await client.query('DELETE FROM projects WHERE false')
  const collected = collectEvidence(db, release.id, { occasion: null, baseUrl })
  await expect.poll(waiting).toBe(1)
  await client.query(`SELECT FROM releases WHERE id = ${release.id} FOR UPDATE NOWAIT`)
  await client.query('COMMIT')
  expect(await collected).toMatchObject({ releaseId: release.id })
})

test('a report artifact that gets other content is named with the new content, and does not expire', async () => {
  const release = await releaseWithArtifact()
  const sha256 = '2'.repeat(64)
  const { evidence } = await collectDuring(release, [
    `UPDATE report_artifacts SET sha256 = '${sha256}', size = 5 WHERE project_id = ${release.projectId}`,
  ])
  expect(summaryOf(evidence).release.report_artifacts).toMatchObject([{ file_name: 'tests.xml', sha256, size: 5 }])
  const [artifact] = await db.reportArtifact.findMany({
    where: { projectId: release.projectId },
    include: { evidences: true },
  })
  expect([artifact?.expiresAt, artifact?.evidences.map(({ evidenceId }) => evidenceId)]).toEqual([null, [evidence?.id]])
})

test('a report artifact that is removed is not named', async () => {
  const release = await releaseWithArtifact()
  const { evidence } = await collectDuring(release, [
    `DELETE FROM report_artifacts WHERE project_id = ${release.projectId}`,
  ])
  expect(summaryOf(evidence).release.report_artifacts).toEqual([])
})

test('two collections of the same occasion at once give one piece of evidence', async () => {
  const release = await releaseWithArtifact()
  const collected = await Promise.all(
    Array.from({ length: 8 }, () => collectEvidence(db, release.id, { occasion: 'released', baseUrl })),
  )
  expect(new Set(collected.map((evidence) => evidence?.id)).size).toBe(1)
  expect(await evidencesOf(release)).toEqual([collected[0]])
})

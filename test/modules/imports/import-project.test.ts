import { expect, test } from 'vitest'
import { db } from '../../../src/database/db.ts'
import type { Project } from '../../../src/generated/prisma/client.ts'
import { runGit } from '../../../src/git/git.ts'
import { work } from '../../jobs/job-world.ts'
import { startAnotherServer } from '../../support/another-server.ts'
import { useApp } from '../../support/app.ts'
import * as create from '../../support/factories.ts'
import { contentsOf, emptyTarget, fullSource, importFrom, type Side, written } from './import-world.ts'

const app = useApp({ rateLimits: null, allowedPrivateAddresses: ['0.0.0.0/0', '::/0'] })

const refsOf = ({ id }: Project) => runGit(app.repositories.directory(id), ['for-each-ref'])

test('a project comes along from another Waybill, and a second import writes only what has changed', {
  timeout: 60_000,
}, async () => {
  const server = await startAnotherServer(app)
  const source = await fullSource(server)
  const target = await emptyTarget(app)
  const worker = await work(app)

  const first = await importFrom(app, server, source, target)
  expect(first).toMatchObject({ state: 'FINISHED', step: 'done', left: [], error: null })
  expect(written(first)).toEqual({
    MILESTONE: '1 0 0',
    ISSUE: '2 0 0',
    PACKAGE_FILE: '1 0 0',
    RELEASE: '3 0 0',
    PROTECTED_TAG: '1 0 0',
  })
  expect(await contentsOf(target.project)).toEqual(await contentsOf(source.project))
  expect(await db.releaseAnnouncement.count({ where: { release: { projectId: target.project.id } } })).toBe(3)
  expect(worker.results).not.toContain('announce-release done')
  expect(await refsOf(target.project)).toEqual(await refsOf(source.project))
  const link = await db.assetLink.findFirstOrThrow({
    where: { release: { projectId: target.project.id }, name: 'app' },
  })
  expect(link.url).toBe(`${app.url}/api/v4/projects/${target.project.id}/packages/generic/app/1.0/bin/app.txt`)

  // People change something here, and something else changes at the source.
  const at = (project: Project, tag: string) => ({ projectId_tag: { projectId: project.id, tag } })
  await db.release.update({ where: at(target.project, 'v1'), data: { description: 'Better notes' } })
  await db.release.update({ where: at(source.project, 'v2'), data: { description: 'New notes' } })
  await db.milestone.updateMany({ where: { projectId: source.project.id }, data: { title: 'Early spring' } })
  const eventsOf = (own: Side) => db.auditEvent.count({ where: { projectId: own.project.id } })
  const before = await eventsOf(target)
  const second = await importFrom(app, server, source, target)
  expect(written(second)).toEqual({
    MILESTONE: '0 1 0',
    // Both name the milestone.
    ISSUE: '0 0 2',
    PACKAGE_FILE: '0 0 1',
    RELEASE: '0 1 2',
    PROTECTED_TAG: '0 0 1',
  })
  const { releases, milestones } = await contentsOf(target.project)
  expect(milestones).toMatchObject([{ iid: 7, title: 'Early spring' }])
  expect(releases.map(({ description }) => description)).toEqual(['Better notes', 'New notes', 'Notes of v3'])
  // The start, the milestone, and the notes and milestones of the release.
  expect((await eventsOf(target)) - before).toBe(4)
  expect(JSON.stringify([worker.logged(), app.logged()])).not.toContain(source.token)
  expect((await db.projectImport.findUniqueOrThrow({ where: { projectId: target.project.id } })).token).toBeNull()
})

test('what cannot come along is named, and comes along once it can', async () => {
  const source = await fullSource(app)
  const target = await emptyTarget(app)
  await work(app)
  await create.createRelease(source.project, { tag: 'v9', description: 'Its tag is gone.' })
  await create.createIssue(target.project, { iid: 12, title: 'Another' })
  const first = await importFrom(app, app, source, target)
  expect(first).toMatchObject({ state: 'FINISHED', leftCount: 2 })
  expect(first.left.toSorted()).toEqual([
    'The issue #12: the number 12 is taken by another issue of the project',
    'The release v9: its tag is not in the repository',
  ])
  await runGit(app.repositories.directory(source.project.id), ['update-ref', 'refs/tags/v9', 'main'])
  const second = await importFrom(app, app, source, target)
  expect(written(second)).toMatchObject({ RELEASE: '1 0 3' })
  expect(second.left).toHaveLength(1)
})

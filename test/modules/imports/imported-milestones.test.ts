// Milestones that issues and releases have at the source, and that the project there does not have itself.
import { expect, test } from 'vitest'
import { db } from '../../../src/database/db.ts'
import { work } from '../../jobs/job-world.ts'
import { useApp } from '../../support/app.ts'
import * as create from '../../support/factories.ts'
import { contentsOf, emptyTarget, fullSource, importFrom, type Side, startProxy, written } from './import-world.ts'

const app = useApp({ rateLimits: null, allowedPrivateAddresses: ['0.0.0.0/0', '::/0'] })

/** Issue #7 and release v2 are in a milestone of the group, and v2 in one of the project as well. */
async function hardenedSource(): Promise<Side> {
  const source = await fullSource(app)
  const hardening = await create.createMilestone(
    { groupId: source.project.groupId },
    { title: 'Hardening', description: 'Of all projects', dueDate: new Date('2024-05-01'), state: 'closed' },
  )
  await create.createIssue(source.project, { iid: 7, title: 'Leak', milestoneId: hardening.id })
  const v2 = await db.release.findFirstOrThrow({ where: { projectId: source.project.id, tag: 'v2' } })
  await create.attachMilestone(v2, hardening)
  return source
}

test('milestones of the group at the source come along as milestones of the project, with issues and releases', async () => {
  const source = await hardenedSource()
  const target = await emptyTarget(app)
  await work(app)
  const first = await importFrom(app, app, source, target)
  expect([first.error, first.left]).toEqual([null, []])
  expect(written(first)).toMatchObject({ MILESTONE: '2 0 0', ISSUE: '3 0 0', RELEASE: '3 0 0' })
  const { milestones, issues, releases } = await contentsOf(target.project)
  expect(milestones).toEqual([
    expect.objectContaining({ iid: 7, title: 'Spring' }),
    {
      iid: 8,
      title: 'Hardening',
      dueDate: new Date('2024-05-01'),
      state: 'closed',
      issuesCount: 1,
      closedIssuesCount: 0,
    },
  ])
  expect(issues[0]).toMatchObject({ iid: 7, milestone: 'Hardening' })
  expect(releases[1]?.milestones.toSorted()).toEqual(['Hardening', 'Spring'])

  // The next milestone of the source has the number that is taken here, and gets another title there.
  const summer = await create.createMilestone({ projectId: source.project.id }, { title: 'Summer', iid: 8 })
  expect(written(await importFrom(app, app, source, target))).toMatchObject({ MILESTONE: '1 0 2', ISSUE: '0 0 3' })
  await db.milestone.update({ where: { id: summer.id }, data: { title: 'Late summer' } })
  await importFrom(app, app, source, target)
  const titles = (await contentsOf(target.project)).milestones.map(({ title }) => title)
  expect(titles).toContain('Hardening')
  expect(titles).toContain('Late summer')
})

test('a milestone that the group here has is taken as it is', async () => {
  const source = await hardenedSource()
  const target = await emptyTarget(app)
  const own = await create.createMilestone({ groupId: target.project.groupId }, { title: 'Hardening' })
  await work(app)
  const { left } = await importFrom(app, app, source, target)
  expect(left).toEqual([])
  expect(await db.milestone.findUniqueOrThrow({ where: { id: own.id } })).toMatchObject({
    issuesCount: 1,
    dueDate: null,
  })
  expect(await db.milestone.count({ where: { projectId: target.project.id } })).toBe(1)
})

test('an issue and a release come along without a milestone that cannot, and the report names it', async () => {
  const source = await fullSource(app)
  const target = await emptyTarget(app)
  await work(app)
  const proxy = await startProxy(app, (path) => (path.includes('/milestones?') ? 404 : null))
  const first = await importFrom(app, proxy, source, target)
  expect(written(first)).toMatchObject({ ISSUE: '2 0 0', RELEASE: '3 0 0' })
  const lost = 'neither the project nor its group has it: create it here, and import again'
  expect(first.left).toEqual([
    expect.stringContaining('Milestones: the source answers 404'),
    `The milestone Spring of the issue #12: ${lost}`,
    `The milestone Spring of the issue #15: ${lost}`,
    `The milestone Spring of the release v2: ${lost}`,
  ])
  expect((await contentsOf(target.project)).issues).toMatchObject([
    { iid: 12, title: 'Rust', state: 'closed', milestone: undefined },
    { iid: 15, title: 'Secret', confidential: true },
  ])
  await create.createMilestone({ projectId: target.project.id }, { title: 'Spring' })
  const second = await importFrom(app, proxy, source, target)
  expect(second.left).toHaveLength(1)
  expect((await contentsOf(target.project)).milestones).toMatchObject([{ title: 'Spring', issuesCount: 2 }])
})

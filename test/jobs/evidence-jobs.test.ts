import { setTimeout } from 'node:timers/promises'
import { describe, expect, test, vi } from 'vitest'
import { db } from '../../src/database/db.ts'
import { occasionOf } from '../../src/modules/evidence/evidence-schedule.ts'
import { useApp } from '../support/app.ts'
import { createWorld } from '../support/world.ts'
import { change, evidencesOf, inSeconds, jobsOf, occasionsOf, publish, remove, work } from './job-world.ts'

const app = useApp()
const WITHIN = { timeout: 8000, interval: 50 }
const HOUR = 3600

const reload = ({ id }: { id: number }) => db.release.findUniqueOrThrow({ where: { id } })

/** Waits until the release has no job any more. */
const settled = (release: Parameters<typeof jobsOf>[0]) =>
  vi.waitFor(async () => expect(await jobsOf(release)).toEqual([]), WITHIN)

describe('the jobs of releases', () => {
  test('a new release has one job, due at once', async () => {
    const release = await publish(app, await createWorld(app))
    const [job, ...others] = await jobsOf(release)
    expect([job?.occasion, others]).toEqual([occasionOf(release), []])
    expect(job?.runAt.getTime()).toBeLessThanOrEqual(Date.now())
  })

  test('an upcoming release has its job at its date, and keeps one when it is moved later and earlier', async () => {
    const world = await createWorld(app)
    const dates = [inSeconds(HOUR), inSeconds(3 * HOUR), inSeconds(2 * HOUR)]
    const release = await publish(app, world, { releasedAt: dates[0] as Date })
    const seen: unknown[] = []
    for (const releasedAt of dates) {
      await change(app, world, release, { releasedAt })
      seen.push(...(await jobsOf(release)).map(({ runAt, occasion }) => [runAt, occasion]))
    }
    expect(seen).toEqual(dates.map((releasedAt) => [releasedAt, occasionOf({ releasedAt })]))
  })

  test('other changes, and the same date in whole seconds, leave the job as it is', async () => {
    const world = await createWorld(app)
    const inAnHour = inSeconds(HOUR)
    const release = await publish(app, world, { releasedAt: new Date(inAnHour.getTime() + 789) })
    const before = await jobsOf(release)
    await change(app, world, release, { name: 'Other', description: 'Other notes', milestones: [] })
    await change(app, world, release, { releasedAt: inAnHour })
    expect(await jobsOf(release)).toEqual(before)
  })

  test('a historical release has no job; one that is moved to before its creation loses its job', async () => {
    const world = await createWorld(app)
    expect(await jobsOf(await publish(app, world, { releasedAt: inSeconds(-HOUR) }))).toEqual([])
    const upcoming = await publish(app, world, { releasedAt: inSeconds(HOUR) })
    await change(app, world, upcoming, { releasedAt: inSeconds(-HOUR) })
    expect(await jobsOf(upcoming)).toEqual([])
  })

  test('the job of a release is deleted with the release', async () => {
    const world = await createWorld(app)
    const release = await publish(app, world, { releasedAt: inSeconds(HOUR) })
    await remove(app, world, release)
    expect(await jobsOf(release)).toEqual([])
  })
})

describe('the evidence that jobs collect', () => {
  test('a new release gets one signed snapshot at once', async () => {
    const world = await createWorld(app)
    const worker = await work(app)
    const release = await publish(app, world)
    await settled(release)
    const [evidence, ...others] = await evidencesOf(release)
    expect(others).toEqual([])
    expect(evidence).toMatchObject({ occasion: occasionOf(release), signature: expect.any(String) })
    expect(evidence?.summary).toMatchObject({ release: { id: release.id, tag_name: release.tag } })
    expect((evidence?.createdAt.getTime() ?? 0) - release.createdAt.getTime()).toBeLessThan(3000)
    expect(worker.results).toContain('collect-evidence done')
  })

  test('an upcoming release gets its snapshot at its date, not before', async () => {
    const world = await createWorld(app)
    await work(app)
    const release = await publish(app, world, { releasedAt: inSeconds(3) })
    expect(await evidencesOf(release)).toEqual([])
    await settled(release)
    const [evidence, ...others] = await evidencesOf(release)
    expect(others).toEqual([])
    expect(evidence?.createdAt.getTime()).toBeGreaterThanOrEqual(release.releasedAt.getTime())
  })

  test('an upcoming release that is published early gets its snapshot then', async () => {
    const world = await createWorld(app)
    await work(app)
    const release = await publish(app, world, { releasedAt: inSeconds(HOUR) })
    await setTimeout(1000)
    await change(app, world, release, { releasedAt: inSeconds(0) })
    await settled(release)
    expect(await occasionsOf(release)).toEqual([occasionOf(await reload(release))])
  })

  test('a correction of the date of a published release gives no second snapshot, and publishing it again does, at the new date', async () => {
    const world = await createWorld(app)
    await work(app)
    const release = await publish(app, world)
    await settled(release)
    const [first] = await evidencesOf(release)
    await setTimeout(1100)
    await change(app, world, release, { releasedAt: inSeconds(0) })
    await settled(release)
    expect(await evidencesOf(release)).toEqual([{ ...first, occasion: occasionOf(await reload(release)) }])

    const again = inSeconds(2)
    await change(app, world, release, { releasedAt: again })
    expect(await evidencesOf(release)).toHaveLength(1)
    await settled(release)
    const [, second, ...others] = await evidencesOf(release)
    expect([second?.occasion, others]).toEqual([occasionOf({ releasedAt: again }), []])

    // Moves the date back and forth between dates that have their evidence already.
    await change(app, world, release, { releasedAt: release.releasedAt })
    await change(app, world, release, { releasedAt: again })
    await settled(release)
    expect(await evidencesOf(release)).toHaveLength(2)
  })

  test('a release that is moved while no worker runs gets one snapshot, for its last date only', async () => {
    const world = await createWorld(app)
    const release = await publish(app, world)
    await setTimeout(1100)
    await change(app, world, release, { releasedAt: inSeconds(0) })
    await work(app)
    await settled(release)
    expect(await occasionsOf(release)).toEqual([occasionOf(await reload(release))])
  })

  test('a job of a release that is gone, moved or historical by then does nothing', async () => {
    const world = await createWorld(app)
    const releases = await Promise.all([1, 2, 3].map(() => publish(app, world)))
    const [gone, moved, historical] = releases.map(({ id }) => id)
    await db.$executeRaw`DELETE FROM releases WHERE id = ${gone}`
    await db.$executeRaw`UPDATE releases SET released_at = released_at + interval '1 h' WHERE id = ${moved}`
    await db.$executeRaw`UPDATE releases SET created_at = created_at + interval '1 h' WHERE id = ${historical}`
    const worker = await work(app)
    for (const release of releases) await settled(release)
    expect(await db.evidence.count({ where: { releaseId: { in: releases.map(({ id }) => id) } } })).toBe(0)
    const reasons = worker.logged().filter(({ msg }) => msg === 'no evidence is collected')
    expect(new Map(reasons.map(({ releaseId, reason }) => [releaseId, reason]))).toEqual(
      new Map([
        [gone, 'the release is gone'],
        [moved, 'the release has another date by now'],
        [historical, 'the release is historical'],
      ]),
    )
  })
})

import { setTimeout } from 'node:timers/promises'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { db } from '../../src/database/db.ts'
import type { Release } from '../../src/generated/prisma/client.ts'
import { announceRelease } from '../../src/modules/announcements/announce-release.ts'
import { useApp } from '../support/app.ts'
import { mutate } from '../support/mutate.ts'
import { type Stream, subscribe } from '../support/subscribe.ts'
import { createWorld, type World } from '../support/world.ts'
import { change, inSeconds, publish, remove, work } from './job-world.ts'

const app = useApp()
const WITHIN = { timeout: 8000, interval: 50 }
const HOUR = 3600

const jobsOf = ({ id }: Release) =>
  db.$queryRaw<{ runAt: Date; wasUpcoming: boolean }[]>`
    SELECT run_at AS "runAt", (payload ->> 'wasUpcoming')::bool AS "wasUpcoming" FROM graphile_worker._private_jobs jobs
    JOIN graphile_worker._private_tasks tasks ON tasks.id = task_id
    WHERE identifier = 'announce-release' AND (payload ->> 'releaseId')::int = ${id}`

const isAnnounced = async ({ id: releaseId }: Release) =>
  (await db.releaseAnnouncement.count({ where: { releaseId } })) === 1

const announced = (release: Release) =>
  vi.waitFor(async () => expect([await isAnnounced(release), await jobsOf(release)]).toEqual([true, []]), WITHIN)

async function listen({
  project,
}: World): Promise<Stream<{ releasePublished: { id: string; upcomingRelease: boolean } }>> {
  const query = 'subscription ($p: ID!) { releasePublished(projectPath: $p) { id upcomingRelease } }'
  const stream = await subscribe<never>(app, query, { variables: { p: project.fullPath } })
  onTestFinished(() => stream.close())
  return stream
}

/** What a subscriber is told next. A text when nothing comes in time, so that a test fails and does not hang. */
const heard = <Data>(stream: Stream<Data>) =>
  Promise.race([stream.next(), setTimeout(WITHIN.timeout, 'nothing', { ref: false })])

const told = ({ id }: Release, upcomingRelease: boolean) => ({
  data: { releasePublished: { id: `gid://gitlab/Release/${id}`, upcomingRelease } },
})

describe('the job that announces a release', () => {
  test('a new release and a historical one have a job that is due at once', async () => {
    const world = await createWorld(app)
    for (const input of [{}, { releasedAt: inSeconds(-HOUR) }]) {
      const [job, ...others] = await jobsOf(await publish(app, world, input))
      expect([job?.wasUpcoming, others]).toEqual([false, []])
      expect(job?.runAt.getTime()).toBeLessThanOrEqual(Date.now())
    }
  })

  test('an upcoming release has its job at its date, wherever the date is moved, and none when it is deleted', async () => {
    const world = await createWorld(app)
    const release = await publish(app, world, { releasedAt: inSeconds(HOUR) })
    const seen = [await jobsOf(release)]
    const dates = [inSeconds(3 * HOUR), inSeconds(2 * HOUR), inSeconds(-HOUR)]
    for (const releasedAt of dates) {
      await change(app, world, release, { releasedAt, name: 'Moved' })
      seen.push(await jobsOf(release))
    }
    const due = [...seen.slice(0, 3)].map((jobs) => jobs.map(({ runAt, wasUpcoming }) => [runAt, wasUpcoming]))
    expect(due).toEqual([release.releasedAt, ...dates.slice(0, 2)].map((date) => [[date, true]]))
    expect(seen[3]?.map(({ runAt, wasUpcoming }) => [runAt.getTime() <= Date.now(), wasUpcoming])).toEqual([
      [true, true],
    ])
    await remove(app, world, release)
    expect(await jobsOf(release)).toEqual([])
  })

  test('a published draft is announced at its date, and the draft was not', async () => {
    const world = await createWorld(app)
    const tag = { projectPath: world.project.fullPath, tagName: 'v8.0.0' }
    const releasedAt = inSeconds(HOUR)
    expect(
      await mutate(app, world.tokens.owner, 'releaseCreate', { ...tag, ref: 'main', draft: true, releasedAt }),
    ).toEqual([])
    const jobs = () =>
      db.$queryRaw`SELECT FROM graphile_worker.jobs WHERE task_identifier = 'announce-release' AND run_at = ${releasedAt}`
    expect(await jobs()).toHaveLength(0)
    expect(await mutate(app, world.tokens.owner, 'releasePublish', tag)).toEqual([])
    expect(await jobs()).toHaveLength(1)
  })
})

describe('an announcement', () => {
  test('subscribers hear of an upcoming release when it is created and at its date, and of another release once', async () => {
    const world = await createWorld(app)
    const stream = await listen(world)
    await work(app)
    const upcoming = await publish(app, world, { releasedAt: inSeconds(3) })
    expect(await heard(stream)).toEqual(told(upcoming, true))
    const release = await publish(app, world)
    expect(await heard(stream)).toEqual(told(release, false))
    await announced(release)
    expect(await isAnnounced(upcoming)).toBe(false)
    expect(await heard(stream)).toEqual(told(upcoming, false))
    await announced(upcoming)
    const last = await publish(app, world)
    expect(await heard(stream)).toEqual(told(last, false))
  })

  test('a release that was announced is not announced again when its job runs again or its date is moved', async () => {
    const world = await createWorld(app)
    const worker = await work(app)
    const release = await publish(app, world)
    await announced(release)
    expect(await announceRelease({ releaseId: release.id, wasUpcoming: true }, { sendsMails: false })).toBeNull()
    await change(app, world, release, { releasedAt: inSeconds(HOUR) })
    expect(await jobsOf(release)).toEqual([])
    expect(worker.logged().filter(({ msg }) => msg === 'announced a release')).toHaveLength(1)
  })

  test('ten jobs of one release at once announce it once', async () => {
    const world = await createWorld(app)
    const release = await publish(app, world)
    const results = await Promise.all(
      Array.from({ length: 10 }, () =>
        announceRelease({ releaseId: release.id, wasUpcoming: true }, { sendsMails: false }),
      ),
    )
    expect(results.filter(Boolean)).toHaveLength(1)
  })

  test('a job that finds its release gone, or upcoming again, announces nothing', async () => {
    const world = await createWorld(app)
    const [gone, moved] = [await publish(app, world), await publish(app, world)]
    await db.release.delete({ where: { id: gone.id } })
    await db.$executeRaw`UPDATE releases SET released_at = now() + interval '1 h' WHERE id = ${moved.id}`
    for (const { id: releaseId } of [gone, moved]) {
      expect(await announceRelease({ releaseId, wasUpcoming: false }, { sendsMails: false })).toBeNull()
    }
    expect(await isAnnounced(moved)).toBe(false)
  })

  test('a subscriber whose connection to the database broke at the date hears of the release', async () => {
    const world = await createWorld(app)
    const stream = await listen(world)
    const release = await publish(app, world, { releasedAt: inSeconds(HOUR) })
    expect(await heard(stream)).toEqual(told(release, true))
    // As if both had happened while no connection listened.
    await db.$executeRaw`UPDATE releases SET created_at = created_at - interval '1 h', updated_at = now() - interval '1 h', released_at = now() WHERE id = ${release.id}`
    await db.releaseAnnouncement.create({ data: { releaseId: release.id } })
    await db.$executeRaw`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query = 'LISTEN waybill_releases'`
    // The release of the world is as new, and may be told again too.
    for (let event = await heard(stream); ; event = await heard(stream)) {
      if (
        typeof event === 'object' &&
        event?.data?.releasePublished.id !== told(release, false).data.releasePublished.id
      )
        continue
      expect(event).toEqual(told(release, false))
      return
    }
  })
})

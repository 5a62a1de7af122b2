import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { digestOf } from '../../src/authentication/token-secrets.ts'
import { db } from '../../src/database/db.ts'
import { readDemo } from '../../src/demo/demo.ts'
import { demoFile } from '../../src/demo/demo-file.ts'
import { listTags } from '../../src/git/tags.ts'
import { contents, TAGS, world } from './demo-world.ts'

test('two first runs at the same time make one demo, and a later one changes nothing', async () => {
  const { create } = await world()
  const [one, other] = await Promise.all([create(), create()])
  expect(one).toEqual(other)
  expect(await db.project.count()).toBe(2)
  const before = await contents()
  expect(await create()).toEqual(one)
  expect(await contents()).toEqual(before)
})

/** An odd number, so that the runs end at different places. A demo makes about 100 events. */
const EVENTS_PER_RUN = 17

/** Leaves tokens out, because every run replaces them until one has finished. */
async function counts() {
  const { releases, milestones, tokens, ...others } = await contents()
  const valid = tokens.filter(({ revokedAt }) => revokedAt === null)
  return { ...others, releases: releases.length, milestones: milestones.length, tokens: valid.length }
}

/**
 * Makes every write fail from then on, as if the process had been killed. Tokens do not count, because every run replaces them.
 */
const allowEvents = (count: number) =>
  db.$executeRawUnsafe(`CREATE OR REPLACE FUNCTION interrupt() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF (SELECT count(*) FROM audit_events WHERE event_type NOT LIKE 'access_token%') >= ${count} THEN
      RAISE EXCEPTION 'interrupted';
    END IF;
    RETURN new; END $$`)

/** The writes, without the numbers, digests and dates in which one demo differs from the next. */
async function writes() {
  const events = await db.auditEvent.findMany({ where: { NOT: { eventType: { startsWith: 'access_token' } } } })
  return events
    .map(({ eventType, authorName, message }) => `${eventType} ${authorName} ${message.replace(/[0-9a-f]{64}/, '')}`)
    .sort()
}

test('a run that is interrupted, wherever it was, is completed by the next, which repeats nothing', async () => {
  const { config, create } = await world()
  await allowEvents(0)
  await db.$executeRaw`CREATE TRIGGER interrupt BEFORE INSERT ON audit_events
    FOR EACH ROW WHEN (new.event_type NOT LIKE 'access_token%') EXECUTE FUNCTION interrupt()`
  let runs = 0
  for (let allowed = EVENTS_PER_RUN; (await readDemo(config)) === null; allowed += EVENTS_PER_RUN) {
    await allowEvents(allowed)
    await create().catch((error: Error) => expect(error.message).toContain('interrupted'))
    runs += 1
  }
  expect(runs).toBeGreaterThan(5)
  const interrupted = { writes: await writes(), contents: await counts() }
  const { create: createAtOnce } = await world()
  await createAtOnce()
  expect(interrupted).toEqual({ writes: await writes(), contents: await counts() })
}, 60_000)

test('a repository that was lost is imported again', async () => {
  const { config, create } = await world()
  await create()
  await rm(config.repositoriesDir, { recursive: true })
  await create()
  const { id } = await db.project.findUniqueOrThrow({ where: { fullPath: 'demo/waybill' } })
  expect((await listTags(join(config.repositoriesDir, `${id}.git`))).map(({ name }) => name)).toContain('v1.0.0')
  expect((await contents()).releases).toHaveLength(2 * TAGS.length)
})

test('a deleted demo.json is written again with new tokens, and the old ones are revoked', async () => {
  const { config, create } = await world()
  const { tokens: old } = await create()
  await rm(demoFile(config))
  const { tokens } = await create()
  expect(Object.values(tokens)).not.toEqual(Object.values(old))
  const valid = await db.accessToken.findMany({ where: { revokedAt: null } })
  expect(valid).toHaveLength(5)
  expect(valid.map(({ digest }) => Buffer.from(digest).toString('hex')).sort()).toEqual(
    Object.values(tokens)
      .map((token) => Buffer.from(digestOf(token)).toString('hex'))
      .sort(),
  )
})

test('what people changed in the demo stays, and what they deleted is not made again', async () => {
  const { create } = await world()
  await create()
  await db.release.updateMany({ where: { tag: 'v1.0.0' }, data: { name: 'Renamed' } })
  await db.assetLink.deleteMany({})
  await db.milestone.deleteMany({})
  await db.release.deleteMany({ where: { project: { fullPath: 'demo/secret' } } })
  await create()
  expect(await db.release.findMany({ where: { tag: 'v1.0.0' } })).toMatchObject([{ name: 'Renamed' }])
  expect([await db.assetLink.count(), await db.milestone.count()]).toEqual([0, 0])
  expect(await db.release.count()).toBe(TAGS.length)
})

test('a group that only shares its path with the demo is left alone', async () => {
  const { config, create } = await world()
  await db.group.create({ data: { path: 'demo', name: 'A real one' } })
  await expect(create()).rejects.toThrow("The group 'demo' exists, but not as the demo's")
  expect([await db.project.count(), await readDemo(config)]).toEqual([0, null])
})

test('no token is given for an account that only shares a username with the demo', async () => {
  const { config, create } = await world()
  await db.user.create({ data: { username: 'owner', name: 'A real one', email: 'real@example.com' } })
  await expect(create()).rejects.toThrow("The user 'owner' exists, but not as the demo's")
  expect(await db.accessToken.count()).toBe(0)
  expect(await readDemo(config)).toBeNull()
})

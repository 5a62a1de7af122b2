// Releases that are made in one project at the same time are written by the same statements.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { db } from '../../src/database/db.ts'
import { useApp } from '../support/app.ts'
import { query } from '../support/client.ts'
import { createWorld, type World } from '../support/world.ts'

const app = useApp()

type Payload = { releaseCreate: { errors: string[]; release: { name: string } | null } | null }

const tagged = (count: number) => Array.from({ length: count }, (_, n) => `v2.0.${n}`)

/** Makes a release with a name, link, milestone and notes of its own. */
const create = ({ project, tokens }: World, tagName: string, name: string, more: Record<string, unknown> = {}) =>
  query<Payload, never>(
    app,
    'mutation ($input: ReleaseCreateInput!) { releaseCreate(input: $input) { errors release { name } } }',
    {
      input: {
        ...{ projectPath: project.fullPath, tagName, name, description: `Notes of ${name}` },
        ...{
          assets: { links: [{ name: `link of ${name}`, url: `https://example.com/${encodeURIComponent(name)}` }] },
          ...more,
        },
      },
    },
    { token: tokens.developer },
  )

const newReleasesOf = ({ project, release }: World) =>
  db.release.findMany({
    where: { projectId: project.id, id: { not: release.id } },
    include: { links: true, milestones: true },
    orderBy: { id: 'asc' },
  })

const eventsOf = async ({ project }: World) => {
  const events = await db.auditEvent.findMany({ where: { projectId: project.id, eventType: 'release_created' } })
  return events.map(({ targetId, message }) => `${targetId} ${message}`).sort()
}

const jobsOf = async (ids: number[]) => {
  const jobs = await db.$queryRaw<
    { key: string }[]
  >`SELECT key FROM graphile_worker.jobs WHERE key LIKE 'collect-evidence %'`
  return jobs.filter(({ key }) => ids.includes(Number(key.split(' ')[1]))).length
}

test('each of many creations at the same time gets its own links, milestones, event and job, by fewer statements than there are releases', async () => {
  const tags = tagged(40)
  const world = await createWorld(app, { repository: { tags: ['v1.0.0', ...tags] } })
  const { projectId } = world.release
  await db.milestone.createMany({
    data: tags.map((tag, n) => ({ projectId, iid: 100 + n, title: `milestone of ${tag}` })),
  })
  const sent = await app.statementsOf(async () => {
    const answers = await Promise.all(
      tags.map((tag) => create(world, tag, tag, { milestones: [`milestone of ${tag}`] })),
    )
    expect(answers.map(({ data, errors }) => errors ?? data.releaseCreate)).toEqual(
      tags.map((name) => ({ errors: [], release: { name } })),
    )
  })
  expect(sent.filter((sql) => sql.includes('INSERT INTO releases')).length).toBeLessThan(tags.length / 2)

  const releases = await newReleasesOf(world)
  const milestones = new Map(
    (await db.milestone.findMany({ where: { projectId } })).map(({ id, title }) => [id, title]),
  )
  expect(releases.map(({ tag }) => tag).sort()).toEqual([...tags].sort())
  for (const { tag, name, description, links, linksCount, milestones: its } of releases) {
    expect([name, description, linksCount]).toEqual([tag, `Notes of ${tag}`, 1])
    expect(links.map((link) => link.name)).toEqual([`link of ${tag}`])
    expect(its.map(({ milestoneId }) => milestones.get(milestoneId))).toEqual([`milestone of ${tag}`])
  }
  expect(await eventsOf(world)).toEqual(
    releases.map(({ id, tag }) => `${id} Created release ${tag} with milestones milestone of ${tag}`).sort(),
  )
  expect(await jobsOf(releases.map(({ id }) => id))).toBe(tags.length)
})

test('one creation, whole, succeeds of several for the same tag', async () => {
  const names = fc.array(fc.constantFrom('v2.0.0', 'v2.0.1', 'v2.0.2'), { minLength: 1, maxLength: 12 })
  await fc.assert(
    fc.asyncProperty(names, async (tags) => {
      const world = await createWorld(app, { repository: { tags: ['v1.0.0', ...tagged(3)] } })
      const answers = await Promise.all(tags.map((tag, n) => create(world, tag, `${tag} ${n}`)))
      const payloads = answers.map(({ data }) => data.releaseCreate)
      const refusals = payloads.filter((payload) => payload?.release === null)
      const made = payloads.flatMap((payload) => payload?.release?.name ?? [])
      expect(refusals).toEqual(refusals.map(() => ({ errors: ['Release already exists'], release: null })))
      const releases = await newReleasesOf(world)
      expect(releases.map(({ tag }) => tag).sort()).toEqual([...new Set(tags)].sort())
      expect(releases.map(({ name }) => name).sort()).toEqual(made.sort())
      expect(releases.map(({ links }) => links.map(({ name }) => name))).toEqual(
        releases.map(({ name }) => [`link of ${name}`]),
      )
      expect(await eventsOf(world)).toHaveLength(releases.length)
      expect(await jobsOf(releases.map(({ id }) => id))).toBe(releases.length)
    }),
    { numRuns: 15 },
  )
})

test('a creation that the database refuses makes no other creation fail', async () => {
  const tags = tagged(20)
  const world = await createWorld(app, { repository: { tags: ['v1.0.0', ...tags] } })
  await db.$executeRaw`
    CREATE FUNCTION refuse_one() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the disk is full'; END $$`
  await db.$executeRaw`
    CREATE TRIGGER refuse_one BEFORE INSERT ON asset_links FOR EACH ROW WHEN (NEW.name = 'link of v2.0.7')
    EXECUTE FUNCTION refuse_one()`
  const answers = await Promise.all(tags.map((tag) => create(world, tag, tag)))
  const failed = answers.filter(({ errors }) => errors)
  expect(failed.map(({ errors }) => errors?.map(({ message }) => message))).toEqual([['Internal server error']])
  const others = tags.filter((tag) => tag !== 'v2.0.7').sort()
  expect(answers.flatMap(({ data }) => data.releaseCreate?.release?.name ?? []).sort()).toEqual(others)
  expect((await newReleasesOf(world)).map(({ tag }) => tag).sort()).toEqual(others)
})

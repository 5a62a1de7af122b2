import { afterEach, describe, expect, test } from 'vitest'
import { db } from '../../src/database/db.ts'
import { runGit } from '../../src/git/git.ts'
import { rest } from '../http/rest/client.ts'
import { useApp } from '../support/app.ts'
import { mutate } from '../support/mutate.ts'
import { createWorld, type World } from '../support/world.ts'

const app = useApp()

const times = <Value>(count: number, run: (n: number) => Promise<Value>) =>
  Promise.all(Array.from({ length: count }, (_, n) => run(n)))

/** Counts how often each text occurs. */
function countOf(texts: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const text of texts) counts[text] = (counts[text] ?? 0) + 1
  return counts
}

const OK = 'ok'

/** The result of a mutation: the rule that it broke, or OK. */
const send = async (token: string | null, name: string, input: Record<string, unknown>): Promise<string> =>
  (await mutate(app, token, name, input)).join(', ') || OK

// A masked error, a deadlock or a time-out is logged as an error.
afterEach(() => expect(app.logged().filter(({ level }) => Number(level) >= 50)).toEqual([]))

describe('50 creations of one release at the same time', () => {
  const publish = (world: World, tagName: string, n: number) =>
    send(world.tokens.developer, 'releaseCreate', {
      ...{ projectPath: world.project.fullPath, tagName, ref: 'main', name: `Release ${n}`, tagMessage: 'New' },
    })

  const expectOne = async (world: World, tag: string, answers: readonly string[]) => {
    const {
      [OK]: created,
      'Release already exists': exists = 0,
      [`Tag ${tag} already exists`]: raced = 0,
    } = countOf(answers)
    expect([created, exists + raced]).toEqual([1, 49])
    const where = { projectId: world.project.id, tag }
    const releases = await db.release.findMany({ where })
    const events = { projectId: world.project.id, eventType: 'release_created' }
    expect([releases.length, await db.auditEvent.count({ where: events })]).toEqual([1, 1])
    const { releasesCount } = await db.project.findUniqueOrThrow({ where: { id: world.project.id } })
    // The release of the world counts, too.
    expect(releasesCount).toBe(2)
    expect((await runGit(app.repositories.directory(world.project.id), ['tag', '--list', tag])).trim()).toBe(tag)
    const [jobs] = await db.$queryRaw<{ n: number }[]>`
      SELECT count(*)::int AS n FROM graphile_worker._private_jobs
      WHERE (payload ->> 'releaseId')::int = ${releases[0]?.id}`
    // Its evidence and its announcement.
    expect(jobs?.n).toBe(2)
  }

  test('creations of one tag at different commits make one tag, at the commit of the creation that succeeds', async () => {
    const world = await createWorld(app)
    const directory = app.repositories.directory(world.project.id)
    const shas = (await runGit(directory, ['rev-list', 'main'])).trim().split('\n')
    const answers = await times(10, async (n) => {
      const json = { tag_name: 'v3.0.0', ref: shas[n % shas.length] }
      const path = `/projects/${world.project.id}/repository/tags`
      const { status, body } = await rest(app, 'POST', path, { token: world.tokens.developer, json })
      return status === 201 ? body.target : null
    })
    const [made, ...others] = answers.filter((sha) => sha !== null)
    expect([made, others]).toEqual([(await runGit(directory, ['rev-parse', 'v3.0.0'])).trim(), []])
  })

  test('creations for a new tag make one release', async () => {
    const world = await createWorld(app)
    await expectOne(world, 'v2.0.0', await times(50, (n) => publish(world, 'v2.0.0', n)))
  })

  test('creations for a tag that exists make one release', async () => {
    const world = await createWorld(app, { repository: { tags: ['v1.0.0', 'v2.0.0'] } })
    await expectOne(world, 'v2.0.0', await times(50, (n) => publish(world, 'v2.0.0', n)))
  })
})

const link = ({ project, tokens }: World, name: string, url: string) =>
  send(tokens.developer, 'releaseAssetLinkCreate', { projectPath: project.fullPath, tagName: 'v1.0.0', name, url })

const linksOf = ({ release }: World) =>
  db.assetLink.findMany({ where: { releaseId: release.id }, orderBy: { name: 'asc' } })

const linksCountOf = async ({ release }: World) =>
  (await db.release.findUniqueOrThrow({ where: { id: release.id } })).linksCount

describe('50 creations of one link at the same time', () => {
  test('creations of one name make one link', async () => {
    const world = await createWorld(app)
    const answers = await times(50, (n) => link(world, 'same', `https://example.com/${n}`))
    expect(countOf(answers)).toEqual({ [OK]: 1, 'Name has already been taken': 49 })
    expect([(await linksOf(world)).length, await linksCountOf(world)]).toEqual([3, 3])
  })

  test('creations of one address make one link', async () => {
    const world = await createWorld(app)
    const answers = await times(50, (n) => link(world, `name ${n}`, 'https://example.com/same'))
    expect(countOf(answers)).toEqual({ [OK]: 1, 'Url has already been taken': 49 })
    expect([(await linksOf(world)).length, await linksCountOf(world)]).toEqual([3, 3])
  })
})

describe('saving a release in the front end deletes and creates its links', () => {
  test.for([
    { rounds: 100, links: 4 },
    { rounds: 5, links: 36 },
  ])(
    'no link is lost when $links links are deleted at once and then created at once, $rounds times',
    { timeout: 60_000 },
    async ({ rounds, links }) => {
      const world = await createWorld(app)
      const remove = (id: number) =>
        send(world.tokens.developer, 'releaseAssetLinkDelete', { id: `gid://gitlab/Releases::Link/${id}` })
      const wanted = Array.from({ length: links }, (_, n) => [`name ${n + 10}`, `https://example.com/${n}`] as const)
      for (let round = 0; round < rounds; round++) {
        const removed = await Promise.all((await linksOf(world)).map(({ id }) => remove(id)))
        expect(countOf(removed)).toEqual({ [OK]: round === 0 ? 2 : links })
        expect(await linksCountOf(world)).toBe(0)
        const answers = await Promise.all(wanted.map(([name, url]) => link(world, name, url)))
        expect(countOf(answers)).toEqual({ [OK]: links })
        expect((await linksOf(world)).map(({ name, url }) => [name, url])).toEqual(wanted)
        expect(await linksCountOf(world)).toBe(links)
      }
    },
  )
})

describe('different writes to one release at the same time', () => {
  test('every write gets an answer in words, and no link or event of a deleted release is left', async () => {
    const world = await createWorld(app)
    const { tokens, project } = world
    const input = { projectPath: project.fullPath, tagName: 'v1.0.0' }
    const change = (name: string) =>
      send(tokens.developer, 'releaseUpdate', { ...input, name, releasedAt: '2030-01-01' })
    const remove = () => send(tokens.maintainer, 'releaseDelete', input)
    const [links, changes, removals] = await Promise.all([
      times(20, (n) => link(world, `name ${n}`, `https://example.com/${n}`)),
      times(20, (n) => change(`Name ${n}`)),
      times(3, remove),
    ])
    expect(countOf(removals)).toEqual({ [OK]: 1, 'Release does not exist': 2 })
    const missing = 'Release with tag "v1.0.0" was not found'
    for (const answer of links) expect([OK, missing]).toContain(answer)
    for (const answer of changes) expect([OK, 'Release does not exist']).toContain(answer)
    const where = { projectId: world.project.id }
    expect([await db.release.count({ where }), (await linksOf(world)).length]).toEqual([0, 0])
    const written = (eventType: string) => db.auditEvent.count({ where: { ...where, eventType } })
    expect(await written('release_link_created')).toBe(countOf(links)[OK] ?? 0)
    expect(await written('release_updated')).toBe(countOf(changes)[OK] ?? 0)
  })
})

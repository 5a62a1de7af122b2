import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { operator } from '../../../src/access/viewer.ts'
import { connectDatabase, db } from '../../../src/database/db.ts'
import { createLog } from '../../../src/foundation/log.ts'
import { runGit } from '../../../src/git/git.ts'
import { createRepositories } from '../../../src/git/open-repositories.ts'
import { listTags } from '../../../src/git/tags.ts'
import { RENDERER_VERSION } from '../../../src/markdown/render.ts'
import { type ImportInput, importRepository } from '../../../src/modules/imports/import-repository.ts'
import { withLock } from '../../../src/modules/imports/lock.ts'
import { createDatabase, type TestDatabase } from '../../support/database.ts'
import { createRepository, type RepositorySpec, temporaryDirectory } from '../../support/git.ts'

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

const log = createLog({ level: 'silent' })
let worlds = 0
const SPEC: RepositorySpec = {
  commits: 4,
  tags: [
    { name: 'v1', commit: 1, message: 'One\n\n*first*' },
    { name: 'v2', commit: 2 },
  ],
}

/** A source, and a function that imports it into a project of its own. */
async function world(spec: RepositorySpec = SPEC) {
  const dir = await temporaryDirectory()
  const source = await createRepository(join(dir, 'source.git'), spec)
  worlds += 1
  const projectPath = `group${worlds}/sub/project`
  const repositoriesDir = join(dir, 'repositories')
  const input = { projectPath, source: source.dir }
  const run = ({ directory = repositoriesDir, ...more }: Partial<ImportInput> & { directory?: string } = {}) => {
    const repositories = createRepositories({ directory, log })
    const outside = { requestId: 'import', ipAddress: null, log, baseUrl: '', mayReach: () => false }
    const context = { viewer: operator(), repositories, ...outside }
    return importRepository(context, { ...input, ...more })
  }
  const project = () => db.project.findUniqueOrThrow({ where: { fullPath: projectPath } })
  const releases = () => db.release.findMany({ where: { project: { fullPath: projectPath } }, orderBy: { id: 'asc' } })
  return { source, projectPath, repositoriesDir, run, project, releases, dir }
}

async function waitingForLocks(): Promise<number> {
  const [row] = await db.$queryRaw<{ n: number }[]>`
    SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`
  return row?.n ?? 0
}

/** Releases that a job announces, now or later. */
const announcements = () => db.$queryRaw`SELECT FROM graphile_worker.jobs WHERE task_identifier = 'announce-release'`

const NOTHING = { created: 0, updated: 0, unchanged: 0, vanished: [], cut: [], skipped: [] }

describe('the first import', () => {
  test('nobody is told of imported releases, which count as announced from the beginning', async () => {
    const { run, releases } = await world()
    await run()
    const [first, second] = await releases()
    const releaseIds = [first, second].map((release) => release?.id ?? 0)
    expect(await db.releaseAnnouncement.count({ where: { releaseId: { in: releaseIds } } })).toBe(2)
    expect(await announcements()).toEqual([])
  })

  test('the first import makes the groups and the project, private unless told otherwise', async () => {
    const closed = await world()
    await closed.run()
    expect(await closed.project()).toMatchObject({ name: 'project', visibility: 'private', releasesCount: 2 })
    expect(
      await db.group.findMany({ where: { fullPath: { startsWith: closed.projectPath.split('/')[0] ?? '' } } }),
    ).toMatchObject([
      { visibility: 'private', parentId: null },
      { visibility: 'private', path: 'sub' },
    ])
    const open = await world()
    await open.run({ visibility: 'public' })
    expect(await open.project()).toMatchObject({ visibility: 'public' })
  })

  test('the first import makes the repository of the project', async () => {
    const { run, source, project, repositoriesDir } = await world()
    await run()
    const { id } = await project()
    expect(await readdir(repositoriesDir)).toEqual([`${id}.git`])
    expect(await listTags(join(repositoriesDir, `${id}.git`))).toEqual(await listTags(source.dir))
  })

  test('the first import makes a release of each tag, with notes and date of an annotated tag, or the date of the commit', async () => {
    const { run, releases, source } = await world()
    expect(await run()).toEqual({ ...NOTHING, created: 2 })
    expect(await releases()).toMatchObject([
      {
        tag: 'v1',
        sha: source.commits[1],
        name: null,
        description: 'One\n\n*first*',
        descriptionHtml: expect.stringContaining('<em>first</em>'),
        rendererVersion: RENDERER_VERSION,
        authorId: null,
        releasedAt: new Date('2024-01-01T01:20:00Z'),
      },
      { tag: 'v2', sha: source.commits[2], description: null, releasedAt: new Date('2024-01-01T02:10:00Z') },
    ])
  })

  test('the first import makes the releases in the order of their dates, whatever their names', async () => {
    const names = ['v2', 'v1', 'v4', 'v3']
    const { run, project } = await world({ commits: 4, tags: names.map((name, at) => ({ name, commit: at })) })
    await run()
    const { id: projectId } = await project()
    const releases = await db.release.findMany({ where: { projectId }, orderBy: [{ createdAt: 'asc' }, { id: 'asc' }] })
    expect(releases.map(({ tag }) => tag)).toEqual(names)
    expect(releases.every(({ createdAt, updatedAt }) => createdAt <= updatedAt)).toBe(true)
  })

  test('the first import dates each of two tags of one commit by itself', async () => {
    const { run, releases } = await world({ tags: ['plain', { name: 'noted', message: 'Noted' }] })
    await run()
    expect(Object.fromEntries((await releases()).map(({ tag, releasedAt }) => [tag, releasedAt]))).toEqual({
      plain: new Date('2024-01-01T00:10:00Z'),
      noted: new Date('2024-01-01T00:20:00Z'),
    })
  })

  test('the first import gives releases the author named and the keys of their versions', async () => {
    const { run, releases } = await world({ tags: ['v1.2.3', 'v1.2.3-rc.1'] })
    const user = await db.user.create({ data: { username: 'imports-author', name: 'Ann' } })
    await run({ author: user.username })
    const [rc, stable] = (await releases()).toSorted((a, b) => b.tag.length - a.tag.length)
    expect(rc).toMatchObject({ authorId: user.id, prerelease: true })
    expect(stable).toMatchObject({ authorId: user.id, prerelease: false })
    expect(rc && stable && rc.semverKey < stable.semverKey).toBe(true)
  })

  test('the first import may be of a repository without tags or commits', async () => {
    const { run, project } = await world({ commits: 0 })
    expect(await run()).toEqual(NOTHING)
    expect(await project()).toMatchObject({ releasesCount: 0 })
  })
})

describe('tags that cannot become releases', () => {
  test('a tag that points to no commit, or has no valid name, is skipped and reported', async () => {
    const { run, source, releases } = await world({ tags: ['v1'] })
    const tree = (await runGit(source.dir, ['rev-parse', 'HEAD^{tree}'])).trim()
    await runGit(source.dir, ['update-ref', 'refs/tags/tree', tree])
    await runGit(source.dir, ['update-ref', 'refs/tags/-dash', 'HEAD'])
    const summary = await run()
    expect(summary.created).toBe(1)
    expect(summary.skipped.toSorted((a, b) => (a.tag < b.tag ? -1 : 1))).toEqual([
      { tag: '-dash', reason: 'is no valid name of a tag' },
      { tag: 'tree', reason: 'points to no commit' },
    ])
    expect(await releases()).toHaveLength(1)
  })

  test('a message that is too long for notes is cut and reported', async () => {
    const { run, releases } = await world({ tags: [{ name: 'v1', message: '😀'.repeat(1_000_001) }] })
    expect(await run()).toEqual({ ...NOTHING, created: 1, cut: ['v1'] })
    const [release] = await releases()
    expect(Array.from(release?.description ?? '')).toHaveLength(1_000_000)
  })
})

describe('a repeated import', () => {
  test('a repeated import changes nothing when the source has not changed', async () => {
    const { run, releases, project } = await world()
    await run()
    const before = [await releases(), await project()]
    expect(await run()).toEqual({ ...NOTHING, unchanged: 2 })
    expect([await releases(), await project()]).toEqual(before)
  })

  test('a repeated import finds the project whatever the letter case of the path', async () => {
    const { run, projectPath } = await world()
    await run()
    expect(await run({ projectPath: projectPath.toUpperCase() })).toEqual({ ...NOTHING, unchanged: 2 })
  })

  test('a repeated import makes a release of a new tag', async () => {
    const { run, source } = await world()
    await run()
    await runGit(source.dir, ['tag', 'v3', 'main'])
    expect(await run()).toEqual({ ...NOTHING, created: 1, unchanged: 2 })
  })

  test('a repeated import updates commit, notes and date of a release whose tag moved', async () => {
    const { run, source, releases } = await world()
    await run()
    const [before] = await releases()
    const env = {
      GIT_COMMITTER_NAME: 'Ada',
      GIT_COMMITTER_EMAIL: 'ada@example.com',
      GIT_COMMITTER_DATE: '2025-05-05T00:00Z',
    }
    await runGit(source.dir, ['tag', '--force', '--annotate', '--message', '**again**', 'v1', 'main'], { env })
    expect(await run()).toEqual({ ...NOTHING, updated: 1, unchanged: 1 })
    const [after] = await releases()
    expect(after).toMatchObject({
      id: before?.id,
      sha: source.commits[3],
      description: '**again**',
      descriptionHtml: expect.stringContaining('<strong>again</strong>'),
      releasedAt: new Date('2025-05-05T00:00:00Z'),
      createdAt: before?.createdAt,
    })
  })

  test('a repeated import goes on when somebody deletes a release that it is about to change', async () => {
    const { run, source, releases } = await world()
    await run()
    const [first] = await releases()
    await runGit(source.dir, ['tag', '--force', 'v1', 'main'])
    await runGit(source.dir, ['tag', '--force', 'v2', 'main'])
    const repeated = await db.$transaction(async (tx) => {
      await tx.release.delete({ where: { id: first?.id ?? 0 } })
      const running = run()
      await expect.poll(waitingForLocks, { timeout: 10_000 }).toBe(1)
      return { running }
    })
    expect(await repeated.running).toEqual({ ...NOTHING, updated: 1 })
    expect(await releases()).toMatchObject([{ tag: 'v2', sha: source.commits[3] }])
  })

  test('a repeated import leaves a release alone that people edited, as long as its tag stays', async () => {
    const { run, releases } = await world()
    await run()
    const [release] = await releases()
    await db.release.update({ where: { id: release?.id ?? 0 }, data: { name: 'Mine', description: 'Mine' } })
    expect(await run()).toEqual({ ...NOTHING, unchanged: 2 })
    expect((await releases())[0]).toMatchObject({ name: 'Mine', description: 'Mine' })
  })

  test('a repeated import keeps and reports a release whose tag is gone at the source, and its tag', async () => {
    const { run, source, releases, project, repositoriesDir } = await world()
    await run()
    await runGit(source.dir, ['tag', '--delete', 'v1'])
    expect(await run()).toEqual({ ...NOTHING, unchanged: 1, vanished: ['v1'] })
    expect(await releases()).toHaveLength(2)
    const { id } = await project()
    expect((await listTags(join(repositoriesDir, `${id}.git`))).map(({ name }) => name)).toEqual(['v1', 'v2'])
  })

  test('a repeated import makes no release of a tag that only exists here', async () => {
    const { run, project, repositoriesDir } = await world()
    await run()
    const { id } = await project()
    await runGit(join(repositoriesDir, `${id}.git`), ['tag', 'ours', 'main'])
    expect(await run()).toEqual({ ...NOTHING, unchanged: 2 })
  })

  test('a repeated import makes the repository again when it is lost', async () => {
    const { run, project, dir } = await world()
    await run()
    const elsewhere = join(dir, 'elsewhere')
    expect(await run({ directory: elsewhere })).toEqual({ ...NOTHING, unchanged: 2 })
    expect(await readdir(elsewhere)).toEqual([`${(await project()).id}.git`])
  })
})

describe('an import that fails', () => {
  test('an import that fails leaves no group, project or folder behind', async () => {
    const { run, projectPath, repositoriesDir, dir } = await world()
    await expect(run({ source: join(dir, 'none') })).rejects.toThrow('does not appear to be a git repository')
    await expect(run({ author: 'nobody' })).rejects.toThrow("There is no user 'nobody'")
    await expect(run({ projectPath: `${projectPath.split('/')[0]}/.x` })).rejects.toThrow("its segment '.x' may only")
    expect(await db.group.count({ where: { path: projectPath.split('/')[0] ?? '' } })).toBe(0)
    expect(await readdir(repositoriesDir).catch(() => [])).toEqual([])
  })

  test('an import that fails says what is wrong with the path', async () => {
    const { run } = await world()
    const reasons = {
      project: 'group before it is missing',
      'a//b': "segment ''",
      'a/b.git': "segment 'b.git'",
      'api/x': "'api'",
    }
    for (const [projectPath, reason] of Object.entries(reasons)) {
      await expect(run({ projectPath }), projectPath).rejects.toThrow(reason)
    }
  })

  test('an import does not put a project in the place of a group, nor below a project', async () => {
    const { run, projectPath } = await world()
    await run()
    const group = projectPath.split('/').slice(0, 2).join('/')
    await expect(run({ projectPath: group })).rejects.toThrow(`'${group}' is a group, not a project`)
    await expect(run({ projectPath: `${projectPath}/x` })).rejects.toThrow(`'${projectPath}' is a project`)
  })

  test('an import never replaces a folder of another database', async () => {
    const { run, repositoriesDir, projectPath } = await world()
    const [row] = await db.$queryRaw<{ last: bigint }[]>`SELECT last_value AS last FROM projects_id_seq`
    const next = Number(row?.last) + 1
    await createRepository(join(repositoriesDir, `${next}.git`))
    await expect(run()).rejects.toThrow('belongs to no project of this database')
    expect(await db.project.count({ where: { fullPath: projectPath } })).toBe(0)
    expect(await readdir(repositoriesDir)).toEqual([`${next}.git`])
  })

  test('an import is refused while another import into the project runs', async () => {
    const { run, projectPath } = await world()
    const refuse = () => {
      throw new Error('taken')
    }
    await withLock(`import ${projectPath}`, () => expect(run()).rejects.toThrow('Another import into'), refuse)
    expect(await run()).toMatchObject({ created: 2 })
  })
})

test('projects of one new group may be imported at the same time', async () => {
  const { run, projectPath } = await world()
  const group = projectPath.split('/')[0]
  const paths = [1, 2, 3].map((number) => `${group}/sub/p${number}`)
  const summaries = await Promise.all(paths.map((path) => run({ projectPath: path })))
  expect(summaries.map(({ created }) => created)).toEqual([2, 2, 2])
})

test('a thousand tags are imported in a few statements', async () => {
  const tags = Array.from({ length: 1000 }, (_, at) => ({
    name: `v0.${at}.0`,
    commit: at % 50,
    message: `Release ${at}`,
  }))
  const { run, project } = await world({ commits: 50, tags })
  statements = 0
  expect(await run()).toEqual({ ...NOTHING, created: 1000 })
  expect(statements).toBeLessThan(30)
  expect(await project()).toMatchObject({ releasesCount: 1000 })
})

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { db } from '../../src/database/db.ts'
import { runGit } from '../../src/git/git.ts'
import { useApp } from '../support/app.ts'
import * as create from '../support/factories.ts'
import { temporaryDirectory } from '../support/git.ts'
import { createWorld, type World } from '../support/world.ts'
import { releaseCommands, withoutPipeline } from './release-world.ts'
import { runCommand } from './run-command.ts'

const app = useApp()
withoutPipeline()

let world: World
beforeAll(async () => {
  world = await createWorld(app, { project: { visibility: 'private' } })
})

type Shown = {
  id: string
  name: string
  tagName: string | null
  description: string | null
  releasedAt: string
  commit: { sha: string } | null
  milestones: string[]
  links: { name: string; linkType: string; directAssetPath: string | null; directAssetUrl: string }[]
  sources: unknown[]
  evidences: unknown[]
}

const failure = (stderr: string) => ({ stdout: '', stderr: `${stderr}\n`, exitCode: 1 })

describe('release create', () => {
  test('release create publishes all that its flags say, with a new tag and notes from a file', async () => {
    const notes = join(await temporaryDirectory(), 'notes.md')
    await writeFile(notes, '# From a file\n')
    await create.createMilestone({ projectId: world.project.id }, { title: 'One' })
    await create.createMilestone({ projectId: world.project.id }, { title: 'Two' })
    const link = {
      name: 'linux',
      url: 'https://a.example.com/linux',
      direct_asset_path: '/bin/linux',
      link_type: 'package',
    }
    const more = [{ name: 'docs', url: 'https://a.example.com/docs', link_type: 'runbook', filepath: '/docs' }]
    const values = ['--name', 'Two', '--description', notes, '--milestone', 'One', '--milestone', 'Two']
    const made = await releaseCommands(app, world).json<Shown>(
      ...['create', '--tag-name', 'v2.0.0', '--ref', 'main', '--tag-message', 'Annotated', ...values],
      ...[
        '--released-at',
        '2026-01-31T12:00:00Z',
        '--assets-link',
        JSON.stringify(link),
        '--assets-link',
        JSON.stringify(more),
      ],
    )
    expect(made).toMatchObject({
      name: 'Two',
      tagName: 'v2.0.0',
      description: '# From a file\n',
      releasedAt: '2026-01-31T12:00:00Z',
      commit: { sha: world.release.sha },
      milestones: ['One', 'Two'],
    })
    expect(made.links).toMatchObject([
      { name: 'docs', linkType: 'RUNBOOK', directAssetPath: '/docs' },
      { name: 'linux', linkType: 'PACKAGE', directAssetPath: '/bin/linux' },
    ])
    expect(await runGit(app.repositories.directory(world.project.id), ['cat-file', '-t', 'v2.0.0'])).toBe('tag\n')
  })

  test('release create generates notes', async () => {
    const made = await releaseCommands(app, world).json<Shown>(
      ...['create', '--tag-name', 'v0.1.0', '--ref', 'main', '--description', 'Given.', '--generate-notes'],
    )
    expect(made.description).toMatch(/^Given\.\n\n### Other changes\n/)
  })

  test('release create says in words what was done, and where the release is', async () => {
    const { stdout, exitCode } = await releaseCommands(app, world).run('create', '--tag', 'words', '--ref', 'main')
    const page = `${app.url}/${world.project.fullPath}/-/releases/words`
    expect({ stdout, exitCode }).toEqual({ stdout: `Created release words\n${page}\n`, exitCode: 0 })
  })

  test('release create takes server, project, tag, commit and token from a pipeline', async () => {
    vi.stubEnv('CI_SERVER_URL', app.url)
    vi.stubEnv('CI_PROJECT_PATH', world.project.fullPath)
    vi.stubEnv('CI_COMMIT_TAG', 'pipeline')
    vi.stubEnv('CI_COMMIT_SHA', world.release.sha ?? '')
    vi.stubEnv('WAYBILL_TOKEN', world.tokens.developer ?? '')
    expect(await runCommand('release', 'create')).toMatchObject({ stderr: '', exitCode: 0 })
    expect(await db.release.count({ where: { projectId: world.project.id, tag: 'pipeline' } })).toBe(1)
  })

  test('release create reports the rules that were broken, and what to do', async () => {
    const { run } = releaseCommands(app, world)
    expect(await run('create', '--tag-name', 'v1.0.0')).toEqual(
      failure('Release already exists\nChange it with `waybill release update`.'),
    )
    expect(await run('create', '--tag-name', 'v9')).toEqual(
      failure('Ref is not specified\nThe tag does not exist yet: give --ref, a branch or commit to make it from.'),
    )
  })
})

describe('release update', () => {
  test('release update changes what is given and nothing else', async () => {
    const { json } = releaseCommands(app, await createWorld(app))
    const update = ['update', '--tag-name', 'v1.0.0']
    expect(await json<Shown>(...update, '--name', 'After')).toMatchObject({
      name: 'After',
      description: '# Notes\n\nIt works.',
      milestones: [expect.any(String)],
    })
    const changed = await json<Shown>(...update, '--no-milestone', '--description', '')
    expect(changed).toMatchObject({ name: 'After', description: '', milestones: [] })
  })
})

describe('release get, list and delete', () => {
  test('release get prints everything for people', async () => {
    const { stdout } = await releaseCommands(app, world).run('get', '--tag-name', 'v1.0.0')
    for (const part of ['First light (v1.0.0)', 'binary (package)', '/downloads/bin/linux', 'It works.', '.tar.gz']) {
      expect(stdout).toContain(part)
    }
  })

  test('release get does not let what people typed steer the terminal', async () => {
    const { tag } = await create.createRelease(world.project, { name: 'red \u001b[31m\u009b31m' })
    const { stdout } = await releaseCommands(app, world).run('get', '--tag-name', tag)
    expect(stdout).toContain('red �[31m�31m')
  })

  test('release get and list print the same facts, with every one of many links', async () => {
    const many = await createWorld(app)
    const links = Array.from({ length: 205 }, (_, at) => ({
      name: `link ${at}`,
      url: `https://downloads.example.com/many/${at}`,
      releaseId: many.release.id,
    }))
    await db.assetLink.createMany({ data: links })
    const { json } = releaseCommands(app, many, 'anonymous')
    const [listed] = await json<Shown[]>('list')
    expect(listed?.links).toHaveLength(207)
    expect(await json<Shown>('get', '--tag-name', 'v1.0.0')).toEqual(listed)
  })

  test('release list goes through the pages, the newest first, and says how many more there are', async () => {
    const { project, tokens, ...rest } = await createWorld(app)
    for (let day = 1; day <= 3; day += 1)
      await create.createRelease(project, { tag: `d${day}`, releasedAt: new Date(Date.UTC(2020, 0, day)) })
    await db.release.createMany({
      data: Array.from({ length: 100 }, (_, at) => ({
        projectId: project.id,
        tag: `m${at}`,
        releasedAt: new Date(Date.UTC(2021, 0, 1, 0, at)),
      })),
    })
    const { run, json } = releaseCommands(app, { ...rest, project, tokens }, 'guest')
    expect((await json<Shown[]>('list', '--limit', '1000')).map(({ tagName }) => tagName).slice(-4)).toEqual([
      'm0',
      'd3',
      'd2',
      'd1',
    ])
    const { stdout, stderr } = await run('list', '--limit', '2')
    expect(stdout.split('\n')[1]).toMatch(/^m99\t/)
    expect(stderr).toBe('2 of 104: more with --limit\n')
  })

  test('no command tells a guest the tag', async () => {
    const { run, json } = releaseCommands(app, world, 'guest')
    const listed = JSON.stringify(await json('list'))
    expect(listed).not.toContain('v1.0.0')
    expect((await json<Shown[]>('list')).at(-1)).toMatchObject({
      tagName: null,
      sources: [],
      evidences: [],
      commit: null,
    })
    expect((await json<Shown>('get', '--latest')).tagName).toBeNull()
    const hidden = await run('get', '--tag-name', 'v1.0.0')
    const missing = await run('get', '--tag-name', 'v0.0.0')
    expect(hidden).toEqual({ ...missing, stderr: missing.stderr.replace('v0.0.0', 'v1.0.0') })
    expect(hidden.exitCode).toBe(1)
  })

  test('release delete deletes the release, and release get then says so', async () => {
    const { tag } = await create.createRelease(world.project)
    const { run } = releaseCommands(app, world)
    expect(await run('delete', '--tag-name', tag)).toMatchObject({ stdout: `Deleted release ${tag}\n`, exitCode: 0 })
    expect(await run('get', '--tag-name', tag)).toEqual(
      failure(
        `The project '${world.project.fullPath}' shows no release of the tag '${tag}': \`waybill release list\` prints what it shows`,
      ),
    )
  })
})

test('links are added and removed by name', async () => {
  const { tag, id } = await create.createRelease(world.project)
  const { json, run } = releaseCommands(app, world)
  const flags = ['--url', 'https://a.example.com/x', '--link-type', 'package', '--direct-asset-path', '/x/y']
  const added = await json('link', 'add', '--tag-name', tag, '--name', 'x', ...flags)
  expect(added).toMatchObject({ name: 'x', linkType: 'PACKAGE', directAssetPath: '/x/y' })
  expect(await run('link', 'remove', '--tag-name', tag, '--name', 'y')).toEqual(
    failure(`The release of the tag '${tag}' has no link 'y'. It has: 'x'`),
  )
  expect(await run('link', 'remove', '--tag-name', tag, '--name', 'x')).toMatchObject({ stderr: '', exitCode: 0 })
  expect(await db.assetLink.count({ where: { releaseId: id } })).toBe(0)
})

test('a draft is written, listed, changed and published, and another is deleted', async () => {
  const of = await createWorld(app)
  const { run, json } = releaseCommands(app, of)
  const tag = ['--tag-name', 'v7.0.0']
  expect(await run('create', ...tag, '--ref', 'main', '--draft', '--prerelease')).toMatchObject({
    stdout: 'Wrote the draft of release v7.0.0\n',
    exitCode: 0,
  })
  expect(await run('create', ...tag, '--ref', 'main', '--draft')).toEqual(
    failure('Draft already exists\nChange it with `waybill release update --draft`.'),
  )
  expect(await run('update', ...tag, '--draft', '--name', 'Seven', '--make-latest', 'yes')).toMatchObject({
    exitCode: 0,
  })
  expect((await run('list', '--drafts')).stdout).toBe('v7.0.0\twhen it is published\tSeven\n')
  expect(await json('list', '--drafts')).toEqual([{ tagName: 'v7.0.0', name: 'Seven', releasedAt: null }])
  expect((await run('publish', ...tag)).stdout).toContain('Published release Seven (v7.0.0)')
  const made = await db.release.findFirst({
    where: { projectId: of.project.id, tag: 'v7.0.0' },
    include: { latestOf: true },
  })
  expect(made).toMatchObject({ prereleaseMark: true, latestOf: { projectId: of.project.id } })
  await run('update', ...tag, '--no-prerelease', '--make-latest', 'auto')
  expect(await db.release.findFirst({ where: { id: made?.id ?? 0 }, include: { latestOf: true } })).toMatchObject({
    prereleaseMark: false,
    latestOf: null,
  })
  await run('create', '--tag-name', 'v8.0.0', '--draft')
  expect((await run('delete', '--tag-name', 'v8.0.0', '--draft')).stdout).toBe('Deleted the draft of release v8.0.0\n')
  expect((await run('list', '--drafts')).stdout).toBe('There are no drafts that you may see\n')
})

import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { db } from '../../../src/database/db.ts'
import { runGit } from '../../../src/git/git.ts'
import { useApp } from '../../support/app.ts'
import { query } from '../../support/client.ts'
import * as create from '../../support/factories.ts'
import { addCommits } from '../../support/history.ts'
import { createWorld, type ViewerName, type World } from '../../support/world.ts'
import { rest } from './client.ts'

const app = useApp({ rateLimits: null })

let world: World
let dir: string
let reverted: string

const trailer = (title: string, value: string) => ({ message: `${title}\n\nWhy.\n\nChangelog: ${value}\n` })

async function freshWorld() {
  world = await createWorld(app, { project: { visibility: 'private' } })
  dir = app.repositories.directory(world.project.id)
  const { users } = world
  await db.user.update({
    where: { id: users.stranger.id },
    data: { email: `stranger-${world.project.id}@example.com` },
  })
  await db.user.update({ where: { id: users.owner.id }, data: { email: `owner-${world.project.id}@example.com` } })
  reverted = await addCommits(dir, 'main', [trailer('Reverted', 'added')])
  await addCommits(dir, 'main', [
    { message: `Revert "Reverted"\n\nThis reverts commit ${reverted}.\n` },
    { ...trailer('By a stranger', 'fixed'), author: `S <stranger-${world.project.id}@example.com>` },
    { ...trailer('By the owner', 'added'), author: `O <owner-${world.project.id}@example.com>` },
    { message: 'Nothing to tell\n' },
  ])
}

const url = (path = '') => `/projects/${world.project.id}/repository/changelog${path}`
const get = (parameters: string, viewer: ViewerName = 'reporter') =>
  rest(app, 'GET', url(`?${parameters}`), { token: world.tokens[viewer] })
const post = (json: object, viewer: ViewerName = 'developer') =>
  rest(app, 'POST', url(), { token: world.tokens[viewer], json })
const notesOf = async (parameters: string) => (await get(parameters)).body.notes
const commitUrl = (sha: string) => `${app.url}/${world.project.fullPath}/-/commit/${sha}`
const shaOf = async (ref: string) => (await runGit(dir, ['rev-parse', ref])).trim()
const show = (ref: string, path = 'CHANGELOG.md') => runGit(dir, ['show', `${ref}:${path}`])
const configure = (config: string) =>
  addCommits(dir, 'main', [{ message: 'Configure\n', files: { '.gitlab/changelog_config.yml': config } }])

describe('a section of a changelog', () => {
  beforeAll(freshWorld, 60_000)

  test('tells the commits with the trailer since the last stable tag, by category, and credits accounts that are no members', async () => {
    const { status, body } = await get('version=1.1.0&date=2026-11-24')
    const { username } = world.users.stranger
    expect([status, body]).toEqual([
      200,
      {
        notes:
          '## 1.1.0 (2026-11-24)\n\n' +
          `### added (1 change)\n\n- [By the owner](${commitUrl(await shaOf('main^'))})\n\n` +
          `### fixed (1 change)\n\n- [By a stranger](${commitUrl(await shaOf('main~2'))}) by @${username}\n`,
      },
    ])
  })

  test('has the range and the trailer that are asked for', async () => {
    expect(await notesOf(`version=v1.1.0&to=${reverted}&date=2026-11-24`)).toContain('- [Reverted]')
    expect(await notesOf('version=1.1.0&date=2026-11-24&from=main')).toBe('## 1.1.0 (2026-11-24)\n\nNo changes.\n')
    expect(await notesOf('version=1.1.0&trailer=changelog')).toContain('No changes.')
  })

  test('is told by GraphQL too, to viewers who read the code', async () => {
    const document = `{ project(fullPath: "${world.project.fullPath}") { changelog(version: "1.1.0") } }`
    type Data = { project: { changelog: string | null } }
    const ask = (viewer: ViewerName) => query<Data, object>(app, document, {}, { token: world.tokens[viewer] })
    expect((await ask('reporter')).data.project.changelog).toContain('### fixed (1 change)')
    expect((await ask('guest')).data.project.changelog).toBeNull()
  })

  test('is refused with a reason', async () => {
    const refusal = async (parameters: string) => {
      const { status, body } = await get(parameters)
      return [status, body.message ?? body.error]
    }
    const failed = (why: string) => [422, `Failed to generate the changelog: ${why}`]
    expect(await refusal('')).toEqual([400, 'version is missing'])
    expect((await refusal('version=1.x'))[0]).toBe(400)
    expect((await refusal('version=1.1.0%0A%23%23 2.0.0'))[0]).toBe(400)
    expect(await refusal('version=1.0.0')).toEqual(
      failed('the start of the range is missing, and there is no tag of a previous version'),
    )
    expect(await refusal('version=1.1.0&from=none')).toEqual(failed('there is no commit none'))
    expect(await refusal('version=1.1.0&to=none')).toEqual(failed('there is no commit none'))
    expect((await get('version=1.1.0', 'guest')).status).toBe(403)
    expect((await get('version=1.1.0', 'stranger')).status).toBe(404)
  })

  test('needs a repository', async () => {
    const empty = await create.createProject({ visibility: 'public' })
    const { status, body } = await rest(
      app,
      'GET',
      `/projects/${empty.id}/repository/changelog?version=1.0.0&from=main`,
    )
    expect([status, body.message]).toEqual([422, 'Failed to generate the changelog: there is no repository'])
  })
})

describe('the configuration of changelogs', () => {
  beforeAll(freshWorld, 60_000)

  test('names categories in its order, the format of the date and the template', async () => {
    await configure(
      [
        "date_format: '%d.%m.%y'",
        'categories: { fixed: Bug fixes, added: Features, removed: Gone }',
        'template: |',
        '  {% each categories %}',
        '  {{ title }}: {{ count }} {% each entries %}{{ title }} {{ commit.trailers.Changelog }} \\',
        '  {{ author.reference }}|{{ missing.part }}{% end %}',
        '',
        '  {% end %}',
      ].join('\n'),
    )
    const { stranger, owner } = world.users
    expect(await notesOf('version=1.1.0&date=2026-11-24')).toBe(
      '## 1.1.0 (24.11.26)\n\n' +
        `Bug fixes: 1 By a stranger fixed @${stranger.username}|\n` +
        `Features: 1 By the owner added @${owner.username}|\n`,
    )
  })

  test('credits the members of its groups, as far as the viewer may know them', async () => {
    const credit = `by @${world.users.owner.username}`
    const notes = async (viewer: ViewerName) => (await get('version=1.1.0', viewer)).body.notes
    for (const visibility of ['private', 'public'] as const) {
      const group = await create.createGroup({ visibility })
      await create.addMember({ group }, world.users.owner, 'owner')
      await configure(`include_groups: [${group.fullPath}]`)
      expect(await notes('owner')).toContain(credit)
      expect(await notes('reporter')).not.toContain(credit)
    }
  })

  test('says which tags are versions', async () => {
    await runGit(dir, ['tag', '-f', 'app-1.0.5', 'main^{/By a stranger}'])
    await configure("tag_regex: '^app-(?<major>\\d+)\\.(?<minor>\\d+)\\.(?<patch>\\d+)$'")
    const notes = await notesOf('version=1.1.0')
    expect(notes).toContain('By the owner')
    expect(notes).not.toContain('By a stranger')
  })

  test('is read from the ref that is asked for', async () => {
    await addCommits(dir, 'odd', [{ message: 'Odd\n', files: { 'my.yml': 'template: odd' } }])
    expect(await notesOf('version=1.1.0&date=2026-11-24&config_file=my.yml&config_file_ref=odd')).toBe(
      '## 1.1.0 (2026-11-24)\n\nodd\n',
    )
  })

  test('is refused with a reason when it is wrong, too long or too slow', async () => {
    const reason = async (config: string) => {
      await configure(config)
      const { status, body } = await get('version=1.1.0')
      return `${status} ${body.message}`
    }
    expect(await reason('categories: [1')).toMatch(/^422 .*the configuration file is wrong/)
    expect(await reason('categories: 1')).toMatch(/^422 .*categories is invalid/)
    expect(await reason('a: &a [x]\nb: [*a, *a]')).toMatch(/^422 .*the configuration file is wrong/)
    expect(await reason(`x: ${'x'.repeat(70_000)}`)).toMatch(/^422 .*more than 65536 bytes/)
    expect(await reason("template: '{% if a %}'")).toMatch(/^422 .*without its {% end %}/)
    expect(await reason("template: '{% end %}'")).toMatch(/^422 .*too many/)
    expect(await reason("template: '{{ a b }}'")).toMatch(/^422 .*nobody understands: {{ a b }}/)
    expect(await reason(`template: '${'{% if categories %}'.repeat(60)}${'{% end %}'.repeat(60)}'`)).toMatch(
      /^422 .*nests more/,
    )
    const empty = '{% each entries %}{% end %}'.repeat(2_000)
    expect(await reason(`template: '{% each categories %}${empty}{% end %}'`)).toMatch(/^200/)
    expect(await reason("tag_regex: '('")).toMatch(/^422 .*tag_regex is no regular expression/)
  })

  test('cannot hold up the server with a pattern', async () => {
    await runGit(dir, ['tag', '-f', `${'a'.repeat(60)}!`, 'main'])
    await configure("tag_regex: '^(a+)+$'")
    const begun = performance.now()
    const { status, body } = await get('version=1.1.0')
    expect([status, body.message]).toEqual([422, 'Failed to generate the changelog: tag_regex takes too long'])
    expect(performance.now() - begun).toBeLessThan(5_000)
  })
})

describe('a changelog that is committed', () => {
  beforeEach(freshWorld, 60_000)

  test('is a new file, and the commit has its writer and message', async () => {
    const before = await shaOf('main')
    const { status, body } = await post({ version: '1.1.0', date: '2026-11-24' })
    expect([status, body]).toEqual([200, 200])
    expect(await show('main')).toContain('## 1.1.0 (2026-11-24)\n\n### added (1 change)\n')
    expect(await shaOf('main^')).toBe(before)
    const log = await runGit(dir, ['log', '-1', '--format=%an|%cn|%s', 'main'])
    expect(log).toBe(`${world.users.developer.name}|${world.users.developer.name}|Add changelog for version 1.1.0\n`)
    expect(await show('main', 'file.txt')).toBe('1\n')
    await runGit(dir, ['fsck', '--strict'])
    const event = await db.auditEvent.findFirstOrThrow({
      where: { projectId: world.project.id },
      orderBy: { id: 'desc' },
    })
    expect(event.message).toBe('Pushed: updated branch main')
  })

  test('puts the section before the newest older version, and leaves everything else as it is', async () => {
    const old = 'Intro \u00e9\n\n## 2.0.0 (x)\n\nb\n\n## v1.0.0 (y)\n\na\n\n## 0.9.0\n'
    await addCommits(dir, 'topic', [{ message: 'x\n', files: { 'docs/log.md': old, 'docs/other': 'o\n' } }], 'main')
    const changelog = { version: '1.1.0', date: '2026-11-24', branch: 'topic', file: 'docs/log.md', message: 'Mine' }
    expect((await post(changelog)).status).toBe(200)
    const written = await show('topic', 'docs/log.md')
    const [head = '', tail = ''] = old.split('## v1.0.0')
    expect(written.startsWith(`${head}## 1.1.0 (2026-11-24)\n\n`)).toBe(true)
    expect(written.endsWith(`\n\n## v1.0.0${tail}`)).toBe(true)
    expect(await show('topic', 'docs/other')).toBe('o\n')
    expect(await runGit(dir, ['log', '-1', '--format=%s', 'topic'])).toBe('Mine\n')
    const sha = await shaOf('topic')
    expect((await post(changelog)).status).toBe(200)
    expect(await shaOf('topic')).toBe(sha)
  })

  test('is written by each of several requests at a time', async () => {
    const versions = ['1.1.0', '1.2.0', '1.3.0', '1.4.0']
    const answers = await Promise.all(versions.map((version) => post({ version, file: `${version}.md` })))
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200])
    const files = await runGit(dir, ['ls-tree', '--name-only', 'main'])
    expect(files.split('\n')).toEqual(expect.arrayContaining(versions.map((version) => `${version}.md`)))
  })

  test('needs the right to push, and a file that git can hold', async () => {
    const statusOf = async (json: object, viewer?: ViewerName) =>
      (await post({ version: '1.1.0', ...json }, viewer)).status
    expect(await statusOf({}, 'reporter')).toBe(403)
    expect(await statusOf({}, 'guest')).toBe(403)
    expect(await statusOf({}, 'stranger')).toBe(404)
    for (const file of ['../x', 'a//b', '.git/config', 'a/.GIT', '.g\u200cit/x', 'git~1/x', 'a\\b']) {
      expect([file, await statusOf({ file })]).toEqual([file, 400])
    }
    expect(await statusOf({ file: 'file.txt/below' })).toBe(422)
    expect(await statusOf({ branch: 'none', to: 'main' })).toBe(422)
    await db.project.update({ where: { id: world.project.id }, data: { archived: true } })
    expect(await statusOf({})).toBe(403)
  })
})

test('a changelog of more than 15,000 commits is refused', async () => {
  await freshWorld()
  const many = Array.from({ length: 15_001 }, (_, at) => ({ message: `Commit ${at}\n\nChangelog: added\n` }))
  const last = await addCommits(dir, 'many', many, 'main')
  const begun = performance.now()
  const { status, body } = await get(`version=1.1.0&from=main&to=${last}`)
  expect([status, body.message]).toEqual([422, expect.stringContaining('more than 15000 commits')])
  const { body: whole } = await get(`version=1.1.0&from=main&to=${await shaOf('many~1')}`)
  expect(whole.notes).toContain('### added (15000 changes)')
  expect(performance.now() - begun).toBeLessThan(20_000)
}, 60_000)

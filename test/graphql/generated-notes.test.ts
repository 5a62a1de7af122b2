import { beforeEach, expect, test } from 'vitest'
import { db } from '../../src/database/db.ts'
import { runGit } from '../../src/git/git.ts'
import { rest } from '../http/rest/client.ts'
import { useApp } from '../support/app.ts'
import { query } from '../support/client.ts'
import * as create from '../support/factories.ts'
import { addCommits } from '../support/history.ts'
import { createWorld, type ViewerName, type World } from '../support/world.ts'

const app = useApp()

let world: World
let dir: string

beforeEach(async () => {
  world = await createWorld(app, { project: { visibility: 'private' } })
  dir = app.repositories.directory(world.project.id)
  // The release of v1.0.0 is of the last commit. Its author is Ada.
  await addCommits(dir, 'side', [{ message: 'Work on the side\n' }], 'main')
  await addCommits(dir, 'main', [
    { message: 'feat(api): Ask for more\n' },
    { message: 'fix: Mend it\n', author: 'Newcomer <new@example.com>' },
    { message: 'feat!: Break it\n' },
    { message: 'fix: Break it quietly\n\nBREAKING CHANGE: quietly.\n' },
    { message: 'chore: Sweep\n', author: 'Newcomer <NEW@example.com>' },
    { message: 'Do something\n' },
    { message: 'Tell by trailer\n\nChangelog: security\n' },
    { message: 'Merge side\n', merge: 'refs/heads/side' },
  ])
}, 60_000)

type Data = { releaseCreate: { errors: string[]; release: { description: string; descriptionHtml: string } | null } }

const publish = (input: object, viewer: ViewerName = 'developer') =>
  query<Data, object>(
    app,
    `mutation ($input: ReleaseCreateInput!) {
      releaseCreate(input: $input) { errors release { description descriptionHtml } } }`,
    { input: { projectPath: world.project.fullPath, ref: 'main', generateNotes: true, ...input } },
    { token: world.tokens[viewer] },
  )

const notesOf = async (input: object) => {
  const { data, errors } = await publish(input)
  expect([errors, data.releaseCreate.errors]).toEqual([undefined, []])
  return data.releaseCreate.release?.description ?? ''
}

/** The notes without the addresses of their links. */
const plain = (notes: string) => notes.replace(/\]\(http[^)]*\)/g, ']')

test('generated notes tell commits by Conventional Commits and by trailer, closed issues and first contributions', async () => {
  const milestone = await create.createMilestone({ projectId: world.project.id }, { title: 'Two' })
  const issue = (title: string, data: object) =>
    create.createIssue(world.project, { title, milestoneId: milestone.id, state: 'closed', ...data })
  await issue('Done', { iid: 101 })
  await issue('Secret', { iid: 102, confidential: true })
  await issue('Open', { iid: 103, state: 'opened' })
  const notes = await notesOf({ tagName: 'v1.1.0', milestones: ['Two'], description: 'Hello.' })
  expect(plain(notes).split('\n').filter(Boolean)).toEqual([
    'Hello.',
    '### Breaking changes',
    '- [Break it quietly]',
    '- [Break it]',
    '### Features',
    '- [api: Ask for more]',
    '### Bug fixes',
    '- [Mend it]',
    '### Other changes',
    '- [Do something]',
    '- [Work on the side]',
    '### security',
    '- [Tell by trailer]',
    '### Closed issues',
    '- [Done]',
    '### First contributions',
    '- Newcomer in [Mend it]',
  ])
  const sha = (await runGit(dir, ['rev-parse', 'main^{/Mend it}'])).trim()
  expect(notes).toContain(`- [Mend it](${app.url}/${world.project.fullPath}/-/commit/${sha})`)
  expect(notes).toContain(`${app.url}/${world.project.fullPath}/-/issues/101)`)
})

test('generated notes begin after the previous version, and before a stable version only stable versions count', async () => {
  await notesOf({ tagName: 'v1.1.0-rc.1' })
  await addCommits(dir, 'main', [{ message: 'fix: After the candidate\n' }])
  expect(plain(await notesOf({ tagName: 'v1.1.0-rc.2' }))).toBe('### Bug fixes\n\n- [After the candidate]')
  expect(await notesOf({ tagName: 'v1.1.0' })).toContain('Mend it')
  expect(await notesOf({ tagName: 'v1.1.1' })).toBe('')
})

test('generated notes of the first version and of a tag without version tell the whole history, and nobody is new', async () => {
  for (const tagName of ['v0.1.0', 'nightly']) {
    const notes = plain(await notesOf({ tagName }))
    expect(notes).toContain('- [Commit 0]')
    expect(notes).not.toContain('First contributions')
  }
})

test('generated notes follow the template and the titles of the repository', async () => {
  const config = [
    'categories: { chore: Housework, feat: News }',
    "release_notes_template: '{% each categories %}{{ title }}={{ count }};{% end %}{% each contributors %}{{ name }}{% end %}'",
  ]
  await addCommits(dir, 'main', [
    { message: 'chore: x\n', files: { '.gitlab/changelog_config.yml': config.join('\n') } },
  ])
  await db.user.update({ where: { id: world.users.guest.id }, data: { email: 'new@example.com' } })
  expect(await notesOf({ tagName: 'v1.1.0' })).toBe(
    `Housework=2;News=1;Breaking changes=2;Bug fixes=1;Other changes=2;security=1;@${world.users.guest.username}`,
  )
})

test('a Guest reads generated notes without the tags of the release and of the one before', async () => {
  await notesOf({ tagName: 'zqx-1.1.0' })
  await notesOf({ tagName: 'zqx-1.2.0', ref: 'main', description: 'Notes' })
  const releases = await rest(app, 'GET', `/projects/${world.project.id}/releases`, { token: world.tokens.guest })
  expect(releases.text).toContain('Mend it')
  expect(releases.text).not.toContain('zqx')
})

test('notes do not tell the commit that the server made for a changelog, whose title names a version', async () => {
  const path = `/projects/${world.project.id}/repository/changelog`
  const written = { version: '9.8.7-zqx', trailer: 'Changelog' }
  expect((await rest(app, 'POST', path, { token: world.tokens.developer, json: written })).status).toBe(200)
  await addCommits(dir, 'main', [{ message: 'Revert "Add changelog for version 9.8.7-zqx"\n' }])
  const notes = await notesOf({ tagName: 'v1.1.0' })
  expect(notes).toContain('Do something')
  expect(notes).not.toContain('9.8.7')
  // An earlier commit of the server is no first contribution either.
  expect(notes).not.toContain(world.users.developer.username)
})

test('REST generates notes too', async () => {
  const { status, body } = await rest(app, 'POST', `/projects/${world.project.id}/releases`, {
    token: world.tokens.developer,
    json: { tag_name: 'v1.1.0', ref: 'main', generate_notes: true },
  })
  expect([status, body.description]).toEqual([201, expect.stringContaining('### First contributions')])
})

test('a release whose notes cannot be generated is refused, and makes no tag', async () => {
  const files = { '.gitlab/changelog_config.yml': "release_notes_template: '{% if x %}'" }
  await addCommits(dir, 'main', [{ message: 'x\n', files }])
  const { data } = await publish({ tagName: 'v1.1.0' })
  expect(data.releaseCreate).toEqual({
    errors: [
      'Failed to generate the changelog: the configuration file is wrong: the template has a tag {% if %} without its {% end %}',
    ],
    release: null,
  })
  expect(await runGit(dir, ['tag', '-l', 'v1.1.0'])).toBe('')
  expect((await publish({ tagName: 'v1.0.0' })).data.releaseCreate.errors).toEqual(['Release already exists'])
  expect((await publish({ tagName: 'v1.1.0' }, 'reporter')).errors).toBeDefined()
})

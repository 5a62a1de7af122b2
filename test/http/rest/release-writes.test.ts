import { beforeAll, describe, expect, test } from 'vitest'
import { db } from '../../../src/database/db.ts'
import { useApp } from '../../support/app.ts'
import * as create from '../../support/factories.ts'
import { createWorld, type World } from '../../support/world.ts'
import { encoded, rest } from './client.ts'

const app = useApp()

let world: World
let releases: string
beforeAll(async () => {
  world = await createWorld(app, { repository: { branches: ['next'] } })
  releases = `/projects/${encoded(world.project.fullPath)}/releases`
})

const developer = () => ({ token: world.tokens.developer })

describe('a new release', () => {
  test('a new release is made with all that the contract knows', async () => {
    const milestone = await create.createMilestone({ groupId: world.group.id }, { title: 'Of the group' })
    const { status, body } = await rest(app, 'POST', releases, {
      ...developer(),
      json: {
        tag_name: 'full/1.0',
        tag_message: 'All of it',
        ref: 'next',
        name: '',
        description: '**Notes**',
        released_at: '2019-01-03T01:56:19.539+01:00',
        milestones: [milestone.title],
        assets: {
          links: [
            { name: 'one', url: 'https://downloads.example.com/one', direct_asset_path: '/one', filepath: '/other' },
            { name: 'two', url: 'https://downloads.example.com/two', filepath: '/second', link_type: 'image' },
          ],
        },
        legacy_catalog_publish: true,
        sha: 'ignored',
      },
    })
    expect(status).toBe(201)
    expect(body).toMatchObject({
      name: '',
      released_at: '2019-01-03T00:56:19.539Z',
      historical_release: true,
      author: { id: world.users.developer.id },
      milestones: [{ title: 'Of the group', group_id: world.group.id }],
      assets: { count: 6 },
    })
    expect(body.description_html).toBeUndefined()
    const paths = body.assets.links.map((link: { direct_asset_url: string }) => link.direct_asset_url)
    expect(paths.toSorted()).toEqual([
      expect.stringMatching(/downloads\/one$/),
      expect.stringMatching(/downloads\/second$/),
    ])
    expect((await rest(app, 'GET', `${releases}/full%2F1.0`)).body).toMatchObject({ tag_name: 'full/1.0' })
  })

  test.each([
    ['without a tag', {}, 400, { error: 'tag_name is missing' }],
    ['with null for a tag', { tag_name: null }, 400, { error: 'tag_name is missing' }],
    [
      'with several wrong parameters',
      { tag_name: ['x'], released_at: 'soon', assets: { links: [{ url: 'x' }] } },
      400,
      { error: 'released_at is invalid, tag_name is invalid, assets[links][0][name] is missing' },
    ],
    [
      'with titles and numbers of milestones',
      { tag_name: 'n', milestones: ['a'], milestone_ids: [1] },
      400,
      { error: 'milestones, milestone_ids are mutually exclusive' },
    ],
    ['of a tag that has one', { tag_name: 'v1.0.0' }, 409, { message: 'Release already exists' }],
    [
      'of unknown milestones',
      { tag_name: 'n', ref: 'main', milestones: 'a, b' },
      400,
      { message: 'Milestone(s) not found: a, b' },
    ],
    [
      'of unknown milestone numbers',
      { tag_name: 'n', milestone_ids: '998,999' },
      400,
      { message: 'Milestone id(s) not found: 998, 999' },
    ],
    ['of a new tag without a ref', { tag_name: 'n' }, 422, { message: 'Ref is not specified' }],
    ['of a new tag with an empty ref', { tag_name: 'n', ref: '' }, 400, { message: 'Target is empty' }],
    ['of no tag name', { tag_name: '', ref: 'main' }, 400, { message: 'Tag name invalid' }],
    ['of a bad tag name', { tag_name: 'HEAD', ref: 'main' }, 400, { message: 'Tag name invalid' }],
    ['of an unknown ref', { tag_name: 'n', ref: 'nowhere' }, 400, { message: 'Target nowhere is invalid' }],
    [
      'with a bad link type',
      { tag_name: 'n', ref: 'main', assets: { links: [{ name: 'a', url: 'https://a.example.com', link_type: 'x' }] } },
      400,
      { message: "'x' is not a valid link_type: other, runbook, image, package" },
    ],
    [
      'with a bad link',
      { tag_name: 'n', ref: 'main', assets: { links: [{ name: 'a', url: 'gopher://x' }] } },
      400,
      { message: expect.stringMatching(/^Validation failed: Links url is blocked/) },
    ],
    [
      'with a link twice',
      {
        tag_name: 'n',
        ref: 'main',
        assets: { links: [1, 2].map(() => ({ name: 'a', url: 'https://a.example.com' })) },
      },
      400,
      { message: 'Validation failed: Links have duplicate values (a, https://a.example.com)' },
    ],
    ['with a NUL', { tag_name: 'n\0' }, 400, { error: 'tag_name is invalid' }],
    ['with half of a character', { tag_name: 'n', name: '\ud800' }, 400, { error: 'name is invalid' }],
    [
      'with a list that is far too long',
      { tag_name: 'n', milestones: Array.from({ length: 1001 }, String) },
      400,
      { error: 'milestones is invalid' },
    ],
  ])('a new release %s is refused', async (_case, json, status, body) => {
    const answer = await rest(app, 'POST', releases, { ...developer(), json })
    expect([answer.status, answer.body]).toEqual([status, body])
    expect(await db.release.count({ where: { projectId: world.project.id, tag: 'n' } })).toBe(0)
  })
})

describe('a change of a release', () => {
  const put = (json: object, tag = 'v1.0.0') => rest(app, 'PUT', `${releases}/${tag}`, { ...developer(), json })

  test('a change of a release keeps what is absent', async () => {
    const { status, body } = await put({ name: 'Second light', released_at: '2031-01-01', sha: 'ignored' })
    expect(status).toBe(200)
    expect(body).toMatchObject({
      name: 'Second light',
      description: '# Notes\n\nIt works.',
      released_at: '2031-01-01T00:00:00.000Z',
      upcoming_release: true,
    })
    expect((await put({ name: null })).body.name).toBe('v1.0.0')
  })

  test('a change of a release replaces milestones, and removes all of them when the list is empty', async () => {
    const { id } = await create.createMilestone({ projectId: world.project.id }, { title: 'Next' })
    expect((await put({ milestone_ids: String(id) })).body.milestones).toMatchObject([{ id, title: 'Next' }])
    expect((await put({ milestones: [] })).body.milestones).toBeUndefined()
  })

  test.each([
    ['of nothing', {}, 'v1.0.0', 400, { message: 'params is empty' }],
    ['of what does not exist', { name: 'x' }, 'v9', 403, { message: '403 Forbidden' }],
    ['to unknown milestones', { milestones: ['a'] }, 'v1.0.0', 400, { message: 'Milestone(s) not found: a' }],
    [
      'to notes that are too long',
      { description: 'x'.repeat(1_000_001) },
      'v1.0.0',
      400,
      { message: { description: ['is too long (maximum is 1000000 characters)'] } },
    ],
  ])('a change %s is refused', async (_case, json, tag, status, body) => {
    const answer = await put(json, tag)
    expect([answer.status, answer.body]).toEqual([status, body])
  })

  test('a change of a release is refused when the tag is gone', async () => {
    await create.createRelease(world.project, { tag: 'gone' })
    const { status, body } = await put({ name: 'x' }, 'gone')
    expect([status, body]).toEqual([404, { message: 'Tag does not exist' }])
  })
})

test('a deletion answers the release as it was, and a missing release is forbidden', async () => {
  const release = await create.createRelease(world.project, { tag: 'old' })
  await create.createLink(release)
  const options = { token: world.tokens.maintainer }
  const { status, body } = await rest(app, 'DELETE', `${releases}/old`, options)
  expect(status).toBe(200)
  expect(body).toMatchObject({ tag_name: 'old', assets: { count: 5, links: [{ id: expect.any(Number) }] } })
  const again = await rest(app, 'DELETE', `${releases}/old`, options)
  expect([again.status, again.body]).toEqual([403, { message: '403 Forbidden' }])
})

test('a protected tag forbids all changes of its release', async () => {
  const { project, tokens } = await createWorld(app)
  const path = `/projects/${project.id}/releases`
  await db.protectedTag.create({
    data: { projectId: project.id, name: 'v*', accessLevels: { create: { accessLevel: 0 } } },
  })
  const options = { token: tokens.owner, json: { name: 'x', url: 'https://a.example.com' } }
  expect((await rest(app, 'PUT', `${path}/v1.0.0`, options)).status).toBe(403)
  expect((await rest(app, 'DELETE', `${path}/v1.0.0`, options)).status).toBe(403)
  expect((await rest(app, 'POST', `${path}/v1.0.0/assets/links`, options)).body).toEqual({ message: '403 Forbidden' })
  const created = await rest(app, 'POST', path, { ...options, json: { tag_name: 'v2', ref: 'main' } })
  expect(created.status).toBe(403)
  expect(created.body.message).toMatch(/not allowed to create this tag as it is protected/)
  expect((await rest(app, 'GET', `${path}/v1.0.0`, { token: tokens.owner })).body._links.edit_url).toBeUndefined()
})

test('evidence is collected once per request, and not for a missing or upcoming release', async () => {
  const { project, tokens, release } = await createWorld(app)
  const evidence = (tag: string) =>
    rest(app, 'POST', `/projects/${project.id}/releases/${tag}/evidence`, { token: tokens.developer })
  const accepted = await evidence('v1.0.0')
  expect([accepted.status, accepted.body]).toEqual([202, 202])
  expect(await db.evidence.count({ where: { releaseId: release.id } })).toBe(2)
  const missing = await evidence('v9')
  expect([missing.status, missing.body]).toEqual([404, 404])
  await create.createRelease(project, { tag: 'later', releasedAt: new Date('2100-01-01') })
  expect((await evidence('later')).status).toBe(422)
})

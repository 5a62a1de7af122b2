import { beforeAll, describe, expect, test } from 'vitest'
import { db } from '../../../src/database/db.ts'
import { useApp } from '../../support/app.ts'
import * as create from '../../support/factories.ts'
import { createWorld, type World } from '../../support/world.ts'
import { encoded, rest } from './client.ts'

const app = useApp()

/** A mark in the tag, which must not stand in any answer to a viewer without code access. */
const MARK = 'zqx'
const TAG = `${MARK}/v1.2.3-${MARK}.1`

const worlds: Record<'private' | 'members-only', World> = {} as never

beforeAll(async () => {
  worlds.private = await createWorld(app, { project: { visibility: 'private' }, tag: TAG })
  worlds['members-only'] = await createWorld(app, { project: { repositoryLevel: 'private' }, tag: TAG })
  for (const { project, release, group, users } of Object.values(worlds)) {
    await db.release.update({ where: { id: release.id }, data: { name: null } })
    await db.protectedTag.create({
      data: { projectId: project.id, name: `${MARK}*`, accessLevels: { create: { accessLevel: 40 } } },
    })
    for (const n of [1, 2]) await create.createRelease(project, { tag: `${MARK}-${n}` })
    await create.addMember({ group }, users.stranger, 'guest')
  }
})

const viewers = [
  ['a Guest', 'private', 'guest'],
  ['a Planner', 'private', 'planner'],
  ['a Guest of the group', 'private', 'stranger'],
  ['nobody', 'members-only', 'anonymous'],
] as const

describe.each(viewers)('to %s of a %s project', (_who, name, viewer) => {
  const get = (path: string, method = 'GET', json?: unknown) =>
    rest(app, method, path, { token: worlds[name].tokens[viewer], json })

  test('no answer holds the tag', async () => {
    const { project, group, release } = worlds[name]
    const links = await db.assetLink.findMany({ where: { releaseId: release.id } })
    const path = `/projects/${encoded(project.fullPath)}`
    const paths = [
      path,
      `${path}/releases`,
      `${path}/releases?per_page=1&page=2&include_html_description=true`,
      `${path}/releases?sort=asc&order_by=created_at`,
      `${path}/releases/permalink/latest`,
      `${path}/releases/permalink/latest/downloads/bin/linux`,
      `${path}/releases/any/downloads/bin/linux`,
      `${path}/releases/any/assets/links`,
      `${path}/releases/any/assets/links/${links[0]?.id}`,
      `${path}/releases/any/assets/links/${links[1]?.id}`,
      `/groups/${group.id}/releases`,
      `/groups/${group.id}/releases?simple=true&per_page=1`,
      `${path}/protected_tags`,
      `${path}/repository/tags`,
      `${path}/repository/tags?search=${MARK[0]}`,
      `${path}/repository/branches`,
      `${path}/repository/commits/main`,
      `${path}/repository/commits/main/refs`,
      `${path}/repository/commits/main/diff`,
      `${path}/repository/changelog?version=2.0.0`,
      `${path}/repository/commits`,
      `${path}/repository/commits?ref_name=${TAG}`,
      `${path}/merge_requests`,
      `${path}/milestones`,
      `${path}/issues`,
    ]
    const answers = await Promise.all(paths.map((path) => get(path)))
    for (const { text } of answers) expect(text).not.toContain(MARK)
    expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(8)
  })

  test('a release has a number in place of its tag', async () => {
    const { project, release } = worlds[name]
    const { body } = await get(`/projects/${project.id}/releases`)
    const page = `${app.url}/${project.fullPath}/-/releases/id/${release.id}`
    const found = body.find((item: { name: string }) => item.name === `Release-${release.id}`)
    const missing = ['tag_name', 'commit', 'commit_path', 'tag_path', 'evidences']
    expect(Object.keys(found)).not.toEqual(expect.arrayContaining(missing))
    for (const key of missing) expect(found).not.toHaveProperty(key)
    expect(found.assets).toEqual({ count: 2, links: expect.any(Array) })
    expect(found.assets.links[1].direct_asset_url).toBe(`${page}/downloads/bin/linux`)
    expect(found._links).toEqual({ self: page })
    expect(found.description).toBe('# Notes\n\nIt works.')
    expect(found.milestones).toHaveLength(1)
  })

  test('a tag that exists is answered as one that does not', async () => {
    const { project, release } = worlds[name]
    const link = await db.assetLink.findFirstOrThrow({ where: { releaseId: release.id } })
    const requests: [string, string, unknown?][] = [
      ['GET', ''],
      ['GET', '/downloads/bin/linux'],
      ['GET', '/assets/links'],
      ['GET', `/assets/links/${link.id}`],
      ['POST', '/assets/links', { name: 'x', url: 'https://a.example.com' }],
      ['PUT', `/assets/links/${link.id}`, { name: 'x' }],
      ['DELETE', `/assets/links/${link.id}`],
      ['PUT', '', { name: 'x' }],
      ['DELETE', ''],
      ['POST', '/evidence'],
    ]
    for (const [method, path, json] of requests) {
      const of = async (tag: string) => {
        const answer = await get(`/projects/${project.id}/releases/${encoded(tag)}${path}`, method, json)
        return [answer.status, answer.body]
      }
      expect(await of(TAG)).toEqual(await of('missing'))
    }
    const create = (tag_name: string) => get(`/projects/${project.id}/releases`, 'POST', { tag_name, ref: 'main' })
    expect((await create(TAG)).body).toEqual((await create('missing')).body)
  })
})

test('the same requests show the tag to a viewer who may read code', async () => {
  const { project, tokens } = worlds.private
  for (const path of ['/releases', '/releases/permalink/latest', '/repository/tags']) {
    const { text } = await rest(app, 'GET', `/projects/${project.id}${path}`, { token: tokens.reporter })
    expect(text).toContain(MARK)
  }
})

// A project that was renamed or moved is found under its old paths until somebody takes them.
import { beforeEach, describe, expect, test } from 'vitest'
import { db } from '../../src/database/db.ts'
import { useApp } from '../support/app.ts'
import { query } from '../support/client.ts'
import * as create from '../support/factories.ts'
import { mutate } from '../support/mutate.ts'
import { createWorld, viewers, type World } from '../support/world.ts'
import { clone, commit, git, remoteOf } from './git/git-client.ts'
import { encoded, rest } from './rest/client.ts'

const app = useApp()

let world: World
let old: string
let now: string

beforeEach(async () => {
  world = await createWorld(app, { project: { visibility: 'private' } })
  old = world.project.fullPath
  now = `${world.group.fullPath}/renamed-${world.project.id}`
  const path = `renamed-${world.project.id}`
  expect(await mutate(app, world.tokens.maintainer, 'projectUpdate', { projectPath: old, path })).toEqual([])
})

type Found = { project: { id: string; fullPath: string } | null }

const found = async (path: string, token = world.tokens.guest) => {
  const document = 'query ($path: ID!) { project(fullPath: $path) { id fullPath } }'
  const { data } = await query<Found, { path: string }>(app, document, { path }, { token })
  return data.project?.fullPath ?? null
}

const get = (path: string, token: string | null = world.tokens.reporter) => rest(app, 'GET', path, { token })

const page = (path: string, token = world.tokens.reporter, method = 'GET') =>
  fetch(`${app.url}/${path}`, { method, headers: token ? { 'private-token': token } : {}, redirect: 'manual' })

describe('GraphQL', () => {
  test('GraphQL answers under an old path in any letter case, and mutations write', async () => {
    expect([await found(old), await found(old.toUpperCase()), await found(now)]).toEqual([now, now, now])
    const input = { projectPath: old, title: 'By the old path' }
    expect(await mutate(app, world.tokens.owner, 'milestoneCreate', input)).toEqual([])
  })

  test('a project is deleted by its present path alone', async () => {
    const { tokens, group, users } = world
    await create.addMember({ group }, users.owner, 'owner')
    expect(await mutate(app, tokens.owner, 'projectDelete', { projectPath: old })).toEqual([
      `The path of the project is ${now} now`,
    ])
    expect(await found(now)).toBe(now)
    expect(await mutate(app, tokens.owner, 'projectDelete', { projectPath: now })).toEqual([])
    expect([await found(old), await found(now)]).toEqual([null, null])
  })

  test('one query under the old and the new path is about one project', async () => {
    const document = `{ a: project(fullPath: "${old}") { id releases { nodes { tagName } } }
      b: project(fullPath: "${now}") { id releases { nodes { tagName } } } }`
    const { data } = await query<Record<string, object>, object>(app, document, {}, { token: world.tokens.owner })
    expect(data.a).toEqual(data.b)
    expect(data.a).not.toBeNull()
  })

  test('an old path costs no more statements than the present one', async () => {
    const statements = (path: string) => app.statementsOf(() => found(path))
    await found(now)
    const [first, kept] = [await statements(old), await statements(old)]
    expect([first.length, kept.length]).toEqual([(await statements(`${now}x`)).length, (await statements(now)).length])
  })
})

describe('REST', () => {
  test('a read by an old path leads to the same route and query with the number of the project', async () => {
    const { id } = world.project
    const rests = [
      '',
      '/releases?per_page=2&sort=asc',
      '/releases/v1.0.0?private_token=x',
      '/packages/generic/a/1/b%2Fc',
    ]
    for (const route of rests) {
      for (const path of [old, old.toUpperCase()]) {
        const token = route.includes('private_token') ? null : world.tokens.guest
        const url = `/projects/${encoded(path)}${route}`.replace('=x', `=${world.tokens.reporter}`)
        const answer = await get(url, token)
        const location = `${app.url}/api/v4/projects/${id}${route}`.replace('=x', `=${world.tokens.reporter}`)
        expect([answer.status, answer.headers.get('location')]).toEqual([301, location])
        expect(answer.headers.get('cache-control')).toBe('private, no-cache')
        expect(answer.text).not.toContain(now)
      }
    }
    expect((await rest(app, 'HEAD', `/projects/${encoded(old)}`, { token: world.tokens.guest })).status).toBe(301)
    const followed = await fetch(`${app.url}/api/v4/projects/${encoded(old)}/releases`, {
      headers: { 'private-token': world.tokens.reporter ?? '' },
    })
    expect(((await followed.json()) as { tag_name: string }[]).map((each) => each.tag_name)).toEqual(['v1.0.0'])
  })

  test('a write by an old path is refused with 405 and writes nothing', async () => {
    const writes = [
      ['PUT', '/releases/v1.0.0', { name: 'Written' }],
      ['POST', '/milestones', { title: 'Written' }],
      ['DELETE', '/releases/v1.0.0', undefined],
      ['PUT', '/packages/generic/a/1/b', undefined],
    ] as const
    for (const [method, route, json] of writes) {
      for (const viewer of ['guest', 'owner'] as const) {
        const token = world.tokens[viewer]
        for (const headers of [{}, { 'idempotency-key': `${method} ${viewer}` }]) {
          const {
            status,
            body,
            headers: sent,
          } = await rest(app, method, `/projects/${encoded(old)}${route}`, {
            token,
            headers,
            ...(json ? { json } : {}),
          })
          // Without a key a viewer learns nothing of its abilities.
          if (viewer === 'guest' && 'idempotency-key' in headers) continue
          expect([status, body]).toEqual([405, { message: 'Non GET methods are not allowed for moved projects' }])
          expect(sent.get('allow')).toBe('GET, HEAD')
        }
      }
    }
    expect(await db.release.count({ where: { projectId: world.project.id, tag: 'v1.0.0', name: 'First light' } })).toBe(
      1,
    )
  })

  test('a number is never redirected, and neither is another letter case', async () => {
    for (const name of [world.project.id, `00${world.project.id}`, encoded(now), encoded(now.toUpperCase())]) {
      expect((await get(`/projects/${name}`)).status).toBe(200)
    }
  })

  test('an old path of a group leads nowhere, and the old paths of the projects below it lead on', async () => {
    await create.addMember({ group: world.group }, world.users.owner, 'owner')
    const before = world.group.fullPath
    const path = `moved-${world.group.id}`
    expect(await mutate(app, world.tokens.owner, 'groupUpdate', { groupPath: before, path })).toEqual([])
    expect((await get(`/groups/${before}/milestones`, world.tokens.owner)).status).toBe(404)
    expect((await get(`/groups/${path}/milestones`, world.tokens.owner)).status).toBe(200)
    for (const each of [old, now]) expect((await get(`/projects/${encoded(each)}`)).status).toBe(301)
    expect(await found(now)).toBe(`${path}/renamed-${world.project.id}`)
  })
})

describe('pages', () => {
  test('a page under an old path leads to the page under the present path', async () => {
    const rests = [
      'releases',
      'releases.atom?a=b',
      'releases/v1.0.0',
      'archive/v1.0.0.zip',
      'releases/permalink/latest',
    ]
    for (const route of rests) {
      const { status, headers } = await page(`${old}/-/${route}`)
      expect([status, headers.get('location')]).toEqual([301, `${app.url}/${now}/-/${route}`])
      expect(headers.get('cache-control')).toBe('private, no-cache')
    }
    const upload = `uploads/${'a'.repeat(32)}/x.png`
    const { status, headers } = await page(`${old}/${upload}`)
    expect([status, headers.get('location')]).toEqual([301, `${app.url}/${now}/${upload}`])
  })

  test('a page with an encoded slash in the path of the project leads on as well', async () => {
    const { status, headers } = await page(`${encoded(old)}/-/releases`)
    expect([status, headers.get('location')]).toEqual([301, `${app.url}/${now}/-/releases`])
  })

  test('a link to a file of a package of the project is followed here when it has an old path', async () => {
    const token = world.tokens.maintainer
    const file = await rest(app, 'PUT', `/projects/${world.project.id}/packages/generic/a/1/b`, {
      token,
      body: 'the file',
    })
    expect(file.status).toBe(201)
    const url = `${app.url}/api/v4/projects/${encoded(old)}/packages/generic/a/1/b`
    await create.createLink(world.release, { url, filepath: '/own' })
    const answer = await page(`${now}/-/releases/v1.0.0/downloads/own`)
    expect([answer.status, await answer.text()]).toEqual([200, 'the file'])
  })

  test('go get is told the present repository under the path that it asked for', async () => {
    await db.project.update({ where: { id: world.project.id }, data: { visibility: 'public' } })
    const answer = await (await page(`${old}/folder?go-get=1`, null)).text()
    const host = new URL(app.url).host
    expect(answer).toContain(`content="${host}/${old} git ${app.url}/${now}.git"`)
  })
})

describe('git', () => {
  const remote = (path: string, token = world.tokens.developer) =>
    remoteOf(app, { ...world, project: { ...world.project, fullPath: path } }, token)
  const told = () => `remote: Project '${old}' was moved to '${now}'.`
  const advice = () => `remote:   git remote set-url origin ${app.url}/${now}.git`

  test.each(['0', '1', '2'])(
    'git fetches from an old path by protocol %s and is told the present one',
    async (version) => {
      const copy = await clone(remote(now))
      await commit(copy)
      expect((await copy.run('push', 'origin', 'HEAD')).code).toBe(0)
      const target = `${copy.dir}-again`
      const cloned = await git(copy.dir, '-c', `protocol.version=${version}`, 'clone', remote(old), target)
      expect(cloned).toMatchObject({ code: 0, stderr: expect.stringContaining(told()) })
      expect(cloned.stderr).toContain(advice())
      const shallow = await git(
        copy.dir,
        '-c',
        `protocol.version=${version}`,
        'clone',
        '--depth=1',
        remote(old),
        `${target}-2`,
      )
      expect(shallow).toMatchObject({ code: 0, stderr: expect.stringContaining(told()) })
      expect((await git(target, 'fsck', '--strict')).code).toBe(0)
    },
  )

  test('git pushes to an old path and is told the present one, also when the push is refused', async () => {
    const copy = await clone(remote(old))
    await commit(copy)
    const pushed = await copy.run('push', 'origin', 'HEAD:refs/heads/by-old-path')
    expect(pushed).toMatchObject({ code: 0, stderr: expect.stringContaining(told()) })
    await db.protectedTag.create({
      data: { projectId: world.project.id, name: 'v*', accessLevels: { create: { accessLevel: 40 } } },
    })
    const refused = await copy.run('push', 'origin', 'HEAD:refs/tags/v9')
    expect(refused.code).not.toBe(0)
    expect(refused.stderr).toContain(told())
    expect(refused.stderr).toContain('refs/tags/v9: ')
  })

  test('git is told nothing under the present path', async () => {
    const copy = await clone(remote(now.toUpperCase()))
    await commit(copy)
    expect((await copy.run('push', 'origin', 'HEAD:refs/heads/quiet')).stderr).not.toContain('moved')
  })
})

describe('an old path ends', () => {
  const taken = async () => [
    await found(old, world.tokens.owner),
    (await get(`/projects/${encoded(old)}`, world.tokens.owner)).status,
    (await page(`${old}/-/releases`, world.tokens.owner)).status,
    (await git('/tmp', 'ls-remote', remoteOf(app, world, world.tokens.owner))).code === 0,
  ]

  test('another project takes an old path, and when it moves on, the path leads to that project', async () => {
    expect(await found(old)).toBe(now)
    await create.addMember({ group: world.group }, world.users.owner, 'owner')
    const { path } = world.project
    const input = { groupPath: world.group.fullPath, path: path.toUpperCase(), visibility: 'public' }
    expect(await mutate(app, world.tokens.owner, 'projectCreate', input)).toEqual([])
    const fullPath = `${world.group.fullPath}/${path.toUpperCase()}`
    const other = await db.project.findUniqueOrThrow({ where: { fullPath } })
    expect(await found(old)).toBe(other.fullPath)
    expect((await get(`/projects/${encoded(old)}`)).status).toBe(200)
    expect((await page(`${old}/-/releases`)).headers.get('location')).toBe(`${app.url}/${other.fullPath}/-/releases`)
    await db.project.update({ where: { id: other.id }, data: { path: `${path}-2` } })
    expect(await found(old)).toBe(`${other.fullPath.slice(0, -path.length)}${path}-2`)
    await db.project.delete({ where: { id: other.id } })
    expect(await taken()).toEqual([null, 404, 404, false])
  })

  test('a group at an old path ends it for good', async () => {
    const { groupId, path } = world.project
    const group = await create.createGroup({ parentId: groupId, path })
    expect(await taken()).toEqual([null, 404, 404, false])
    await db.group.delete({ where: { id: group.id } })
    expect(await taken()).toEqual([null, 404, 404, false])
  })

  test('a group or an account above an old path ends it for good', async () => {
    const below = () => db.oldPath.count({ where: { projectId: world.project.id, fullPath: old } })
    await db.group.update({ where: { id: world.group.id }, data: { path: `away-${world.group.id}` } })
    expect(await below()).toBe(1)
    await create.createUser({ username: `${world.group.path}-not` })
    expect(await below()).toBe(1)
    await create.createUser({ username: world.group.path.toUpperCase() })
    expect(await below()).toBe(0)
    await db.group.update({ where: { id: world.group.id }, data: { path: 'once' } })
    await create.createGroup({ path: `AWAY-${world.group.id}` })
    expect(await found(`away-${world.group.id}/renamed-${world.project.id}`)).toBeNull()
  })

  test('the project itself takes its old path back', async () => {
    await mutate(app, world.tokens.owner, 'projectUpdate', { projectPath: now, path: world.project.path })
    expect([await found(old), await found(now)]).toEqual([old, old])
    expect((await get(`/projects/${encoded(old)}`)).status).toBe(200)
    expect((await get(`/projects/${encoded(now)}`)).status).toBe(301)
  })

  test('a group that only spells its path anew ends no old path', async () => {
    const path = world.group.path.toUpperCase()
    await db.group.update({ where: { id: world.group.id }, data: { path } })
    expect(await found(old)).toBe(`${path}/renamed-${world.project.id}`)
    expect(await db.oldPath.count({ where: { projectId: world.project.id } })).toBe(1)
  })
})

describe('who may follow', () => {
  test.each(viewers.slice(0, 2))(
    'an old path of a hidden project answers %s as a path that never was',
    async (viewer) => {
      const token = world.tokens[viewer]
      const never = `${world.group.fullPath}/never`
      const of = async (path: string) => {
        const answers = [
          await get(`/projects/${encoded(path)}/releases`, token),
          await rest(app, 'PUT', `/projects/${encoded(path)}`, { token, json: { name: 'x' } }),
          await rest(app, 'POST', `/projects/${encoded(path)}/milestones`, { token, json: { title: 'x' } }),
          await rest(app, 'PUT', `/projects/${encoded(path)}/packages/generic/a/1/b`, { token, body: 'x' }),
        ].map(({ status, body }) => [status, body])
        const pages = await Promise.all(
          [`${path}/-/releases`, `${path}/-/package_files/1/download`, `${path}/uploads/${'a'.repeat(32)}/x`].map(
            async (each) => {
              const { status, headers } = await page(each, token)
              return [status, headers.get('location')]
            },
          ),
        )
        const listed = await git(
          '/tmp',
          'ls-remote',
          remoteOf(app, { ...world, project: { ...world.project, fullPath: path } }, token),
        )
        return JSON.stringify([await found(path, token), answers, pages, listed]).replaceAll(path, 'PATH')
      }
      expect(await of(old)).toBe(await of(never))
    },
  )
})

test('a kept answer ends with the path of its project, and is the same in any letter case', async () => {
  const document =
    'query ($path: ID!) { project(fullPath: $path) { name fullPath webUrl releases { nodes { tagName } } } }'
  const ask = async (path: string) => {
    const { data } = await query<Record<string, object>, object>(app, document, { path }, { token: world.tokens.owner })
    return JSON.stringify(data.project)
  }
  for (const path of [old, now, old.toUpperCase(), now.toUpperCase(), old, now])
    expect(await ask(path)).toContain(`"${now}"`)
  const { path, groupId } = world.project
  const other = await create.createProject({ groupId, path })
  for (const each of [old, old.toUpperCase()]) {
    expect(await ask(each)).toBe(
      JSON.stringify({ name: other.name, fullPath: old, webUrl: `${app.url}/${old}`, releases: { nodes: [] } }),
    )
  }
  await db.group.update({ where: { id: groupId }, data: { path: `kept-${groupId}` } })
  for (const each of [now, now.toUpperCase()]) expect(await ask(each)).toContain(`"kept-${groupId}/renamed-`)
  for (const each of [old, old.toUpperCase()]) expect(await ask(each)).toContain(`"kept-${groupId}/${path}"`)
})

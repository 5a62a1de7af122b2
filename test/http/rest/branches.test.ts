import { expect, test } from 'vitest'
import { db } from '../../../src/database/db.ts'
import { runGit } from '../../../src/git/git.ts'
import { initRepository } from '../../../src/git/mirror-repository.ts'
import { useApp } from '../../support/app.ts'
import * as create from '../../support/factories.ts'
import { createWorld, type ViewerName, viewers, type World } from '../../support/world.ts'
import { encoded, rest } from './client.ts'

const app = useApp()

const at = ({ project }: Pick<World, 'project'>, branch = '') =>
  `/projects/${project.id}/repository/branches${branch && `/${encoded(branch)}`}`

const make = (world: World, branch: string, ref: string, viewer: ViewerName = 'developer') =>
  rest(app, 'POST', at(world), { token: world.tokens[viewer], json: { branch, ref } })

const remove = (world: World, branch: string, viewer: ViewerName = 'developer') =>
  rest(app, 'DELETE', at(world, branch), { token: world.tokens[viewer] })

const branchesOf = async ({ project }: Pick<World, 'project'>) =>
  (
    await runGit(app.repositories.directory(project.id), [
      'for-each-ref',
      '--format=%(refname:lstrip=2)',
      'refs/heads/',
    ])
  )
    .split('\n')
    .filter(Boolean)

test('a developer makes and deletes branches, and both are recorded as a push records them', async () => {
  const world = await createWorld(app, { project: { visibility: 'private' } })
  const made = await make(world, 'topic/one', 'v1.0.0')
  expect([made.status, made.body]).toEqual([
    201,
    {
      ...{ name: 'topic/one', merged: false, protected: false, default: false, can_push: true },
      ...{ developers_can_push: false, developers_can_merge: false },
      web_url: `${app.url}/${world.project.fullPath}/-/tree/topic/one`,
      commit: expect.objectContaining({ id: world.release.sha }),
    },
  ])
  const { body } = await rest(app, 'GET', at(world, 'topic/one'), { token: world.tokens.developer })
  expect(body).toEqual(made.body)
  expect((await remove(world, 'topic/one')).status).toBe(204)
  expect(await branchesOf(world)).toEqual(['main'])
  const events = await db.auditEvent.findMany({ where: { projectId: world.project.id }, orderBy: { id: 'asc' } })
  expect(events.map(({ eventType, message }) => [eventType, message])).toEqual([
    ['repository_pushed', 'Pushed: created branch topic/one'],
    ['repository_pushed', 'Pushed: deleted branch topic/one'],
  ])
})

test('branches can be made and deleted by viewers who may push, and by nobody else', async () => {
  for (const visibility of ['private', 'public'] as const) {
    const world = await createWorld(app, { project: { visibility } })
    for (const viewer of viewers) {
      const writes = ['developer', 'maintainer', 'owner'].includes(viewer)
      const isHidden = visibility === 'private' && ['anonymous', 'stranger'].includes(viewer)
      const refused = isHidden ? 404 : 403
      const statuses = [
        (await make(world, viewer, 'main', viewer)).status,
        (await remove(world, viewer, viewer)).status,
      ]
      expect([visibility, viewer, ...statuses]).toEqual([
        visibility,
        viewer,
        ...(writes ? [201, 204] : [refused, refused]),
      ])
    }
    expect(await branchesOf(world)).toEqual(['main'])
  }
})

test('a branch that exists, a bad name, an unknown ref and the default branch are refused', async () => {
  const world = await createWorld(app, { repository: { branches: ['topic'] } })
  const bad = ['-o', '..', 'HEAD', 'a..b', 'HEAD~1', '@{upstream}', 'a b', 'x.lock', 'a//b', '/a', 'é'.repeat(600)]
  for (const name of bad) {
    const { status, body } = await make(world, name, 'main')
    expect([name, status, body]).toEqual([name, 400, { message: 'Branch name is invalid' }])
  }
  for (const ref of ['none', '-o', '..', 'HEAD~1', '@{upstream}', 'main^{tree}', '0'.repeat(40), 'x'.repeat(4096)]) {
    const { status, body } = await make(world, 'fresh', ref)
    expect([ref, status, body.message]).toEqual([ref, 400, expect.stringContaining('Invalid reference name')])
  }
  const said = async (name: string) => (await make(world, name, 'main')).body.message
  expect(await said('topic')).toBe('Branch already exists')
  expect(await said('topic/b')).toContain('the branch topic is in the way of topic/b')
  for (const json of [{ branch: 'x' }, { ref: 'main' }, { branch: 'x\0', ref: 'main' }]) {
    expect((await rest(app, 'POST', at(world), { token: world.tokens.developer, json })).status).toBe(400)
  }
  expect((await remove(world, 'main', 'owner')).body).toEqual({ message: 'The default branch cannot be deleted' })
  for (const name of ['none', '-d', 'HEAD', 'top', 'topic/b']) {
    const { status, body } = await remove(world, name)
    expect([name, status, body]).toEqual([name, 404, { message: '404 Branch Not Found' }])
  }
  expect(await branchesOf(world)).toEqual(['main', 'topic'])
})

test('nothing is made in an archived project, in an empty repository, and without one', async () => {
  const world = await createWorld(app, { project: { archived: true } })
  expect([(await make(world, 'x', 'main')).status, (await remove(world, 'main')).status]).toEqual([403, 403])
  const project = await create.createProject()
  await create.addMember({ project }, world.users.developer, 'developer')
  const bare = { ...world, project }
  expect((await make(bare, 'x', 'main')).status).toBe(503)
  await initRepository(app.repositories.directory(project.id))
  expect((await make(bare, 'x', 'main')).status).toBe(400)
  expect(await branchesOf(bare)).toEqual([])
})

test('only one of several requests makes a branch', async () => {
  const world = await createWorld(app)
  const answers = await Promise.all([1, 2, 3].map(() => make(world, 'one', 'main')))
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 400, 400])
})

test.each(['branches', 'tags'])(
  'one of several requests deletes one of the %s, and the others find it gone',
  async (kind) => {
    const world = await createWorld(app)
    const directory = app.repositories.directory(world.project.id)
    await runGit(directory, ['update-ref', `refs/${kind === 'tags' ? 'tags' : 'heads'}/short-lived`, 'refs/heads/main'])
    const path = `/projects/${world.project.id}/repository/${kind}/short-lived`
    const sent = Array.from({ length: 5 }, () => rest(app, 'DELETE', path, { token: world.tokens.maintainer }))
    const statuses = (await Promise.all(sent)).map(({ status }) => status)
    expect(statuses.sort()).toEqual([204, 404, 404, 404, 404])
    const pushes = { projectId: world.project.id, eventType: 'repository_pushed' }
    expect(await db.auditEvent.count({ where: pushes })).toBe(1)
    const errors = app.logged().filter(({ level, projectId }) => level === 50 && projectId === world.project.id)
    expect(errors).toEqual([])
  },
)

test('a branch that is made with a key is not made twice', async () => {
  const world = await createWorld(app)
  const send = () =>
    rest(app, 'POST', at(world), {
      ...{ token: world.tokens.developer, headers: { 'idempotency-key': 'branch' } },
      json: { branch: 'keyed', ref: 'main' },
    })
  expect([(await send()).status, (await send()).headers.get('idempotency-replayed')]).toEqual([201, 'true'])
})

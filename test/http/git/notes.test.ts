import { beforeAll, describe, expect, test } from 'vitest'
import { db } from '../../../src/database/db.ts'
import { useApp } from '../../support/app.ts'
import { query } from '../../support/client.ts'
import { createWorld, type ViewerName, type World } from '../../support/world.ts'
import { type Clone, clone, git, remoteOf } from './git-client.ts'

const app = useApp()
let world: World

beforeAll(async () => {
  world = await createWorld(app, { project: { visibility: 'private' } })
})

const cloneAs = (viewer: ViewerName) => clone(remoteOf(app, world, world.tokens[viewer]))

const NOTES = 'refs/notes/semantic-release-v1.0.0'

/** Writes a note on the commit in the repository of the clone. */
const note = ({ run }: Clone, text: string) => run('notes', '--ref', NOTES, 'add', '--force', '-m', text, 'HEAD')

async function jobToken(viewer: ViewerName): Promise<string> {
  type Created = { jobTokenCreate: { token: string } }
  const text = 'mutation ($path: ID!) { jobTokenCreate(input: { projectPath: $path }) { token } }'
  const variables = { path: world.project.fullPath }
  const { data } = await query<Created, typeof variables>(app, text, variables, { token: world.tokens[viewer] })
  return data.jobTokenCreate.token
}

describe('notes', () => {
  test('notes are made, moved and deleted by a Developer, and shown to a Reporter', async () => {
    const [own, reader] = await Promise.all([cloneAs('developer'), cloneAs('reporter')])
    const shown = async () => {
      await reader.run('fetch', '--prune', 'origin', '+refs/notes/*:refs/notes/*')
      return (await reader.run('notes', '--ref', NOTES, 'show', 'HEAD')).stdout
    }
    for (const text of ['{"channels":[null]}', '{"channels":["next"]}']) {
      await note(own, text)
      const { code, stderr } = await own.run('push', 'origin', NOTES)
      expect(stderr).not.toMatch(/error|remote:/)
      expect(code).toBe(0)
      expect(await shown()).toBe(`${text}\n`)
    }
    expect((await own.run('push', 'origin', `:${NOTES}`)).code).toBe(0)
    expect(await shown()).toBe('')
    const events = await db.auditEvent.findMany({ where: { projectId: world.project.id }, orderBy: { id: 'asc' } })
    expect(events.map(({ message }) => message)).toEqual([
      'Pushed: created notes semantic-release-v1.0.0',
      'Pushed: updated notes semantic-release-v1.0.0',
      'Pushed: deleted notes semantic-release-v1.0.0',
    ])
  })

  test('notes can be pushed with the token of a job', async () => {
    const own = await cloneAs('reporter')
    await note(own, 'by a job')
    const remote = new URL(remoteOf(app, world, await jobToken('developer')))
    remote.username = 'gitlab-ci-token'
    expect((await own.run('push', remote.href, NOTES)).code).toBe(0)
    expect((await own.run('ls-remote', 'origin', NOTES)).stdout).toMatch(/^\w{40}\t/)
  })

  test('notes with the name of a protected tag that has a release are no tag', async () => {
    const tagged = await createWorld(app, { project: { visibility: 'private' } })
    const accessLevels = { create: { accessLevel: 0 } }
    await db.protectedTag.create({ data: { projectId: tagged.project.id, name: '*', accessLevels } })
    const own = await clone(remoteOf(app, tagged, tagged.tokens.developer))
    expect((await own.run('push', 'origin', 'main:refs/notes/v1.0.0')).code).toBe(0)
    const before = await db.release.findUniqueOrThrow({ where: { id: tagged.release.id } })
    expect((await own.run('push', 'origin', ':refs/notes/v1.0.0')).code).toBe(0)
    expect(await db.release.findUniqueOrThrow({ where: { id: tagged.release.id } })).toEqual(before)
    expect((await own.run('ls-remote', 'origin', 'v1.0.0')).stdout).toContain('refs/tags/v1.0.0')
  })

  test('notes in an empty repository are no branch, and the branch that comes later is cloned', async () => {
    const empty = await createWorld(app, { project: { visibility: 'private' } })
    const directory = app.repositories.directory(empty.project.id)
    const own = await clone(remoteOf(app, empty, empty.tokens.owner))
    await own.run('push', 'origin', ':main', ':v1.0.0')
    await git(directory, 'update-ref', '-d', 'refs/heads/main')
    await note(own, 'early')
    expect((await own.run('push', 'origin', NOTES)).code).toBe(0)
    expect((await own.run('push', 'origin', 'main:trunk')).code).toBe(0)
    expect((await (await clone(remoteOf(app, empty, empty.tokens.owner))).run('symbolic-ref', 'HEAD')).stdout).toBe(
      'refs/heads/trunk\n',
    )
  })

  test.each(['refs/notes', 'refs/noted/x', 'refs/remotes/origin/main', 'refs/merge-requests/1/head'])(
    'the ref %s is outside of the notes and is refused',
    async (ref) => {
      const own = await cloneAs('owner')
      const { code, stderr } = await own.run('push', 'origin', `main:${ref}`)
      expect(code).not.toBe(0)
      expect(stderr).toContain(`remote: ${ref}: Only branches, tags and notes (refs/notes/) can be pushed.`)
    },
  )

  test.each([
    ['a reporter', 'reporter', /403|not allowed to push/],
    ['a guest', 'guest', /not allowed to push/],
    ['a stranger', 'stranger', /not found/],
    ['nobody', 'anonymous', /could not read Username/],
  ] as const)('%s pushes no notes', async (_who, viewer, reason) => {
    const own = await cloneAs('reporter')
    await note(own, 'mine')
    const { code, stderr } = await own.run('push', '--force', remoteOf(app, world, world.tokens[viewer]), NOTES)
    expect(code).not.toBe(0)
    expect(stderr).toMatch(reason)
  })

  test('notes are hidden from viewers who may not read the code', async () => {
    for (const viewer of ['guest', 'stranger', 'anonymous'] as const) {
      const { code, stdout } = await git(app.repositoriesDir, 'ls-remote', remoteOf(app, world, world.tokens[viewer]))
      expect([code === 0, stdout]).toEqual([false, ''])
    }
  })
})

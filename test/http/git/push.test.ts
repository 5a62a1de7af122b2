import { randomBytes } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { db } from '../../../src/database/db.ts'
import { listBranches } from '../../../src/git/branches.ts'
import { findTag } from '../../../src/git/tags.ts'
import { useApp } from '../../support/app.ts'
import * as create from '../../support/factories.ts'
import { createRepository } from '../../support/git.ts'
import { mutate } from '../../support/mutate.ts'
import { createWorld, type ViewerName, type World, type WorldOptions } from '../../support/world.ts'
import { type Clone, clone, commit, git, remoteOf } from './git-client.ts'

const app = useApp()

const MIB = 1024 ** 2

const cloneAs = (world: World, viewer: ViewerName) => clone(remoteOf(app, world, world.tokens[viewer]))

async function privateClone(viewer: ViewerName, options: WorldOptions = {}) {
  const world = await createWorld(app, { project: { visibility: 'private' }, ...options })
  return { world, own: await cloneAs(world, viewer) }
}

const tagIn = ({ project }: World, name: string) => findTag(app.repositories.directory(project.id), name)

const protect = ({ project, tokens }: World, name: string) =>
  mutate(app, tokens.owner, 'protectedTagCreate', { projectPath: project.fullPath, name })

describe('a push', () => {
  test('a push of commits and tags is visible at once, and recorded', async () => {
    const { world, own } = await privateClone('developer')
    const sha = await commit(own)
    await own.run('tag', 'v2.0.0')
    await own.run('tag', '-a', 'v2.1.0', '-m', 'Two and one')
    const { code, stderr } = await own.run('push', 'origin', 'main', '--tags')
    expect(stderr).toMatch(/\[new tag\] +v2\.0\.0/)
    expect(code).toBe(0)
    expect(await tagIn(world, 'v2.0.0')).toMatchObject({ sha, annotated: false })
    expect(await tagIn(world, 'v2.1.0')).toMatchObject({ sha, annotated: true, message: 'Two and one' })
    expect(await listBranches(app.repositories.directory(world.project.id))).toEqual([{ name: 'main', sha }])
    const input = { projectPath: world.project.fullPath, tagName: 'v2.0.0' }
    expect(await mutate(app, world.tokens.developer, 'releaseCreate', input)).toEqual([])
    expect(await db.auditEvent.findFirst({ where: { eventType: 'repository_pushed' } })).toMatchObject({
      projectId: world.project.id,
      authorId: world.users.developer.id,
      ipAddress: '127.0.0.1',
      message: 'Pushed: updated branch main, created tag v2.0.0, created tag v2.1.0',
    })
  })

  test('a large push comes in chunks, and every byte arrives', async () => {
    const { world, own } = await privateClone('developer')
    const content = randomBytes(5 * MIB)
    await commit(own, content, 'large.bin')
    const { code, stderr } = await own.run('push', 'origin', 'main')
    expect(stderr).not.toMatch(/error|fatal/)
    expect(code).toBe(0)
    const other = await cloneAs(world, 'reporter')
    const { stdout } = await other.run('hash-object', 'large.bin')
    expect(stdout).toBe((await own.run('hash-object', 'large.bin')).stdout)
  })

  test('a push into an empty repository makes its first branch the one that is cloned', async () => {
    const { world, own } = await privateClone('developer')
    const path = `${world.group.fullPath}/empty`
    await db.groupMember.create({ data: { groupId: world.group.id, userId: world.users.owner.id, role: 50 } })
    await mutate(app, world.tokens.owner, 'projectCreate', { groupPath: world.group.fullPath, path: 'empty' })
    const remote = remoteOf(app, world, world.tokens.owner).replace(world.project.fullPath, path)
    expect((await own.run('push', remote, 'main:trunk')).code).toBe(0)
    expect((await (await clone(remote)).run('symbolic-ref', 'HEAD')).stdout).toBe('refs/heads/trunk\n')
  })

  test('a push that git refuses is recorded as far as it was made', async () => {
    const { world, own } = await privateClone('developer')
    await own.run('branch', 'main/below')
    await own.run('tag', 'v2.0.0')
    await git(own.dir, 'update-ref', 'refs/heads/copy', 'HEAD')
    const { code } = await own.run('push', 'origin', 'copy:refs/heads/main/below', 'v2.0.0')
    expect(code).not.toBe(0)
    const events = await db.auditEvent.findMany({ where: { projectId: world.project.id } })
    expect(events.map(({ message }) => message)).toEqual(['Pushed: created tag v2.0.0'])
  })

  test('a push of refs that are neither branches nor tags is refused', async () => {
    const { own } = await privateClone('owner')
    const { code, stderr } = await own.run('push', 'origin', 'main:refs/replace/x')
    expect(code).not.toBe(0)
    expect(stderr).toContain('remote: refs/replace/x: Only branches, tags and notes (refs/notes/) can be pushed.')
  })
})

describe('a protected tag', () => {
  test('a push of a protected tag is refused with the reason, and nothing else of that push is made', async () => {
    const { world, own } = await privateClone('developer')
    await protect(world, 'v*')
    await commit(own, randomBytes(2 * MIB))
    for (const tag of ['v9', 'other']) await own.run('tag', tag)
    const { code, stderr } = await own.run('push', 'origin', 'main', '--tags')
    expect(code).not.toBe(0)
    expect(stderr).toContain('remote: refs/tags/v9: You are not allowed to create this tag as it is protected.')
    expect(stderr).toMatch(/! \[remote rejected\] v9 -> v9 \(refused\)/)
    expect(stderr).toMatch(/! \[remote rejected\] main -> main \(not pushed because of another\)/)
    for (const tag of ['v9', 'other']) expect(await tagIn(world, tag)).toBeNull()
    expect(await db.auditEvent.count({ where: { projectId: world.project.id, eventType: 'repository_pushed' } })).toBe(
      0,
    )
  })

  test('a protected tag is made by a viewer whom the rule admits, and moved by nobody', async () => {
    const { world, own } = await privateClone('maintainer')
    await protect(world, 'v*')
    await own.run('tag', 'v9')
    expect((await own.run('push', 'origin', 'v9')).code).toBe(0)
    await commit(own)
    await own.run('tag', '--force', 'v9')
    const { stderr } = await own.run('push', '--force', 'origin', 'v9')
    expect(stderr).toContain('remote: refs/tags/v9: Protected tags cannot be updated.')
    expect(await tagIn(world, 'v9')).toMatchObject({ sha: world.release.sha })
  })
})

describe('the name of a tag', () => {
  test.each(['HEAD', '-d'])('a tag named %s is refused', async (name) => {
    const { world, own } = await privateClone('owner')
    const { code, stderr } = await own.run('push', 'origin', `HEAD:refs/tags/${name}`)
    expect(code).not.toBe(0)
    expect(stderr).toContain(`remote: refs/tags/${name}: Tag name invalid`)
    expect((await git(app.repositories.directory(world.project.id), 'tag')).stdout).toBe('v1.0.0\n')
  })
})

describe('a tag that a push deletes', () => {
  test('a deletion of a tag by a push deletes its release', async () => {
    const { world, own } = await privateClone('maintainer')
    expect((await own.run('push', 'origin', ':v1.0.0')).code).toBe(0)
    expect(await tagIn(world, 'v1.0.0')).toBeNull()
    expect(await db.release.count({ where: { id: world.release.id } })).toBe(0)
    const events = await db.auditEvent.findMany({ where: { projectId: world.project.id }, orderBy: { id: 'asc' } })
    expect(events.map(({ message }) => message)).toEqual(['Pushed: deleted tag v1.0.0', 'Deleted release v1.0.0'])
  })

  test('a tag that is protected from the account that pushes stays, whether it has a release or not', async () => {
    const { world, own } = await privateClone('maintainer', { repository: { tags: ['v1.0.0', 'v2'] } })
    const accessLevels = { create: { accessLevel: 0 } }
    await db.protectedTag.create({ data: { projectId: world.project.id, name: 'v*', accessLevels } })
    for (const tag of ['v1.0.0', 'v2']) {
      const { code, stderr } = await own.run('push', 'origin', `:${tag}`)
      expect(code).not.toBe(0)
      expect(stderr).toContain(`remote: refs/tags/${tag}: You are not allowed to delete this tag as it is protected.`)
      expect(await tagIn(world, tag)).not.toBeNull()
    }
  })

  test('a tag whose release the account may not delete stays', async () => {
    const { world, own } = await privateClone('developer', { repository: { tags: ['v1.0.0', 'bare'] } })
    const { stderr } = await own.run('push', 'origin', ':v1.0.0')
    expect(stderr).toContain('The tag has a release, which would be deleted with it: that needs the role Maintainer.')
    expect(await tagIn(world, 'v1.0.0')).not.toBeNull()
    expect((await own.run('push', 'origin', ':bare')).code).toBe(0)
    expect(await tagIn(world, 'bare')).toBeNull()
  })
})

describe('the right to push', () => {
  let world: World
  let own: Clone
  beforeAll(async () => {
    world = await createWorld(app, { project: { visibility: 'private' } })
    const { dir } = await createRepository(`${app.repositoriesDir}/pushed-from.git`, { commits: 3 })
    own = { dir, run: (...args) => git(dir, ...args) }
  })

  const push = (token: string | null) => own.run('push', remoteOf(app, world, token), 'main:new')

  test.each([
    ['a reporter', 'reporter', /returned error: 403|not allowed to push/],
    ['a guest', 'guest', /not allowed to push/],
    ['a stranger', 'stranger', /not found/],
    ['nobody', 'anonymous', /could not read Username/],
  ] as const)('%s pushes nothing', async (_who, viewer, reason) => {
    const { code, stderr } = await push(world.tokens[viewer])
    expect(code).not.toBe(0)
    expect(stderr).toMatch(reason)
  })

  test('a token that only reads pushes nothing', async () => {
    const token = await create.tokenFor(world.users.owner, ['read_api'])
    expect((await own.run('ls-remote', remoteOf(app, world, token))).code).toBe(0)
    expect((await push(token)).stderr).toMatch(/403|may only read/)
  })

  test('nobody pushes to an archived project', async () => {
    await db.project.update({ where: { id: world.project.id }, data: { archived: true } })
    expect((await push(world.tokens.owner)).stderr).toMatch(/403|not allowed to push/)
    expect(await listBranches(app.repositories.directory(world.project.id))).toHaveLength(1)
  })
})

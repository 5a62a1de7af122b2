import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { role } from '../../src/access/roles.ts'
import { db } from '../../src/database/db.ts'
import { createMilestone, createProject, createRelease, createUser, tokenFor } from '../support/factories.ts'
import { createRepository, temporaryDirectory } from '../support/git.ts'
import { useCommands } from './run-command.ts'

const commands = useCommands()

async function importInto(project: string, ...args: string[]) {
  const { dir } = await createRepository(join(await temporaryDirectory(), 'source.git'), { commits: 1, tags: ['v1'] })
  return commands.run('import', '--project', project, '--repository', dir, ...args)
}

test('import says where the project is, that nobody can see it, and how to change that', async () => {
  const { stdout, stderr, exitCode } = await importInto('tools/git')
  expect([stderr, exitCode]).toEqual(['', 0])
  expect(stdout.split('\n')).toEqual([
    'Imported into tools/git: 1 releases created, 0 updated, 0 unchanged',
    'http://127.0.0.1:4000/tools/git/-/releases',
    expect.stringMatching(
      /^Who can see it: administrators alone, as it is private and nobody is a member .*token of a/,
    ),
    '  waybill project update tools/git --visibility public',
    '  waybill member set USERNAME --project tools/git --role maintainer',
    expect.stringContaining('waybill user create USERNAME --admin'),
    '',
  ])
  // The commands that the output suggests do what the output says.
  const user = await createUser()
  const words = (line = '') => line.trim().replace('USERNAME', user.username).split(' ').slice(1)
  expect(await commands.run(...words(stdout.split('\n')[4]))).toMatchObject({ exitCode: 0 })
  expect((await importInto('tools/git')).stdout).toContain('Who can see it: its members, as it is private.')
  expect(await commands.run(...words(stdout.split('\n')[3]))).toMatchObject({ exitCode: 0 })
  expect((await importInto('tools/git')).stdout).toContain('Who can see it: everybody, as it is public.')
})

test('import counts the members of a group above, and a public project is open from the start', async () => {
  const user = await createUser()
  await commands.run('group', 'create', 'above/below')
  await commands.run('member', 'set', user.username, '--group', 'above', '--role', 'guest')
  // The account that makes a group is its Owner.
  expect((await importInto('above/below/app')).stdout).toContain('Who can see it: its members')
  const { stdout } = await importInto('open/app', '--visibility', 'public', '--json')
  expect(JSON.parse(stdout)).toMatchObject({
    created: 1,
    webUrl: 'http://127.0.0.1:4000/open/app',
    visibility: 'public',
  })
})

/** A private project with a release, a milestone and a package, and a token that reads all of it. */
async function sourceProject() {
  const project = await createProject({ visibility: 'private' })
  const user = await createUser()
  await db.projectMember.create({ data: { projectId: project.id, userId: user.id, role: role.maintainer } })
  const token = await tokenFor(user)
  await createRepository(commands.app.repositories.directory(project.id), { commits: 1, tags: ['v1'] })
  await createRelease(project, { tag: 'v1', name: 'One', releasedAt: new Date('2024-05-01T00:00:00Z') })
  await createMilestone({ projectId: project.id }, { title: 'Spring' })
  await fetch(`${commands.app.url}/api/v4/projects/${project.id}/packages/generic/app/1/app.txt`, {
    ...{ method: 'PUT', headers: { 'private-token': token }, body: 'bytes' },
  })
  return { project, token }
}

test('import --from makes the project, with what it has at the other server', { timeout: 60_000 }, async () => {
  const { project, token } = await sourceProject()
  const args = ['import', '--from', commands.app.url, '--project', 'copied/app', '--source', project.fullPath]
  const refused = await commands.run(...args, '--token', token)
  expect(refused).toMatchObject({ exitCode: 1, stdout: '' })
  expect(refused.stderr).toContain('127.0.0.1 is at a private address')
  expect(await commands.read((client) => client.project.count({ where: { fullPath: 'copied/app' } }))).toBe(0)

  vi.stubEnv('ALLOWED_PRIVATE_ADDRESSES', '127.0.0.1')
  vi.stubEnv('WAYBILL_IMPORT_TOKEN', token)
  vi.stubEnv('DATA_DIR', await temporaryDirectory())
  const { stdout, stderr, exitCode } = await commands.run(...args)
  expect([stderr, exitCode]).toEqual(['', 0])
  expect(stdout.split('\n').slice(0, 7)).toEqual([
    'Imported into copied/app:',
    '  milestones: 1 created, 0 updated, 0 unchanged',
    '  issues: 0 created, 0 updated, 0 unchanged',
    '  package files: 1 created, 0 updated, 0 unchanged',
    '  releases: 1 created, 0 updated, 0 unchanged',
    '  protected tags: 0 created, 0 updated, 0 unchanged',
    'http://127.0.0.1:4000/copied/app/-/releases',
  ])
  const again = await commands.run(...args, '--json')
  expect(JSON.parse(again.stdout)).toMatchObject({
    counts: { release: { created: 0, updated: 0, unchanged: 1 } },
    left: [],
    visibility: 'private',
  })
  expect(stdout + again.stdout).not.toContain(token)
})

test('import asks for either a repository or a server', async () => {
  for (const args of [
    [],
    ['--repository', 'x', '--from', 'https://git.example.com'],
    ['--from', 'https://git.example.com', '--author', 'me'],
  ]) {
    const { stderr, exitCode } = await commands.run('import', '--project', 'a/b', ...args)
    expect([exitCode, stderr]).toEqual([expect.any(Number), expect.stringContaining('--repository')])
    expect(exitCode).not.toBe(0)
  }
})

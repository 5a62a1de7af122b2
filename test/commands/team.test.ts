import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createAuthenticator } from '../../src/authentication/authenticate.ts'
import { digestOf } from '../../src/authentication/token-secrets.ts'
import { runGit } from '../../src/git/git.ts'
import { createRepository } from '../support/git.ts'
import { useCommands } from './run-command.ts'

const commands = useCommands()
let dataDir = ''

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'waybill-commands-'))
  vi.stubEnv('DATA_DIR', dataDir)
})
afterAll(() => rm(dataDir, { recursive: true, force: true }))

const viewerOf = (token: string) =>
  commands.read(() => createAuthenticator({ jwtIssuers: [] })(new Headers({ 'job-token': token })))

const failure = (message: string) => ({ stdout: '', stderr: `${message}\n`, exitCode: 1 })

describe('the user command', () => {
  const PICTURE = 'https://pictures.example.com/pic.png'
  const avatarOf = async (username: string) =>
    (await commands.read((db) => db.user.findUniqueOrThrow({ where: { username } }))).avatarUrl

  test('user create and set give an account its picture, and set removes it', async () => {
    const made = await commands.json('user', 'create', 'pictured', '--avatar-url', PICTURE)
    expect(made).toMatchObject({ username: 'pictured', avatarUrl: PICTURE })
    expect(await commands.run('user', 'set', 'pictured', '--avatar-url', `${PICTURE}?2`)).toEqual({
      stdout: `The picture of pictured is ${PICTURE}?2\n`,
      stderr: '',
      exitCode: 0,
    })
    expect(await avatarOf('pictured')).toBe(`${PICTURE}?2`)
    expect((await commands.run('user', 'set', 'pictured', '--avatar-url', '')).stdout).toBe('pictured has no picture\n')
    expect(await avatarOf('pictured')).toBeNull()
  })

  test('user set refuses a value that is no picture, and a missing account', async () => {
    await commands.run('user', 'create', 'plain')
    const refused = failure('Avatar url must be an http:// or https:// URL without a password')
    expect(await commands.run('user', 'set', 'plain', '--avatar-url', 'ftp://x.example/a.png')).toEqual(refused)
    expect(await commands.run('user', 'set', 'nobody', '--avatar-url', PICTURE)).toMatchObject({ exitCode: 1 })
    expect(await commands.run('user', 'create', 'other', '--avatar-url', 'x')).toEqual(refused)
  })
})

describe('the end of an account', () => {
  test('user block, unblock and delete end an account, and user export prints what is known of it', async () => {
    await commands.run('user', 'create', 'leaving', '--email', 'leaving@example.com')
    const said = async (...args: string[]) => (await commands.run('user', ...args, 'leaving')).stdout
    expect(await said('block')).toBe('leaving is blocked\n')
    expect(await said('unblock')).toBe('leaving is active\n')
    expect(JSON.parse(await said('export')).account).toMatchObject({
      username: 'leaving',
      email: 'leaving@example.com',
    })
    expect(await said('delete')).toMatch(/^leaving is deleted: ghost-\d+\n$/)
    expect(await commands.run('user', 'block', 'leaving')).toEqual(failure("There is no user 'leaving'"))
    expect(await commands.run('user', 'create', 'Ghost-7')).toEqual(failure('Username is kept for deleted accounts'))
  })
})

describe('the group and project commands', () => {
  test('group and project create make what is missing of the path, and say so in one line', async () => {
    expect(await commands.run('project', 'create', 'acme/tools/app', '--visibility', 'public')).toEqual({
      stdout: 'Created the public project acme/tools/app\n',
      stderr: '',
      exitCode: 0,
    })
    expect(await commands.json('group', 'create', 'acme/docs', '--name', 'Docs')).toMatchObject({
      fullPath: 'acme/docs',
      name: 'Docs',
      visibility: 'private',
    })
    const groups = await commands.read((db) => db.group.findMany({ orderBy: { fullPath: 'asc' } }))
    expect(groups.map(({ fullPath, visibility }) => [fullPath, visibility])).toEqual([
      ['acme', 'public'],
      ['acme/docs', 'private'],
      ['acme/tools', 'public'],
    ])
    const { id } = await commands.read((db) => db.project.findUniqueOrThrow({ where: { fullPath: 'acme/tools/app' } }))
    expect(await runGit(join(commands.app.repositoriesDir, `${id}.git`), ['rev-parse', '--is-bare-repository'])).toBe(
      'true\n',
    )
  })

  test('project create with a repository copies it and makes a release per tag, and leaves no project when the repository cannot be read', async () => {
    const source = await createRepository(join(dataDir, 'source.git'), { commits: 2, tags: ['v1', 'v2'] })
    const made = await commands.json('project', 'create', 'copied/app', '--repository', source.dir)
    expect(made).toMatchObject({ fullPath: 'copied/app', import: { created: 2 } })
    expect(await commands.read((db) => db.release.count({ where: { project: { fullPath: 'copied/app' } } }))).toBe(2)
    const failed = await commands.run('project', 'create', 'copied/other', '--repository', join(dataDir, 'nothing.git'))
    expect(failed).toMatchObject({ stdout: '', exitCode: 1 })
    expect(await commands.read((db) => db.project.count({ where: { fullPath: 'copied/other' } }))).toBe(0)
  })

  test('group and project update change settings', async () => {
    await commands.run('project', 'create', 'settings/app')
    const changes = ['--visibility', 'internal', '--releases', 'private', '--archived', '--freeze-refuses-releases']
    expect(await commands.json('project', 'update', 'settings/app', ...changes)).toMatchObject({ archived: true })
    const project = () => commands.read((db) => db.project.findUniqueOrThrow({ where: { fullPath: 'settings/app' } }))
    expect(await project()).toMatchObject({
      visibility: 'internal',
      releasesLevel: 'private',
      archived: true,
      freezeRefusesReleases: true,
    })
    await commands.json('project', 'update', 'settings/app', '--no-archived', '--no-freeze-refuses-releases')
    expect(await project()).toMatchObject({ archived: false, freezeRefusesReleases: false, visibility: 'internal' })
    expect(await commands.json('group', 'update', 'settings', '--visibility', 'public')).toMatchObject({
      visibility: 'public',
    })
  })

  test('group and project update and transfer change paths, and say so in one line', async () => {
    const done = (stdout: string) => ({ stdout: `${stdout}\n`, stderr: '', exitCode: 0 })
    await commands.run('project', 'create', 'here/app', '--visibility', 'public')
    await commands.run('group', 'create', 'there', '--visibility', 'public')
    expect(await commands.run('project', 'update', 'here/app', '--path', 'tool', '--name', 'Tool')).toEqual(
      done('Changed the public project here/tool'),
    )
    expect(await commands.run('project', 'transfer', 'here/app', '--to', 'there')).toEqual(
      done('Moved the project here/app to there/tool'),
    )
    expect(await commands.run('group', 'update', 'there', '--path', 'elsewhere')).toEqual(
      done('Changed the public group elsewhere'),
    )
    expect(await commands.run('group', 'transfer', 'elsewhere', '--to', 'here')).toEqual(
      done('Moved the group elsewhere to here/elsewhere'),
    )
    expect(await commands.run('group', 'transfer', 'here/elsewhere')).toEqual(
      done('Moved the group here/elsewhere to elsewhere'),
    )
    const { fullPath } = await commands.read((db) => db.project.findFirstOrThrow({ where: { path: 'tool' } }))
    expect(fullPath).toBe('elsewhere/tool')
    expect(await commands.run('project', 'update', 'elsewhere/tool', '--default-branch', 'none')).toEqual(
      failure("The branch 'none' does not exist"),
    )
  })

  test('group and project fail in one line', async () => {
    await commands.run('project', 'create', 'taken/app')
    expect(await commands.run('project', 'create', 'taken/app')).toEqual(failure('Path has already been taken'))
    expect(await commands.run('group', 'create', 'taken')).toEqual(failure('Path has already been taken'))
    expect(await commands.run('project', 'create', 'alone')).toEqual(
      failure("The project path 'alone' is wrong: the group before it is missing"),
    )
    const { stderr, exitCode } = await commands.run('project', 'update', 'no/such', '--archived')
    expect([stderr.split('\n').length, exitCode]).toEqual([2, 1])
  })
})

describe('the user, member and token commands', () => {
  test('user, member and token give an account a role and a token, and take both away', async () => {
    await commands.run('project', 'create', 'people/app')
    expect(await commands.json('user', 'create', 'ada', '--name', 'Ada', '--email', 'ada@example.com')).toMatchObject({
      username: 'ada',
      admin: false,
    })
    expect(await commands.run('user', 'create', 'ADA')).toEqual(failure('Username has already been taken'))
    const member = ['ada', '--project', 'people/app']
    expect(await commands.json('member', 'set', ...member, '--role', 'developer', '--expires', '2100-01-01')).toEqual({
      path: 'people/app',
      username: 'ada',
      role: 'developer',
      expiresAt: '2100-01-01T00:00:00Z',
    })
    expect((await commands.run('member', 'remove', ...member)).stdout).toBe('ada is no member of people/app any more\n')
    expect(await commands.run('member', 'set', 'bob', '--group', 'people', '--role', 'owner')).toEqual(
      failure("There is no user 'bob'"),
    )

    const { stdout } = await commands.run('token', 'create', '--user', 'ada', '--scope', 'read_api')
    expect(stdout).toMatch(/^wbt_\S+\n$/)
    const digest = digestOf(stdout.trim())
    const row = await commands.read((db) => db.accessToken.findUniqueOrThrow({ where: { digest } }))
    expect(row).toMatchObject({ name: 'command line', scopes: ['read_api'], expiresAt: null })
    expect((await commands.run('token', 'list', '--user', 'ada')).stdout).toBe(`${row.id}\tread_api\tcommand line\n`)
    expect(await commands.run('token', 'revoke', String(row.id), '--user', 'root-of-tests')).toEqual(
      failure(`root-of-tests has no access token ${row.id} that works`),
    )
    expect((await commands.run('token', 'revoke', String(row.id), '--user', 'ada')).exitCode).toBe(0)
    expect((await commands.run('token', 'list', '--user', 'ada')).stdout).toBe('none\n')
  })

  test('token makes a token for the jobs of one project, which acts for an account or for a pipeline', async () => {
    await commands.run('project', 'create', 'jobs/app')
    await commands.run('user', 'create', 'cleo')
    const job = ['token', 'job', '--project', 'jobs/app']
    expect(await commands.run(...job, '--user', 'cleo')).toEqual(failure('cleo needs the role Developer in jobs/app'))
    await commands.run('member', 'set', 'cleo', '--project', 'jobs/app', '--role', 'developer')
    const { token } = await commands.json<{ token: string }>(...job, '--user', 'cleo', '--expires-in', '15m')
    const { sub, iat = 0, exp = 0 } = decodeJwt(token)
    const { id } = await commands.read((db) => db.user.findUniqueOrThrow({ where: { username: 'cleo' } }))
    expect(sub).toBe(String(id))
    // A second may pass between the two.
    expect([899, 900, 901]).toContain(exp - iat)
    const { stdout } = await commands.run(...job, '--pipeline')
    expect(decodeJwt(stdout.trim())).not.toHaveProperty('sub')
    expect(await viewerOf(stdout.trim())).toMatchObject({ user: null, credential: 'job_token' })
  })

  test('member and token ask the server for what belongs to the account that asks, and leave audit events of that account', async () => {
    await commands.run('project', 'create', 'audited/app')
    const { stdout: token } = await commands.run('token', 'create', '--name', 'mine')
    const { id } = await commands.read((db) =>
      db.accessToken.findUniqueOrThrow({ where: { digest: digestOf(token.trim()) } }),
    )
    expect((await commands.run('token', 'list')).stdout).toContain(`${id}\tapi\tmine\n`)
    expect((await commands.run('token', 'revoke', String(id))).stdout).toBe(`Revoked access token ${id} (mine)\n`)
    expect((await commands.run('token', 'list')).stdout).not.toContain('mine')
    const job = await commands.json<{ token: string }>('token', 'job', '--project', 'audited/app')
    const root = await commands.read((db) => db.user.findUniqueOrThrow({ where: { username: 'root-of-tests' } }))
    expect(decodeJwt(job.token).sub).toBe(String(root.id))
    const where = { project: { fullPath: 'audited/app' } }
    const events = await commands.read((db) => db.auditEvent.findMany({ where, orderBy: { id: 'asc' } }))
    const written = { authorId: root.id, credential: 'access_token' }
    expect(events).toMatchObject([
      { eventType: 'project_created', ...written },
      { eventType: 'job_token_created', ...written },
    ])
  })

  test('user makes administrators', async () => {
    expect(await commands.json('user', 'create', 'root', '--admin')).toMatchObject({ name: 'root', admin: true })
  })
})

describe('the commands that delete and restore', () => {
  test.each([
    ['project', 'ends/app'],
    ['group', 'ends-too/inner'],
  ] as const)('%s is deleted, listed and restored', async (kind, fullPath) => {
    const { id } = await commands.json(kind, 'create', fullPath)
    const moved = `${fullPath}~${id}`
    expect((await commands.run(kind, 'delete', fullPath)).stdout).toBe(
      `Deleted the ${kind} ${fullPath}\nTo restore it within 7 days: waybill ${kind} restore ${moved}\n`,
    )
    expect(await commands.json(kind, 'deleted')).toMatchObject([{ id, fullPath: moved }])
    expect((await commands.run(kind, 'restore', moved)).stdout).toBe(`Restored the ${kind} ${fullPath}\n`)
    expect((await commands.run(kind, 'deleted')).stdout).toBe(`There are no deleted ${kind}s that you may restore\n`)
  })
})

test('the audit log says that the operator did what was done on the database itself', async () => {
  await commands.run('user', 'create', 'audited-user')
  await commands.run('project', 'create', 'piped/app')
  await commands.run('token', 'job', '--project', 'piped/app', '--pipeline')
  const written = { authorId: null, authorName: 'operator', credential: 'command_line' }
  const where = {
    OR: [{ targetDetails: 'audited-user' }, { eventType: 'job_token_created', targetDetails: 'piped/app' }],
  }
  expect(await commands.read((db) => db.auditEvent.findMany({ where, orderBy: { id: 'asc' } }))).toMatchObject([
    { eventType: 'user_created', ...written },
    { eventType: 'job_token_created', ...written },
  ])
})

import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createUser } from '../support/factories.ts'
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
    '  npx waybill project update tools/git --visibility public',
    '  npx waybill member set USERNAME --project tools/git --role maintainer',
    expect.stringContaining('npx waybill user create USERNAME --admin'),
    '',
  ])
  // The commands that the output suggests do what the output says.
  const user = await createUser()
  const words = (line = '') => line.trim().replace('USERNAME', user.username).split(' ').slice(2)
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

import { expect, test } from 'vitest'
import { version } from '../../src/foundation/version.ts'
import { spawnServer } from '../support/server-process.ts'

async function ask(option: string) {
  const command = spawnServer({}, [option])
  const { code } = await command.ended
  return { code, stdout: command.stdout(), stderr: command.stderr() }
}

test('the command prints the version of Waybill', async () => {
  expect(await ask('--version')).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' })
})

test('the help says which commands need the database and which ask a server', async () => {
  const { code, stdout } = await ask('--help')
  expect(code).toBe(0)
  const [, operators = '', askers = '', note = ''] = stdout.split(
    /The operator's commands, on the server's machine:|Commands that ask a server .*:|Commands:\n/,
  )
  const namesIn = (part: string) => [...part.matchAll(/^ {2}(\w+)/gm)].map(([, name]) => name)
  expect(namesIn(operators)).toEqual([
    'serve',
    'worker',
    'migrate',
    'demo',
    'import',
    'user',
    'backup',
    'restore',
    'doctor',
  ])
  expect(namesIn(askers)).toEqual([
    ...['release', 'evidence', 'tag', 'branch', 'freeze', 'token', 'group', 'project'],
    ...['notification', 'member', 'milestone', 'webhook', 'issue'],
  ])
  for (const word of ['DATABASE_URL', 'WAYBILL_URL', 'evidence rotate-key', '--user']) expect(note).toContain(word)
})

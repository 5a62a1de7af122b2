import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { createRepository } from '../support/git.ts'
import { useCommands } from './run-command.ts'

const commands = useCommands()
let dataDir = ''

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'waybill-commands-'))
  vi.stubEnv('DATA_DIR', dataDir)
})
afterAll(() => rm(dataDir, { recursive: true, force: true }))

test('no command gives anything to what is left of a deleted account', async () => {
  const { id } = await commands.json('user', 'create', 'gone')
  await commands.run('project', 'create', 'ghosts/app')
  await commands.run('user', 'delete', 'gone')
  const [ghost, repository] = [`ghost-${id}`, join(dataDir, 'of-a-ghost.git')]
  await createRepository(repository, { commits: 1, tags: ['v1'] })
  for (const args of [
    ['token', 'create', '--user', ghost],
    ['token', 'job', '--user', ghost, '--project', 'ghosts/app'],
    ['user', 'link', ghost, '--issuer', 'https://login.example.com', '--subject', '7'],
    ['user', 'set', ghost, '--avatar-url', 'https://pictures.example.com/pic.png'],
    ['import', '--repository', repository, '--project', 'ghosts/other', '--author', ghost],
  ]) {
    expect([args[1], await commands.run(...args)]).toEqual([
      args[1],
      { stdout: '', stderr: `There is no user '${ghost}'\n`, exitCode: 1 },
    ])
  }
  expect(JSON.parse((await commands.run('user', 'export', ghost)).stdout).account).toMatchObject({ username: ghost })
})
